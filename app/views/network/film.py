"""The film of a step: what goes in lights up, what comes of it travels and meets, and only then the result is there.

Places are those of the drawing, times are hundredths of the film. The page moves what is placed here; without scripts,
and without motion, a step is shown as it ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import evaluate
from app.engine.network.expressions import (
    Expression,
    Sum,
    Symbol,
    body_of,
    factors_of,
    product,
    symbols_in,
)
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.network.layout import Line, Point, Still, Wire
from app.views.network.marks import Visible
from app.views.network.scales import place, sign_class
from app.views.text.numbers import number, signed
from app.views.text.words import SATURATED

START, HALF_WAY, MET, ONE = 4, 36, 66, 78  # what goes in sets out, reaches its weight; products meet; they are one
RESULT, SOON = ONE, 34  # when the result appears where something travels, and where nothing does
RIM = 54  # when what a unit stops, or dims, is at its rim
MOST_DOTS = 40  # that travel at once, the strongest
CHIP, LETTER, DOT = (6.0, 9.0), 3.7, 5.0  # half the width and height of what travels: a number's frame, a letter, a dot
NAME, BELOW = (12.0, 7.0), (34.0, 7.0)  # half of what stands above and below a unit
ROWS_HIGH = 14.0  # half of two rows on a line
ALONG = tuple(i / 48 for i in range(49))  # shares of the way along a line
AWAY = 25.0  # from where a change comes to its number
LAYERS = {"forward": ("a",), "backward": ("delta", "dW", "db"), "update": ("W", "b")}  # what a layer's step shows
SLOPES = ("slope", "slope_at_a")


class Actor(NamedTuple):
    """What moves: its looks, its number (a dot and a light have none), and its stops, "x y time" each.

    It comes into sight at the first stop, and goes out of it on its way to the last. A light has one place alone.
    """

    looks: str
    text: str
    way: str


@dataclass(frozen=True)
class Film:
    """All that moves on the way to `end`, a cursor; it is shown to who comes there from `start`.

    `results` are the selectors of what must not be seen before the time `then`, besides what the equation's panel says.
    """

    id: ClassVar[str] = "film"
    template: ClassVar[str] = "explorer/film.html"

    phase: str
    iteration: int
    start: int
    end: int
    then: int
    results: str
    radius: str
    actors: tuple[Actor, ...]


def film(now: Visible, drawn: Still, session: TrainingSession, hidden: bool, whole_phase: bool) -> Film:
    """The film of the equation shown last; where the learner steps by more, of its layer; or of its `whole_phase`.

    While the rule is `hidden`, what travels has no numbers.
    """
    radius = place(drawn.layout.radius)
    if not now.cursor:
        return Film("", session.iteration, 0, 0, 0, "", radius, ())
    equations = trace(now.shape)
    equation, start = equations[now.cursor - 1], now.cursor - 1
    while now.whole_layer and start and equations[start - 1].phase == equation.phase:
        if not whole_phase and equations[start - 1].symbol.layer != equation.symbol.layer:
            break
        start -= 1
    last_of = {one.symbol.layer: one for one in equations[start : now.cursor]}
    scenes = [_Scene(now, drawn, one, hidden, session.checking) for one in last_of.values()]
    acted = (scene.of_layer(i, len(scenes)) if now.whole_layer else scene.of_one() for i, scene in enumerate(scenes))
    actors = tuple(actor for act in acted for actor in act)
    results = [selector for scene in scenes for selector in scene.results()]
    results += ("#loss .then", "#end") if session.finished else ()
    then = RESULT if any(actor.looks != "light" for actor in actors) else SOON
    return Film(equation.phase, session.iteration, start, now.cursor, then, ",".join(results), radius, actors)


@dataclass(frozen=True)
class _Scene:
    """One equation as it is acted."""

    now: Visible
    drawn: Still
    equation: Equation
    hidden: bool
    checking: bool

    # What it finds

    def results(self) -> Iterator[str]:
        """Where the result stands in the drawing and in the panels around it."""
        kind, (l, j, k), now = self.equation.kind, self.equation.symbol[1:], self.now
        output = l == now.shape.depth
        if now.whole_layer and now.phase != "loss":
            unit, line = f'#units [id^="u-{l}-"]', f'[id^="c-{l}-"]'
            label, way, kinds = f'#labels [id^="l-c-{l}-"]', '[id^="o-"]', LAYERS[now.phase]
        else:
            unit, line, label, way, kinds = f"#u-{l}-{j}", f"#c-{l}-{j}-{k}", f"#l-c-{l}-{j}-{k}", f"#o-{j}", (kind,)
        found = {
            "z": (f"{unit} .v", f"{unit} .zl"),
            "a": (f"{unit} .v", f"{unit} .tone"),
            "loss": ("#u-loss .v", "#loss b"),
            "delta": (f"{unit} .dl", f"{unit} .way", *((f"{way} .head", f"{way.replace('o-', 'l-o-')} .g") * output)),
            "dW": (f"{label} .g", f"{line} .head"),
            "W": (f"{label} .new", f"{line} .wire"),
            "db": (f"{unit} .bl",),
            "b": (f"{unit} .bl",),
        }
        yield from dict.fromkeys(selector for kind in kinds for selector in found.get(kind, ()))
        if kind == "a" and output and j == now.shape.sizes[-1] - 1:
            yield "#data .hat"
        symbol = reference(self.equation.symbol)
        for kind in dict.fromkeys(kind.removeprefix("d") for kind in kinds if kind in ("dW", "db", "W", "b")):
            ids = (f'[id^="{{}}-{kind.lower()}-{l}-"]' if now.whole_layer else f"#{{}}-{symbol}").format
            yield f"{ids('row')} td:nth-of-type({2 if now.phase == 'backward' else 3})"
            if self.checking and now.phase == "backward":
                yield f"{ids('check')} td"

    # What moves

    def of_layer(self, act: int, acts: int) -> Iterator[Actor]:
        """A dot along each line of the layer, the strongest ones where they are many; in its turn among all layers."""
        phase, l = self.now.phase, self.equation.symbol.layer
        to = {"forward": l, "loss": len(self.now.shape.sizes), "backward": l + 1}.get(phase)
        wires = [wire for wire in (*self.drawn.connections, *self.drawn.to_loss) if wire.line.l == to]
        carried = sorted(((self._carried(wire), wire) for wire in wires), key=lambda one: -abs(one[0]))
        for value, wire in carried[:MOST_DOTS]:
            start, end = (wire.line.end, wire.line.start) if phase == "backward" else wire.line[3:]
            times = ((ONE * act + time) // acts for time in (START, MET, ONE))
            yield Actor(f"dot {sign_class(value)}", "", _way(*zip((start, end, end), times, strict=True)))

    def _carried(self, wire: Wire) -> float:
        l, j, k = wire.line[:3]
        values, depth = self.now.values, self.now.shape.depth
        if self.now.phase == "forward":
            return values[Symbol("a", l - 1, k)] * values[wire.weight]
        if l > depth:
            return values[wire.weight if self.now.phase == "loss" else Symbol("delta", depth, k)]
        return values[Symbol("delta", l, j)] * values[wire.weight]

    def of_one(self) -> Iterator[Actor]:
        """Everything that the equation takes, and what comes of it."""
        l, j, k = self.equation.symbol[1:]
        if l and (l, j) not in self.drawn.layout.units:  # inside a fold
            return
        match self.equation.kind:
            case "z":
                yield from self._weighted_sum(l, j)
            case "a":
                yield from self._activation(l, j)
            case "loss":
                yield from self._loss()
            case "delta" if l == self.now.shape.depth:
                yield from self._output_error(l, j)
            case "delta":
                yield from self._hidden_error(l, j)
            case "dW":
                yield from self._gradient(l, j, k)
            case "db":
                yield self._goes(self._value("delta", l, j), self._below(l, j, 1), self._below(l, j, 0))
            case "W" | "b":
                yield from self._update(l, j, k)

    def _weighted_sum(self, l: int, j: int) -> Iterator[Actor]:
        """What each unit carries goes to the weight, their product on into the unit, and the bias with it."""
        here = self._unit(l, j)
        for wire in self._wires(l, j):
            carried = self._value("a", l - 1, wire.line.k)
            share = carried * self.now.values[wire.weight]
            way = self._stops(wire, carried, share)
            yield _light(self._unit(l - 1, wire.line.k))
            yield self._gives(carried, way.start, way.before)
            yield self._arrives(share, way.after, way.end, here)
        yield self._goes(self._value("b", l, j), self._below(l, j, 0), here)

    def _activation(self, l: int, j: int) -> Iterator[Actor]:
        """The sum turns into the activation where it stands; a softmax takes the sums of its whole layer."""
        for at in dict.fromkeys(symbol[1:3] for symbol in symbols_in(self.equation.expression) if symbol.kind == "z"):
            if at in self.drawn.layout.units:
                yield _light(self._unit(*at))
        yield self._stays(self._text(self._value("z", l, j)), self._unit(l, j))

    def _loss(self) -> Iterator[Actor]:
        """What each output says and what it should say meet."""
        loss = self.drawn.layout.loss
        for wire in self.drawn.to_loss:
            depth, k = wire.line.l - 1, wire.line.k
            said = self._value("a", depth, k)
            way = self._stops(wire, said)
            yield _light(self._unit(depth, k))
            yield self._arrives(said, way.start, way.end, loss, START)
            yield self._goes(self._value("y", depth, k), self.drawn.layout.target(k), loss)

    def _output_error(self, l: int, j: int) -> Iterator[Actor]:
        """The loss's slope comes back and meets the unit's own; or the target comes and meets what the unit says."""
        wire = next(wire for wire in self.drawn.to_loss if wire.line.k == j)
        here, (slopes, others) = self._unit(l, j), self._factors()
        yield _light(here)
        slope = self._term(product(*others))
        way = self._stops(wire, slope)
        if slopes and others:
            yield from self._passes(slope, way.end, way.start, here, START, self._term(slopes[0]))
            yield self._gate(l, j, slopes[0])
        else:
            yield Actor("dot", "", _way((way.end, START), (way.start, MET), (here, ONE)))
            target = self.drawn.layout.target(j)
            rim = Line(l, j, j, target, here).before(self.drawn.layout.radius + CHIP[0] + 14)
            yield self._goes(self._value("y", l, j), target, rim)

    def _hidden_error(self, l: int, j: int) -> Iterator[Actor]:
        """The shares come back along every connection, and into the unit as far as its slope lets them."""
        slopes, others = self._factors()
        sums = others[0].terms if len(others) == 1 and isinstance(others[0], Sum) else (product(*others),)
        slope = self._term(slopes[0]) if slopes else 1.0
        for term in sums:
            source = next((symbol for symbol in symbols_in(term) if symbol.kind == "delta"), None)
            if source is None:
                continue
            for wire in self._wires(l + 1, source.j):
                if wire.line.k == j:
                    error, share = self.now.values[source], self._term(term)
                    way = self._stops(wire, error, share)
                    yield _light(self._unit(l + 1, wire.line.j))
                    yield self._gives(error, way.end, way.after)
                    yield from self._passes(share, way.before, way.start, self._unit(l, j), HALF_WAY, slope)
        if slopes:
            yield self._gate(l, j, slopes[0])

    def _gradient(self, l: int, j: int, k: int | None) -> Iterator[Actor]:
        """What the weight carried comes from the left, the error signal from the right: they meet on the line."""
        carried = [symbol for symbol in symbols_in(self.equation.expression) if symbol.kind == "a"]
        for wire in self._wires(l, j):
            if wire.line.k == k:
                error, values = self._value("delta", l, j), [self.now.values[symbol] for symbol in carried]
                way = self._stops(wire, error, *values)
                yield _light(self._unit(l - 1, k))
                yield _light(self._unit(l, j))
                for value in values:
                    yield self._arrives(value, way.start, way.before, wire.middle, START)
                yield self._arrives(error, way.end, way.after, wire.middle, START)

    def _update(self, l: int, j: int, k: int | None) -> Iterator[Actor]:
        """The change comes to the old number, which slides around the gradient to where the new one will stand."""
        symbol = self.equation.symbol
        old = self.now.values[symbol._replace(kind=self.equation.kind)]
        change = self.now.values[symbol] - old
        told, text = signed(change, self.now.digits), self._text(old)
        on: tuple[Point, ...] = ()
        if k is None:
            at = self._below(l, j, 0)
            beside = at.x + LETTER * (len(text) + len(told) + 4) + 2 * CHIP[0]
            way = Point(beside + AWAY, at.y), Point(beside, at.y)
        else:
            wire = next((wire for wire in self._wires(l, j) if wire.line.k == k), None)
            if wire is None:
                return
            at, gradient, new = (Point(wire.middle.x, float(row) - 4.5) for row in wire.rows[2])
            aside = LETTER * (len(text) + len(self.now.number(Symbol("dW", l, j, k))) + 4)
            on = Point(gradient.x + aside, gradient.y), new
            way = Point(at.x, at.y - 2 * CHIP[1] - AWAY), Point(at.x, at.y - 2 * CHIP[1])
        yield self._goes(change, *way, told)
        yield self._stays(text, at, *on)

    # Its parts

    def _gives(self, value: float, start: Point, end: Point) -> Actor:
        """What is taken goes as far as the weight."""
        return self._travels(value, (start, START), (end, HALF_WAY - 2), (end, HALF_WAY + 4))

    def _arrives(self, value: float, start: Point, end: Point, inside: Point, from_: int = HALF_WAY) -> Actor:
        """It comes to the end, and goes in."""
        return self._travels(value, (start, from_), (end, MET), (inside, ONE))

    def _passes(
        self, value: float, start: Point, end: Point, inside: Point, from_: int, slope: float
    ) -> Iterator[Actor]:
        """It comes to a unit, and in as far as its slope lets it: a dead one stops it, a saturated one dims it."""
        if abs(slope) >= SATURATED:
            yield self._arrives(value, start, end, inside, from_)
            return
        yield self._travels(value, (start, from_), (end, RIM), (end, MET))
        if slope:
            dimmed = self._travels(value, (end, RIM), (inside, RESULT))
            yield dimmed._replace(looks=f"{dimmed.looks} dim")

    def _goes(self, value: float, start: Point, end: Point, text: str | None = None) -> Actor:
        """It goes the whole way, and in."""
        return self._travels(value, (start, START), (end, MET), (end, ONE), text=text)

    def _travels(self, value: float, *stops: tuple[Point, int], text: str | None = None) -> Actor:
        shown = (self._text(value) if text is None else text) if self._tells else ""
        return Actor(f"{'chip' if shown else 'dot'} {sign_class(value)}", shown, _way(*stops))

    def _stays(self, text: str, at: Point, *on: Point, looks: str = "ghost") -> Actor:
        """What stood there before, until the result takes its place; or it slides on to there, by these points."""
        leaves, ends = MET - 10 if on else RESULT, RESULT + 10
        times = (leaves + (ends - leaves) * i // max(len(on), 1) for i in range(1, len(on) + 1))
        return Actor(looks, text, _way((at, 0), (at, leaves), *(zip(on, times, strict=True) if on else [(at, ends)])))

    def _gate(self, l: int, j: int, slope: Expression) -> Actor:
        """The unit's slope, where its error signal will stand."""
        text, value = self._text(self._term(slope)), self._term(slope)
        return self._stays(text and f"· {text}", self._below(l, j, 1), looks="ghost shut" if value == 0 else "ghost")

    def _factors(self) -> tuple[list[Expression], list[Expression]]:
        """The slopes of the unit, and the other factors of its error signal."""
        factors = factors_of(body_of(self.equation.expression))
        slopes: list[Expression] = [
            factor for factor in factors if isinstance(factor, Symbol) and factor.kind in SLOPES
        ]
        return slopes, [factor for factor in factors if factor not in slopes]

    def _term(self, term: Expression) -> float:
        return evaluate(term, self.now.values)

    def _value(self, kind: str, l: int, j: int) -> float:
        return self.now.values[Symbol(kind, l, j)]

    def _text(self, value: float) -> str:
        """As the drawing writes it; nothing where it has no room, or must not be told."""
        return "" if self.hidden or self.drawn.layout.dense else number(value, self.now.digits)

    @property
    def _tells(self) -> bool:
        """Whether what travels has its number with it."""
        return self.drawn.layout.roomy and not self.hidden

    def _unit(self, l: int, j: int) -> Point:
        return self.drawn.layout.units[l, j]

    def _below(self, l: int, j: int, row: int) -> Point:
        """The middle of a row below a unit: 0 of its bias, 1 of its error signal; where it is crowded they are one."""
        x, y = self._unit(l, j)
        return Point(x, y + self.drawn.layout.radius + 11 + 14 * row * (not self.drawn.layout.crowded))

    def _wires(self, l: int, j: int) -> Iterator[Wire]:
        return (wire for wire in self.drawn.connections if wire.line[:2] == (l, j))

    def _stops(self, wire: Wire, *values: float) -> "_Stops":
        """For what is as wide as the longest of these values."""
        line, drawing = wire.line, self.drawn.layout
        letters = max(len(self._text(value)) for value in values)
        half = (CHIP[0] + LETTER * letters, CHIP[1]) if self._tells else (DOT, DOT)
        ends = [drawing.units[at] for at in ((line.l - 1, line.k), (line.l, line.j)) if at in drawing.units]
        taken = (
            []
            if drawing.dense
            else [(wire.middle, (LETTER * len(self._text(self.now.values[wire.weight])), ROWS_HIGH))]
        )
        for x, y in () if drawing.dense else ends:
            taken += ((Point(x, y - drawing.radius - 10), NAME), (Point(x, y + drawing.radius + 10), BELOW))
        middle = line.share(wire.middle)
        rim = min(_apart(half, line.end.x - line.start.x, line.end.y - line.start.y), 0.5)
        free = [t for t in ALONG if rim <= t <= 1 - rim and not any(_meet(line.at(t), half, *box) for box in taken)]
        left, right = [t for t in free if t < middle] or [rim], [t for t in free if t > middle] or [1 - rim]
        return _Stops(*map(line.at, (left[0], left[-1], right[0], right[-1])))


class _Stops(NamedTuple):
    """Where what travels along a line stands clear of units and of the line's number: outside, and beside it."""

    start: Point
    before: Point
    after: Point
    end: Point


def _apart(half: tuple[float, float], dx: float, dy: float) -> float:
    """The share of a line (dx, dy) that takes a box off its start."""
    return min(extent / abs(d) for extent, d in zip(half, (dx, dy), strict=True) if d)


def _meet(at: Point, half: tuple[float, float], other: Point, its: tuple[float, float]) -> bool:
    """Whether two boxes, given by their middles and halves, come together."""
    return abs(at.x - other.x) < half[0] + its[0] + 2 and abs(at.y - other.y) < half[1] + its[1] + 2


def _way(*stops: tuple[Point, int]) -> str:
    return ",".join(f"{point.x:.0f} {point.y:.0f} {time}" for point, time in stops)


def _light(at: Point) -> Actor:
    return Actor("light", "", f"{at.x:.0f} {at.y:.0f}")
