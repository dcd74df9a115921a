"""The sentences of the update: what all parameters share, what the optimizer keeps of each, and how each moves."""

from collections.abc import Callable, Mapping

from app.engine.equations.trace import found_at
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.expressions import (
    Expression,
    Negative,
    Norm,
    Power,
    Product,
    Quotient,
    Square,
    Sum,
    Symbol,
    factors_of,
    total,
)
from app.views.narration.teller import Teller
from app.views.text.numbers import digits_for, fixed, number, signed
from app.views.text.optimizers import OPTIMIZER_WORDS, STATE_WORDS, StateWords
from app.views.text.records import complete
from app.views.text.words import counted, raised, times


def _shared(t: Teller, name: str) -> float:
    """The value of a setting, or of what all parameters share."""
    return t.values[Symbol(name)]


def _noun(t: Teller) -> str:
    return "bias" if t.equation.symbol.k is None else "weight"


def _terms(expression: Expression) -> tuple[Expression, ...]:
    return expression.terms if isinstance(expression, Sum) else (expression,)


def _multiplied(t: Teller, expression: Expression) -> str:
    """Factors with their numbers: 0.9 × (−0.02); a square as 0.5²."""
    first, *rest = factors_of(expression)
    return " × ".join([t.says(t.number(first)), *(_factor(t, factor) for factor in rest)])


def _factor(t: Teller, factor: Expression) -> str:
    if isinstance(factor, Square):
        return raised(t.says(t.number(factor.body)), 2)
    return t.factor(t.number(factor))


# What all parameters share --------------------------------------------------------------------------------------------


def _by_steps(t: Teller) -> str:
    every, factor, decays = (_shared(t, name) for name in ("every", "factor", "decays"))
    base, often = t.says(_shared(t, "eta_0")), "iteration" if every == 1 else f"{every:,.0f} iterations"
    rule = f"After every {often} the learning rate is multiplied by {t.says(factor)}."
    if decays == 0:
        return f"{rule} That has not happened yet: it is {base}."
    product = f"{base} × {raised(t.says(factor), int(decays))}"
    return f"{rule} That has happened {times(int(decays))}: {product} = {t.says(t.result)}."


def _along_a_cosine(t: Teller) -> str:
    passed, iterations = (int(_shared(t, name)) for name in ("passed", "iterations"))
    base, lowest = t.says(_shared(t, "eta_0")), t.says(_shared(t, "minimum"))
    rule = f"The learning rate goes along half a cosine from {base} to {lowest}, in {counted(iterations, 'iteration')}."
    if passed == iterations:
        return f"{rule} They lie behind: it stays at {t.says(t.result)}."
    if passed == 0:
        return f"{rule} This is its start: {t.says(t.result)}."
    behind = "One of them lies" if passed == 1 else f"{passed:,} of them lie"
    return f"{rule} {behind} behind: it is {t.says(t.result)}."


_SCHEDULES: Mapping[str, Callable[[Teller], str]] = complete(
    "schedule",
    SCHEDULES,
    {
        "constant": lambda t: f"The learning rate is {t.says(t.result)}.",
        "step": _by_steps,
        "cosine": _along_a_cosine,
    },
)


def _length(t: Teller) -> str:
    assert isinstance(t.own, Norm)
    count, squared = len(t.own.parts), t.number(total(*map(Square, t.own.parts)))
    squares = f"All {count:,} gradients, each squared, add up to {t.says(squared)}."
    return f"{squares} The root of it is their length together: {t.says(t.result)}."


def _clipping(t: Teller) -> str:
    length, limit = t.says(_shared(t, "norm")), t.says(_shared(t, "clip_norm"))
    if t.result == 1:
        return f"The gradients together are {length} long, within the limit of {limit}. The factor is 1: they stay."
    told = f"The gradients together are {length} long, and the limit is {limit}."
    return f"{told} Each is multiplied by {t.says(t.result)}: they grow shorter and keep their direction."


def _correction(mean: str) -> Callable[[Teller], str]:
    def told(t: Teller) -> str:
        _, left = _terms(t.own)
        assert isinstance(left, Negative)
        assert isinstance(left.body, Power)
        updates = int(t.number(left.body.exponent))
        began = f"The {mean} begins at 0. After {counted(updates, 'update')} the share that has come in"
        share = raised(t.says(t.number(left.body.base)), updates)
        return f"{began} is 1 − {share} = {t.says(t.result)}. It will be divided by that."

    return told


# What the optimizer keeps of each parameter ---------------------------------------------------------------------------


def _taken(t: Teller) -> str:
    """The gradient as the update takes it: shortened, then with weight decay, where there is any."""
    gradient, *decayed = _terms(t.own)
    clip, *_ = factors_of(gradient)
    shortens = isinstance(gradient, Product) and t.number(clip) != 1
    sums = [_multiplied(t, gradient if shortens else factors_of(gradient)[-1])]
    if not decayed:
        how = "shortened by the factor" if shortens else "as it is"
        return f"The update takes the gradient {how}: {_equals(t, sums)}."
    (decay,) = decayed
    share = t.says(t.number(factors_of(decay)[0]))
    told = "The gradient is shortened by the factor. " if shortens else ""
    pull = f"Weight decay adds {share} of the {_noun(t)} itself, which pulls it towards 0"
    return f"{told}{pull}: {_equals(t, [*sums, _multiplied(t, decay)])}."


def _equals(t: Teller, parts: list[str]) -> str:
    written, result = " + ".join(parts), t.says(t.result)
    return result if written == result else f"{written} = {result}"


