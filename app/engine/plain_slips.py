"""Slips of the pen: something left out, one example for all, a neighbour's index; each with the number it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.equations.values import evaluate
from app.engine.network.expressions import (
    Expression,
    Product,
    Sum,
    Symbol,
    product,
    substituted,
    symbols_in,
    total,
)
from app.engine.question_case import Case, factors_of


@dataclass(frozen=True)
class Slip:
    """What went wrong: a name, and words that finish the sentence "that is what you get ..."."""

    name: str
    words: str


Candidate = tuple[Slip, float]  # with the number that it leads to
NOUNS = {"W": "weight", "delta": "error signal", "slope": "slope", "a": "activation", "z": "sum", "y": "target"}
DROPPED = {
    "W": "with the weight left out",
    "delta": "with the error signal left out",
    "slope": "with the slope left out",
    "a": "with the activation left out",
}


def plain_slips(case: Case) -> Iterator[Candidate]:
    """Something left out, one example for all, a neighbour's index: the likeliest first."""
    if case.part == "value":
        yield from _left_out(case)
    yield from _neighbours(case)
    if case.part == "value" and not isinstance(case.body, Symbol):
        yield from _from_neighbours(case)


def _left_out(case: Case) -> Iterator[Candidate]:
    body, values = case.body, case.values
    if case.equation.expression is not body and case.equation.phase == "backward":
        yield Slip("one_example", "from this example alone, where all of the batch count"), evaluate(body, values)
    for kind, words in DROPPED.items():
        if (rest := _without(body, kind)) not in (None, body):
            yield Slip("factor_dropped", words), case.evaluated(rest)
    for factor, rest in _one_less(body, Product):
        if isinstance(factor, Sum):
            words = "with the difference left out" if _is_difference(factor) else "with what comes back left out"
            yield Slip("factor_dropped", words), case.evaluated(rest)
    for part in (body, *factors_of(body)):
        for term, rest in _one_less(part, Sum):
            yield Slip("term_dropped", _term_words(term)), case.evaluated(_put(body, part, rest))


def _without(expression: Expression, kind: str) -> Expression | None:
    """The expression without the factors of this kind; None where nothing stays."""
    match expression:
        case Symbol():
            return None if expression.kind == kind else expression
        case Product(factors):
            kept = [rest for factor in factors if (rest := _without(factor, kind)) is not None]
            return product(*kept) if kept else None
        case Sum(terms):
            left = [rest for term in terms if (rest := _without(term, kind)) is not None]
            return total(*left) if len(left) == len(terms) else expression
        case _:
            return expression


def _one_less(expression: Expression, kind: type[Sum] | type[Product]) -> Iterator[tuple[Expression, Expression]]:
    """Each part of a sum or product, with what is left without it."""
    if isinstance(expression, kind):
        parts, join = (expression.terms, total) if isinstance(expression, Sum) else (expression.factors, product)
        for place, part in enumerate(parts):
            yield part, join(*parts[:place], *parts[place + 1 :])


def _put(body: Expression, part: Expression, rest: Expression) -> Expression:
    """The body with one of its factors, or all of it, exchanged."""
    return rest if part is body else product(*(rest if factor is part else factor for factor in factors_of(body)))


def _is_difference(expression: Expression) -> bool:
    return any(symbol.kind == "y" for symbol in symbols_in(expression))


def _term_words(term: Expression) -> str:
    kinds = {symbol.kind for symbol in symbols_in(term)}
    if kinds == {"b"}:
        return "with the bias left out"
    if kinds == {"y"}:
        return "with the target left out"
    return "with one of the paths left out" if "delta" in kinds else "with one term of the sum left out"


def _neighbours(case: Case) -> Iterator[Candidate]:
    """The same number of other units, or of other weights of the layer."""
    for other in _others(case.target, case.setup.sizes):
        yield Slip("neighbour", f"for {_place(case.target, other)}"), case.values[other]


def _place(symbol: Symbol, other: Symbol) -> str:
    if other.k is None:
        return f"unit {other.j + 1}, not unit {symbol.j + 1}"
    return f"the weight from unit {other.k + 1} to unit {other.j + 1}"


def _from_neighbours(case: Case) -> Iterator[Candidate]:
    """One factor, or term, taken from a neighbour."""
    for symbol in dict.fromkeys(symbols_in(case.body)):
        if symbol.kind in NOUNS:
            for other in _others(symbol, case.setup.sizes):
                words = f"with the {NOUNS[symbol.kind]} of {_place(symbol, other)}".replace(" of the weight", "")
                yield Slip("neighbour", words), case.evaluated(substituted(case.body, {symbol: other}))


def _others(symbol: Symbol, sizes: tuple[int, ...]) -> Iterator[Symbol]:
    """Symbols of the same kind and layer with another j, or another k, or both exchanged."""
    kind, layer, j, k = symbol
    units = range(sizes[layer]) if kind != "loss" else ()
    yield from (Symbol(kind, layer, other, k) for other in units if other != j)
    if k is not None:
        yield from (Symbol(kind, layer, j, other) for other in range(sizes[layer - 1]) if other != k)
        if j != k and k < sizes[layer] and j < sizes[layer - 1]:
            yield Symbol(kind, layer, k, j)
