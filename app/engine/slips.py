"""A question about one number of an iteration, and what is behind a wrong answer: each mistake, and each slip of the
pen, with the number that it would give at the same place.

The truth is what the chain rule gives there, computed anew; so is every candidate.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from math import e, isfinite

from app.engine.equations.mistakes import MISTAKES, applicable, rules_of
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values, evaluate
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.memory import kept_with
from app.engine.network.expressions import (
    Expression,
    Mean,
    Number,
    Product,
    Rounded,
    Sum,
    Symbol,
    body_of,
    factors_of,
    product,
    substituted,
    symbols_in,
    total,
)
from app.engine.setup import Setup

TOLERANCE = 0.01  # of the value
FEWEST_DIGITS = 2  # that a rounded answer must give
ROUNDING = 1e-9  # relative: nearer than this, two numbers are the same
MOST_CANDIDATES = 500  # of plain slips
MOST_UNDER = 16  # ways to go wrong that are kept of an iteration
CHANCE = 0.01  # of an answer that came about in no such way: how often it may be given a name all the same


@dataclass(frozen=True, eq=False)
class Case:
    """What is asked: `part` value asks for `symbol` in an iteration, for the example in row `focus`; part factor asks
    for the missing factor of its equation; part sign for its sign. The setup's mistakes count for nothing here.
    """

    setup: Setup
    iteration: Iteration
    focus: int
    symbol: Symbol
    part: str = "value"

    @cached_property
    def values(self) -> Values:
        """What every symbol stands for by the chain rule."""
        return self.under(())

    @cached_property
    def shape(self) -> Shape:
        """The shape of the walk by the right rules."""
        return replace(self.setup.shape(len(self.iteration.X)), mistakes=())

    @cached_property
    def equation(self) -> Equation:
        """The right equation."""
        return self._equation_under(())

    @cached_property
    def body(self) -> Expression:
        """Its right-hand side, of one example."""
        return body_of(self.equation.expression)

    @cached_property
    def missing(self) -> Symbol | None:
        """The factor that part factor asks for."""
        return missing_factor(self.equation)

    @property
    def target(self) -> Symbol:
        """The symbol whose value is asked for."""
        return self.missing if self.part == "factor" and self.missing is not None else self.symbol

    @cached_property
    def truth(self) -> float:
        """The number that answers it."""
        return self.values[self.target]

    def under(self, mistakes: tuple[str, ...]) -> Values:
        """What every symbol stands for with these mistakes in the rules."""
        it = self.iteration
        same = rules_of(mistakes, it.method.learning_rate) is it.method.rules
        return Values(it if same else _under(it, mistakes), self.focus)

    def found_under(self, mistakes: tuple[str, ...]) -> float:
        """The number that answers it with these mistakes."""
        target = self.target
        if self.part == "factor":
            target = missing_factor(self._equation_under(mistakes)) or target
        return self.under(mistakes)[target]

    def evaluated(self, body: Expression) -> float:
        """The number that another body would have given in this equation."""
        expression = self.equation.expression
        if isinstance(expression, Mean | Rounded):
            return evaluate(replace(expression, body=body), self.values)
        return evaluate(body, self.values)

    def _equation_under(self, mistakes: tuple[str, ...]) -> Equation:
        shape = replace(self.shape, mistakes=mistakes)
        return trace(shape)[found_at(shape)[self.symbol]]


@kept_with(MOST_UNDER)
def _under(it: Iteration, mistakes: tuple[str, ...]) -> Iteration:
    """Kept, for many questions are about one iteration."""
    method = replace(it.method, rules=rules_of(mistakes, it.method.learning_rate))
    return run_iteration(method, it.before, it.X, it.Y, it.past)


def missing_factor(equation: Equation) -> Symbol | None:
    """The factor to ask for: the slope of an error signal, what a weight carried; None where there is none."""
    wanted = "slope" if equation.kind == "delta" else "a"
    found = (f for f in factors_of(body_of(equation.expression)) if isinstance(f, Symbol) and f.kind == wanted)
    return next(found, None)


# The answer -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """What went wrong: a name, and words that finish the sentence "that is what you get ..."."""

    name: str
    words: str


Candidate = tuple[Slip, float]  # with the number that it leads to


@dataclass(frozen=True)
class Typed:
    """A number that was typed: `unit` is the worth of its last digit, 0 for a fraction; `digits` count from the first
    that is not 0."""

    value: float
    unit: float = 0.0
    digits: int = 0

    def rounds(self, value: float) -> bool:
        """Whether this is the value, rounded to the digits typed; two digits at least."""
        half = self.unit / 2 if self.digits >= FEWEST_DIGITS else 0.0
        return abs(self.value - value) <= max(half * (1 + ROUNDING), ROUNDING * abs(value))

    def near(self, value: float) -> bool:
        """Whether this is within one percent of the value."""
        return abs(self.value - value) <= TOLERANCE * abs(value)

    def answers(self, value: float) -> bool:
        """Whether this counts as the value."""
        return self.rounds(value) or self.near(value)


@dataclass(frozen=True)
class Diagnosis:
    """Whether an answer is right; where it is not, all slips that give it, so far as they can be told apart."""

    right: bool
    slips: tuple[Slip, ...] = ()


def diagnose(case: Case, typed: Typed) -> Diagnosis:
    """Whether the number answers the question; if not, which slips lead to it: mistakes first, then plain ones.

    A slip is named where its number, rounded as the answer is or within one percent, is nearer than chance would put
    one of all candidates there: `reach_of`. So one in a hundred random answers is named at most; of true slips nearly
    all, if they are given to four digits or more. Among many candidates fewer digits say too little.
    """
    if typed.answers(case.truth):
        return Diagnosis(True)
    mistakes = parted(case, made_mistakes(case))
    plain = parted(case, islice(plain_slips(case), MOST_CANDIDATES))
    reach = reach_of(typed.value, [value for _, value in (*mistakes, *plain)])
    for candidates, fits in ((mistakes, typed.rounds), (plain, typed.rounds), (mistakes, typed.near)):
        near = [(slip, value) for slip, value in candidates if fits(value)]
        if found := [slip for slip, value in near if abs(value - typed.value) <= max(reach, ROUNDING * abs(value))]:
            return Diagnosis(False, tuple(dict.fromkeys(found)))
    return Diagnosis(False)


def reach_of(answer: float, candidates: Iterable[float]) -> float:
    """How near to an answer a candidate is nearer than chance puts one.

    n different candidates that lie within a factor e of the answer, on its side of 0, leave 1 / n between one and the
    next, relative to it: a hundredth of that is nearer than 99 of 100 random answers come to any.
    """
    ratios = (value / answer for value in candidates if answer)
    count = len({f"{ratio:.9g}" for ratio in ratios if 1 / e <= ratio <= e})
    return CHANCE * abs(answer) / max(count, 1)


def parted(case: Case, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those whose number is finite and not the truth."""
    return [
        (slip, value)
        for slip, value in candidates
        if isfinite(value) and abs(value - case.truth) > ROUNDING * abs(case.truth)
    ]


