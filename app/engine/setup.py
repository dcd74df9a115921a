"""A setup: everything that decides a training from its first bit on. Checked once, when it is built."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import Self

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples, Ready
from app.engine.equations.mistakes import reason_against, rules_of
from app.engine.equations.shape import Shape, Updating
from app.engine.learning.batches import batch_of, batches_per_epoch
from app.engine.learning.iteration import Method
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.learning.settings import check_settings
from app.engine.network.activations import activation_named
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Layer, Network
from app.engine.network.losses import loss_named


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
class Setup:
    """Network, loss, start, data and method. Empty names are filled in by `completed`.

    `batch_size` None takes all examples at once; `shuffle_seed` None takes them in order; `decimals` None
    rounds nothing; `mistakes` names wrong rules of backward(); `warm_up` names single examples, each an iteration
    of its own before the first pass over the data.
    """

    sizes: tuple[int, ...]
    data: Examples | Dataset | Data
    activations: tuple[str, ...] = ()
    loss: str = ""
    start: Initializer | Parameters = field(default_factory=lambda: Initializer("xavier_uniform"))
    learning_rate: float = 0.1
    batch_size: int | None = None
    shuffle_seed: int | None = None
    decimals: int | None = None
    mistakes: tuple[str, ...] = ()
    warm_up: tuple[int, ...] = ()
    optimizer: Optimizer = field(default_factory=Optimizer)
    schedule: Schedule = field(default_factory=Schedule)

    def completed(self) -> Self:
        """With activations and loss filled in to fit the targets, and checked; SetupError names what does not fit."""
        _check_data(self)
        output, loss = fitting_output(self.examples[1], self.loss)
        activations = self.activations or (*("tanh",) * (len(self.sizes) - 2), output)
        if loss_named(loss).output not in (None, activations[-1]) and not self.loss:
            loss = "mean_squared_error"
        full = replace(self, activations=activations, loss=loss)
        _check_names(full)
        _check_bounds(full)
        _check_targets(full)
        if reason := reason_against(full.mistakes, full.sizes, full.loss):
            raise reason
        _ = full.network  # drawn once, here: a start that does not fit is found now
        return full

    @cached_property
    def prepared(self) -> Data:
        """The data with its names and how it is made ready; by default all examples are trained on as they are."""
        return (self.data if isinstance(self.data, Data) else Data(self.data)).named()

    @cached_property
    def ready(self) -> Ready:
        """The data made ready."""
        return self.prepared.ready()

    @property
    def examples(self) -> tuple[Array, Array]:
        """The training examples: X of shape (examples, features) and Y of shape (examples, outputs)."""
        return self.ready.X, self.ready.Y

    @property
    def test_examples(self) -> tuple[Array, Array]:
        """The test examples, shaped as the training examples; there may be none."""
        return self.ready.X_test, self.ready.Y_test

    @cached_property
    def network(self) -> Network:
        """The network before the first iteration."""
        if isinstance(self.start, Parameters):
            pairs = self.start.pairs(self.sizes)
        else:
            pairs = tuple((W, np.zeros(len(W))) for W in self.start.weights(self.sizes))
        names = self.activations
        return Network(tuple(Layer(W, b, activation_named(n)) for (W, b), n in zip(pairs, names, strict=True)))

    def method(self, base_rate: float, iteration: int = 0, optimizer: Optimizer | None = None) -> Method:
        """How an iteration, from 0, is done where this learning rate was chosen, and this optimizer."""
        rate, optimizer = self.schedule.rate(base_rate, iteration), optimizer or self.optimizer
        rules = rules_of(self.mistakes, rate)
        return Method(loss_named(self.loss), optimizer, rate, base_rate, self.decimals, rules, self.schedule)

    def shape(self, examples: int) -> Shape:
        """The shape of the walk for a batch of so many examples."""
        return Shape(self.sizes, self.activations, self.loss, examples, self.decimals, self.mistakes, self.updating)

    @cached_property
    def updating(self) -> Updating:
        """How its updates are told."""
        optimizer = self.optimizer
        return Updating(optimizer.kind, optimizer.weight_decay > 0, optimizer.clip_norm is not None, self.schedule.kind)

    def batch(self, iteration: int) -> tuple[int, ...]:
        """The examples of an iteration, all counted from 0."""
        place = iteration - len(self.warm_up)
        if place < 0:
            return (self.warm_up[iteration],)
        return batch_of(place, len(self.examples[0]), self.batch_size, self.shuffle_seed)

    def epoch(self, iteration: int) -> int:
        """The epoch of an iteration, both from 0; a warm-up belongs to epoch 0, which ends when the first whole pass
        over the data after it does."""
        return max(0, iteration - len(self.warm_up)) // self.iterations_per_epoch

    def last_of_epoch(self, epoch: int) -> int:
        """The last iteration of an epoch, both from 0."""
        return len(self.warm_up) + (epoch + 1) * self.iterations_per_epoch - 1

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


# What a setup must be -------------------------------------------------------------------------------------------------


def _check_data(setup: Setup) -> None:
    """Sizes, examples and their shapes."""
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
    X, Y = setup.examples
    if X.ndim != 2 or Y.ndim != 2:
        raise SetupError("data", "X and Y are not tables.", "Give a row of numbers for each example.")
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
    for name, count in (("columns", setup.sizes[0]), ("names", setup.sizes[-1])):
        if len(getattr(setup.prepared, name)) not in (0, count):
            raise SetupError(f"data.{name}", f"{name} does not name each of {count}.", f"Give {count} names, or none.")
    if any(example not in range(len(X)) for example in setup.warm_up):
        raise SetupError("warm_up", "The warm-up names an example that is not there.", f"Use 0 to {len(X) - 1}.")


def _check_bounds(setup: Setup) -> None:
    if not 0 < setup.learning_rate < inf:
        raise SetupError("optimizer.learning_rate", "The learning rate is not above 0.", "Try 0.1.")
    if setup.optimizer.kind not in OPTIMIZERS:
        raise UnknownNameError("optimizer.kind", tuple(OPTIMIZERS))
    if setup.schedule.kind not in SCHEDULES:
        raise UnknownNameError("optimizer.schedule.kind", tuple(SCHEDULES))
    check_settings("optimizer", setup.optimizer)
    check_settings("optimizer.schedule", setup.schedule)
    if setup.batch_size is not None and setup.batch_size < 1:
        raise SetupError("batch_size", "A batch holds no example.", "Give 1 or more, or null for all.")
    if setup.decimals is not None and setup.decimals < 0:
        raise SetupError("decimals", "A number cannot have fewer than 0 decimals.", "Give 4, or null.")


def _check_names(setup: Setup) -> None:
    for activation in [activation_named(name) for name in setup.activations][:-1]:
        if activation.couples:
            name = activation.name.capitalize()
            raise SetupError("activations", f"{name} stands in a hidden layer.", "Use it for the output layer only.")
    needed = loss_named(setup.loss).output
    if needed not in (None, setup.activations[-1]):
        raise SetupError(
            "loss", f"The loss {setup.loss} needs a {needed} output.", f"Make the last activation {needed}."
        )


def _check_targets(setup: Setup) -> None:
    """Those kept for testing too."""
    Y, loss = np.concatenate([setup.examples[1], setup.test_examples[1]]), loss_named(setup.loss)
    outside = loss.targets != "any" and not ((Y >= 0.0) & (Y <= 1.0)).all()
    if outside and setup.prepared.scale_targets:
        raise SetupError(
            "data.scale_targets",
            f"Scaled targets lie outside 0 to 1, and {setup.loss} takes probabilities.",
            "Leave the targets as they are, or take mean_squared_error.",
        )
    if outside:
        raise SetupError("data.Y", f"A target of {setup.loss} lies outside 0 to 1.", "Give probabilities: 0 to 1.")
    if loss.targets == "shares" and not np.allclose(Y.sum(axis=1), 1.0):
        raise SetupError("data.Y", "A row of targets does not add up to 1.", "Give one-hot rows, or shares of 1.")
