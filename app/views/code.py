"""The line of NumPy that computes an equation's whole layer, for all examples of the batch as rows.

Run in the order of the walk, the lines compute the whole iteration from X, Y, W1, b1, ..., eta and m (the number of
examples) with `np` and `math`. deltaN holds each example's own error signal, so gradients are means where m > 1.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.engine import LOSSES, Equation, Shape
from app.lessons import Orientation


@dataclass(frozen=True)
class Spelling:
    """An activation in NumPy: g of {Z}, and its slope by {Z} or {A}; `by_hand` is the slope of a rounded {A}."""

    g: str
    slope: str
    by_hand: str = ""


_PHI = "np.vectorize(math.erfc)(-{Z} / np.sqrt(2)) / 2"  # the normal distribution's share below z
SPELLINGS = {
    "identity": Spelling("{Z}", ""),
    "sigmoid": Spelling("1 / (1 + np.exp(-{Z}))", "{A} * (1 - {A})"),
    "tanh": Spelling("np.tanh({Z})", "(1 - {A}**2)"),
    "relu": Spelling("np.maximum({Z}, 0)", "({Z} > 0)", "({A} > 0)"),
    "leaky_relu": Spelling(
        "np.where({Z} > 0, {Z}, 0.01 * {Z})", "np.where({Z} > 0, 1, 0.01)", "np.where({A} > 0, 1, 0.01)"
    ),
    "elu": Spelling(
        "np.where({Z} > 0, {Z}, np.expm1({Z}))", "np.where({Z} > 0, 1, np.exp({Z}))", "np.where({A} > 0, 1, {A} + 1)"
    ),
    "softplus": Spelling("np.logaddexp(0, {Z})", "1 / (1 + np.exp(-{Z}))", "(1 - np.exp(-{A}))"),
    "gelu": Spelling(f"{{Z}} * {_PHI}", f"({_PHI} + {{Z}} * np.exp(-{{Z}}**2 / 2) / np.sqrt(2 * np.pi))"),
    "softmax": Spelling("E / E.sum(axis=1, keepdims=True)", ""),
}
SHIFTED = "E = np.exp({Z} - {Z}.max(axis=1, keepdims=True))"  # the same shares, without overflow
LOSS_SUMS = {
    "binary_cross_entropy": "-np.sum(Y * np.log(y_hat) + (1 - Y) * np.log(1 - y_hat))",
    "cross_entropy": "-np.sum(Y * np.log(y_hat))",
    "half_squared_error": "np.sum((y_hat - Y)**2) / 2",
    "mean_squared_error": "np.mean((y_hat - Y)**2)",
}


def line_of_numpy(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """One statement, or two on two lines; `orientation` says whether W is stored (fan_out, fan_in) or turned."""
    return _LINES[equation.kind](Layer(shape, equation.symbol.layer, orientation == "fan_in_fan_out"))


@dataclass(frozen=True)
class Layer:
    """One layer's names in the lines; `turned` if W is written (fan_in, fan_out)."""

    shape: Shape
    l: int
    turned: bool

    def activations(self, l: int) -> str:
        """The name of layer l's activations."""
        return "X" if l == 0 else "y_hat" if l == self.shape.depth else f"A{l}"

    @property
    def is_output(self) -> bool:
        """Whether this is the last layer."""
        return self.l == self.shape.depth

    def filled(self, text: str) -> str:
        """The text with this layer's Z and A put in."""
        return text.format(Z=f"Z{self.l}", A=self.activations(self.l))


def _weighted_sum(at: Layer) -> str:
    W = f"W{at.l}" if at.turned else f"W{at.l}.T"
    return f"Z{at.l} = {at.activations(at.l - 1)} @ {W} + b{at.l}"


def _activation(at: Layer) -> str:
    name, decimals = at.shape.activation(at.l), at.shape.decimals
    value = SPELLINGS[name].g if decimals is None else f"np.round({SPELLINGS[name].g}, {decimals})"
    before = f"{SHIFTED}\n" if name == "softmax" else ""
    return at.filled(f"{before}{{A}} = {value}")


