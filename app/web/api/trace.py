"""Every equation of an iteration as the API answers it: in symbols, in code, and term by term with numbers."""

from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import evaluate
from app.engine.network.expressions import BatchSum, Expression, Mean, products_of, symbols_in
from app.lessons.lesson import Orientation
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import latex, symbol_text, text
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import orientation_of

Document = dict[str, Any]
Part = tuple[Expression, ...]  # expressions that make one term together
MOST_TERMS = 50_000  # of one trace; beyond, a mean over the batch is told in two terms


def trace_document(session: TrainingSession) -> list[Document]:
    """Every equation of this iteration, in the order of the walk."""
    every = len(session.equations) * len(session.batch) <= MOST_TERMS
    return [equation_document(session, equation, every) for equation in session.equations]


def equation_document(session: TrainingSession, equation: Equation, every: bool = True) -> Document:
    """One equation; its numbers are null where the walk has not reached it.

    Of a rule that is hidden only the textbook's symbols are told.
    A mean over the batch has a term for `every` example, else one for the example in focus and one for the others.
    """
    reached = equation.index < session.cursor
    if session.hides(equation):
        return _closed(session, equation, reached)
    written, symbols = _written(session.shape, equation.index, orientation_of(session))
    values = _term_values(session, equation, every)
    names = symbols if len(symbols) == len(values) else symbols * len(values)
    return {
        **written,
        "terms": [
            {"symbols": name, "value": value if reached else None} for name, value in zip(names, values, strict=True)
        ],
        "value": session.values[equation.symbol] if reached else None,
        "share": _share(session, equation) if reached else None,
    }


def _closed(session: TrainingSession, equation: Equation, reached: bool) -> Document:
    """Where a bug is hunted: the textbook's rule in symbols, and the number that the program finds."""
    written, _ = _written(replace(session.shape, mistakes=()), equation.index, orientation_of(session))
    value = session.values[equation.symbol] if reached else None
    share = _share(session, equation) if reached else None
    return {**written, "code": "", "terms": [], "value": value, "share": share}


def _share(session: TrainingSession, equation: Equation) -> float | None:
    """What an error signal is of the batch's loss, which is a mean."""
    if equation.kind != "delta":
        return None
    _, l, j, _ = equation.symbol
    return float(session.current.backward.delta[l - 1][session.focus_row, j])


@lru_cache(maxsize=20_000)
def _written(shape: Shape, index: int, orientation: Orientation) -> tuple[Document, tuple[list[str], ...]]:
    """All of an equation that holds no numbers, and the symbols of each of its terms."""
    equation = trace(shape)[index]
    kind, (_, layer, j, k) = equation.kind, equation.symbol
    placed = layer > 0  # the loss, and what all parameters of an update share, belong to no layer
    document = {
        "index": index,
        "phase": equation.phase,
        "layer": layer if placed else None,
        "kind": kind,
        "j": j if placed else None,
        "k": k,
        "text": text(equation, shape, orientation),
        "latex": latex(equation, shape, orientation),
        "code": line_of_numpy(equation, shape, orientation),
    }
    return document, tuple(_names(part, shape, orientation) for part in _parts(shape, index))


def _names(part: Part, shape: Shape, orientation: Orientation) -> list[str]:
    symbols = dict.fromkeys(symbol for expression in part for symbol in symbols_in(expression))
    return [symbol_text(symbol, shape, orientation) for symbol in symbols]


@lru_cache(maxsize=20_000)
def _parts(shape: Shape, index: int) -> tuple[Part, ...]:
    """The terms of an equation as expressions: a mean's one body, an activation whole, a loss by output units."""
    equation = trace(shape)[index]
    if isinstance(equation.expression, Mean | BatchSum):
        return ((equation.expression.body,),)
    if equation.kind == "a":
        return ((equation.expression,),)
    products = products_of(equation.expression)
    if equation.kind == "loss":
        return tuple(tuple(group) for _, group in groupby(products, _unit))
    return tuple((product,) for product in products)


def _unit(expression: Expression) -> int:
    """The output unit that a part of the loss is about."""
    return next(symbols_in(expression)).j


def _term_values(session: TrainingSession, equation: Equation, every: bool) -> list[float]:
    expression, values = equation.expression, session.values
    if isinstance(expression, Mean | BatchSum):
        parts = expression.examples if isinstance(expression, Mean) else 1
        shares = [own / parts for own in values.each(expression.body)]
        own = shares[session.focus_row]
        return shares if every else [own, sum(shares) - own]
    if equation.kind == "a":
        return [values[equation.symbol]]
    return [sum(evaluate(one, values) for one in part) for part in _parts(session.shape, equation.index)]
