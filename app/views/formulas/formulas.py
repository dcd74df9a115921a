"""An equation as formulas: in symbols, with its numbers, term by term, and what its slope is found from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from app.engine.equations.links import slope_at
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values, evaluate
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import (
    BatchSum,
    Expression,
    Mean,
    Minimum,
    Negative,
    Norm,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    factors_of,
    symbols_in,
)
from app.lessons.lesson import Orientation
from app.views.formulas.mathml import MATHML, Pen, Row, aligned, packed, share_of, wrapped
from app.views.formulas.notation import Notation, Piece, Term, write
from app.views.formulas.one_line import LaTeX, PlainText
from app.views.formulas.symbols import Script, piece_of, spelled
from app.views.text.numbers import adds_up, digits_for

OWN = "The example in focus, by itself"
_LATEX, _TEXT = LaTeX(), PlainText()


@dataclass(frozen=True)
class Formula:
    """What the equation panel shows of one equation; each part is a tuple of rows, empty where it has nothing to say.

    `slope` tells that of the unit whose error signal it is; `why` is what an error signal was before it was simplified.
    `exact` is False where the printed terms do not add up to the printed result, digit for digit.
    """

    rows: tuple[Row, ...]
    slope: tuple[Row, ...] = ()
    why: tuple[Row, ...] = ()
    own: tuple[Row, ...] = ()
    exact: bool = True


def formula(
    equation: Equation, shape: Shape, values: Values, orientation: Orientation, digits: int, alone: bool = True
) -> Formula:
    """Everything that is shown of one equation, for the example in focus; over a batch also its own part `alone`."""
    pen = Pen(Script(shape, orientation), values, digits)
    expression, symbol = equation.expression, equation.symbol
    if isinstance(expression, Mean | BatchSum):
        return _over_batch(pen, symbol, expression, alone)
    if isinstance(expression, Norm):
        numbers = _by_layer(pen, expression)
    elif isinstance(expression, Symbol):
        numbers = iter(())  # its number is the result
    else:
        numbers = wrapped("", "=", _quotients_pen(pen, expression).numeric(expression))
    rows = (
        *wrapped(*pen.left(symbol), pen.symbolic(expression)),
        *numbers,
        *_term_rows(pen, expression),
        Row("", "=", pen.result(symbol)),
    )
    return Formula(
        rows,
        tuple(_slope(pen, equation)),
        () if equation.why is None else tuple(_small(wrapped(*pen.left(symbol), pen.symbolic(equation.why)))),
        exact=not isinstance(expression, Sum)
        or adds_up([evaluate(term, values) for term in expression.terms], values[symbol], digits),
    )


def _quotients_pen(pen: Pen, expression: Expression) -> Pen:
    """The pen that writes as many decimals as the parts of a quotient need for its digits."""
    if not isinstance(expression, Quotient):
        return pen
    quotient, parts = evaluate(expression, pen.values), (expression.above, expression.below)
    return replace(pen, digits=max(digits_for(evaluate(part, pen.values), quotient, pen.digits) for part in parts))


def _term_rows(pen: Pen, expression: Expression) -> Iterator[Row]:
    """Each product of a sum worked out, before they are added: a step that a hand calculation writes down."""
    if isinstance(expression, Sum) and _has_products(expression):
        yield from wrapped("", "=", _known_terms(pen, expression))
    if isinstance(expression, Product) and any(map(_has_products, expression.factors)):
        yield Row("", "=", MATHML.multiplied([_worked_out(pen, factor) for factor in expression.factors]))
    if isinstance(expression, Minimum):
        yield Row("", "=", MATHML.smallest([pen.plain(evaluate(part, pen.values)) for part in expression.parts]))


def _has_products(expression: Expression) -> bool:
    return isinstance(expression, Sum) and any(
        not isinstance(_unsigned(term), Symbol | Number) for term in expression.terms
    )


def _unsigned(term: Expression) -> Expression:
    return term.body if isinstance(term, Negative) else term


def _worked_out(pen: Pen, factor: Expression) -> str:
    if isinstance(factor, Sum):
        return MATHML.parenthesised(MATHML.added(_known_terms(pen, factor)))
    piece = write(factor, MATHML, pen.number)
    return MATHML.parenthesised(piece.markup) if piece.minus else piece.markup


def _known_terms(pen: Pen, total: Sum) -> list[Term]:
    terms = []
    for place, term in enumerate(total.terms):
        minus = isinstance(term, Negative)
        terms.append((minus, pen.bracketed(evaluate(_unsigned(term), pen.values), place or minus)))
    return terms


def maths(found: Formula) -> tuple[tuple[str, str], ...]:
    """(caption, MathML) of each part that has something to say; the slope comes first, for the rest needs it."""
    rows = (*found.why, found.rows[0]._replace(left=""), *found.rows[1:]) if found.why else found.rows
    parts = ("", found.slope), (OWN, found.own), ("", rows)
    return tuple((caption, aligned(packed(rows))) for caption, rows in parts if rows)


def _small(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with fractions as in a line of text."""
    yield from (row._replace(right=f'<mstyle displaystyle="false">{row.right}</mstyle>') for row in rows)


