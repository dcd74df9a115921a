"""The marks of the diagram: connections with their numbers, units, targets, the loss; each what its template draws.

What they show is what the walk has shown so far.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from app.engine.equations.shape import Shape
from app.engine.equations.trace import found_at, trace
from app.engine.equations.values import Values
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.narration.mistakes import is_misled
from app.views.network.layout import LOSS_RADIUS, Still
from app.views.network.scales import place, sign_class, strength, stroke_width
from app.views.text.activations import is_flat, is_off
from app.views.text.naming import spoken_mark, target_mark
from app.views.text.numbers import MINUS, fixed, number
from app.views.text.words import SATURATED

TO_LOSS_WIDTH = "1.6"
ROOMY_VALUE = 6  # characters of a value that fit a circle in full size
ROOMY_NAME = 13  # characters of a column's or a class's name
BIASED = ("z", "db", "b")  # what is about a bias
WAYS = {"neg": "▲", "pos": "▼"}  # by the sign of the error signal: the way the sum should move to lower the loss
WAY_WORDS = {"▲": ", a larger sum lowers the loss", "▼": ", a smaller sum lowers the loss"}
BY_THIS_RULE = ", by a rule that is not the chain rule's"  # then its sign proves nothing
BOX_WIDTH, BOX_HEIGHT = 76.0, 22.0  # of a target, as its template draws it


class Connection(NamedTuple):
    """One line: `head` is its arrowhead's path, empty where no gradient has come; `label` says it all in words.

    `was` is the width before the update that is shown, empty at any other time.
    """

    id: str
    ref: str
    classes: str
    path: str
    width: str
    was: str
    head: str
    flows: bool
    tab: str
    label: str

    @property
    def template(self) -> str:
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
        return "svg/label.svg"


class Unit(NamedTuple):
    """One unit as it looks now; numbers not known yet are empty. `way` is where its sum should move.

    `given` is what the data call it.
    """

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
    given: str
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
        return "svg/unit.svg"


class Target(NamedTuple):
    """The box beside an output with what it should say; `thread` leads from the unit to the box."""

    id: str
    ref: str
    x: str
    y: str
    left: str
    top: str
    text: str
    thread: str
    label: str


@dataclass(frozen=True)
class LossMark:
    """The loss at the far right; `value` is empty until it is known."""

    id: ClassVar[str] = "u-loss"
    template: ClassVar[str] = "svg/loss.svg"

    x: str
    y: str
    radius: str
    letter_y: str
    value_y: str
    classes: str
    value: str
    tab: str
    label: str


# What the walk has shown --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Visible:
    """One walk at its cursor, its numbers written with so many decimals.

    `whole_layer`: the learner steps by more than an equation, or chose a cell of the timeline. `phase` is that of
    the equation shown last or, of several that are shown together, first, as that one is open; empty at the very start.
    `about` is what it finds: kind, layer and units, a kind of its own at the very start; what an optimizer has of a
    parameter counts as the parameter itself. `mark` is the id of the unit, connection or loss that it is about.
    `found` holds the equation that finds each symbol.
    """

    shape: Shape
    cursor: int
    values: Values
    digits: int
    whole_layer: bool
    phase: str
    about: tuple[str, int, int, int | None]
    mark: str
    largest_weight: float  # the thickest line
    largest_activation: float  # of the example in focus, finite, at least 1: the fullest colour
    found: dict[Symbol, int]

    @classmethod
    def of(cls, session: TrainingSession, digits: int, asked: bool = False) -> "Visible":
        """What a session has shown; while a bug is hunted, as if there were none. With `asked` it is about the next
        equation.
        """
        shape, cursor, values = session.told_shape, session.cursor, session.values
        equation = trace(shape)[cursor if asked else cursor - len(session.shown)] if cursor else None
        iteration = values.iteration
        rows = [np.abs(A[values.focus]) for A in iteration.forward.A]
        ref = (reference(equation.symbol) if equation else "") or "u-0-0"
        return cls(
            shape,
            cursor,
            values,
            digits,
            session.by != "equation" or session.whole,
            equation.phase if equation else "",
            (equation.group[0], *equation.symbol[1:]) if equation else ("nothing", 0, 0, None),
            {"w": f"c{ref[1:]}", "b": f"u{ref[1:]}", "l": "u-loss"}.get(ref[0], ref),
            max(float(np.abs(layer.W).max()) for layer in iteration.before.layers),
            max(1.0, *(float(row[np.isfinite(row)].max(initial=0.0)) for row in rows)),
            found_at(shape),
        )

    def number(self, symbol: Symbol) -> str:
        """The symbol's number as the drawing writes it, shown or not."""
        return number(self.values[symbol], self.digits)

    def text(self, symbol: Symbol) -> str:
        """The symbol's number; empty until it is given, or found by an equation that has been shown."""
        return self.number(symbol) if self.found.get(symbol, -1) < self.cursor else ""

    def updated(self, symbol: Symbol, new: Symbol) -> str:
        """A parameter's number after its update; where that looks like the old one, the old one and its change."""
        text = self.text(new)
        old, change = self.values[symbol], self.values[new] - self.values[symbol]
        if text and change and fixed(old, self.digits) == fixed(old + change, self.digits):
            return f"{self.number(symbol)} {'+' if change > 0 else MINUS} {number(abs(change), self.digits)}"
        return text

    def is_about(self, l: int, j: int) -> bool:
        """Whether the equation finds something of this unit: a number of its own, or a weight or bias that it uses."""
        return l > 0 and self.phase != "loss" and self.about[1:3] == (l, j)

    def standing(self, to: int, j: int, k: int) -> str:
        """How the line from unit k to unit j of layer `to` stands to the equation.

        active where the equation runs along it, path where its gradient came this way, near where it came last;
        else empty.
        """
        kind, l, unit, source = self.about
        match kind:
            case "z" | "a" if (to, j) == (l, unit):
                return "active" if kind == "z" else "path"
            case "loss" if to == len(self.shape.sizes):
                return "active"
            case "delta" if (to, k) == (l + 1, unit):
                return "active"
            case "W" | "dW" if (to, j, k) == (l, unit, source):
                return "active"
            case "dW" | "db" if (to, k) == (l + 1, unit) and l < self.shape.depth:
                return "near path"
            case "delta" | "dW" | "db" if to > l + 1 or (to, k) == (l + 1, unit):
                return "path"
        return ""