def _loss(at: Layer) -> str:
    averaged = at.shape.examples == 1 or at.shape.loss == "mean_squared_error"
    return f"loss = {LOSS_SUMS[at.shape.loss]}" + ("" if averaged else " / m")


# Backward: the rules, and the mistakes' variants of them --------------------------------------------------------------


def _slope(at: Layer) -> str:
    spelling = SPELLINGS[at.shape.activation(at.l)]
    by_hand = at.shape.decimals is not None and spelling.by_hand
    return at.filled(spelling.by_hand if by_hand else spelling.slope)


def _sigmoid_slope(at: Layer) -> str:
    return at.filled("{A} * (1 - {A})")


def _transposed(at: Layer) -> str:
    return f"delta{at.l + 1} @ W{at.l + 1}" + (".T" if at.turned else "")


def _untransposed(at: Layer) -> str:
    return f"delta{at.l + 1} @ W{at.l + 1}" + ("" if at.turned else ".T")


def _loss_factor(shape: Shape) -> str:
    """What a mean over the outputs puts before y_hat - Y, as the equation has it."""
    outputs = shape.sizes[-1]
    if shape.loss != "mean_squared_error" or outputs == 2:
        return ""
    return "2 * " if outputs == 1 else f"2 / {outputs} * "


def _halved_factor(shape: Shape) -> str:
    right = _loss_factor(shape)
    return "" if right == "2 * " else f"0.5 * {right}"


@dataclass(frozen=True)
class Rules:
    """How the rules of backward() are written: a field for each of `propagation.Rules`."""

    output_error: Callable[[Shape], str] = _loss_factor
    slope: Callable[[Layer], str] = _slope
    pulled_back: Callable[[Layer], str] = _transposed


RIGHT = Rules()
MISTAKEN = {
    "untransposed_weights": replace(RIGHT, pulled_back=_untransposed),
    "sigmoid_slope": replace(RIGHT, slope=_sigmoid_slope),
    "halved_gradient": replace(RIGHT, output_error=_halved_factor),
}


def _error_signal(at: Layer) -> str:
    rules = MISTAKEN[at.shape.mistake] if at.shape.mistake else RIGHT
    if at.is_output:
        return _output_error(at, rules)
    slope = rules.slope(at)
    return f"delta{at.l} = " + (f"({rules.pulled_back(at)}) * {slope}" if slope else rules.pulled_back(at))


def _output_error(at: Layer, rules: Rules) -> str:
    factor, delta = rules.output_error(at.shape), f"delta{at.l}"
    slope = "" if LOSSES[at.shape.loss].error else rules.slope(at)
    if at.shape.activation(at.l) == "softmax" and LOSSES[at.shape.loss].error is None:
        shares = "np.sum((y_hat - Y) * y_hat, axis=1, keepdims=True)"
        return f"{delta} = {factor}y_hat * (y_hat - Y - {shares})"
    if not factor and not slope:
        return f"{delta} = y_hat - Y"
    return f"{delta} = {factor}(y_hat - Y)" + (f" * {slope}" if slope else "")


def _weight_gradient(at: Layer) -> str:
    A, delta = at.activations(at.l - 1), f"delta{at.l}"
    product = f"{A}.T @ {delta}" if at.turned else f"{delta}.T @ {A}"
    return f"dW{at.l} = {product}" + ("" if at.shape.examples == 1 else " / m")


def _bias_gradient(at: Layer) -> str:
    return f"db{at.l} = delta{at.l}.{'sum' if at.shape.examples == 1 else 'mean'}(axis=0)"


_LINES: dict[str, Callable[[Layer], str]] = {
    "z": _weighted_sum,
    "a": _activation,
    "loss": _loss,
    "delta": _error_signal,
    "dW": _weight_gradient,
    "db": _bias_gradient,
    "W": lambda at: f"W{at.l} = W{at.l} - eta * dW{at.l}",
    "b": lambda at: f"b{at.l} = b{at.l} - eta * db{at.l}",
}
