"""What rounding activations does to gradients by itself: the right rule with and without it."""

from functools import lru_cache

from app.engine.iteration import Iteration
from app.engine.propagation import Backward, backward, forward


@lru_cache(maxsize=64)
def right_rules(iteration: Iteration) -> tuple[Backward, Backward]:
    """The chain rule's gradients on the iteration's rounded activations, and on exact ones."""
    network, X, loss = iteration.before, iteration.X, iteration.method.loss
    exact = backward(network, forward(network, X), iteration.Y, loss)
    return backward(network, iteration.forward, iteration.Y, loss), exact
