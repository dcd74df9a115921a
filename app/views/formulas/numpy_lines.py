"""The line of NumPy that computes an equation's whole layer, for all examples of the batch as rows.

Run in the order of the walk, the lines compute the whole iteration from X, Y, W1, b1, ..., and eta with `np` and
`math`; m is Adam's first moment there, and the number of examples is len(X). deltaN holds each example's own error
signal, so gradients are means where there are several.
Updates take besides eta0 where a schedule makes eta; t, the number of the update, from 1; the settings of the optimizer
and of the schedule by their names; and of each parameter what the optimizer remembers: uW1, mW1, vW1, ub1 ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.engine.equations.mistakes import lines_of
from app.engine.equations.rules import Lines, OutputError, transposed
from app.engine.equations.shape import Shape, Updating
from app.engine.equations.trace import Equation
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.activations import ACTIVATIONS, Activation
from app.engine.network.losses import LOSSES
from app.lessons.lesson import Orientation


def line_of_numpy(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """One statement, or two on two lines; `orientation` says whether W is stored (fan_out, fan_in) or turned."""
    kind, layer = equation.kind, equation.symbol.layer
    if kind in _LINES:
        return _LINES[kind](Layer(shape, layer, orientation == "fan_in_fan_out"))
    return line_of_update(kind, layer, shape)


def by_line(equations: Iterable[Equation], shape: Shape, orientation: Orientation) -> dict[str, list[Equation]]:
    """The equations by the line that computes them, in order."""
    lines, found = dict[tuple[str, int], str](), dict[str, list[Equation]]()
    for equation in equations:
        of = equation.kind, equation.symbol.layer
        if of not in lines:
            lines[of] = line_of_numpy(equation, shape, orientation)
        found.setdefault(lines[of], []).append(equation)
    return found


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
    def activation(self) -> Activation:
        """Its activation function."""
        return ACTIVATIONS[self.shape.activation(self.l)]

    @property
    def lines(self) -> Lines:
        """How the walk's rules are written, mistakes included."""
        return lines_of(self.shape.mistakes)

    @property
    def averages(self) -> bool:
        """Whether gradients are means over the batch."""
        return self.lines.averaged(self.shape.examples)


def _weighted_sum(at: Layer) -> str:
    W = f"W{at.l}" if at.turned else f"W{at.l}.T"
    return f"Z{at.l} = {at.activations(at.l - 1)} @ {W} + b{at.l}"


def _activation(at: Layer) -> str:
    code, decimals = at.activation.code, at.shape.decimals
    value = code.g if decimals is None else f"np.round({code.g}, {decimals})"
    before = f"{code.before}\n" if code.before else ""
    return f"{before}{{A}} = {value}".format(Z=f"Z{at.l}", A=at.activations(at.l))


def _loss(at: Layer) -> str:
    code, averages = LOSSES[at.shape.loss].code, at.shape.examples > 1
    stable = code.by_z and at.shape.decimals is None
    why = f"# {code.why}\n" if stable else ""
    line = f"{why}loss = {code.by_z if stable else code.value}" + (" / len(X)" if code.sums and averages else "")
    return line.format(Z=f"Z{at.shape.depth}")


# Backward: the rules, with the mistakes that are made ----------------------------------------------------------------


def _slope(at: Layer) -> str:
    return at.lines.slope(at.activation.code, f"Z{at.l}", at.activations(at.l))


def _pulled_back(at: Layer) -> str:
    above = at.l + 1
    W = at.lines.weights(f"W{above}", f"dW{above}")
    return at.lines.pulled_back(f"delta{above}", transposed(W) if at.turned else W)


def _error_signal(at: Layer) -> str:
    if at.is_output:
        return f"delta{at.l} = {_output_error(at)}"
    slope = _slope(at)
    return f"delta{at.l} = " + (f"({_pulled_back(at)}) * {slope}" if slope else _pulled_back(at))


def _output_error(at: Layer) -> str:
    loss = LOSSES[at.shape.loss]
    *ahead, difference = loss.code.error(at.shape.sizes[-1])
    alone = loss.error is None and not at.activation.couples  # then each output has its own slope
    error = at.lines.output_error(OutputError(tuple(ahead), difference, _slope(at) if alone else ""))
    factor, difference = "".join(f"{part} * " for part in error.ahead), error.difference
    if loss.error is None and at.activation.couples:
        shares = f"np.sum(({difference}) * y_hat, axis=1, keepdims=True)"
        return f"{factor}y_hat * ({difference} - {shares})"
    if not factor and not error.slope:
        return difference
    return f"{factor}({difference})" + (f" * {error.slope}" if error.slope else "")


def _weight_gradient(at: Layer) -> str:
    A, delta = at.lines.carried(at.activations(at.l - 1), at.activations(at.l)), f"delta{at.l}"
    product = f"{A}.T @ {delta}" if at.turned else f"{delta}.T @ {A}"
    return f"dW{at.l} = {product}" + (" / len(X)" if at.averages else "")


def _bias_gradient(at: Layer) -> str:
    total = f"delta{at.l}.{'mean' if at.averages else 'sum'}(axis=0)"
    return f"db{at.l} = {at.lines.bias_gradient(total, at.shape.sizes[at.l - 1])}"


_LINES: dict[str, Callable[[Layer], str]] = {
    "z": _weighted_sum,
    "a": _activation,
    "loss": _loss,
    "delta": _error_signal,
    "dW": _weight_gradient,
    "db": _bias_gradient,
}


# Update ---------------------------------------------------------------------------------------------------------------


def line_of_update(kind: str, l: int, shape: Shape) -> str:
    """The statement for an equation's kind: what all parameters share, or the W or b of layer l with its states."""
    optimizer, shared = OPTIMIZERS[shape.updating.optimizer], _shared(shape)
    if kind in shared:
        return shared[kind]
    state, _, owner = kind.rpartition("_")
    name, g = f"{owner}{l}", _taken(shape.updating, f"{owner}{l}")
    if not state:
        return f"{name} = {_kept(shape.updating, name)} - eta * {optimizer.step_code.format(w=name, g=g)}"
    if state == "g":
        shortened = f"clip * d{name}" if shape.updating.clips else f"d{name}"
        return f"{g} = {shortened}" + (f" + weight_decay * {name}" if _adds_decay(shape.updating) else "")
    return next(one.code for one in optimizer.states if one.name == state).format(w=name, g=g)


def _shared(shape: Shape) -> dict[str, str]:
    """The lines that all parameters share, by the kind of their equation."""
    gradients = ", ".join(f"dW{l}, db{l}" for l in range(1, shape.depth + 1))
    return {
        "eta": SCHEDULES[shape.updating.schedule].code,
        "norm": f"norm = np.sqrt(sum(np.sum(d**2) for d in ({gradients})))",
        "clip": "clip = min(1, clip_norm / (norm + 1e-6))",
        **{one.name: one.code for one in OPTIMIZERS[shape.updating.optimizer].shared},
    }


def _adds_decay(updating: Updating) -> bool:
    return updating.decays and not OPTIMIZERS[updating.optimizer].decouples


def _taken(updating: Updating, name: str) -> str:
    """The name of the gradient that the update takes."""
    return f"g{name}" if updating.clips or _adds_decay(updating) else f"d{name}"


def _kept(updating: Updating, name: str) -> str:
    """What stays of the parameter: all of it, but for decoupled weight decay."""
    decouples = updating.decays and OPTIMIZERS[updating.optimizer].decouples
    return f"(1 - eta * weight_decay) * {name}" if decouples else name