# Connections ---------------------------------------------------------------------------------------------------------


def connections(now: Visible, drawn: Still, mark: str) -> Iterator[tuple[Connection, Label | None]]:
    """Every drawn connection with its label, layer by layer; `mark` is the id of the one tab stop."""
    for wire in drawn.connections:
        (l, j, k, _, _), w = wire.line, wire.weight
        dw, new_w = Symbol("dW", l, j, k), Symbol("new_W", l, j, k)
        weight, gradient, updated = now.number(w), now.text(dw), now.updated(w, new_w)
        value = now.values[new_w if updated else w]
        reached = {"forward": l <= now.about[1], "backward": gradient, "update": updated}.get(now.phase, True)
        standing = now.standing(l, j, k) or ("" if reached else "quiet")
        stopped = now.values[Symbol("delta", l, j)] == 0  # a unit that lets nothing through
        words = f"{wire.words}: {weight}"
        words += f", gradient {gradient}" if gradient else ""
        words += f", after the update {updated}" if updated else ""
        line = Connection(
            wire.id,
            wire.ref,
            f"edge {sign_class(value)} {standing}".rstrip(),
            wire.path,
            stroke_width(value, now.largest_weight),
            stroke_width(now.values[w], now.largest_weight)
            if now.about == new_w._replace(kind="W") and updated
            else "",
            wire.head if gradient and not stopped and now.phase in ("backward", "update") else "",
            now.phase == "backward" and not stopped and standing not in ("", "quiet"),
            "0" if wire.id == mark else "-1",
            words,
        )
        if drawn.layout.dense:
            yield line, None
            continue
        if standing == "near path" or (standing == "active" and now.about[0] == "delta"):
            gradient = updated = ""  # the equation takes the weight alone
        gradient, sign = (f"∂ {gradient}", sign_class(now.values[dw])) if gradient else ("", "")
        updated = updated.removeprefix(weight).strip() if " " in updated else updated and f"→ {updated}"
        classes = " ".join(filter(None, ("wl", standing, "" if wire.placed else "nowhere")))
        first, second, third = (*wire.rows[bool(gradient) + bool(updated)], "", "")[:3]
        numbers = weight, gradient, sign, updated
        yield line, Label(f"l-{wire.id}", wire.ref, classes, wire.x, first, second, third, *numbers)


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
            "",
            wire.head if error else "",
            now.phase == "backward" and bool(standing),
            "-1",
            wire.words + (f", error signal {error}" if error else ""),
        )
        signal, row, looks = f"δ {error}" if error else "", wire.rows[0][0], f"wl {standing}".rstrip()
        label = Label(f"l-{wire.id}", wire.ref, looks, wire.x, "", row, "", "", signal, "signal", "")
        yield line, label if wire.placed else None


