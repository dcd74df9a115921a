"""The referee with any number of digits: activations, slopes, losses and whole networks by mpmath alone.

Parameters and targets are taken as the doubles that they are; 1,000 digits tell even 1 - tanh(1000) from 0. Where that
takes too long, `with workdps(400):` takes fewer.
"""

from collections.abc import Callable, Sequence

import numpy as np
from mpmath import mp, mpf

from app.engine.network.arrays import Array
from app.engine.network.layers import Network

mp.dps = 1_000
EPSILON, TINY = float(np.finfo(float).eps), float(np.finfo(float).tiny)


def step() -> mpf:
    """Of a difference: about half of the digits are its own, half are left to the slope."""
    return mpf(10) ** -(9 * mp.dps // 20)


def sigmoid(z: mpf) -> mpf:
    return 1 / (1 + mp.exp(-z))


def share_below(z: mpf) -> mpf:
    """The normal distribution's."""
    return mp.erfc(-z / mp.sqrt(2)) / 2


G: dict[str, Callable[[mpf], mpf]] = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else mpf(0.01) * z,
    "elu": lambda z: z if z > 0 else mp.expm1(z),
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "gelu": lambda z: z * share_below(z),
}


def slope(name: str, z: mpf) -> mpf:
    """g'(z), away from corners."""
    h = step()
    return (G[name](z + h) - G[name](z - h)) / (2 * h)


def activations(name: str, Z: Sequence[mpf]) -> list[mpf]:
    """A layer's."""
    if name != "softmax":
        return [G[name](z) for z in Z]
    e = [mp.exp(z - max(Z)) for z in Z]
    return [x / mp.fsum(e) for x in e]


def loss(name: str, Z: Sequence[mpf], A: Sequence[mpf], Y: Sequence[mpf]) -> mpf:
    """One example's, from its output's sums and activations."""
    if name == "binary_cross_entropy":
        return mp.fsum(y * G["softplus"](-z) + (1 - y) * G["softplus"](z) for z, y in zip(Z, Y, strict=True))
    pairs = list(zip(A, Y, strict=True))
    if name == "cross_entropy":
        return -mp.fsum(y * mp.log(a) for a, y in pairs if y)
    squares = mp.fsum((a - y) ** 2 for a, y in pairs)
    return squares / 2 if name == "half_squared_error" else squares / len(pairs)


def mean_loss(network: Network, vector: Sequence[mpf], X: Array, Y: Array, name: str) -> mpf:
    """The batch's, of a network with these parameters, in the order of `Network.flat`."""
    losses = []
    for x, y in zip(X.tolist(), Y.tolist(), strict=True):
        a, numbers = list(map(mpf, x)), iter(vector)
        for layer in network.layers:
            W = [[next(numbers) for _ in row] for row in layer.W]
            z = [next(numbers) + mp.fdot(row, a) for row in W]
            a = activations(layer.activation.name, z)
        losses.append(loss(name, z, a, list(map(mpf, y))))
    return mp.fsum(losses) / len(losses)


def gradient(network: Network, X: Array, Y: Array, name: str) -> list[mpf]:
    """dL/dp for each parameter, in the order of `Network.flat`."""
    h = step()
    start = list(map(mpf, network.flat().tolist()))

    def at(place: int, move: mpf) -> mpf:
        return mean_loss(network, [*start[:place], start[place] + move, *start[place + 1 :]], X, Y, name)

    return [(at(place, h) - at(place, -h)) / (2 * h) for place in range(len(start))]


def last_places(value: float, exact: mpf) -> float:
    """By how many units in the last place a number is off; of a normal number, where the exact one is smaller."""
    return float(abs(mpf(float(value)) - exact) / mpf(float(np.spacing(max(abs(float(exact)), TINY)))))