# Mistakes -------------------------------------------------------------------------------------------------------------


def made_mistakes(case: Case) -> Iterator[Candidate]:
    """What each mistake that can be made in this network would give; first the walk's own, all of them together.

    A sign that was lost on the way is as likely as any mistake.
    """
    own = case.setup.mistakes
    names = (name for name in applicable(case.setup.sizes, case.setup.loss) if (name,) != own)
    for mistakes in (*([own] if own else []), *((name,) for name in names)):
        yield slip_of(case, mistakes), case.found_under(mistakes)
    yield Slip("sign_lost", "with the sign lost"), -case.truth


def slip_of(case: Case, mistakes: tuple[str, ...]) -> Slip:
    """The slip of these mistakes made together. Half of an error signal with a 2 in it leaves out the 2."""
    two = mistakes == ("halved_gradient",) and _has_two(case.shape)
    words = "with the 2 left out" if two else " and ".join(MISTAKES[name].slip for name in mistakes)
    return Slip(" and ".join(mistakes), words)


def _has_two(shape: Shape) -> bool:
    output = trace(shape)[found_at(shape)[Symbol("delta", shape.depth, 0)]]
    return Number(2) in factors_of(output.expression)


def own_slip(case: Case) -> Slip | None:
    """What the walk's own mistakes do to the number asked for; None where they leave it as it is."""
    own = case.setup.mistakes
    if not own or not parted(case, [(slip_of(case, own), case.found_under(own))]):
        return None
    alone = [name for name in own if parted(case, [(slip_of(case, (name,)), case.found_under((name,)))])]
    return slip_of(case, tuple(alone) or own)


# Slips of the pen -----------------------------------------------------------------------------------------------------

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
    for other in _others(case.target, case.setup.sizes):
        yield Slip("neighbour", f"for {_place(case.target, other)}"), case.values[other]
    if case.part == "value" and not isinstance(case.body, Symbol):
        yield from _from_neighbours(case)


def _left_out(case: Case) -> Iterator[Candidate]:
    body, values = case.body, case.values
    if case.equation.expression is not body and case.equation.phase == "backward":
        yield Slip("one_example", "from this example alone, where all of the batch count"), evaluate(body, values)
    for kind, words in DROPPED.items():
        if (rest := _without(body, kind)) not in (None, body):
            carried = next(symbol for symbol in symbols_in(body) if symbol.kind == kind)
            if kind == "a" and carried.layer == 0:
                each = isinstance(case.equation.expression, Mean)
                words = "with the input left out" if each else f"with the input {values[carried]:g} left out"
            yield Slip("factor_dropped", words), case.evaluated(rest)
    for factor, rest in _one_less(body, Product):
        if isinstance(factor, Sum):
            is_difference = any(symbol.kind == "y" for symbol in symbols_in(factor))
            words = "with the difference left out" if is_difference else "with the sum of the shares left out"
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


def _term_words(term: Expression) -> str:
    kinds = {symbol.kind for symbol in symbols_in(term)}
    if kinds == {"b"}:
        return "with the bias left out"
    if kinds == {"y"}:
        return "with the target left out"
    return "with one of the paths left out" if "delta" in kinds else "with one term of the sum left out"


def _place(symbol: Symbol, other: Symbol) -> str:
    if other.k is None:
        return f"unit {other.j + 1} instead of unit {symbol.j + 1}"
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
