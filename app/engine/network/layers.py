"""Layers and networks: frozen parameters and their shapes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from app.engine.network.activations import Activation, activation_named
from app.engine.network.arrays import Array


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: W of shape (fan_out, fan_in), b of shape (fan_out,), and its activation."""

    W: Array
    b: Array
    activation: Activation

    @classmethod
    def from_rows(cls, W: ArrayLike, b: ArrayLike, activation: str) -> Self:
        """From W written (fan_in, fan_out), as in X @ W + b."""
        return cls(np.array(W, float).T.copy(), np.array(b, float), activation_named(activation))


@dataclass(frozen=True, eq=False)
class Network:
    """A stack of layers; layer l of the text is `layers[l - 1]`, layer 0 is the input."""

    layers: tuple[Layer, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer, the input first."""
        return (self.layers[0].W.shape[1], *(len(layer.b) for layer in self.layers))

    def with_parameters(self, pairs: Iterable[tuple[Array, Array]]) -> "Network":
        """The same activations with other (W, b), one pair per layer."""
        return Network(tuple(Layer(W, b, old.activation) for (W, b), old in zip(pairs, self.layers, strict=True)))

    @cached_property
    def size(self) -> int:
        """The number of parameters: P."""
        return sum(layer.W.size + layer.b.size for layer in self.layers)

    def flat(self) -> Array:
        """Every parameter in one vector (P,): layer by layer, W row by row, then b."""
        return flattened((layer.W, layer.b) for layer in self.layers)

    def from_flat(self, vector: Array) -> "Network":
        """The inverse of `flat`, bit for bit."""
        return self.with_parameters(self.parts(vector))

    def parts(self, vector: Array) -> tuple[tuple[Array, Array], ...]:
        """A vector of one number for each parameter (P,) as views of it, shaped as (W, b) of each layer."""
        pairs, start = [], 0
        for layer in self.layers:
            middle, end = start + layer.W.size, start + layer.W.size + layer.b.size
            pairs.append((vector[start:middle].reshape(layer.W.shape), vector[middle:end]))
            start = end
        return tuple(pairs)


def flattened(pairs: Iterable[tuple[Array, Array]]) -> Array:
    """What is shaped as (W, b) of each layer as one vector (P,), in the order of `Network.flat`."""
    return np.concatenate([part for W, b in pairs for part in (W.ravel(), b)])
