"""How an error signal is told: where it comes from, what the slope lets through, and what a wrong rule does to it."""

from app.engine import LOSSES, Shape, symbols_in
from app.views.words import (
    MOST_READ_OUT,
    PLACES,
    SATURATED,
    Teller,
    activation_word,
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
    return f"{told}{_zero(t)}{_what_is_wrong(t.shape, t.layer)}"


def _is_off(t: Teller) -> bool:
    by_relu = t.shape.activation(t.layer) == "relu" and uses_slope(t.shape, t.layer)
    return by_relu and t.value("slope") == 0 and t.shape.mistake != "sigmoid_slope"


def _output_error(t: Teller) -> str:
    loss = "the loss" if t.shape.examples == 1 else "the loss of this example"
    asked = f"How much would {loss} grow if {t.unit}'s sum grew?"
    return f"{asked} {sentence(_from_difference(t))}. This is {t.unit}'s error signal."


def _from_difference(t: Teller) -> str:
    words, factor = _difference_factor(t.shape)
    made_for_it = LOSSES[t.shape.loss].error is not None
    if t.shape.activation(t.layer) == "softmax" and not made_for_it:
        return f"every share depends on every sum, so the differences of all outputs come in: {t.says(t.result)}"
    if made_for_it or not uses_slope(t.shape, t.layer):
        return f"for {with_article(t.function)} with this loss: {words}prediction minus target, {t.says(t.result)}"
    difference = t.says(factor * (t.value("a") - t.value("y")))
    return f"{words}prediction minus target is {difference}, and {_through_slope(t)}"


def _difference_factor(shape: Shape) -> tuple[str, float]:
    """What stands before prediction minus target, in words and as a number."""
    outputs = shape.sizes[-1]
    factor = 2 / outputs if shape.loss == "mean_squared_error" else 1.0
    if shape.mistake == "halved_gradient":
        factor /= 2
    above, below = factor.as_integer_ratio() if factor in (0.5, 1, 2) else (round(factor * outputs), outputs)
    return {(1, 1): "", (2, 1): "twice ", (1, 2): "half of "}.get((above, below), f"{above}/{below} of "), factor


def uses_slope(shape: Shape, layer: int) -> bool:
    """Whether the layer's error signal is multiplied by a slope."""
    if layer == shape.depth and (LOSSES[shape.loss].error is not None or shape.activation(layer) == "softmax"):
        return False
    return shape.activation(layer) != "identity" or shape.mistake == "sigmoid_slope"


def _through_slope(t: Teller) -> str:
    """The slope's part, ending in the result."""
    if not uses_slope(t.shape, t.layer):
        return f"the {t.function} passes it on unchanged: {t.says(t.result)}"
    slope = t.value("slope")
    function = "sigmoid" if t.shape.mistake == "sigmoid_slope" else t.function
    does = f"lets {share(slope)} through" if 0 <= slope <= 1 else "multiplies it"
    return f"the {function}'s slope {t.says(slope)} {does}: {t.says(t.result)}"


def _hidden_error(t: Teller) -> str:
    symbols = [s for s in symbols_in(t.equation.expression) if s.layer == t.layer + 1]
    ways = [(t.values[delta], t.values[W]) for delta, W in zip(symbols[::2], symbols[1::2], strict=True)]
    feeds = f"{sentence(t.unit)} feeds {counted(len(ways), 'unit')}"
    if len(ways) == 1:
        signal, weight = map(t.says, ways[0])
        back = f"The error signal {signal} comes back through the weight {weight}"
        return f"{feeds}. {back}, and {_through_slope(t)}.{_saturation(t)}"
    together = _together(t, [signal * weight for signal, weight in ways])
    return f"{feeds}{together}. {sentence(_through_slope(t))}.{_saturation(t)}"


def _together(t: Teller, came_back: list[float]) -> str:
    total = t.says(sum(came_back))
    if len(came_back) > MOST_READ_OUT:
        return f", and {total} comes back through them together"
    first, *rest = (f"{t.says(x)} through the {place}" for x, place in zip(came_back, PLACES, strict=False))
    return f": {first.replace(' through', ' comes back through', 1)}, {listed(rest)}; together {total}"


def _saturation(t: Teller) -> str:
    flattens = t.shape.activation(t.layer) in ("sigmoid", "tanh") and not _has_wrong_slope(t.shape, t.layer)
    if not flattens or t.value("slope") >= SATURATED:
        return ""
    return f" At {t.says(t.value('z'))} the {t.function} is almost flat: this unit is saturated."


def _zero(t: Teller) -> str:
    return " It is exactly 0: no gradient passes." if t.result == 0 else ""


def _what_is_wrong(shape: Shape, layer: int) -> str:
    """One clause on the wrong rule, where it is at work."""
    if shape.mistake == "untransposed_weights" and layer < shape.depth:
        return " This rule takes the weights of the wrong unit: W where the chain rule needs its transpose."
    if shape.mistake == "halved_gradient" and layer == shape.depth:
        return " This rule takes half of what the chain rule gives."
    if _has_wrong_slope(shape, layer):
        unit = with_article(activation_word(shape.activation(layer)))
        return f" This rule takes the sigmoid's slope where the unit is {unit}."
    return ""


def _has_wrong_slope(shape: Shape, layer: int) -> bool:
    return shape.mistake == "sigmoid_slope" and uses_slope(shape, layer) and shape.activation(layer) != "sigmoid"


def is_misled(shape: Shape, layer: int) -> bool:
    """Whether a wrong rule lies between the loss and this layer, so that the sign of a gradient proves nothing."""
    if shape.mistake == "untransposed_weights":
        return layer < shape.depth
    return any(_has_wrong_slope(shape, l) for l in range(layer, shape.depth + 1))
