"""One plain sentence, or a few short ones, for each equation of the walk: what happens, then why it matters."""

from collections.abc import Callable

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.views.narration.error_signals import error_signal
from app.views.narration.mistakes import clauses, is_misled
from app.views.narration.update_words import UPDATE_SENTENCES
from app.views.text.numbers import number
from app.views.text.words import (
    MOST_READ_OUT,
    Teller,
    counted,
    listed,
    raised,
    sentence,
    unit_name,
)


def narrate(equation: Equation, shape: Shape, values: Values, digits: int) -> str:
    """What this equation does, for the example in focus, in plain text."""
    return _SENTENCES[equation.kind](Teller(equation, shape, values, digits))


def narrate_start(shape: Shape) -> str:
    """What there is to say before the first equation."""
    return f"Nothing has been computed yet. The first step adds up what reaches {unit_name(shape, 1, 0)}."


def narrate_end(loss_before: float, loss_after: float, shape: Shape, digits: int) -> str:
    """What the update did to the loss of the same batch."""
    whose = "this example" if shape.examples == 1 else "this batch"
    before, after = number(loss_before, digits), number(loss_after, digits)
    if loss_before == loss_after:
        return f"The loss of {whose} was {before} and is still the same."
    verb = "rose" if loss_after > loss_before else "fell"
    if before == after:
        return f"The loss of {whose} was {before}. It {verb} by {number(abs(loss_after - loss_before), digits)}."
    ending = " It rose." if verb == "rose" else ""
    return f"The loss of {whose} was {before} and is now {after}.{ending}"


# Forward --------------------------------------------------------------------------------------------------------------


def _weighted_sum(t: Teller) -> str:
    ahead = f"{sentence(t.unit)} adds up what reaches it"
    bias, result = t.says(t.value("b")), f"Its sum is {t.says(t.result)}."
    inputs = t.shape.sizes[t.layer - 1]
    if inputs > MOST_READ_OUT:
        return f"{ahead}: {counted(inputs, 'number')}, each times its weight, plus its bias {bias}. {result}"
    return f"{ahead}: {', plus '.join(_carried(t, k) for k in range(inputs))}, plus its bias {bias}. {result}"


def _carried(t: Teller, k: int) -> str:
    weight, carried = Symbol("W", t.layer, t.equation.symbol.j, k), Symbol("a", t.layer - 1, k)
    return f"{t.says(t.values[weight])} times {t.says(t.values[carried])}"


def _activation(t: Teller) -> str:
    z, a, name = t.says(t.value("z")), t.says(t.result), t.shape.activation(t.layer)
    rounded = "" if t.shape.decimals is None else f", rounded to {t.shape.decimals} decimals, as by hand"
    if ACTIVATIONS[name].couples:
        return f"The softmax turns the output sums into shares that add up to 1: {t.unit} gets {a}{rounded}."
    if t.result == t.value("z"):
        return f"The {t.function} passes {z} on unchanged."
    if ACTIVATIONS[name].switches_off and t.result == 0 and not rounded:
        return f"The ReLU turns {z} into 0: this unit is off."
    return f"The {t.function} turns {z} into {a}{rounded}."


# Loss -----------------------------------------------------------------------------------------------------------------


def _loss(t: Teller) -> str:
    own = t.says(t.values[Symbol("own_loss")])
    if t.shape.examples == 1:
        return f"{_answer(t)} The loss {_formula(t)}{own}."
    mean = f"Over the {t.shape.examples} examples of the batch the mean of the losses is {t.says(t.result)}."
    return f"{_answer(t)} The loss of this example {_formula(t)}{own}. {mean}"


def _pairs(t: Teller) -> list[tuple[float, float]]:
    """(prediction, target) of each output."""
    L = t.shape.depth
    return [(t.values[Symbol("a", L, j)], t.values[Symbol("y", L, j)]) for j in range(t.shape.sizes[-1])]


def _answer(t: Teller) -> str:
    said, right = zip(*_pairs(t), strict=True)
    if LOSSES[t.shape.loss].targets == "shares" and max(right) == 1:
        j = right.index(1)
        return f"The right answer is output {j + 1}, and the network gives it the share {t.says(said[j])}."
    if len(said) > MOST_READ_OUT:
        return f"The network says {counted(len(said), 'number')}, each beside its target."
    answer = "answer is" if len(right) == 1 else "answers are"
    return f"The network says {listed([*map(t.says, said)])} where the {answer} {listed([*map(t.says, right)])}."


def _formula(t: Teller) -> str:
    """All between "the loss" and its number."""
    pairs = _pairs(t)
    if LOSSES[t.shape.loss].output is None:
        return _squares(t, [a - y for a, y in pairs])
    logarithms = _logarithms(pairs, t.shape.loss == "binary_cross_entropy")
    if len(logarithms) > MOST_READ_OUT:
        return f"adds up {counted(len(logarithms), 'logarithm')}: "
    written = "".join(f"−{_times(t, weight)}ln({'1 − ' * rest}{t.says(a)})" for weight, rest, a in logarithms)
    lost = any(a == 0 or (rest and a > 1 - 10.0 ** (2 - t.digits)) for _, rest, a in logarithms)
    return f"is {written.replace(')−', ') − ')}{', with all digits ' if lost else ' = '}"


