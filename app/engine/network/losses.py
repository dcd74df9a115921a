"""Losses, one record each: one number per example with its gradient, on arrays, as formulas and as lines of NumPy.

Predictions y_hat and targets Y are (m, n_L). The two cross-entropies belong to one output activation each, whose slope
cancels: there dL/dz = y_hat - y, and both loss and error signal come from z, for y_hat saturates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.engine.network.activations import softmax_from_others
from app.engine.network.arrays import Array
from app.engine.network.errors import UnknownNameError
from app.engine.network.expressions import (
    HALF,
    Expression,
    Negative,
    Number,
    Quotient,
    Square,
    Sum,
    Symbol,
    complement,
    difference,
    product,
    total,
)

NEAR = 1.0  # up to |z| = 1 a logarithm of y_hat has all digits that z has, and is what is computed by hand


@dataclass(frozen=True)
class Output:
    """What the last layer says: Z and A, both (m, n_L); `rounded` if A was rounded as by hand."""

    Z: Array
    A: Array
    rounded: bool = False


Symbols = tuple[Symbol, ...]  # of y_hat or of y, one for each output unit
Targets = Literal["any", "probabilities", "shares"]  # shares: probabilities that add up to 1 in each example


@dataclass(frozen=True, kw_only=True)
class Code:
    """A loss in NumPy: its line over the batch's y_hat and Y, which leaves "/ len(X)" to be added where it only `sums`.

    `by_z` is the same from the output's {Z}, for `value` where y_hat is not rounded, and `why` that is better.
    `error` gives, for so many outputs, the factors of the output's error signal but for the activation's slope.
    """

    value: str
    sums: bool
    error: Callable[[int], tuple[str, ...]]
    by_z: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """All that the mathematics knows of one loss: `value` per example, shape (m,); `gradient` dL_i/dy_hat, (m, n_L).

    `output` names the activation it needs, if any; then `error` gives dL_i/dz directly, shape (m, n_L), and both come
    from the output's Z alone unless A was rounded. `logs` are the logarithms of which it is made: (ln y_hat,) or
    (ln y_hat, ln(1 - y_hat)), None without. `targets` says what its targets can be.

    `formula` tells an example's loss, `slope` the factors of dL_i/dy_hat for output j.
    """

    name: str
    value: Callable[[Output, Array], Array]
    gradient: Callable[[Array, Array], Array]
    output: str | None
    error: Callable[[Output, Array], Array] | None
    logs: Callable[[Output], tuple[Array, ...]] | None
    targets: Targets
    formula: Callable[[Symbols, Symbols], Expression]
    slope: Callable[[Symbols, Symbols, int], tuple[Expression, ...]]
    code: Code


def sigmoid_logs(output: Output) -> tuple[Array, Array]:
    """(ln y_hat, ln(1 - y_hat)) of a sigmoid output, finite for every finite z."""
    z, tail = output.Z, np.log1p(np.exp(-np.abs(output.Z)))
    direct = (output.A > 0) & (output.A < 1) & (output.rounded | (np.abs(z) <= NEAR))
    y_hat = np.where(direct, output.A, 0.5)
    return (
        np.where(direct, np.log(y_hat), np.minimum(z, 0.0) - tail),
        np.where(direct, np.log(1.0 - y_hat), -np.maximum(z, 0.0) - tail),
    )


def softmax_logs(output: Output) -> Array:
    """ln y_hat of a softmax output, finite for every finite z: from the largest z, and what all others add to it.

    The largest share is 1 / (1 + others), so that its logarithm keeps all its digits where the others are next to 0.
    """
    shifted = output.Z - output.Z.max(axis=-1, keepdims=True)
    largest = shifted == 0.0
    others = np.where(largest, 0.0, np.exp(shifted)).sum(axis=-1, keepdims=True)
    others += largest.sum(axis=-1, keepdims=True) - 1.0  # where several are the largest
    exact: Array = shifted - np.log1p(others)
    if not output.rounded:
        return exact
    return np.where(output.A > 0, np.log(np.where(output.A > 0, output.A, 1.0)), exact)


def nearer(Y: Array) -> Array:
    """Each target as the nearer of 0 and 1."""
    return np.where(Y > 0.5, 1.0, 0.0)


def _over_units(share: Array) -> Array:
    """The sum over the units of an example, shape (m,)."""
    total: Array = share.sum(axis=-1) if share.shape[-1] > 1 else share[..., 0]
    return total


def _binary_cross_entropy(output: Output, Y: Array) -> Array:
    """-y ln y_hat - (1-y) ln(1-y_hat): from the logarithm of what the nearer of 0 and 1 gets, and z times the rest."""
    if output.rounded:
        ln_y_hat, ln_rest = sigmoid_logs(output)
        return -_over_units(Y * ln_y_hat + (1.0 - Y) * ln_rest)
    upper = nearer(Y)
    ln, rest = _ln_of_nearer(output.Z, upper), Y - upper
    return -_over_units(ln + rest * output.Z if rest.any() else ln)


def _ln_of_nearer(Z: Array, upper: Array) -> Array:
    """ln y_hat where `upper` is 1, ln(1-y_hat) where it is 0: from y_hat, and from z where that has more digits."""
    near = np.abs(Z) <= NEAR
    everywhere = near.all()
    y_hat = 1.0 / (1.0 + np.exp(-(Z if everywhere else np.where(near, Z, 0.0))))
    ln: Array = np.log(np.abs(1.0 - upper - y_hat))
    if not everywhere:
        wrong = ((1.0 - 2.0 * upper) * Z)[~near]
        ln[~near] = -np.log1p(np.exp(-np.abs(wrong))) - np.maximum(wrong, 0.0)
    return ln


def _sigmoid_error(output: Output, Y: Array) -> Array:
    """y_hat - y, for targets 0 and 1 as sigmoid(z) and -sigmoid(-z), so that nothing cancels when y_hat is 1 to the
    last bit; for targets between as the nearer of the two, less what is left.
    """
    if output.rounded:
        return output.A - Y
    upper = nearer(Y)
    side, rest = 1.0 - 2.0 * upper, Y - upper
    with np.errstate(over="ignore"):  # then e^ is infinite and the error 0
        near: Array = side / (1.0 + np.exp(-side * output.Z))
    return near - rest if rest.any() else near


def _softmax_error(output: Output, Y: Array) -> Array:
    """y_hat - y, written (1-y) y_hat - y (1-y_hat), where 1-y is the other units' targets and 1-y_hat their shares:
    nothing cancels, and the right class has minus the sum of the others' error signals.
    """
    if output.rounded:
        return output.A - Y
    value: Array = (Y.sum(axis=-1, keepdims=True) - Y) * output.A - Y * softmax_from_others(output.Z)
    return value


# Formulas -------------------------------------------------------------------------------------------------------------


def _both_logarithms(y_hat: Symbols, y: Symbols) -> Expression:
    def of_output(a: Symbol, wanted: Symbol) -> Expression:
        ln, ln_rest = a._replace(kind="ln_a"), a._replace(kind="ln_rest")
        return Negative(Sum((product(wanted, ln), product(complement(wanted), ln_rest))))

    return total(*map(of_output, y_hat, y))


def _logarithms(y_hat: Symbols, y: Symbols) -> Expression:
    return Negative(total(*(product(wanted, a._replace(kind="ln_a")) for a, wanted in zip(y_hat, y, strict=True))))


def _squares(y_hat: Symbols, y: Symbols) -> Expression:
    return total(*(Square(difference(a, wanted)) for a, wanted in zip(y_hat, y, strict=True)))


def _per_output(above: int, outputs: int) -> tuple[Expression, ...]:
    """The factor above / n_L of a mean over the outputs; none where it is 1."""
    if outputs == above:
        return ()
    return (Number(above),) if outputs == 1 else (Quotient(Number(above), Number(outputs)),)


_DIFFERENCE = "y_hat - Y"

_TABLE = (
    Loss(
        name="binary_cross_entropy",
        value=_binary_cross_entropy,
        gradient=lambda y_hat, Y: (y_hat - Y) / (y_hat * (1.0 - y_hat)),
        output="sigmoid",
        error=_sigmoid_error,
        logs=sigmoid_logs,
        targets="probabilities",
        formula=_both_logarithms,
        slope=lambda y_hat, y, j: (Quotient(difference(y_hat[j], y[j]), product(y_hat[j], complement(y_hat[j]))),),
        code=Code(
            value="-np.sum(Y * np.log(y_hat) + (1 - Y) * np.log(1 - y_hat))",
            sums=True,
            error=lambda outputs: (_DIFFERENCE,),
            # At |z| = 37 y_hat is 1 to the last bit, and 1 - y_hat has no logarithm.
            by_z="np.sum(Y * np.logaddexp(0, -{Z}) + (1 - Y) * np.logaddexp(0, {Z}))",
            why="ln y_hat and ln(1 - y_hat), from {Z} so that nothing overflows",
        ),
    ),
    Loss(
        name="cross_entropy",
        value=lambda output, Y: -_over_units(Y * softmax_logs(output)),
        gradient=lambda y_hat, Y: -Y / y_hat,
        output="softmax",
        error=_softmax_error,
        logs=lambda output: (softmax_logs(output),),
        targets="shares",
        formula=_logarithms,
        slope=lambda y_hat, y, j: (Negative(Quotient(y[j], y_hat[j])),),
        code=Code(
            value="-np.sum(Y * np.log(y_hat))",
            sums=True,
            error=lambda outputs: (_DIFFERENCE,),
            by_z="-np.sum(Y * ({Z} - np.logaddexp.reduce({Z}, axis=1, keepdims=True)))",
            why="ln y_hat, from {Z} so that nothing overflows",
        ),
    ),
    Loss(
        name="half_squared_error",
        value=lambda output, Y: 0.5 * _over_units((output.A - Y) ** 2),
        gradient=lambda y_hat, Y: y_hat - Y,
        output=None,
        error=None,
        logs=None,
        targets="any",
        formula=lambda y_hat, y: product(HALF, _squares(y_hat, y)),
        slope=lambda y_hat, y, j: (difference(y_hat[j], y[j]),),
        code=Code(value="np.sum((y_hat - Y)**2) / 2", sums=True, error=lambda outputs: (_DIFFERENCE,)),
    ),
    Loss(
        name="mean_squared_error",
        value=lambda output, Y: _over_units((output.A - Y) ** 2) / Y.shape[-1],
        gradient=lambda y_hat, Y: 2.0 * (y_hat - Y) / Y.shape[-1],
        output=None,
        error=None,
        logs=None,
        targets="any",
        formula=lambda y_hat, y: product(*_per_output(1, len(y)), _squares(y_hat, y)),
        slope=lambda y_hat, y, j: (*_per_output(2, len(y)), difference(y_hat[j], y[j])),
        code=Code(
            value="np.mean((y_hat - Y)**2)",
            sums=False,
            error=lambda outputs: (*{1: ("2",), 2: ()}.get(outputs, (f"2 / {outputs}",)), _DIFFERENCE),
        ),
    ),
)
LOSSES = {loss.name: loss for loss in _TABLE}


def loss_named(name: str) -> Loss:
    """The loss of this name; UnknownNameError lists the names that exist."""
    if name not in LOSSES:
        raise UnknownNameError("loss", tuple(LOSSES))
    return LOSSES[name]
