"""An equation as formulas: in symbols, with its numbers, term by term, and written out back to the output.

Orientation, index order and digits are applied in symbols.py and pen.py, nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values, evaluate
from app.engine.network.expressions import (
    BatchSum,
    Expression,
    Mean,
    Minimum,
    Negative,
    Norm,
    Number,
    Product,
    Sum,
    Symbol,
)
from app.lessons.lesson import Orientation
from app.views.formulas.batch_mean import mean_adds_up, mean_rows, own_rows
from app.views.formulas.mathml import Pen
from app.views.formulas.norm_rows import by_layer
from app.views.formulas.notation import (
    Notation,
    Piece,
    Term,
    write,
)
from app.views.formulas.notations import LaTeX, PlainText
from app.views.formulas.rows import MATHML, Row, wrapped
from app.views.formulas.symbols import (
    Script,
    piece_of,
    script_of,
    spelled,
)
from app.views.formulas.written_out import written_out
from app.views.text.numbers import adds_up

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
    pen = Pen(script_of(shape, orientation), values, digits)
    expression, symbol = equation.expression, equation.symbol
    if isinstance(expression, Mean | BatchSum):
        exact = mean_adds_up(pen, symbol, expression)
        return Formula(mean_rows(pen, symbol, expression), own=own_rows(pen, expression), exact=exact)
    numbers = by_layer(pen, expression) if isinstance(expression, Norm) else wrapped("", "=", pen.numeric(expression))
    rows = (
        *wrapped(*pen.left(symbol), pen.symbolic(expression)),
        *numbers,
        *_term_rows(pen, expression),
        Row("", "=", pen.result(symbol)),
    )
    why = () if equation.why is None else _why_rows(pen, equation.why, expression)
    return Formula(rows, why, written_out(pen, equation), exact=_is_exact(pen, symbol, expression))


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
    return _bracketed(pen, factor)


def _known_terms(pen: Pen, total: Sum) -> list[Term]:
    return [_known(pen, term, place) for place, term in enumerate(total.terms)]


def _known(pen: Pen, term: Expression, place: int) -> Term:
    minus = isinstance(term, Negative)
    return minus, pen.bracketed(evaluate(_unsigned(term), pen.values), place or minus)


def _bracketed(pen: Pen, factor: Expression) -> str:
    piece = write(factor, MATHML, pen.number)
    return MATHML.parenthesised(piece.markup) if piece.minus else piece.markup


def _is_exact(pen: Pen, symbol: Symbol, expression: Expression) -> bool:
    if not isinstance(expression, Sum):
        return True
    terms = [evaluate(term, pen.values) for term in expression.terms]
    return adds_up(terms, pen.values[symbol], pen.digits)


def _why_rows(pen: Pen, why: Expression, simplified: Expression) -> tuple[Row, ...]:
    """dL/dy_hat times the slope, and what is left of it."""
    return (*wrapped("", "=", pen.symbolic(why)), *wrapped("", "=", pen.symbolic(simplified)))


# One line ----------------------------------------------------------------------------------------------------------


def latex(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """The equation in symbols, as LaTeX."""
    return _line(equation, script_of(shape, orientation), _LATEX, r"\leftarrow")


def text(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """The equation in symbols, as one line of plain text."""
    return _line(equation, script_of(shape, orientation), _TEXT, "←")


def _line(equation: Equation, script: Script, notation: Notation, arrow: str) -> str:
    def leaf(symbol: Symbol) -> Piece:
        return piece_of(symbol, spelled(symbol, script, notation))

    sign = arrow if equation.symbol.kind.startswith("new_") else "="
    return f"{leaf(equation.symbol).markup} {sign} {write(equation.expression, notation, leaf).markup}"


def symbol_text(symbol: Symbol, shape: Shape, orientation: Orientation) -> str:
    """A symbol alone, as plain text."""
    return spelled(symbol, script_of(shape, orientation), _TEXT)
