"""The marks of the diagram: connections with their numbers, units, targets, the loss; each what its template draws."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from typing import NamedTuple

from app.engine.network.expressions import Symbol
from app.views.formulas.symbols import reference
from app.views.narration.mistakes import is_misled
from app.views.network.labels import Places, label_places
from app.views.network.layout import LOSS_RADIUS, Layout, Line, layout
from app.views.network.scales import place, sign_class, strength, stroke_width
from app.views.network.visible import Visible
from app.views.text.naming import spoken_mark, target_mark, unit_mark

HEAD_LONG, HEAD_WIDE = 11.0, 5.0  # an arrowhead, in the drawing's units
ROWS = (-8.5, 4.0, 16.0)  # baselines of weight, gradient and new weight around the label's middle
ROOMY_LABEL = 11  # characters that fit a label; a longer text is set smaller
TO_LOSS_WIDTH = "1.6"
ROOMY_VALUE, LONG_VALUE = 6, 8  # characters of a value that fit a circle in full size, and set smaller
WAYS = {"neg": "▲", "pos": "▼"}  # by the sign of the error signal: the way the sum should move to lower the loss
WAY_WORDS = {"▲": ", a larger sum lowers the loss", "▼": ", a smaller sum lowers the loss"}
BY_THIS_RULE = ", by a rule that is not the chain rule's"  # then its sign proves nothing
BOX_WIDTH, BOX_HEIGHT = 76.0, 22.0  # of a target, as its template draws it


class Connection(NamedTuple):
    """One line: `head` is its arrowhead's path, empty where no gradient has come; `label` says it all in words."""

    id: str
    ref: str
    classes: str
    path: str
    width: str
    head: str
    flows: bool
    tab: str
    label: str

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/connection.svg"


class Label(NamedTuple):
    """The numbers beside one line; rows that are not known yet are empty."""

    id: str
    ref: str
    classes: str
    x: str
    weight_y: str
    gradient_y: str
    updated_y: str
    weight: str
    gradient: str
    gradient_sign: str
    updated: str

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/label.svg"


class Unit(NamedTuple):
    """One unit as it looks now; numbers not known yet are empty. `way` is where its sum should move."""

    id: str
    bias_ref: str
    classes: str
    fill: str
    sum: str
    value: str
    value_classes: str
    bias: str
    error: str
    way: str
    tab: str
    label: str
    name: str
    x: str
    y: str
    radius: str
    name_y: str
    way_x: str
    sum_y: str
    value_y: str
    bias_y: str
    error_y: str

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/unit.svg"


class Target(NamedTuple):
    """The box beside an output with what it should say; `thread` leads from the unit to the box."""

    ref: str
    x: str
    y: str
    left: str
    top: str
    text: str
    thread: str


class LossMark(NamedTuple):
    """The loss at the far right; `value` is empty until it is known."""

    x: str
    y: str
    radius: str
    letter_y: str
    value_y: str
    classes: str
    value: str
    tab: str
    label: str

    @property
    def id(self) -> str:
        """The element."""
        return "u-loss"

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/loss.svg"


# What stands still ---------------------------------------------------------------------------------------------------


class Wire(NamedTuple):
    """A line as it is drawn: its ids, its path, its arrowhead, the rows of its label, where it leads in words.

    A label that found no place is not `placed`. `weight` is the weight that it stands for.
    """

    line: Line
    id: str
    ref: str
    path: str
    head: str
    rows: tuple[str, str, str, str]
    placed: bool
    words: str
    weight: Symbol


class Spot(NamedTuple):
    """A unit as it is drawn: layer and number, its id and its bias's, its name in words, where its parts stand.

    `places` are the last fields of a Unit, from `name` on.
    """

    l: int
    j: int
    id: str
    bias_ref: str
    words: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Still:
    """All of a drawing that no step changes: its layout, its lines and units as they are drawn.

    `marks` are the ids of all that can be in focus.
    """

    layout: Layout
    connections: tuple[Wire, ...]
    to_loss: tuple[Wire, ...]
    units: tuple[Spot, ...]
    marks: frozenset[str]


@lru_cache(maxsize=256)
def still(sizes: tuple[int, ...]) -> Still:
    """What stands still for networks of these sizes.

    Cached: to place the labels of 2-4-2 takes 18 ms, as long as twenty steps.
    """
    drawing, places = layout(sizes), label_places(sizes)
    connections = tuple(_wire(sizes, line, places) for line in drawing.connections)
    to_loss = tuple(_wire_to_loss(sizes, line, places) for line in drawing.to_loss)
    units = tuple(_spot(drawing, l, j) for l, j in drawing.units)
    marks = frozenset(("u-loss", *(mark.id for marks in (units, connections, to_loss) for mark in marks)))
    return Still(drawing, connections, to_loss, units, marks)


