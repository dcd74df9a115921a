"""The line of NumPy that computes an equation's whole layer, for all examples of the batch as rows.

Run in the order of the walk, the lines compute the whole iteration from X, Y, W1, b1, ..., eta and m (the number of
examples) with `np` and `math`. deltaN holds each example's own error signal, so gradients are means where m > 1.
What updates take besides stands in update_code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.network.losses import LOSSES
from app.lessons.lesson import Orientation
from app.views.formulas.update_code import line_of_update


@dataclass(frozen=True)
class Spelling:
    """An activation in NumPy: g of {Z}, and its slope by {Z} or {A}; `by_hand` is the slope of a rounded {A}.

    `by_z` is the slope by {Z} alone where `slope` takes {A}.
    """

    g: str
    slope: str
    by_hand: str = ""
    by_z: str = ""


_PHI = "np.vectorize(math.erfc)(-{Z} / np.sqrt(2)) / 2"  # the normal distribution's share below z
SPELLINGS = {
    "identity": Spelling("{Z}", ""),
    "sigmoid": Spelling("1 / (1 + np.exp(-{Z}))", "{A} * (1 - {A})", by_z="np.exp(-{Z}) / (1 + np.exp(-{Z}))**2"),
    "tanh": Spelling("np.tanh({Z})", "(1 - {A}**2)", by_z="(1 - np.tanh({Z})**2)"),
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
# Where y_hat is not rounded: at |z| = 37 it is 1 to the last bit, and 1 - y_hat has no logarithm.
STABLE_SUMS = {
    "binary_cross_entropy": "np.sum(Y * np.logaddexp(0, -{Z}) + (1 - Y) * np.logaddexp(0, {Z}))",
    "cross_entropy": "-np.sum(Y * ({Z} - np.logaddexp.reduce({Z}, axis=1, keepdims=True)))",
}
WHY_STABLE = {
    "binary_cross_entropy": "# ln y_hat and ln(1 - y_hat), from {Z} so that nothing overflows\n",
    "cross_entropy": "# ln y_hat, from {Z} so that nothing overflows\n",
}


def line_of_numpy(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """One statement, or two on two lines; `orientation` says whether W is stored (fan_out, fan_in) or turned."""
    return _line(equation.kind, Layer(shape, equation.symbol.layer, orientation == "fan_in_fan_out"))


@lru_cache(maxsize=4096)
def _line(kind: str, at: "Layer") -> str:
    return _LINES[kind](at) if kind in _LINES else line_of_update(kind, at.l, at.shape)


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

    @property
    def averages(self) -> bool:
        """Whether gradients are means over the batch."""
        return self.shape.examples > 1 and not self.makes("summed_not_averaged")

    def makes(self, mistake: str) -> bool:
        """Whether the walk makes this mistake."""
        return mistake in self.shape.mistakes

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
    stable, mean = at.shape.loss in STABLE_SUMS and at.shape.decimals is None, "" if averaged else " / m"
    value = STABLE_SUMS[at.shape.loss] if stable else LOSS_SUMS[at.shape.loss]
    why = WHY_STABLE[at.shape.loss] if stable else ""
    return f"{why}loss = {value}{mean}".format(Z=f"Z{at.shape.depth}")


# Backward: the rules, with the mistakes that are made ----------------------------------------------------------------


def _slope(at: Layer) -> str:
    spelling = SPELLINGS[at.shape.activation(at.l)]
    if at.makes("missing_slope"):
        return ""
    if at.makes("sigmoid_slope"):
        return at.filled("{A} * (1 - {A})")
    if at.makes("slope_of_activation"):
        return (spelling.by_z or spelling.slope).format(Z=at.activations(at.l))
    by_hand = at.shape.decimals is not None and spelling.by_hand
    return at.filled(spelling.by_hand if by_hand else spelling.slope)


def _way_back(at: Layer) -> str:
    """The matrix (fan_out, fan_in) through which the error of the layer above comes back."""
    W = f"W{at.l + 1}"
    if at.makes("updated_weights"):
        W = f"({W} - eta * dW{at.l + 1})"
    return W + ".T" if at.turned != at.makes("untransposed_weights") else W


def _pulled_back(at: Layer) -> str:
    delta = f"delta{at.l + 1}"
    return f"{delta}[:, -1:] @ {_way_back(at)}[-1:]" if at.makes("one_path_only") else f"{delta} @ {_way_back(at)}"


def _loss_factor(at: Layer) -> str:
    """What a mean over the outputs, and the mistake of halving, put before y_hat - Y, as the equation has it."""
    outputs, half = at.shape.sizes[-1], "0.5 * " if at.makes("halved_gradient") else ""
    if at.shape.loss != "mean_squared_error" or outputs == 2:
        return half
    if outputs == 1:
        return "" if half else "2 * "
    return f"{half}2 / {outputs} * "


def _error_signal(at: Layer) -> str:
    if at.is_output:
        return f"delta{at.l} = {_output_error(at)}"
    slope = _slope(at)
    return f"delta{at.l} = " + (f"({_pulled_back(at)}) * {slope}" if slope else _pulled_back(at))


def _output_error(at: Layer) -> str:
    made_for_it = LOSSES[at.shape.loss].error is not None
    factor, difference = _loss_factor(at), "Y - y_hat" if at.makes("wrong_sign") else "y_hat - Y"
    if at.shape.activation(at.l) == "softmax" and not made_for_it:
        shares = f"np.sum(({difference}) * y_hat, axis=1, keepdims=True)"
        return f"{factor}y_hat * ({difference} - {shares})"
    slope = "" if made_for_it else _slope(at)
    if at.makes("slope_after_softmax"):
        slope = "y_hat * (1 - y_hat)"
    if not factor and not slope:
        return difference
    return f"{factor}({difference})" + (f" * {slope}" if slope else "")


def _weight_gradient(at: Layer) -> str:
    A, delta = at.activations(at.l if at.makes("wrong_layer_input") else at.l - 1), f"delta{at.l}"
    product = f"{A}.T @ {delta}" if at.turned else f"{delta}.T @ {A}"
    return f"dW{at.l} = {product}" + (" / m" if at.averages else "")


def _bias_gradient(at: Layer) -> str:
    fan_in = at.shape.sizes[at.l - 1]
    factor = f"{fan_in} * " if at.makes("bias_times_fan_in") and fan_in > 1 else ""
    return f"db{at.l} = {factor}delta{at.l}.{'mean' if at.averages else 'sum'}(axis=0)"


_LINES: dict[str, Callable[[Layer], str]] = {
    "z": _weighted_sum,
    "a": _activation,
    "loss": _loss,
    "delta": _error_signal,
    "dW": _weight_gradient,
    "db": _bias_gradient,
}