# Units ---------------------------------------------------------------------------------------------------------------


def units(now: Visible, drawn: Still, mark: str, names: Mapping[tuple[int, int], str]) -> Iterator[Unit]:
    """Every drawn unit, layer by layer; `mark` is the id of the one tab stop, `names` are of columns and classes."""
    for spot in drawn.units:
        l, j = spot.l, spot.j
        given = names.get((l, j), "")
        given = "" if given in (spot.name, target_mark(j), "y") else given  # it would say the same twice
        shortened = given if len(given) <= ROOMY_NAME else f"{given[: ROOMY_NAME - 1]}…"
        value, summed, bias, error = (
            now.text(Symbol(kind, l, j)) if l or kind == "a" else "" for kind in ("a", "z", "b", "delta")
        )
        updated = now.updated(Symbol("b", l, j), Symbol("new_b", l, j)) if l else ""
        a = now.values[Symbol("a", l, j)] if value else 0.0
        way = WAYS.get(sign_class(now.values[Symbol("delta", l, j)]), "") if error else ""
        stops, why = "", ""
        slope = Symbol("slope", l, j)
        backward = 0 < l < now.shape.depth and now.phase in ("backward", "update")
        if backward and abs(now.values[slope]) < SATURATED:
            name, z = now.shape.activation(l), now.values[Symbol("z", l, j)]
            stops = "off" if is_off(name, z) else "saturated" if is_flat(name, z) else ""
            if stops:
                why = f", {stops}: its slope is {now.number(slope)}"
            elif now.values[slope] == 0:
                why = ", its rounded slope is 0"
        current = ("current ahead" if now.phase == "forward" else "current") if now.is_about(l, j) else ""
        biased = "biased" if current and now.about[0] in BIASED else ""
        looks = ("unit", sign_class(a) if value else "", current, biased, stops)
        told = (
            ("sum", summed),
            ("activation", value),
            ("bias", bias),
            ("bias after the update", updated),
            ("error signal", error and error + (BY_THIS_RULE if is_misled(now.shape, l) else WAY_WORDS.get(way, ""))),
        )
        words = ", ".join(f"{name} {text}" for name, text in told if text) if l else value
        shown = value or summed
        yield Unit(
            spot.id,
            spot.bias_ref,
            " ".join(filter(None, looks)),
            strength(a, now.largest_activation) if value else "0",
            "" if value else summed,
            shown,
            "" if len(shown) <= ROOMY_VALUE else "long",
            *_below(now, drawn, l, j, bias, updated, error),
            way,
            "0" if spot.id == mark else "-1",
            f"{spot.words}{given and f', {given}'}: {words}{why}",
            spot.name,
            shortened,
            *spot.places,
        )


def _below(now: Visible, drawn: Still, l: int, j: int, bias: str, updated: str, error: str) -> tuple[str, str]:
    """The rows below a unit: its bias, or what is found of it, and its error signal; or one of them."""
    about_bias = now.is_about(l, j) and now.about[0] in BIASED
    row = f"b = {bias}" if bias else ""
    if updated:
        row = f"b {updated.partition(' ')[2]}" if " " in updated else f"b → {updated}"
    elif about_bias and now.about[0] == "db":
        row = f"∂b {now.text(Symbol('db', l, j))}"
    error = f"δ {error}" if error and drawn.layout.roomy else error
    if not drawn.layout.crowded:
        return row, error
    return (row, "") if about_bias else ("", error)


# Targets and the loss ------------------------------------------------------------------------------------------------


def targets(now: Visible, drawn: Still) -> Iterator[Target]:
    """What each drawn output should say."""
    drawing = drawn.layout
    for line in drawing.to_loss:
        unit, (x, y) = drawing.units[line.l - 1, line.k], drawing.target(line.k)
        left, top = place(x - BOX_WIDTH / 2), place(y - BOX_HEIGHT / 2)
        wanted = now.number(Symbol("y", now.shape.depth, line.k))
        text = f"{target_mark(line.k)} = {wanted}"
        label = f"target of {spoken_mark(now.shape.sizes, now.shape.depth, line.k)}: {wanted}"
        slant = 0.6 * drawing.radius * (1 if y > unit.y else -1)
        thread = f"M{place(unit.x + 0.8 * drawing.radius)} {place(unit.y + slant)}L{left} {place(y)}"
        yield Target(f"t-{line.k}", f"y-{line.k}", place(x), place(y + 4.5), left, top, text, thread, label)


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