def _wire(sizes: tuple[int, ...], line: Line, places: Places) -> Wire:
    at = (line.l, line.j, line.k)
    x, y = places.get(at) or line.at(0.5)
    rows = (place(x), place(y + ROWS[0]), place(y + ROWS[1]), place(y + ROWS[2]))
    words = f"weight from {spoken_mark(sizes, line.l - 1, line.k)} to {spoken_mark(sizes, line.l, line.j)}"
    weight = Symbol("W", *at)
    ref = reference(weight)
    return Wire(line, ref.replace("w", "c"), ref, _path(line), _head(line), rows, at in places, words, weight)


def _wire_to_loss(sizes: tuple[int, ...], line: Line, places: Places) -> Wire:
    at = (line.l, line.j, line.k)
    x, y = places.get(at) or line.at(0.5)
    rows = (place(x), "", place(y + ROWS[1]), "")
    words = f"from {spoken_mark(sizes, line.l - 1, line.k)} to the loss"
    return Wire(line, f"o-{line.k}", "loss", _path(line), _head(line), rows, at in places, words, Symbol("loss"))


def _spot(drawing: Layout, l: int, j: int) -> Spot:
    (x, y), r = drawing.units[l, j], drawing.radius
    kind = "input" if l == 0 else "output" if l == len(drawing.sizes) - 1 else "hidden unit"
    name = "" if drawing.dense else unit_mark(drawing.sizes, l, j)
    across = (x, y, r, y - r - 7, x + 20, y - 0.45 * r, y + 0.17 * r, y + r + 15, y + r + 29)
    words = f"{kind} {spoken_mark(drawing.sizes, l, j)}"
    ids = reference(Symbol("a", l, j)), reference(Symbol("b", l, j))
    return Spot(l, j, *ids, words, (name, *map(place, across)))


def _path(line: Line) -> str:
    (x1, y1), (x2, y2) = line.start, line.end
    return f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}"


def _head(line: Line) -> str:
    """A small triangle at the line's start, pointing there: the way back."""
    (x1, y1), (x2, y2) = line.start, line.end
    far = hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / far, (y2 - y1) / far
    tip, back = line.after(2.0), line.after(2.0 + HEAD_LONG)
    sides = ((back.x - s * HEAD_WIDE * dy, back.y + s * HEAD_WIDE * dx) for s in (1, -1))
    return f"M{'L'.join(f'{place(x)} {place(y)}' for x, y in (tip, *sides))}Z"


# Connections ---------------------------------------------------------------------------------------------------------


def connections(now: Visible, drawn: Still, mark: str) -> Iterator[tuple[Connection, Label | None]]:
    """Every drawn connection with its label, layer by layer; `mark` is the id of the one tab stop."""
    for wire in drawn.connections:
        yield _connection(now, wire, mark, drawn.layout.dense)


def _connection(now: Visible, wire: Wire, mark: str, dense: bool) -> tuple[Connection, Label | None]:
    (l, j, k, _, _), w = wire.line, wire.weight
    dw, new_w = Symbol("dW", l, j, k), Symbol("new_W", l, j, k)
    weight, gradient, updated = now.number(w), now.text(dw), now.text(new_w)
    value = now.values[new_w if updated else w]
    standing = now.standing(l, j, k)
    if not standing and not _reached(now, l, gradient, updated):
        standing = "quiet"
    words = f"{wire.words}: {weight}"
    words += f", gradient {gradient}" if gradient else ""
    words += f", after the update {updated}" if updated else ""
    line = Connection(
        wire.id,
        wire.ref,
        f"edge {sign_class(value)} {standing}".rstrip(),
        wire.path,
        stroke_width(value, now.largest_weight),
        wire.head if gradient and now.phase in ("backward", "update") else "",
        now.phase == "backward" and standing in ("active", "path"),
        "0" if wire.id == mark else "-1",
        words,
    )
    if dense:
        return line, None
    gradient, sign = (f"∂ {gradient}", sign_class(now.values[dw])) if gradient else ("", "")
    updated = f"→ {updated}" if updated else ""
    tight = "tight" if max(map(len, (weight, gradient, updated))) > ROOMY_LABEL else ""
    classes = " ".join(filter(None, ("wl", standing, tight, "" if wire.placed else "nowhere")))
    return line, Label(f"l-{wire.id}", wire.ref, classes, *wire.rows, weight, gradient, sign, updated)


def _reached(now: Visible, l: int, gradient: str, updated: str) -> bool:
    """Whether the phase has come to a connection into layer l with these numbers."""
    match now.phase:
        case "forward":
            return l <= now.about[1]
        case "backward":
            return bool(gradient)
        case "update":
            return bool(updated)
    return True


