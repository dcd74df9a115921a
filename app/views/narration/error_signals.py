"""How an error signal is told: where it comes from, what the slope lets through, and what a wrong rule does to it."""

from app.engine.equations.shape import Shape
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Symbol, symbols_in
from app.engine.network.losses import LOSSES
from app.views.narration.mistakes import (
    has_wrong_output_error,
    has_wrong_slope,
    uses_slope,
    what_is_wrong,
)
from app.views.text.words import (
    MOST_READ_OUT,
    PLACES,
    SATURATED,
    Teller,
    counted,
    listed,
    sentence,
    share,
    with_article,
)


def error_signal(t: Teller) -> str:
    """Two or three sentences on a delta, at the output or in a hidden layer."""
    if _is_off(t):
        z = t.says(t.value("z"))
        return f"This unit is off: its sum is {z}, the ReLU's slope there is 0, so no gradient passes."
    told = _output_error(t) if t.layer == t.shape.depth else _hidden_error(t)
    return f"{told}{_zero(t)}{what_is_wrong(t)}"


def _is_off(t: Teller) -> bool:
    by_relu = ACTIVATIONS[t.shape.activation(t.layer)].switches_off and uses_slope(t.shape, t.layer)
    return by_relu and t.value("slope") == 0 and "sigmoid_slope" not in t.shape.mistakes


def _output_error(t: Teller) -> str:
    loss = "the loss" if t.shape.examples == 1 else "the loss of this example"
    asked = f"How much would {loss} grow if {t.unit}'s sum grew?"
    return f"{asked} {sentence(_from_difference(t))}. This is {t.unit}'s error signal."


def _from_difference(t: Teller) -> str:
    words, factor = _difference_factor(t.shape)
    made_for_it = LOSSES[t.shape.loss].error is not None
    if ACTIVATIONS[t.shape.activation(t.layer)].couples and not made_for_it:
        return f"every share depends on every sum, so the differences of all outputs come in: {t.says(t.result)}"
    a, turned = t.value("a"), "wrong_sign" in t.shape.mistakes
    words += "target minus prediction" if turned else "prediction minus target"
    difference = t.says((-factor if turned else factor) * (a - t.value("y")))
    if "slope_after_softmax" in t.shape.mistakes:
        return f"{words} is {difference}, and {_lets_through(t, a * (1 - a))}"
    if made_for_it or not uses_slope(t.shape, t.layer):
        why = "by this rule" if has_wrong_output_error(t.shape) else f"for {with_article(t.function)} with this loss"
        return f"{why}: {words}, {t.says(t.result)}"
    return f"{words} is {difference}, and {_through_slope(t)}"


def _difference_factor(shape: Shape) -> tuple[str, float]:
    """What stands before prediction minus target, in words and as a number."""
    outputs = shape.sizes[-1]
    factor = 2 / outputs if shape.loss == "mean_squared_error" else 1.0
    if "halved_gradient" in shape.mistakes:
        factor /= 2
    above, below = factor.as_integer_ratio() if factor in (0.5, 1, 2) else (round(factor * outputs), outputs)
    return {(1, 1): "", (2, 1): "twice ", (1, 2): "half of "}.get((above, below), f"{above}/{below} of "), factor


def _through_slope(t: Teller) -> str:
    """The slope's part, ending in the result."""
    if has_wrong_slope(t.shape, t.layer) and not uses_slope(t.shape, t.layer):
        return f"no slope is taken: {t.says(t.result)}"
    if not uses_slope(t.shape, t.layer):
        return f"the {t.function} passes it on unchanged: {t.says(t.result)}"
    return _lets_through(t, t.value("slope"))


def _lets_through(t: Teller, slope: float) -> str:
    function = "sigmoid" if "sigmoid_slope" in t.shape.mistakes else t.function
    does = f"lets {share(slope)} through" if 0 <= slope <= 1 else "multiplies it"
    return f"the {function}'s slope {t.says(slope)} {does}: {t.says(t.result)}"


def _hidden_error(t: Teller) -> str:
    ways = _ways(t)
    feeds = f"{sentence(t.unit)} feeds {counted(t.shape.sizes[t.layer + 1], 'unit')}"
    if len(ways) == 1:
        signal, weight = map(t.says, ways[0])
        back = f"The error signal {signal} comes back through the weight {weight}"
        return f"{feeds}. {back}, and {_through_slope(t)}.{_saturation(t)}"
    together = _together(t, [signal * weight for signal, weight in ways])
    return f"{feeds}{together}. {sentence(_through_slope(t))}.{_saturation(t)}"


def _ways(t: Teller) -> list[tuple[float, float]]:
    """(error signal, weight that it comes back through) for each unit above."""
    symbols = [s for s in symbols_in(t.equation.expression) if s.layer == t.layer + 1 and s.kind in ("delta", "W")]
    return [(t.values[delta], _weight(t, W)) for delta, W in zip(symbols[::2], symbols[1::2], strict=True)]


def _weight(t: Teller, W: Symbol) -> float:
    moved = t.values[Symbol("eta")] * t.values[W._replace(kind="dW")] if "updated_weights" in t.shape.mistakes else 0.0
    return t.values[W] - moved


def _together(t: Teller, came_back: list[float]) -> str:
    total = t.says(sum(came_back))
    if len(came_back) > MOST_READ_OUT:
        return f", and {total} comes back through them together"
    first, *rest = (f"{t.says(x)} through the {place}" for x, place in zip(came_back, PLACES, strict=False))
    return f": {first.replace(' through', ' comes back through', 1)}, {listed(rest)}; together {total}"


def _saturation(t: Teller) -> str:
    flattens = ACTIVATIONS[t.shape.activation(t.layer)].saturates and not has_wrong_slope(t.shape, t.layer)
    if not flattens or t.value("slope") >= SATURATED:
        return ""
    return f" At {t.says(t.value('z'))} the {t.function} is almost flat: this unit is saturated."


def _zero(t: Teller) -> str:
    return " It is exactly 0: no gradient passes." if t.result == 0 else ""
