"""The sentences of the update: what all parameters share, what the optimizer keeps of each, and how each moves."""

from collections.abc import Callable, Mapping
from math import sqrt

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.network.expressions import Symbol, symbols_in
from app.views.text.numbers import fixed, signed
from app.views.text.words import (
    Teller,
    counted,
    raised,
    times,
)


def _shared(t: Teller, name: str) -> float:
    """The value of a setting, or of what all parameters share."""
    return t.values[Symbol(name)]


def _own(t: Teller, state: str) -> float:
    """The value of a state of the equation's parameter."""
    return t.values[t.equation.symbol._replace(kind=f"{state}_{_kind(t)}")]


def _kind(t: Teller) -> str:
    return "b" if t.equation.symbol.k is None else "W"


def _noun(t: Teller) -> str:
    return "bias" if t.equation.symbol.k is None else "weight"


def _before(t: Teller) -> float:
    return t.values[t.equation.symbol._replace(kind=_kind(t))]


def _takes_as_it_is(t: Teller) -> bool:
    """Whether the update takes the gradient with nothing done to it."""
    return not t.shape.updating.clips and not _adds_decay(t)


def _adds_decay(t: Teller) -> bool:
    return t.shape.updating.decays and not OPTIMIZERS[t.shape.updating.optimizer].decouples


def _g(t: Teller) -> float:
    """The gradient as the update takes it."""
    if _takes_as_it_is(t):
        return t.values[t.equation.symbol._replace(kind=f"d{_kind(t)}")]
    return _own(t, "g")


# What all parameters share --------------------------------------------------------------------------------------------


def _learning_rate(t: Teller) -> str:
    return _SCHEDULES[t.shape.updating.schedule](t)


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


_SCHEDULES: Mapping[str, Callable[[Teller], str]] = {"step": _by_steps, "cosine": _along_a_cosine}


def _length(t: Teller) -> str:
    count = sum(1 for _ in symbols_in(t.equation.expression))
    squares = f"All {count:,} gradients, each squared, add up to {t.says(t.result**2)}."
    return f"{squares} The root of it is their length together: {t.says(t.result)}."


def _clipping(t: Teller) -> str:
    length, limit = t.says(_shared(t, "norm")), t.says(_shared(t, "clip_norm"))
    if t.result == 1:
        return f"The gradients together are {length} long, within the limit of {limit}. The factor is 1: they stay."
    told = f"The gradients together are {length} long, and the limit is {limit}."
    return f"{told} Each is multiplied by {t.says(t.result)}: they grow shorter and keep their direction."


def _correction(mean: str, share: str) -> Callable[[Teller], str]:
    def told(t: Teller) -> str:
        updates = int(_shared(t, "t"))
        left = raised(t.says(_shared(t, share)), updates)
        began = f"The {mean} begins at 0. After {counted(updates, 'update')} the share that has come in"
        return f"{began} is 1 − {left} = {t.says(t.result)}. It will be divided by that."

    return told


# What the optimizer keeps of each parameter ---------------------------------------------------------------------------


def _taken(t: Teller) -> str:
    gradient = t.values[t.equation.symbol._replace(kind=f"d{_kind(t)}")]
    clip, sums = (_shared(t, "clip") if t.shape.updating.clips else 1.0), []
    sums.append(t.says(gradient) if clip == 1 else f"{t.says(clip)} × {t.factor(gradient)}")
    if not _adds_decay(t):
        how = "as it is" if clip == 1 else "shortened by the factor"
        return f"The update takes the gradient {how}: {_equals(t, sums)}."
    decay = t.says(_shared(t, "weight_decay"))
    sums.append(f"{decay} × {t.factor(_before(t))}")
    shortened = "The gradient is shortened by the factor. " if clip != 1 else ""
    pull = f"Weight decay adds {decay} of the {_noun(t)} itself, which pulls it towards 0"
    return f"{shortened}{pull}: {_equals(t, sums)}."


def _equals(t: Teller, parts: list[str]) -> str:
    written, result = " + ".join(parts), t.says(t.result)
    return result if written == result else f"{written} = {result}"


def _velocity(t: Teller) -> str:
    old, g, keeps = _own(t, "velocity"), _g(t), t.says(_shared(t, "momentum"))
    if old == 0:
        return f"The velocity was 0. It takes on the gradient: {t.says(t.result)}."
    kept = f"Of its velocity {t.says(old)} this {_noun(t)} keeps {keeps}, and the gradient {t.says(g)} comes on top"
    return f"{kept}: {keeps} × {t.factor(old)} + {t.factor(g)} = {t.says(t.result)}.{_course(old, t.result)}"


def _course(old: float, new: float) -> str:
    if old * new < 0:
        return " It turns round."
    return " It gains speed." if abs(new) > abs(old) else " It slows down." if abs(new) < abs(old) else ""


def _mean_gradient(t: Teller) -> str:
    return _mean(t, "gradient", "m", "beta1", t.factor(_g(t)))


