"""A setup: everything that decides a training from its first bit on. Checked once, when it is built."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np

from app.engine.activations import activation_named
from app.engine.batches import batch_of, batches_per_epoch, epoch_of, last_of_epoch
from app.engine.datasets import Dataset
from app.engine.errors import SetupError
from app.engine.initializers import Initializer
from app.engine.iteration import Method
from app.engine.losses import loss_named
from app.engine.mistakes import mistake_named
from app.engine.network import Layer, Network
from app.engine.optimizers import GradientDescent
from app.engine.propagation import RIGHT, Rules
from app.engine.shape import Shape
from app.engine.types import Array


@dataclass(frozen=True, eq=False)
class Parameters:
    """Explicit starting values: W[l] of shape (fan_out, fan_in) and b[l] of shape (fan_out,) for each layer."""

    W: tuple[Array, ...]
    b: tuple[Array, ...]

    def pairs(self, sizes: tuple[int, ...]) -> tuple[tuple[Array, Array], ...]:
        """(W, b) per layer; SetupError where a shape does not fit the sizes."""
        wanted = list(zip(sizes[1:], sizes, strict=False))
        if [W.shape for W in self.W] != wanted:
            raise SetupError(
                "parameters.W",
                f"The shapes of W do not fit sizes {list(sizes)}.",
                f"Give one matrix per layer, each (fan_out, fan_in): {wanted}.",
            )
        if [b.shape for b in self.b] != [(out,) for out in sizes[1:]]:
            raise SetupError(
                "parameters.b",
                f"The lengths of b do not fit sizes {list(sizes)}.",
                f"Give one list per layer, with lengths {list(sizes[1:])}.",
            )
        return tuple(zip(self.W, self.b, strict=True))


@dataclass(frozen=True, eq=False)
class Examples:
    """Explicit data: X of shape (examples, features), Y of shape (examples, outputs)."""

    X: Array
    Y: Array

    def draw(self) -> tuple[Array, Array]:
        """X and Y as they are."""
        return self.X, self.Y


@dataclass(frozen=True, eq=False)
class Setup:
    """Network, loss, start, data and method. Empty names are filled in by `completed`.

    `batch_size` None takes all examples at once; `shuffle_seed` None takes them in order; `decimals` None
    rounds nothing; `mistake` None uses the right rules; `warm_up` names single examples, each an iteration of its
    own before the first pass over the data.
    """

    sizes: tuple[int, ...]
    data: Examples | Dataset
    activations: tuple[str, ...] = ()
    loss: str = ""
    start: Initializer | Parameters = field(default_factory=lambda: Initializer("xavier_uniform"))
    learning_rate: float = 0.1
    batch_size: int | None = None
    shuffle_seed: int | None = None
    decimals: int | None = None
    mistake: str | None = None
    warm_up: tuple[int, ...] = ()

    def completed(self) -> Self:
        """With activations and loss filled in to fit the targets, and checked; SetupError names what does not fit."""
        _check_sizes(self)
        _check_data(self)
        hidden, (output, loss) = (
            ("tanh",) * (len(self.sizes) - 2),
            fitting_output(self.examples[1], self.loss),
        )
        activations = self.activations or (*hidden, output)
        if not self.loss and self.activations:
            loss = fitting_loss(activations[-1], loss)
        full = replace(self, activations=activations, loss=self.loss or loss)
        _check_names(full)
        return full

    @cached_property
    def examples(self) -> tuple[Array, Array]:
        """X of shape (examples, features) and Y of shape (examples, outputs)."""
        return self.data.draw()

    @cached_property
    def network(self) -> Network:
        """The network before the first iteration."""
        if isinstance(self.start, Parameters):
            pairs = self.start.pairs(self.sizes)
        else:
            pairs = tuple((W, np.zeros(len(W))) for W in self.start.weights(self.sizes))
        names = self.activations
        return Network(tuple(Layer(W, b, activation_named(n)) for (W, b), n in zip(pairs, names, strict=True)))

    def method(self, learning_rate: float) -> Method:
        """How iterations are done at this learning rate."""
        rules = RIGHT
        if self.mistake is not None:
            mistake = mistake_named(self.mistake)
            rules = replace(Rules(), **{mistake.rule: mistake.computes})
        return Method(loss_named(self.loss), GradientDescent(learning_rate), self.decimals, rules)

    def shape(self, examples: int) -> Shape:
        """The shape of the walk for a batch of so many examples."""
        return Shape(self.sizes, self.activations, self.loss, examples, self.decimals, self.mistake)

    def batch(self, iteration: int) -> tuple[int, ...]:
        """The examples of an iteration, all counted from 0."""
        place = iteration - len(self.warm_up)
        if place < 0:
            return (self.warm_up[iteration],)
        return batch_of(place, len(self.examples[0]), self.batch_size, self.shuffle_seed)

    def epoch(self, iteration: int) -> int:
        """The epoch of an iteration, both from 0; a warm-up belongs to epoch 0."""
        return epoch_of(iteration, len(self.warm_up), self.iterations_per_epoch)

    def last_of_epoch(self, epoch: int) -> int:
        """The last iteration of an epoch, both from 0."""
        return last_of_epoch(epoch, len(self.warm_up), self.iterations_per_epoch)

    @cached_property
    def iterations_per_epoch(self) -> int:
        """How many iterations make one pass over the data."""
        return batches_per_epoch(len(self.examples[0]), self.batch_size)


def fitting_output(Y: Array, loss: str = "") -> tuple[str, str]:
    """(output activation, loss) that fit the targets, or the loss if it is given."""
    if loss:
        return loss_named(loss).output or "identity", loss
    if not np.isin(Y, (0.0, 1.0)).all():
        return "identity", "mean_squared_error"
    if Y.shape[1] > 1 and (Y.sum(axis=1) == 1.0).all():
        return "softmax", "cross_entropy"
    return "sigmoid", "binary_cross_entropy"


def fitting_loss(output: str, wished: str) -> str:
    """The loss wished for if the output activation allows it, else the squared error."""
    return wished if loss_named(wished).output in (None, output) else "mean_squared_error"


def _check_sizes(setup: Setup) -> None:
    if len(setup.sizes) < 2 or min(setup.sizes) < 1:
        raise SetupError(
            "sizes", "A network needs an input and at least one layer, each with a unit.", "Try [2, 2, 1]."
        )
    if setup.activations and len(setup.activations) != len(setup.sizes) - 1:
        raise SetupError(
            "activations",
            f"{len(setup.activations)} activations are given for {len(setup.sizes) - 1} layers.",
            "Give one for each layer after the input.",
        )


def _check_data(setup: Setup) -> None:
    X, Y = setup.examples
    if len(X) == 0 or len(X) != len(Y):
        raise SetupError(
            "data", f"X has {len(X)} examples and Y has {len(Y)}.", "Give both the same number, at least one."
        )
    for name, array, wanted in (("X", X, setup.sizes[0]), ("Y", Y, setup.sizes[-1])):
        if array.shape[1] != wanted:
            raise SetupError(
                f"data.{name}",
                f"Each row of {name} holds {array.shape[1]} numbers where sizes asks for {wanted}.",
                f"Give {wanted} numbers a row, or change sizes.",
            )
    if any(example not in range(len(X)) for example in setup.warm_up):
        raise SetupError(
            "warm_up", "The warm-up names an example that is not there.", f"Use 0 to {len(X) - 1}."
        )


def _check_names(setup: Setup) -> None:
    for name in setup.activations:
        activation_named(name)
    if "softmax" in setup.activations[:-1]:
        raise SetupError("activations", "Softmax stands in a hidden layer.", "Use it for the output layer only.")
    needed = loss_named(setup.loss).output
    if needed not in (None, setup.activations[-1]):
        raise SetupError(
            "loss", f"The loss {setup.loss} needs a {needed} output.", f"Make the last activation {needed}."
        )
    _check_targets(setup)
    if setup.mistake is not None and mistake_named(setup.mistake).square_only:
        _check_square(setup)


def _check_targets(setup: Setup) -> None:
    Y = setup.examples[1]
    if loss_named(setup.loss).output is not None and not ((Y >= 0.0) & (Y <= 1.0)).all():
        raise SetupError("data.Y", f"A target of {setup.loss} lies outside 0 to 1.", "Give probabilities: 0 to 1.")
    if setup.loss == "cross_entropy" and not np.allclose(Y.sum(axis=1), 1.0):
        raise SetupError("data.Y", "A row of targets does not add up to 1.", "Give one-hot rows, or shares of 1.")


def _check_square(setup: Setup) -> None:
    if len(set(setup.sizes[1:])) > 1:
        raise SetupError(
            "mistake",
            f"The mistake {setup.mistake} works only where every layer after the first hidden one is square.",
            "Give all layers after the input the same size.",
        )
