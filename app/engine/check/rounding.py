"""What rounding activations does to gradients by itself: the right rule with and without it."""

from app.engine.learning.iteration import Iteration
from app.engine.memory import kept_with
from app.engine.network.propagation import Backward, backward, forward


@kept_with(most=1)
def right_rules(iteration: Iteration) -> tuple[Backward, Backward]:
    """The chain rule's gradients on the iteration's rounded activations, and on exact ones."""
    network, X, loss = iteration.before, iteration.X, iteration.method.loss
    exact = backward(network, forward(network, X), iteration.Y, loss)
    return backward(network, iteration.forward, iteration.Y, loss), exact