def _mean_square(t: Teller) -> str:
    share = "decay" if t.shape.updating.optimizer == "rmsprop" else "beta2"
    return _mean(t, "squared gradient", "v", share, raised(t.says(_g(t)), 2))


def _mean(t: Teller, of: str, state: str, share: str, new: str) -> str:
    keeps, takes = t.says(_shared(t, share)), t.says(1 - _shared(t, share))
    rule = f"The mean {of} {state} keeps {keeps} of what it was and takes in {takes} of the new {of}"
    return f"{rule}: {keeps} × {t.factor(_own(t, state))} + {takes} × {new} = {t.says(t.result)}."


def _corrected(mean: str, state: str, first: str) -> Callable[[Teller], str]:
    def told(t: Teller) -> str:
        value, share = t.says(_own(t, f"new_{state}")), t.says(_shared(t, f"correction_{state}"))
        rule = f"The {mean} is divided by the share that has come in: {value} / {share} = {t.says(t.result)}."
        return f"{rule} After the first update that is {first} itself." if _shared(t, "t") == 1 else rule

    return told


# How each moves -------------------------------------------------------------------------------------------------------


def _moved(t: Teller) -> str:
    """The update of a weight or bias."""
    ahead, step, written = _STEPS[t.shape.updating.optimizer](t)
    before, kept, decay, eta, ending = _before(t), _before(t), "", _shared(t, "eta"), ""
    if eta == 0:
        return f"The learning rate is 0 by now, so this {_noun(t)} stays at {t.says(before)}."
    if t.shape.updating.decays and not _adds_decay(t):
        kept, decay = _decayed(t, before)
    elif step == 0:
        what = "gradient" if t.shape.updating.optimizer == "gradient_descent" and _takes_as_it_is(t) else "step"
        return f"The {what} is exactly 0, so this {_noun(t)} stays at {t.says(before)}."
    if fixed(before, t.digits) == fixed(t.result, t.digits):
        ending = f" It moves by {signed(kept - before - eta * step, t.digits)}."
    moved = f"{t.says(kept)} − {t.says(eta)} × {written}"
    return f"{decay}{ahead}, by the learning rate: {moved} = {t.says(t.result)}.{ending}"


def _decayed(t: Teller, before: float) -> tuple[float, str]:
    """What decoupled weight decay leaves of the parameter, and its sentence."""
    eta, decay = _shared(t, "eta"), _shared(t, "weight_decay")
    kept = (1 - eta * decay) * before
    shrinks = f"Weight decay first shrinks this {_noun(t)} by {t.says(eta)} × {t.says(decay)} of itself"
    return kept, f"{shrinks}, to {t.says(kept)}. "


Step = tuple[str, float, str]  # how the sentence begins, the step's value, and how it is written after "×"


def _against_gradient(t: Teller) -> Step:
    g = _g(t)
    return f"Against the gradient{'' if _takes_as_it_is(t) else ' as taken'}", g, t.factor(g)


def _against_velocity(t: Teller) -> Step:
    velocity = _own(t, "new_velocity")
    return "Against the velocity", velocity, t.factor(velocity)


def _ahead_of_velocity(t: Teller) -> Step:
    g, velocity, momentum = _g(t), _own(t, "new_velocity"), _shared(t, "momentum")
    written = f"({t.says(g)} + {t.says(momentum)} × {t.factor(velocity)})"
    return "Against the gradient and what the velocity will keep of itself", g + momentum * velocity, written


def _over_size(t: Teller, what: str, above: float, v: float) -> Step:
    size = sqrt(v) + _shared(t, "epsilon")
    step = above / size
    usual = f"The {what} {t.says(above)} over the usual size of this {_noun(t)}'s gradients, {t.says(size)}"
    return f"{usual}, is {t.says(step)}. Against it", step, t.factor(step)


_STEPS: Mapping[str, Callable[[Teller], Step]] = {
    "gradient_descent": _against_gradient,
    "momentum": _against_velocity,
    "nesterov": _ahead_of_velocity,
    "rmsprop": lambda t: _over_size(t, "gradient", _g(t), _own(t, "new_v")),
    "adam": lambda t: _over_size(t, "mean gradient", _own(t, "m_hat"), _own(t, "v_hat")),
    "adamw": lambda t: _over_size(t, "mean gradient", _own(t, "m_hat"), _own(t, "v_hat")),
}


_STATES: Mapping[str, Callable[[Teller], str]] = {
    "g": _taken,
    "velocity": _velocity,
    "m": _mean_gradient,
    "v": _mean_square,
    "m_hat": _corrected("mean gradient m", "m", "the gradient"),
    "v_hat": _corrected("mean squared gradient v", "v", "the squared gradient"),
}
UPDATE_SENTENCES: dict[str, Callable[[Teller], str]] = {
    "eta": _learning_rate,
    "norm": _length,
    "clip": _clipping,
    "correction_m": _correction("mean gradient m", "beta1"),
    "correction_v": _correction("mean squared gradient v", "beta2"),
    **{f"{state}_{kind}": told for state, told in _STATES.items() for kind in ("W", "b")},
    "W": _moved,
    "b": _moved,
}
