"""The second referee, for gradients too small for differences: the sum over all paths of their factors' products.

A parameter's move is followed along every connection to the loss, in more digits where the machine has them. So the
smallest numbers keep all their digits: nothing is subtracted but what a gradient itself subtracts. Other than
differences it takes g' and the slope of the loss as they are given.
"""

import numpy as np

from app.engine.check.central_differences import EPSILON, Behind, Estimate
from app.engine.network.activations import Activation
from app.engine.network.arrays import Array
from app.engine.network.losses import Loss, Output

DIGITS = np.longdouble
LOST = 64.0  # last digits of each term that doubles may have lost by adding and multiplying
MAGNIFIED = 8.0  # times the size of a layer's sums: last digits lost where their rounding goes through an exponential


def along_paths(near: Behind) -> list[Estimate]:
    """The slopes of the mean loss, and what rounding may have made of a gradient in doubles: 0 where no path leads
    from the parameter to the loss, so that it is 0 for certain."""
    moves = np.zeros((len(near.j), *near.Z[0].shape), DIGITS)
    moves[np.arange(len(near.j)), :, near.j] = near.carried
    sizes = np.abs(moves)
    for place, (layer, Z) in enumerate(zip(near.layers, near.Z, strict=True)):
        if place:
            W = layer.W.T.astype(DIGITS)
            moves, sizes = moves @ W, sizes @ np.abs(W)
        if place < len(near.layers) - 1:
            slope = layer.activation.g_prime(Z.astype(DIGITS))
            moves, sizes = moves * slope, sizes * np.abs(slope)
    rises, most = _of_loss(near.loss, near.layers[-1].activation, near.Z[-1].astype(DIGITS), near.Y, moves, sizes)
    value, size = (part.sum(axis=-1).mean(axis=-1).astype(np.float64) for part in (rises, most))
    lost = size * EPSILON * (LOST + MAGNIFIED * _size_of_sums(near))
    return [Estimate(*pair) for pair in zip(value.tolist(), lost.tolist(), strict=True)]


def _size_of_sums(near: Behind) -> float:
    """How large the terms of a sum are at most, all layers taken together; times the sum itself where a smooth function
    is flat at one end only, for its tail may fall as e^(-z^2/2)."""
    A, total = near.A[:, :-1], 0.0
    for layer, Z in zip(near.layers, near.Z, strict=True):
        g = layer.activation
        terms = float((np.abs(A) @ np.abs(layer.W.T) + np.abs(layer.b)).max())
        falls = not g.straight and not g.saturates and g.pieces is None
        total += terms * max(1.0, float(np.abs(Z).max())) if falls else terms
        A = g.g(Z)
    return total


def _of_loss(loss: Loss, activation: Activation, Z: Array, Y: Array, moves: Array, sizes: Array) -> tuple[Array, Array]:
    """From moves of the output's sums, and their sizes, to those of the loss, unit by unit: (P, m, n_L) each."""
    if activation.couples and Z.shape[-1] == 1:  # one unit has the whole share, whatever its sum
        return 0 * moves, 0 * sizes
    A = activation.g(Z)
    if loss.error is not None:
        error = loss.error(Output(Z, A), Y)
        return moves * error, sizes * np.where((Y == 0) | (Y == 1), np.abs(error), A + Y)
    gradient, most = loss.gradient(A, Y), loss.gradient(np.abs(A), -np.abs(Y))
    if activation.couples:
        moves = A * (moves - (moves * A).sum(axis=-1, keepdims=True))
        sizes = A * (sizes + (sizes * A).sum(axis=-1, keepdims=True))
    else:
        slope = activation.g_prime(Z)
        moves, sizes = moves * slope, sizes * np.abs(slope)
    return moves * gradient, sizes * most
