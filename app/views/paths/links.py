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
    up to it. `links` are those of the first way.
    """

    links: tuple[Link, ...]
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
    shares = [one.share for one in found]
    pen = _Pen(Script(shape, orientation), values, digits, max(map(abs, (*shares, sum(shares)))) or 1.0)
    several, many = len(found) > 1, len(found) > MOST_OPEN or bool(whose)
    shown = found
    if len(found) > MOST_WAYS:
        largest = sorted(found, key=lambda one: -abs(one.share))[: MOST_WAYS - 1]
        shown = tuple(one for one in found if one in largest)
    rows = [pen.row(one, named=not many) for one in shown]
    if len(shown) < len(found):
        rest = sum(shares) - sum(one.share for one in shown)
        rows.append(WayRow(f"{len(found) - len(shown)} others", (), pen.bar(rest)))
    (links, unit), is_error = (found[0].way.links, found[0].way.unit), equation.kind == "delta"
    return Chain(
        links,
        whose,
        tuple(pen.name(link, of_any=unit) for link in links) if many else (),
        tuple(rows),
        0 if is_error else len(links) - 1,
        "" if is_error else pen.error(Symbol("delta", equation.symbol.layer, equation.symbol.j)),
        pen.bar(sum(shares)) if several else None,
        not several or adds_up(shares, sum(shares), digits),
    )


class _Found(NamedTuple):
    """A way with the numbers of its links and their product."""

    way: Way
    numbers: tuple[float, ...]
    share: float


def _holding(equation: Equation, shape: Shape, values: Values, from_error: bool) -> tuple[_Found, ...]:
    """The ways with their numbers; none where these do not come to what the walk has found."""
    found = []
    for way in links_of(shape, equation.symbol, from_error):
        try:
            numbers = tuple(evaluate(link.value, values) for link in way.links)
        except ZeroDivisionError:  # a prediction of 0 or 1 to the last bit
            return ()
        found.append(_Found(way, numbers, prod(numbers)))
    if not found:
        return ()
    own = values[Symbol("delta", equation.symbol.layer, equation.symbol.j)]
    if equation.kind == "dW":
        own *= found[0].numbers[-1]
    size = sum(abs(one.share) for one in found)
    return tuple(found) if isfinite(size) and abs(sum(one.share for one in found) - own) <= SAME * size else ()


class _Pen(NamedTuple):
    """How links are written: indices as in the lesson, the walk's values, the page's digits, the largest share."""

    script: Script
    values: Values
    digits: int
    largest: float

    def bar(self, share: float) -> Bar:
        return bar(share, self.largest, self.digits)

    def row(self, found: _Found, named: bool) -> WayRow:
        way, numbers, share = found
        marks = tuple(self._mark(link, value, named) for link, value in zip(way.links, numbers, strict=True))
        return WayRow(self._via(way.unit), marks, self.bar(share))

    def _via(self, unit: Symbol | None) -> str:
        if unit is None:
            return ""
        sizes, (kind, l, j, _) = self.script.shape.sizes, unit
        return f"via {f'ŷ{j + 1}'.translate(SUBSCRIPTS) if kind == 'a' else unit_mark(sizes, l, j)}"

    def _mark(self, link: Link, value: float, named: bool) -> LinkMark:
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