def _logarithms(pairs: list[tuple[float, float]], both: bool) -> list[tuple[float, bool, float]]:
    """(weight, is it of 1 - y_hat, y_hat) for each logarithm that counts."""
    own = [(y, False, a) for a, y in pairs if y != 0]
    return own + [(1 - y, True, a) for a, y in pairs if y != 1] if both else own


def _times(t: Teller, weight: float) -> str:
    return "" if weight == 1 else f"{t.says(weight)} × "


def _squares(t: Teller, differences: list[float]) -> str:
    count, half = len(differences), t.shape.loss == "half_squared_error"
    if count > MOST_READ_OUT:
        return f"is {'half the sum' if half else 'the mean'} of the {count} squared differences: "
    squares = " + ".join(raised(t.says(d), 2) for d in differences)
    summed = squares if count == 1 else f"({squares})"
    if half:
        return f"is half the squared difference{'s, added up' * (count > 1)}: ½ × {summed} = "
    if count == 1:
        return f"is the squared difference: {summed} = "
    return f"is the mean of the squared differences: {summed} / {count} = "


# Gradients ------------------------------------------------------------------------------------------------------------


def _weight_gradient(t: Teller) -> str:
    delta, k = t.value("delta"), t.equation.symbol.k or 0
    taken = t.values[Symbol("a", t.layer if _takes_own_layer(t) else t.layer - 1, k)]
    if t.shape.examples == 1:
        product = "The product is" if _takes_own_layer(t) else "Its gradient is"
        return f"This weight {_way(t, k)}. {product} {_told_gradient(t, 'their product, ')}."
    own = f"In this example the weight {_way(t, k)}: their product is {t.says(delta * taken)}."
    return f"{own} {_over_batch(t, 'these products')} {_told_gradient(t, 'the gradient, ')}.{_summed(t)}"


def _takes_own_layer(t: Teller) -> bool:
    return "wrong_layer_input" in t.shape.mistakes


def _way(t: Teller, k: int) -> str:
    """What a weight carried, and where; then what this rule takes in its place."""
    carried, delta = t.values[Symbol("a", t.layer - 1, k)], t.value("delta")
    way = f"carried {t.says(carried)} into a unit whose error signal is {t.says(delta)}"
    if not _takes_own_layer(t):
        return way
    instead, unit = t.says(t.values[Symbol("a", t.layer, k)]), unit_name(t.shape, t.layer, k)
    return f"{way}, but this rule takes {instead}, the activation of {unit}, for what it carried"


def _over_batch(t: Teller, parts: str) -> str:
    put_together = "sum" if "summed_not_averaged" in t.shape.mistakes else "mean"
    return f"Over the {t.shape.examples} examples of the batch the {put_together} of {parts} is"


def _summed(t: Teller) -> str:
    summed = "summed_not_averaged" in t.shape.mistakes
    return clauses(["adds the examples up, where the loss is their mean"] if summed else [])


def _told_gradient(t: Teller, what: str) -> str:
    if t.result == 0:
        return "exactly 0: this weight stays as it is"
    if is_misled(t.shape, t.layer) or _takes_own_layer(t):
        return f"{what}{t.says(t.result)}, by this rule"
    if t.result > 0:
        return f"{what}{t.says(t.result)}: a larger weight would make the loss larger"
    return f"{what}{t.says(t.result)}, negative: a larger weight would make the loss smaller"


def _bias_gradient(t: Teller) -> str:
    zero, fan_in = "exactly 0: this bias stays as it is", t.shape.sizes[t.layer - 1]
    result = zero if t.result == 0 else t.says(t.result)
    repeats = "bias_times_fan_in" in t.shape.mistakes and fan_in > 1
    told = _times_fan_in(t, fan_in) if repeats else "is the error signal itself,"
    if t.shape.examples == 1:
        return f"A bias carries 1, so its gradient {told} {result}."
    share = t.says(t.value("delta") * (fan_in if repeats else 1))
    own = f"A bias carries 1, so this example's share {told} {share}."
    return f"{own} {_over_batch(t, 'these')} the gradient, {result}.{_summed(t)}"


def _times_fan_in(t: Teller, fan_in: int) -> str:
    signal = t.says(t.value("delta"))
    times = f"this rule counts it once for each of the {counted(fan_in, 'input')}:"
    return f"should be the error signal itself, {signal}; {times}"


_SENTENCES: dict[str, Callable[[Teller], str]] = {
    "z": _weighted_sum,
    "a": _activation,
    "loss": _loss,
    "delta": error_signal,
    "dW": _weight_gradient,
    "db": _bias_gradient,
    **UPDATE_SENTENCES,
}
