"""Optimizers: gradients in, a new Network out."""

from dataclasses import dataclass

from app.engine.network import Network
from app.engine.propagation import Backward


@dataclass(frozen=True)
class GradientDescent:
    """Every parameter moves against its gradient, by the learning rate."""

    learning_rate: float

    def update(self, network: Network, gradients: Backward) -> Network:
        """W - learning_rate * dW and b - learning_rate * db, layer by layer."""
        return network.with_parameters(
            (layer.W - self.learning_rate * dW, layer.b - self.learning_rate * db)
            for layer, dW, db in zip(network.layers, gradients.dW, gradients.db, strict=True)
        )