def ways_to_loss(now: Visible, drawn: Still) -> Iterator[tuple[Connection, Label | None]]:
    """A line from each drawn output to the loss; backward it carries the output's error signal."""
    for wire in drawn.to_loss:
        error, standing = now.text(Symbol("delta", now.shape.depth, wire.line.k)), now.standing(*wire.line[:3])
        line = Connection(
            wire.id,
            wire.ref,
            f"edge to-loss {standing}".rstrip(),
            wire.path,
            TO_LOSS_WIDTH,
            wire.head if error else "",
            now.phase == "backward" and bool(standing),
            "-1",
            wire.words + (f", error signal {error}" if error else ""),
        )
        signal = f"δ {error}" if error else ""
        label = Label(f"l-{wire.id}", wire.ref, "wl", *wire.rows, "", signal, "signal", "")
        yield line, label if wire.placed else None


# Units ---------------------------------------------------------------------------------------------------------------


def units(now: Visible, drawn: Still, mark: str) -> Iterator[Unit]:
    """Every drawn unit, layer by layer; `mark` is the id of the one tab stop."""
    for spot in drawn.units:
        yield _unit(now, spot, mark)


def _unit(now: Visible, spot: Spot, mark: str) -> Unit:
    l, j = spot.l, spot.j
    value, summed, bias, updated, error = (
        now.text(Symbol(kind, l, j)) if l or kind == "a" else "" for kind in ("a", "z", "b", "new_b", "delta")
    )
    a = now.values[Symbol("a", l, j)] if value else 0.0
    way = WAYS.get(sign_class(now.values[Symbol("delta", l, j)]), "") if error else ""
    off = is_off(now, l, j)
    current = ("current ahead" if now.phase == "forward" else "current") if now.is_about(l, j) else ""
    looks = ("unit", sign_class(a) if value else "", current, "off" if off else "")
    told = (
        ("sum", summed),
        ("activation", value),
        ("bias", bias),
        ("bias after the update", updated),
        ("error signal", error and error + (BY_THIS_RULE if is_misled(now.shape, l) else WAY_WORDS.get(way, ""))),
    )
    words = ", ".join(f"{name} {text}" for name, text in told if text) if l else value
    shown = value or summed
    return Unit(
        spot.id,
        spot.bias_ref,
        " ".join(filter(None, looks)),
        strength(a, now.largest_activation) if value else "0",
        "" if value else summed,
        shown,
        "" if len(shown) <= ROOMY_VALUE else "long" if len(shown) <= LONG_VALUE else "longest",
        f"b → {updated}" if updated else f"b = {bias}" if bias else "",
        f"δ = {error}" if error else "",
        way,
        "0" if spot.id == mark else "-1",
        f"{spot.words}: {words}" + (", off: its slope is 0" if off else ""),
        *spot.places,
    )


def is_off(now: Visible, l: int, j: int) -> bool:
    """Whether a hidden unit lets nothing back: its slope is exactly 0 for the example in focus."""
    if not 0 < l < now.shape.depth or now.phase not in ("backward", "update"):
        return False
    return now.values[Symbol("slope", l, j)] == 0


# Targets and the loss ------------------------------------------------------------------------------------------------


def targets(now: Visible, drawn: Still) -> Iterator[Target]:
    """What each drawn output should say."""
    for line in drawn.layout.to_loss:
        x, y = drawn.layout.target(line.k)
        text = f"{target_mark(line.k)} = {now.number(Symbol('y', now.shape.depth, line.k))}"
        left, top = place(x - BOX_WIDTH / 2), place(y - BOX_HEIGHT / 2)
        yield Target(f"y-{line.k}", place(x), place(y + 4.5), left, top, text, _thread(drawn.layout, line))


def _thread(drawing: Layout, line: Line) -> str:
    unit, box = drawing.units[line.l - 1, line.k], drawing.target(line.k)
    slant = 0.6 * drawing.radius * (1 if box.y > unit.y else -1)
    start = f"M{place(unit.x + 0.8 * drawing.radius)} {place(unit.y + slant)}"
    return f"{start}L{place(box.x - BOX_WIDTH / 2)} {place(box.y)}"


def loss_mark(now: Visible, drawn: Still, mark: str) -> LossMark:
    """The loss: of the example, or the mean over the batch."""
    x, y = drawn.layout.loss
    value = now.text(Symbol("loss"))
    batch = f", the mean over {now.shape.examples} examples" if now.shape.examples > 1 else ""
    return LossMark(
        place(x),
        place(y),
        place(LOSS_RADIUS),
        place(y - 3 if value else y + 6),
        place(y + 14),
        "loss-mark current" if now.phase == "loss" else "loss-mark",
        value,
        "0" if mark == "u-loss" else "-1",
        f"loss: {value}{batch}" if value else "loss: not known yet",
    )