def _velocity(t: Teller) -> str:
    kept, g = _terms(t.own)
    keeps, old = map(t.number, factors_of(kept))
    if old == 0:
        return f"The velocity was 0. It takes on the gradient: {t.says(t.result)}."
    ahead = f"Of its velocity {t.says(old)} this {_noun(t)} keeps {t.says(keeps)}"
    added = f"and the gradient {t.says(t.number(g))} comes on top"
    return f"{ahead}, {added}: {_multiplied(t, kept)} + {_factor(t, g)} = {t.says(t.result)}.{_course(old, t.result)}"


def _course(old: float, new: float) -> str:
    if old * new < 0:
        return " It turns round."
    return " It gains speed." if abs(new) > abs(old) else " It slows down." if abs(new) < abs(old) else ""


def _by_words(words: StateWords) -> Callable[[Teller], str]:
    """What is kept of a state and what comes in, and the sum of both."""

    def told(t: Teller) -> str:
        terms = _terms(t.own)
        keeps, takes = (t.says(t.number(factors_of(part)[0])) for part in terms)
        added = " + ".join(_multiplied(t, part) for part in terms)
        return f"{words.says.format(keeps=keeps, takes=takes)}: {added} = {t.says(t.result)}."

    return told


def _divided(t: Teller, ratio: Quotient) -> tuple[str, str]:
    """Dividend and divisor, with as many digits as their quotient needs."""
    quotient, parts = t.number(ratio), (t.number(ratio.above), t.number(ratio.below))
    above, below = (number(part, digits_for(part, quotient, t.digits)) for part in parts)
    return above, below


def _corrected(mean: str, first: str) -> Callable[[Teller], str]:
    def told(t: Teller) -> str:
        assert isinstance(t.own, Quotient)
        value, share = _divided(t, t.own)
        rule = f"The {mean} is divided by the share that has come in: {value} / {share} = {t.says(t.result)}."
        taken = t.equation.symbol._replace(kind=f"g_{t.equation.kind[-1]}")
        itself = "as taken" if taken in found_at(t.shape) else "itself"
        return f"{rule} After the first update that is {first} {itself}." if _shared(t, "t") == 1 else rule

    return told


# How each moves -------------------------------------------------------------------------------------------------------


def _moved(t: Teller) -> str:
    """The update of a weight or bias: what stays of it, less the learning rate times the step."""
    kept, move = _terms(t.own)
    assert isinstance(move, Negative)
    eta, step = factors_of(move.body)
    parameter, words = t.equation.symbol._replace(kind=t.equation.kind), OPTIMIZER_WORDS[t.shape.updating.optimizer]
    before, decays = t.number(parameter), kept != parameter
    if t.number(eta) == 0:
        return f"The learning rate is 0 by now, so this {_noun(t)} stays at {t.says(before)}."
    if not decays and t.number(step) == 0:
        what = "gradient" if words.plain and _is_as_found(step) else "step"
        return f"The {what} is exactly 0, so this {_noun(t)} stays at {t.says(before)}."
    ahead = f"{_against(t, step)}, by the learning rate"
    if decays:  # decoupled
        rate, decay = (t.says(_shared(t, name)) for name in ("eta", "weight_decay"))
        shrinks = f"Weight decay first shrinks this {_noun(t)} by {rate} × {decay} of itself"
        ahead = f"{shrinks}, to {t.says(t.number(kept))}. {ahead}"
    added = " + ".join(_multiplied(t, term) for term in _terms(step))
    taken = f"({added})" if isinstance(step, Sum) else _factor(t, step)
    moved = f"{t.says(t.number(kept))} − {t.says(t.number(eta))} × {taken}"
    ending = ""
    if fixed(before, t.digits) == fixed(t.result, t.digits):
        ending = f" It moves by {signed(t.number(kept) - before + t.number(move), t.digits)}."
    return f"{ahead}: {moved} = {t.says(t.result)}.{ending}"


def _is_as_found(step: Expression) -> bool:
    """Whether the step is the gradient with nothing done to it."""
    return isinstance(step, Symbol) and step.kind.startswith("d")


def _against(t: Teller, step: Expression) -> str:
    """How the sentence begins: what the parameter moves against."""
    words = OPTIMIZER_WORDS[t.shape.updating.optimizer]
    if not isinstance(step, Quotient):
        return f"Against {words.against}{' as taken' if words.plain and not _is_as_found(step) else ''}"
    above, size = _divided(t, step)
    share = f"The {words.scaled} {above} over {words.size.format(noun=_noun(t), size=size)}"
    return f"{share} is {t.says(t.number(step))}. Against {words.against}"


_STATES = complete(
    "state",
    STATE_WORDS,
    {
        "g": _taken,
        "velocity": _velocity,
        "m_hat": _corrected("first moment m", "the gradient"),
        "v_hat": _corrected("second moment v", "the squared gradient"),
        **{name: _by_words(words) for name, words in STATE_WORDS.items() if words.says},
    },
)
UPDATE_SENTENCES: dict[str, Callable[[Teller], str]] = {
    "eta": lambda t: _SCHEDULES[t.shape.updating.schedule](t),
    "norm": _length,
    "clip": _clipping,
    **complete(
        "shared",
        [shared.name for kind in OPTIMIZERS.values() for shared in kind.shared],
        {
            "correction_m": _correction("first moment m"),
            "correction_v": _correction("second moment v"),
        },
    ),
    **{f"{state}_{kind}": told for state, told in _STATES.items() for kind in ("W", "b")},
    "W": _moved,
    "b": _moved,
}
