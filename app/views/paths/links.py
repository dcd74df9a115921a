"""The chain rule of a gradient as a table: a row for each way to the loss, its links with their numbers, its share."""

from math import isfinite, prod
from typing import NamedTuple

from app.engine.equations.links import KINDS, Link, Way, links_of
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values, evaluate
from app.engine.network.expressions import Symbol
from app.lessons.lesson import Orientation
from app.views.formulas.mathml import MATHML
from app.views.formulas.symbols import Script, reference, spelled
from app.views.network.scales import place, sign_class
from app.views.text.naming import SUBSCRIPTS, unit_mark
from app.views.text.numbers import adds_up, number, signed

SAME = 1e-9  # relative: how near to the gradient the links' products must come to be told as its factors
MOST_OPEN = 2  # ways whose links are named one by one; more share one row of names
MOST_WAYS = 4  # that are told one by one, the largest; the others stand together
LONG = 100.0  # the longest bar, in its drawing's units


class Bar(NamedTuple):
    """A signed share: its sign's class, the path of its stroke, and its number with sign."""

    sign: str
    d: str
    text: str


def bar(share: float, largest: float, digits: int) -> Bar:
    """A share beside the largest of them."""
    return Bar(sign_class(share), stroke(abs(share) / largest), signed(share, digits))


def stroke(share: float) -> str:
    """A horizontal stroke of this share of the longest; nothing where it has no length."""
    length = LONG * share
    return f"M0 5H{place(length)}" if 0 < length <= LONG else ""


class LinkMark(NamedTuple):
    """One link: its name in MathML, empty where it stands above; its number, its look, the marks that it lights."""

    name: str
    number: str
    look: str
    ref: str


class WayRow(NamedTuple):
    """One way: `via` is empty where it is the only one; no links where it stands for several."""

    via: str
    links: tuple[LinkMark, ...]
    share: Bar


class Chain(NamedTuple):
    """A gradient's ways. `names` stand above the links of all of them where these are many, or those of an example.

    `whose` is that example, one of several in the batch; empty where it is the only one.

    `shared`: how many links from the left are one error signal, and `error`, that with its number; 0 and empty where
    the gradient is itself one. `total` is there for several ways; `exact` is False where the printed shares do not add
    up to it.
    """

    whose: str
    names: tuple[str, ...]
    ways: tuple[WayRow, ...]
    shared: int
    error: str
    total: Bar | None
    exact: bool


def chain(
    equation: Equation, shape: Shape, values: Values, orientation: Orientation, digits: int, whose: str = ""
) -> Chain | None:
    """The links of a gradient that the walk finds by the chain rule, for the example in focus, which `whose` names in a
    batch; None where there are none, or where rounding has left none of their digits."""
    if equation.kind not in KINDS:
        return None
    found = next((ways for short in (False, True) if (ways := _holding(equation, shape, values, short))), None)
    if found is None:
        return None
    shares = [share for _, share in found]
    pen = _Pen(Script(shape, orientation), values, digits, max(map(abs, (*shares, sum(shares)))) or 1.0)
    several, many = len(found) > 1, len(found) > MOST_OPEN or bool(whose)
    shown = found
    if len(found) > MOST_WAYS:
        largest = sorted(found, key=lambda pair: -abs(pair[1]))[: MOST_WAYS - 1]
        shown = tuple(pair for pair in found if pair in largest)
    rows = [pen.row(way, share, named=not many) for way, share in shown]
    if len(shown) < len(found):
        rest = sum(shares) - sum(share for _, share in shown)
        rows.append(WayRow(f"{len(found) - len(shown)} others", (), pen.bar(rest)))
    links, is_error = found[0][0].links, equation.kind == "delta"
    parts = [share for _, share in shown] if len(shown) == len(found) else shares
    return Chain(
        whose,
        tuple(pen.name(link, of_any=found[0][0].unit) for link in links) if many else (),
        tuple(rows),
        0 if is_error else len(links) - 1,
        "" if is_error else pen.error(Symbol("delta", equation.symbol.layer, equation.symbol.j)),
        pen.bar(sum(shares)) if several else None,
        adds_up(parts, sum(shares), digits),
    )


