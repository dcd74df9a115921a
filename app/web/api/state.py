"""A session as the API answers it, in JSON: where it stands, and every equation with the numbers that are shown."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from math import isfinite
from typing import Any

from starlette.responses import Response

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import evaluate
from app.engine.learning.optimizers import Optimizer
from app.engine.memory import kept
from app.engine.network.expressions import BatchSum, Expression, Mean, products_of, symbols_in
from app.engine.network.propagation import Backward, Forward
from app.engine.setup import Setup
from app.lessons.lesson import Orientation
from app.sessions.setups.document import setup_document
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import latex, symbol_text, text
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import orientation_of

Document = dict[str, Any]
Part = tuple[Expression, ...]  # expressions that make one term together
MOST_TERMS = 50_000  # of one trace; beyond, a mean over the batch is told in two terms
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def dumps(value: Any) -> str:
    """Compact JSON. ValueError for a number that is not finite."""
    return _ENCODER.encode(value)


def json_response(text: str, status: int = 200, **headers: str) -> Response:
    """JSON text as an answer."""
    return Response(text, status, headers=headers, media_type="application/json")


def real(x: float) -> float | None:
    """The number; None, which is null, where it has grown beyond what a number can hold."""
    return x if isfinite(x) else None


# The state ------------------------------------------------------------------------------------------------------------


def state_texts(kept: Kept) -> Iterator[str]:
    """The state as one JSON object, part after part: the setup, written once, is put in; arrays come by layer."""
    session = kept.session
    equation, layers, it = session.equation, session.network.layers, session.current
    head = {"id": kept.id, "rev": kept.rev, "lesson": session.lesson}
    place = {
        "epoch": session.epoch,
        "iteration": session.iteration,
        "example": session.example,
        "batch": session.batch,
        "phase": "forward" if equation is None else equation.phase,
        "cursor": session.cursor,
        "equations": len(session.equations),
        "learning_rate_now": session.rate_now,
        "equation": None if equation is None else equation_document(session, equation),
        "network": {
            "sizes": session.network.sizes,
            "activations": [layer.activation.name for layer in layers],
            "layers": [{"W": layer.W.tolist(), "b": layer.b.tolist()} for layer in layers],
        },
    }
    setup = _setup_text(session.setup, session.optimizer, session.learning_rate, session.hidden)
    yield f'{dumps(head)[:-1]},"setup":{setup},{dumps(place)[1:-1]}'
    yield from _arrays("forward", it.forward if session.phase_done("forward") else None, "Z", "A")
    yield f',"loss":{dumps(it.loss if session.phase_done("loss") else None)}'
    yield from _arrays("backward", it.backward if session.phase_done("backward") else None, "delta", "dW", "db")
    yield f',"loss_after":{dumps(it.loss_after if session.finished else None)}}}'


def _arrays(name: str, of: Forward | Backward | None, *letters: str) -> Iterator[str]:
    """One more member: lists of arrays by their letters, or null."""
    if of is None:
        yield f',"{name}":null'
        return
    before = f',"{name}":{{'
    for letter in letters:
        yield f'{before}"{letter}":['
        for l, array in enumerate(getattr(of, letter)):
            yield f"{',' if l else ''}{dumps(array.tolist())}"
        before = "],"
    yield "]}"


@kept
def _setup_text(setup: Setup, optimizer: Optimizer, learning_rate: float, hidden: bool) -> str:
    """The setup with the settings of the optimizer chosen now, its mistake hidden or not; kept, for its data may be
    long.
    """
    document = setup_document(setup if optimizer == setup.optimizer else replace(setup, optimizer=optimizer))
    if hidden:
        document["mistake"] = "hidden"
    document["optimizer"]["learning_rate"] = learning_rate
    return dumps(document)


# The trace ------------------------------------------------------------------------------------------------------------


def trace_texts(session: TrainingSession) -> Iterator[str]:
    """Every equation of this iteration in one JSON list, in the order of the walk, one after the other."""
    every, before = len(session.equations) * len(session.batch) <= MOST_TERMS, "["
    for equation in session.equations:
        yield before + dumps(equation_document(session, equation, every))
        before = ","
    yield "]"


def equation_document(session: TrainingSession, equation: Equation, every: bool = True) -> Document:
    """One equation in symbols, in code, and term by term; its numbers are null where the walk has not reached it.

    Of a rule that is hidden only the textbook's symbols are told, and the number that the program finds.
    A mean over the batch has a term for `every` example, else one for the example in focus and one for the others.
    """
    shape, orientation, reached = session.shape, orientation_of(session), equation.index < session.cursor
    value, share = session.values[equation.symbol] if reached else None, None
    if reached and equation.kind == "delta":
        _, l, j, _ = equation.symbol
        share = float(session.current.backward.delta[l - 1][session.focus_row, j])
    if session.hides(equation):
        written, *_ = _written(replace(shape, mistakes=()), equation.index, orientation)
        return {**written, "code": "", "terms": [], "value": value, "share": share}
    written, parts, symbols = _written(shape, equation.index, orientation)
    values = _term_values(session, equation, every, parts)
    names = symbols if len(symbols) == len(values) else symbols * len(values)
    terms = [{"symbols": name, "value": term if reached else None} for name, term in zip(names, values, strict=True)]
    return {**written, "terms": terms, "value": value, "share": share}


@lru_cache(maxsize=128)  # a lesson’s; of at most some 15 kB each
def _written(shape: Shape, index: int, orientation: Orientation) -> tuple[Document, list[Part], list[list[str]]]:
    """All of an equation that holds no numbers, its terms as expressions, and the symbols of each."""
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
    parts = _parts(equation)
    symbols = (dict.fromkeys(symbol for one in part for symbol in symbols_in(one)) for part in parts)
    return document, parts, [[symbol_text(symbol, shape, orientation) for symbol in part] for part in symbols]


def _parts(equation: Equation) -> list[Part]:
    """The terms of an equation as expressions: a mean's one body, an activation whole, a loss by output units."""
    if isinstance(equation.expression, Mean | BatchSum):
        return [(equation.expression.body,)]
    if equation.kind == "a":
        return [(equation.expression,)]
    products = products_of(equation.expression)
    if equation.kind == "loss":
        return [tuple(group) for _, group in groupby(products, lambda product: next(symbols_in(product)).j)]
    return [(product,) for product in products]


def _term_values(session: TrainingSession, equation: Equation, every: bool, parts: list[Part]) -> list[float]:
    expression, values = equation.expression, session.values
    if isinstance(expression, Mean | BatchSum):
        examples = expression.examples if isinstance(expression, Mean) else 1
        shares = [own / examples for own in values.each(expression.body)]
        own = shares[session.focus_row]
        return shares if every else [own, sum(shares) - own]
    if equation.kind == "a":
        return [values[equation.symbol]]
    return [sum(evaluate(one, values) for one in part) for part in parts]
