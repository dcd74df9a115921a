"""One path of a gradient as a row: units passed, factor by factor, its running product, and what kills it."""

from math import isfinite, log10
from typing import NamedTuple

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Symbol
from app.engine.paths import Factor, Path
from app.views.formulas.mathml import marked, plain
from app.views.formulas.rows import MATHML
from app.views.formulas.symbols import Script, reference, spelled
from app.views.network.connections import unit_letter
from app.views.network.scales import place, sign_class
from app.views.network.units import SUBSCRIPTS
from app.views.paths.path_words import killed, route
from app.views.text.numbers import number, signed
from app.views.text.words import SATURATED

LONG = 100.0  # the longest bar, in its drawing's units
DECADES = 6.0  # bars of running products are logarithmic: so many powers of ten from the longest to none
FACTOR_WORDS = {
    "a": "",
    "slope": "the slope ",
    "W": "the weight ",
    "delta": "the error signal ",
    "da": "the loss’s slope ",
}


class Bar(NamedTuple):
    """A signed share: its sign's class, the path of its stroke, and its number with sign."""

    sign: str
    d: str
    text: str


class FactorMark(NamedTuple):
    """One factor: symbol and number in MathML, the product so far with its bar, whether it kills the path."""

    symbol: str
    number: str
    product: str
    d: str
    kills: bool


class PathRow(NamedTuple):
    """One path. `refs` are the marks that it lights; `spoken` says all of it in order; `killed` names what kills it."""

    refs: str
    name: str
    spoken: str
    bar: Bar
    factors: tuple[FactorMark, ...]
    own: str
    killed: str


class Writer(NamedTuple):
    """How rows are written: indices as in the lesson, the page's decimals, and the largest numbers of all rows."""

    script: Script
    digits: int
    share: float
    product: float

    def bar(self, share: float) -> Bar:
        """A share beside the largest of them."""
        return Bar(
            sign_class(share), stroke(LONG * abs(share) / self.share if share else 0.0), signed(share, self.digits)
        )

    def row(self, path: Path, place_of_all: str, batch: bool) -> PathRow:
        """The path; `place_of_all` is such as "Path 1 of 2"; over a batch its own product is told apart."""
        killer = path.killer(SATURATED)
        shown = tuple(factor for factor in path.factors if not is_one(factor, self.script))
        return PathRow(
            " ".join((*refs_of(path), *map(_mark, path.units))),
            " → ".join(unit_mark(self.script.shape.sizes, *unit) for unit in path.units),
            f"{place_of_all}, {route(self.script, path.units)}: {self._told(shown)} is {number(path.own, self.digits)}."
            + (f" {killed(self.script, killer)}" if killer else ""),
            self.bar(path.product),
            tuple(self._factor(shown, i, killer) for i in range(len(shown))),
            number(path.own, self.digits) if batch else "",
            killed(self.script, killer) if killer else "",
        )

    def _told(self, factors: tuple[Factor, ...]) -> str:
        return " times ".join(f"{FACTOR_WORDS[f.symbol.kind]}{number(f.value, self.digits)}" for f in factors)

    def _factor(self, factors: tuple[Factor, ...], i: int, killer: Factor | None) -> FactorMark:
        symbol, value = factors[i]
        product = 1.0
        for factor in factors[: i + 1]:
            product *= factor.value
        written = plain(value, self.digits)
        return FactorMark(
            marked(symbol, self._name(symbol), value >= 0),
            marked(symbol, MATHML.parenthesised(written) if value < 0 and i else written, value >= 0),
            number(product, self.digits),
            stroke(LONG * logarithmic(product, self.product)),
            factors[i] is killer,
        )

    def _name(self, symbol: Symbol) -> str:
        """The symbol; the loss's slope in one line, for a fraction would stand higher than all others."""
        if symbol.kind != "da":
            return spelled(symbol, self.script, MATHML)
        y_hat = spelled(symbol._replace(kind="a"), self.script, MATHML)
        return f"<mo>∂</mo><mi>ℒ</mi><mo>/</mo><mo>∂</mo>{y_hat}"


def writer(script: Script, digits: int, shares: list[float], paths: tuple[Path, ...]) -> Writer:
    """A writer for these shares and paths."""
    products = (abs(product) for path in paths for product in path.trail)
    return Writer(script, digits, max(map(abs, shares), default=0.0) or 1.0, max(products, default=0.0) or 1.0)


def is_one(factor: Factor, script: Script) -> bool:
    """Whether the factor is the slope of an identity, which is left out as everywhere."""
    return factor.symbol.kind == "slope" and ACTIVATIONS[script.shape.activation(factor.symbol.layer)].passes_on


def stroke(length: float) -> str:
    """A horizontal stroke; nothing where it has no length."""
    return f"M0 5H{place(length)}" if 0 < length <= LONG else ""


def logarithmic(product: float, largest: float) -> float:
    """0 to 1 on a logarithmic scale; what is left after as many powers of ten as there are is 0."""
    if not product or not isfinite(product):
        return 0.0
    return max(0.02, 1.0 + log10(abs(product) / largest) / DECADES)


def refs_of(path: Path) -> tuple[str, ...]:
    """The connections that a path runs along, the one that it begins with included."""
    steps = zip(path.units, path.units[1:], strict=False)
    return tuple(reference(Symbol("W", l, j, k)) for (_, k), (l, j) in steps)


def _mark(unit: tuple[int, int]) -> str:
    return f"u-{unit[0]}-{unit[1]}"


def unit_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit as the diagram calls it: x₁, h₂, o₁."""
    return f"{unit_letter(sizes, l)}{j + 1}".translate(SUBSCRIPTS)