_Shares = tuple[tuple[Way, float], ...]


def _holding(equation: Equation, shape: Shape, values: Values, from_error: bool) -> _Shares:
    """The ways with their products; none where these do not come to what the walk has found."""
    ways = links_of(shape, equation.symbol, from_error)
    try:
        shares = tuple((way, prod(evaluate(link.value, values) for link in way.links)) for way in ways)
    except ZeroDivisionError:  # a prediction of 0 or 1 to the last bit
        return ()
    delta = values[Symbol("delta", equation.symbol.layer, equation.symbol.j)]
    own = delta if equation.kind != "dW" else delta * evaluate(ways[0].links[-1].value, values) if ways else 0.0
    size = sum(abs(share) for _, share in shares)
    return shares if isfinite(size) and abs(sum(share for _, share in shares) - own) <= SAME * size else ()


class _Pen(NamedTuple):
    """How links are written: indices as in the lesson, the walk's values, the page's digits, the largest share."""

    script: Script
    values: Values
    digits: int
    largest: float

    def bar(self, share: float) -> Bar:
        return bar(share, self.largest, self.digits)

    def row(self, way: Way, share: float, named: bool) -> WayRow:
        return WayRow(self._via(way.unit), tuple(self._mark(link, named) for link in way.links), self.bar(share))

    def _via(self, unit: Symbol | None) -> str:
        if unit is None:
            return ""
        sizes, (kind, l, j, _) = self.script.shape.sizes, unit
        return f"via {f'ŷ{j + 1}'.translate(SUBSCRIPTS) if kind == 'a' else unit_mark(sizes, l, j)}"

    def _mark(self, link: Link, named: bool) -> LinkMark:
        value = evaluate(link.value, self.values)
        return LinkMark(
            self.name(link) if named else "", number(value, self.digits), _look(link, value), _stretch(link)
        )

    def name(self, link: Link, of_any: Symbol | None = None) -> str:
        """∂a/∂z in MathML; the unit `of_any` is written as i, for it stands for all of its layer."""
        above, below = (self._written(symbol, of_any) for symbol in (link.above, link.below))
        return f"<mfrac><mrow><mo>∂</mo>{above}</mrow><mrow><mo>∂</mo>{below}</mrow></mfrac>"

    def _written(self, symbol: Symbol, of_any: Symbol | None) -> str:
        if of_any is not None and symbol[1:3] == of_any[1:3] and symbol.kind in ("z", "a")[of_any.kind == "a" :]:
            return MATHML.indexed(*self.script.base(symbol), "i")
        return spelled(symbol, self.script, MATHML)

    def error(self, delta: Symbol) -> str:
        return (
            f"{spelled(delta, self.script, MATHML)}<mo>=</mo><mtext>{number(self.values[delta], self.digits)}</mtext>"
        )


def _look(link: Link, value: float) -> str:
    """The class of a link's number: the loss's slope, a unit's slope, a weight by its sign, else none."""
    if link.above.kind == "loss":
        return "d"
    if link.above.kind == "a":
        return "s"
    return sign_class(value) if isinstance(link.value, Symbol) and link.value.kind == "W" else ""


def _stretch(link: Link) -> str:
    """The marks in the drawing over which a link reaches, and where its number lives."""
    above, below = link.above, link.below
    if above.kind == "loss":  # between a prediction and its target, or all that lies behind a sum
        return (
            f"{reference(below)} {reference(Symbol('y', below.layer, below.j))}"
            if below.kind == "a"
            else reference(below)
        )
    if below.kind in ("W", "b"):
        carried = f"{reference(link.value)} " if isinstance(link.value, Symbol) else ""
        return carried + reference(below)
    return reference(link.value) if isinstance(link.value, Symbol) else reference(above)
