"""The marks of connections: a line for each weight and for each way to the loss, with its numbers and its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from typing import NamedTuple

from app.engine.memory import kept_with
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.views.network.labels import label_places
from app.views.network.layout import Line, layout
from app.views.network.scales import (
    Sign,
    place,
    sign_class,
    stroke_width,
)
from app.views.network.visible import Sight, Stand, Texts

HEAD_LONG, HEAD_WIDE = 11.0, 5.0  # an arrowhead, in the drawing's units
ROWS = (-8.5, 4.0, 16.0)  # baselines of weight, gradient and new weight around the label's middle
ROOMY_TEXT = 11  # characters that fit a label; a longer text is set smaller
TO_LOSS_WIDTH = "1.6"


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


Mark = tuple[Connection, Label | None]


@dataclass(frozen=True, eq=False)
class Form:
    """What never changes about one line: its ids, its path, its arrowhead, its label's place, its name in words.

    `symbols` are the weight, its gradient and the updated weight; for a line to the loss, the error signal alone.
    """

    line: Line
    id: str
    ref: str
    path: str
    head: str
    rows: tuple[str, str, str, str]
    placed: bool
    words: str
    symbols: tuple[Symbol, ...]


class Reading(NamedTuple):
    """What may change about one connection from step to step."""

    weight: str
    gradient: str
    updated: str
    tone: Sign
    slope: str
    width: str
    standing: str
    phase: str
    tab: str


@lru_cache(maxsize=256)
def forms(sizes: tuple[int, ...]) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """The connections, and the lines to the loss."""
    drawing = layout(sizes)
    return (
        tuple(_form(sizes, line) for line in drawing.connections),
        tuple(_form_to_loss(sizes, line) for line in drawing.to_loss),
    )


def _form(sizes: tuple[int, ...], line: Line) -> Form:
    at = line[:3]
    found = label_places(sizes).get(at)
    x, y = found or line.at(0.5)
    words = f"weight from {unit_word(sizes, line.l - 1, line.k)} to {unit_word(sizes, line.l, line.j)}"
    symbols = tuple(Symbol(kind, *at) for kind in ("W", "dW", "new_W"))
    rows = (place(x), place(y + ROWS[0]), place(y + ROWS[1]), place(y + ROWS[2]))
    name = "-".join(map(str, at))
    return Form(line, f"c-{name}", f"w-{name}", _path(line), _head(line), rows, bool(found), words, symbols)


def _form_to_loss(sizes: tuple[int, ...], line: Line) -> Form:
    found = label_places(sizes).get(line[:3])
    x, y = found or line.at(0.5)
    words = f"from {unit_word(sizes, line.l - 1, line.k)} to the loss"
    symbols = (Symbol("delta", line.l - 1, line.k),)
    rows = (place(x), "", place(y + 4), "")
    return Form(line, f"o-{line.k}", "loss", _path(line), _head(line), rows, bool(found), words, symbols)


def connections(sight: Sight, mark: str) -> Iterator[Mark]:
    """Every drawn connection with its label, layer by layer; `mark` is the id of the one tab stop."""
    draw = _drawn_dense if sight.drawing.dense else _drawn
    texts = sight.texts
    for form, (gradient, updated, *stage) in _stages(sight.stand, mark):
        yield draw(form, Reading(*_numbers(texts, form, gradient, updated), *stage))


@lru_cache(maxsize=4096)
def _stages(stand: Stand, mark: str) -> tuple[tuple[Form, tuple[bool, bool, str, str, str]], ...]:
    """For every connection: gradient and update known, and the last fields of its Reading."""
    return tuple((form, _stage(stand, form, mark)) for form in forms(stand.shape.sizes)[0])


def _stage(stand: Stand, form: Form, mark: str) -> tuple[bool, bool, str, str, str]:
    gradient, updated = stand.has_shown(form.symbols[1]), stand.has_shown(form.symbols[2])
    standing = stand.standing(*form.line[:3])
    if not standing and not _reached(stand, form.line.l, gradient, updated):
        standing = "quiet"
    return gradient, updated, standing, stand.phase, "0" if form.id == mark else "-1"


@kept_with(most=4096)
def _numbers(texts: Texts, form: Form, gradient: bool, updated: bool) -> tuple[str, str, str, Sign, str, str]:
    """The first fields of a Reading: what the numbers say, once they are shown."""
    w, dw, new_w = form.symbols
    value = texts.numbers[new_w if updated else w]
    return (
        texts[w],
        texts[dw] if gradient else "",
        texts[new_w] if updated else "",
        sign_class(value),
        sign_class(texts.numbers[dw]) if gradient else "",
        stroke_width(value, largest_weight(texts.numbers.iteration.before)),
    )


@lru_cache(maxsize=512)
def largest_weight(network: Network) -> float:
    """The largest |w| of a network: the thickest line."""
    return max(float(abs(layer.W).max()) for layer in network.layers)


def _reached(stand: Stand, l: int, gradient: bool, updated: bool) -> bool:
    """Whether the phase has come to this connection."""
    match stand.phase:
        case "forward":
            return l <= stand.about[1]
        case "backward":
            return gradient
        case "update":
            return updated
    return True


@lru_cache(maxsize=16384)
def _drawn(form: Form, now: Reading) -> Mark:
    """Cached: from one step to the next most connections look as they did."""
    return _drawn_dense(form, now)[0], _label(form, now)


@lru_cache(maxsize=16384)
def _drawn_dense(form: Form, now: Reading) -> Mark:
    back = now.phase in ("backward", "update") and now.gradient
    flows = now.phase == "backward" and now.standing in ("active", "path")
    classes = f"edge {now.tone} {now.standing}".rstrip()
    words = f"{form.words}: {now.weight}"
    words += f", gradient {now.gradient}" if now.gradient else ""
    words += f", after the update {now.updated}" if now.updated else ""
    head = form.head if back else ""
    return Connection(form.id, form.ref, classes, form.path, now.width, head, flows, now.tab, words), None


def _label(form: Form, now: Reading) -> Label:
    gradient = f"∂ {now.gradient}" if now.gradient else ""
    updated = f"→ {now.updated}" if now.updated else ""
    tight = "tight" if max(map(len, (now.weight, gradient, updated))) > ROOMY_TEXT else ""
    classes = " ".join(filter(None, ("wl", now.standing, tight, "" if form.placed else "nowhere")))
    return Label(f"l-{form.id}", form.ref, classes, *form.rows, now.weight, gradient, now.slope, updated)


def ways_to_loss(sight: Sight) -> Iterator[Mark]:
    """A line from each drawn output to the loss; backward it carries the output's error signal."""
    for form in forms(sight.shape.sizes)[1]:
        yield _drawn_to_loss(form, sight.text(form.symbols[0]), sight.stand.standing(*form.line[:3]), sight.phase)


@lru_cache(maxsize=1024)
def _drawn_to_loss(form: Form, error: str, standing: str, phase: str) -> Mark:
    flows = phase == "backward" and bool(standing)
    classes = f"edge to-loss {standing}".rstrip()
    words = form.words + (f", error signal {error}" if error else "")
    head = form.head if error else ""
    line = Connection(form.id, form.ref, classes, form.path, TO_LOSS_WIDTH, head, flows, "-1", words)
    signal = f"δ {error}" if error else ""
    return line, Label(f"l-{form.id}", form.ref, "wl", *form.rows, "", signal, "signal", "") if form.placed else None


def unit_word(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit's name as it is spoken: x1, h2, o1; with several hidden layers h1 of layer 2."""
    letter = unit_letter(sizes, l)
    layer = f" of layer {l}" if letter == "h" and len(sizes) > 3 else ""
    return f"{letter}{j + 1}{layer}"


def unit_letter(sizes: tuple[int, ...], l: int) -> str:
    """x for inputs, h for hidden units, o for outputs."""
    return "x" if l == 0 else "o" if l == len(sizes) - 1 else "h"


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
