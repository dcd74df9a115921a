"""An equation as formulas: in symbols, with its numbers, term by term, and written out back to the output."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
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
    substituted,
    symbols_in,
)
from app.lessons.lesson import Orientation
from app.views.formulas.mathml import MATHML, Pen, Row, aligned, wrapped
from app.views.formulas.notation import Notation, Piece, Term, write
from app.views.formulas.one_line import LaTeX, PlainText
from app.views.formulas.symbols import Script, piece_of, spelled
from app.views.text.numbers import adds_up, digits_for

CAPTIONS = (
    "The example in focus, by itself",
    "Why: the slope of the loss times the slope of the output, then simplified",
    "Written out, back to the output",
)
_LATEX, _TEXT = LaTeX(), PlainText()


@dataclass(frozen=True)
class Formula:
    """What the equation panel shows of one equation; each part is a tuple of rows, empty where it has nothing to say.

    `exact` is False where the printed terms do not add up to the printed result, digit for digit.
    """

    rows: tuple[Row, ...]
    why: tuple[Row, ...] = ()
    written_out: tuple[Row, ...] = ()
    own: tuple[Row, ...] = ()
    exact: bool = True


def formula(equation: Equation, shape: Shape, values: Values, orientation: Orientation, digits: int) -> Formula:
    """Everything that is shown of one equation, for the example in focus."""
    pen = Pen(Script(shape, orientation), values, digits)
    expression, symbol = equation.expression, equation.symbol
    if isinstance(expression, Mean | BatchSum):
        return _over_batch(pen, symbol, expression)
    if isinstance(expression, Norm):
        numbers = _by_layer(pen, expression)
    else:
        numbers = wrapped("", "=", _quotients_pen(pen, expression).numeric(expression))
    rows = (
        *wrapped(*pen.left(symbol), pen.symbolic(expression)),
        *numbers,
        *_term_rows(pen, expression),
        Row("", "=", pen.result(symbol)),
    )
    why = () if equation.why is None else (equation.why, expression)  # the slopes' product, and what is left of it
    return Formula(
        rows,
        tuple(row for part in why for row in wrapped("", "=", pen.symbolic(part))),
        _written_out(pen, equation),
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
    """(caption, MathML) of each part that has something to say."""
    parts = (("", found.rows), *zip(CAPTIONS, (found.own, found.why, found.written_out), strict=True))
    return tuple((caption, aligned(rows)) for caption, rows in parts if rows)


# Over a batch: the examples added up, and the focused one's own share -------------------------------------------------

_OverBatch = Mean | BatchSum
EXAMPLES_SHOWN = 6  # beyond, the other examples stand together
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def _over_batch(pen: Pen, symbol: Symbol, mean: _OverBatch) -> Formula:
    """The shares of all examples added up, times 1/m for a mean; the share of the one in focus by itself."""
    shares = _shares(pen, mean)
    terms = [(False, _share(pen, share, label, i)) for i, (share, label) in enumerate(shares)]
    if isinstance(mean, Mean):
        among, part = mean.examples, MATHML.fraction("<mn>1</mn>", f"<mn>{mean.examples}</mn>")
        added = wrapped("", "=", terms, f"{part}<mo>·</mo>{OPEN}", CLOSE)
    else:
        among, added = 1, wrapped("", "=", terms)
    own = pen.plain(evaluate(mean.body, pen.values))
    return Formula(
        (*wrapped(*pen.left(symbol), pen.symbolic(mean)), *added, Row("", "=", pen.result(symbol))),
        own=(
            *wrapped("", "", pen.symbolic(mean.body)),
            *wrapped("", "=", pen.numeric(mean.body)),
            Row("", "=", f'<mrow class="mine">{own}</mrow>'),
        ),
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


# Written out: the error signal opened, back to the output where that stays short --------------------------------------

SHORT = 8  # symbols: a chain longer than this is opened by one step only


def _written_out(pen: Pen, equation: Equation) -> tuple[Row, ...]:
    """The opened equation in symbols and in numbers; nothing where there is nothing to open."""
    if equation.kind not in ("dW", "db", "W", "b") or pen.script.shape.examples > 1:
        return ()  # over a batch each example has an error signal of its own: there is no one chain to write out
    opened = _opened(pen.script.shape, equation.index)
    if opened is None:
        return ()
    return (*wrapped(*pen.left(equation.symbol), pen.symbolic(opened)), *wrapped("", "=", pen.numeric(opened)))


def _opened(shape: Shape, index: int) -> Expression | None:
    expression = trace(shape)[index].expression
    one = _step_open(shape, expression, ("dW", "db"))
    once = _step_open(shape, one, ("delta",))
    full = once
    for _ in range(shape.depth):
        if _length(full) > SHORT:  # it only grows, in a deep and wide network beyond all bounds
            break
        full = _step_open(shape, full, ("delta", "slope"))
    opened = full if _length(full) <= SHORT else once if _length(once) <= 2 * SHORT else expression
    return None if opened == expression else opened


def _length(expression: Expression) -> int:
    return sum(1 for _ in symbols_in(expression))


def _step_open(shape: Shape, expression: Expression, kinds: tuple[str, ...]) -> Expression:
    equations, place = trace(shape), found_at(shape)
    meanings: dict[Symbol | Sum, Expression] = {}
    for symbol in symbols_in(expression):
        if symbol.kind == "slope" and "slope" in kinds:
            by_hand = ACTIVATIONS[shape.activation(symbol.layer)].slope_formula
            meanings[symbol] = by_hand(Symbol("a", symbol.layer, symbol.j)) if by_hand else symbol
        elif symbol.kind in kinds:
            meanings[symbol] = equations[place[symbol]].expression
    return substituted(expression, meanings)


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