def _slope(pen: Pen, equation: Equation) -> Iterator[Row]:
    """g'(z) of an error signal that takes it, and what it is worked out from: a(1 - a) = 0.7569 · 0.2431."""
    shape, (kind, l, j, _) = pen.script.shape, equation.symbol
    name = shape.activation(l)
    slope, rule = slope_at(shape, l, j), ACTIVATIONS[name].slope_formula
    takes = equation.why is not None or any(symbol == slope for symbol in symbols_in(equation.expression))
    if kind != "delta" or not takes or ACTIVATIONS[name].couples:
        return
    left = MATHML.slope(name, spelled(Symbol("z", l, j), pen.script, MATHML))
    if rule is not None:
        told = rule(Symbol("a", l, j))
        factors = factors_of(told)
        if shape.decimals is not None:  # of a rounded a it is no g'(z)
            left = MATHML.added(pen.symbolic(told))
        else:
            yield from wrapped(left, "=", pen.symbolic(told))
            left = ""
        numbers = [pen.bracketed(evaluate(factor, pen.values), place) for place, factor in enumerate(factors)]
        worked_out = [(False, MATHML.multiplied(numbers))] if len(factors) > 1 else pen.numeric(told)
        yield from wrapped(left, "=", worked_out)
        left = ""
    yield Row(left, "=", f'<mrow class="t s">{pen.plain(evaluate(slope, pen.values))}</mrow>')


# Over a batch: the examples added up, and the focused one's own share -------------------------------------------------

_OverBatch = Mean | BatchSum
EXAMPLES_SHOWN = 6  # beyond, the other examples stand together
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def _over_batch(pen: Pen, symbol: Symbol, mean: _OverBatch, alone: bool) -> Formula:
    """The shares of all examples added up, times 1/m for a mean; the share of the one in focus by itself."""
    shares = _shares(pen, mean)
    terms = [(False, _share(pen, share, label, i)) for i, (share, label) in enumerate(shares)]
    if isinstance(mean, Mean):
        among, part = mean.examples, share_of(mean.examples)
        added = wrapped("", "=", terms, f"{part}<mo>·</mo>{OPEN}", CLOSE)
    else:
        among, added = 1, wrapped("", "=", terms)
    own: tuple[Row, ...] = ()
    if alone:
        number = f'<mrow class="mine">{pen.plain(evaluate(mean.body, pen.values))}</mrow>'
        parts = wrapped("", "", pen.symbolic(mean.body)), wrapped("", "=", pen.numeric(mean.body))
        own = (*(row for part in parts for row in part), Row("", "=", number))
    return Formula(
        (*wrapped(*pen.left(symbol), pen.symbolic(mean)), *added, Row("", "=", pen.result(symbol))),
        own=own,
        exact=adds_up([share for share, _ in shares], pen.values[symbol], pen.digits, among),
    )


def _shares(pen: Pen, mean: _OverBatch) -> list[tuple[float, str]]:
    """(number, label) of each term: every example's, or the focused one's and all others' together."""
    each, focus = pen.values.each(mean.body), pen.values.focus
    if len(each) <= EXAMPLES_SHOWN:
        return [(share, "mine" if i == focus else "") for i, share in enumerate(each)]
    return [(each[focus], "mine"), (sum(each) - each[focus], f"the other {len(each) - 1}")]


def _share(pen: Pen, share: float, label: str, place: int) -> str:
    written = pen.bracketed(share, place)
    if label == "mine":
        return f'<mrow class="mine">{written}</mrow>'
    return f"<munder>{written}<mtext>{label}</mtext></munder>" if label else written


# The length of all gradients: the squares of each layer added up, then the layers -------------------------------------


def _by_layer(pen: Pen, norm: Norm) -> Iterator[Row]:
    """The root of one number for each layer: there may be thousands of parameters."""
    terms = []
    for layer, symbols in groupby(symbols_in(norm), key=lambda symbol: symbol.layer):
        squares = pen.plain(sum(pen.values[symbol] ** 2 for symbol in symbols))
        terms.append((False, f"<munder>{squares}<mtext>layer {layer}</mtext></munder>"))
    yield Row("", "=", MATHML.root(MATHML.added(terms)))


# One line ----------------------------------------------------------------------------------------------------------


def latex(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """The equation in symbols, as LaTeX."""
    return _line(equation, Script(shape, orientation), _LATEX, r"\leftarrow")


def text(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """The equation in symbols, as one line of plain text."""
    return _line(equation, Script(shape, orientation), _TEXT, "←")


def _line(equation: Equation, script: Script, notation: Notation, arrow: str) -> str:
    def leaf(symbol: Symbol) -> Piece:
        return piece_of(symbol, spelled(symbol, script, notation))

    sign = arrow if equation.symbol.kind.startswith("new_") else "="
    return f"{leaf(equation.symbol).markup} {sign} {write(equation.expression, notation, leaf).markup}"


def symbol_text(symbol: Symbol, shape: Shape, orientation: Orientation) -> str:
    """A symbol alone, as plain text."""
    return spelled(symbol, Script(shape, orientation), _TEXT)
