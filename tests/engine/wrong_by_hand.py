"""The mistakes as people write them: plain Python loops, slopes by differences, no formula of the engine."""

from collections.abc import Sequence

from app.engine.setup import Setup
from tests.engine import by_hand

Rows = list[list[float]]


def slope(name: str, z: float, a: float, mistakes: Sequence[str]) -> float:
    """What a unit multiplies the error signal by."""
    if "sigmoid_slope" in mistakes:
        return a * (1 - a)
    if "missing_slope" in mistakes:
        return 1.0
    return by_hand.derivative(by_hand.G[name], a if "slope_of_activation" in mistakes else z)


def output_error(setup: Setup, z: float, a: float, y: float) -> float:
    """The error signal of one output, for a loss and an output that do not mix units."""
    mistakes = setup.mistakes
    delta = y - a if "wrong_sign" in mistakes else a - y
    if setup.loss in ("half_squared_error", "mean_squared_error"):
        delta *= slope(setup.activations[-1], z, a, mistakes)
    if setup.loss == "mean_squared_error":
        delta *= 2 / setup.sizes[-1]
    if "slope_after_softmax" in mistakes:
        delta *= a * (1 - a)
    return delta / 2 if "halved_gradient" in mistakes else delta


def come_back(delta: Sequence[float], W: Rows, k: int, mistakes: Sequence[str]) -> float:
    """What reaches unit k of the layer before, added up path by path."""
    reached = 0.0
    for j, signal in enumerate(delta):
        back = signal * (W[k][j] if "untransposed_weights" in mistakes else W[j][k])
        reached = back if "one_path_only" in mistakes else reached + back
    return reached


def walked(setup: Setup, x: list[float]) -> tuple[Rows, Rows]:
    """(z of every layer from 1, a of every layer from 0) of one example."""
    Z: Rows = []
    A = [x]
    for layer, name in zip(setup.network.layers, setup.activations, strict=True):
        Z.append(
            [sum(w * a for w, a in zip(row, A[-1], strict=True)) + b for row, b in zip(layer.W, layer.b, strict=True)]
        )
        A.append(by_hand.outputs(name, Z[-1]))
    return Z, A


def gradients(setup: Setup) -> tuple[list[Rows], Rows]:
    """(dW, db) of every layer for all examples in one batch."""
    X, Y = (array.tolist() for array in setup.examples)
    walks = [walked(setup, x) for x in X]
    deltas = [
        [output_error(setup, *numbers) for numbers in zip(Z[-1], A[-1], y, strict=True)]
        for (Z, A), y in zip(walks, Y, strict=True)
    ]
    found: list[tuple[Rows, list[float]]] = []
    for l in range(len(setup.activations), 0, -1):
        carried = [A[l if "wrong_layer_input" in setup.mistakes else l - 1] for _, A in walks]
        found.append(of_layer(setup, l, deltas, carried))
        if l > 1:
            W = way_back(setup, l, found[-1][0])
            name = setup.activations[l - 2]
            deltas = [
                [
                    come_back(delta, W, k, setup.mistakes) * slope(name, Z[l - 2][k], A[l - 1][k], setup.mistakes)
                    for k in range(setup.sizes[l - 1])
                ]
                for delta, (Z, A) in zip(deltas, walks, strict=True)
            ]
    return [dW for dW, _ in found[::-1]], [db for _, db in found[::-1]]


def of_layer(setup: Setup, l: int, deltas: Rows, carried: Rows) -> tuple[Rows, list[float]]:
    """(dW, db) of one layer from each example's error signals and what its weights carried."""
    among = 1 if "summed_not_averaged" in setup.mistakes else len(deltas)
    units, inputs = range(setup.sizes[l]), range(setup.sizes[l - 1])
    pairs = list(zip(deltas, carried, strict=True))
    dW = [[sum(delta[j] * a[k] for delta, a in pairs) / among for k in inputs] for j in units]
    times = setup.sizes[l - 1] if "bias_times_fan_in" in setup.mistakes else 1
    return dW, [sum(delta[j] for delta in deltas) / among * times for j in units]


def way_back(setup: Setup, l: int, dW: Rows) -> Rows:
    """The weights of a layer, through which the error comes back."""
    W: Rows = setup.network.layers[l - 1].W.tolist()
    if "updated_weights" not in setup.mistakes:
        return W
    return [[w - setup.learning_rate * g for w, g in zip(*rows, strict=True)] for rows in zip(W, dW, strict=True)]
