"""The shape of a walk: all that decides which equations it has, and nothing that decides their values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Units per layer (the input first), names of activations, loss and mistake, examples in a batch, rounding."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    examples: int
    decimals: int | None = None
    mistake: str | None = None

    @property
    def depth(self) -> int:
        """The number of layers, the input not counted: L."""
        return len(self.activations)

    def activation(self, layer: int) -> str:
        """The name of the activation of layer 1 to L."""
        return self.activations[layer - 1]
