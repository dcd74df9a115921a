"""What a setup must be: checked once, when it is built, with an error that names the field and the remedy."""

from itertools import combinations
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from app.engine.activations import activation_named
from app.engine.errors import SetupError, UnknownNameError
from app.engine.losses import LOSSES, loss_named
from app.engine.mistakes import MISTAKES, Mistake, mistake_named
from app.engine.optimizers import OPTIMIZERS, Optimizer
from app.engine.schedules import SCHEDULES, Schedule

if TYPE_CHECKING:
    from app.engine.setup import Setup


def _check_sizes(setup: "Setup") -> None:
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


def check_data(setup: "Setup") -> None:
    """Sizes, examples and their shapes."""
    _check_sizes(setup)
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


def check_method(setup: "Setup") -> None:
    """Names that exist and fit each other, starting values that fit the sizes, and numbers in their bounds."""
    _check_names(setup)
    _check_bounds(setup)
    _check_targets(setup)
    check_mistakes(setup)
    _ = setup.network  # drawn once, here: a start that does not fit is found now


def _check_bounds(setup: "Setup") -> None:
    if not 0 < setup.learning_rate < inf:
        raise SetupError("optimizer.learning_rate", "The learning rate is not above 0.", "Try 0.1.")
    check_optimizer(setup.optimizer, setup.schedule)
    if setup.batch_size is not None and setup.batch_size < 1:
        raise SetupError("batch_size", "A batch holds no example.", "Give 1 or more, or null for all.")
    if setup.decimals is not None and setup.decimals < 0:
        raise SetupError("decimals", "A number cannot have fewer than 0 decimals.", "Give 4, or null.")


def check_optimizer(optimizer: Optimizer, schedule: Schedule) -> None:
    """Names that exist and settings in their bounds."""
    for field, name, known in (
        ("optimizer.kind", optimizer.kind, OPTIMIZERS),
        ("optimizer.schedule.kind", schedule.kind, SCHEDULES),
    ):
        if name not in known:
            raise UnknownNameError(field, tuple(known))
    for name in ("momentum", "decay", "beta1", "beta2"):
        if not 0 <= getattr(optimizer, name) < 1:
            raise SetupError(
                f"optimizer.{name}", f"{name} lies outside of 0 to 1.", "Give 0 or more, below 1: try 0.9."
            )
    if not 0 < optimizer.epsilon < inf:
        raise SetupError("optimizer.epsilon", "epsilon is not above 0.", "Try 1e-8.")
    if not 0 <= optimizer.weight_decay < inf:
        raise SetupError("optimizer.weight_decay", "The weight decay is below 0.", "Give 0 for none, or try 0.01.")
    if optimizer.clip_norm is not None and not 0 < optimizer.clip_norm < inf:
        raise SetupError("optimizer.clip_norm", "The norm to clip at is not above 0.", "Try 1, or null for none.")
    _check_schedule(schedule)


def _check_schedule(schedule: Schedule) -> None:
    for name in ("every", "iterations"):
        if getattr(schedule, name) < 1:
            raise SetupError(f"optimizer.schedule.{name}", f"{name} counts no iteration.", "Give 1 or more.")
    if not 0 < schedule.factor <= 1:
        raise SetupError("optimizer.schedule.factor", "The factor lies outside of 0 to 1.", "Try 0.5.")
    if not 0 <= schedule.minimum < inf:
        raise SetupError("optimizer.schedule.minimum", "The smallest learning rate is below 0.", "Try 0.")


def _check_names(setup: "Setup") -> None:
    for name in setup.activations:
        activation_named(name)
    if "softmax" in setup.activations[:-1]:
        raise SetupError("activations", "Softmax stands in a hidden layer.", "Use it for the output layer only.")
    needed = loss_named(setup.loss).output
    if needed not in (None, setup.activations[-1]):
        raise SetupError(
            "loss", f"The loss {setup.loss} needs a {needed} output.", f"Make the last activation {needed}."
        )


def _check_targets(setup: "Setup") -> None:
    """Those kept for testing too."""
    Y, loss = np.concatenate([setup.examples[1], setup.test_examples[1]]), loss_named(setup.loss)
    outside = loss.output is not None and not ((Y >= 0.0) & (Y <= 1.0)).all()
    if outside and setup.prepared.scale_targets:
        raise SetupError(
            "data.scale_targets",
            f"Scaled targets lie outside 0 to 1, and {setup.loss} takes probabilities.",
            "Leave the targets as they are, or take mean_squared_error.",
        )
    if outside:
        raise SetupError("data.Y", f"A target of {setup.loss} lies outside 0 to 1.", "Give probabilities: 0 to 1.")
    if setup.loss == "cross_entropy" and not np.allclose(Y.sum(axis=1), 1.0):
        raise SetupError("data.Y", "A row of targets does not add up to 1.", "Give one-hot rows, or shares of 1.")


# Mistakes -------------------------------------------------------------------------------------------------------------


def reason_against(mistakes: tuple[str, ...], sizes: tuple[int, ...], loss: str) -> SetupError | None:
    """Why these mistakes cannot be made together in a network of these sizes with this loss; None if they can."""
    made = [mistake_named(name) for name in mistakes]
    if len(set(mistakes)) < len(mistakes):
        return SetupError("mistake", f"The mistake {mistakes[0]} is named twice.", "Name each mistake once.")
    for one, other in combinations(made, 2):
        if one.rule == other.rule and one.replaces and other.replaces:
            return SetupError(
                "mistake",
                f"The mistakes {one.name} and {other.name} both stand in for the same factor, the {one.rule}.",
                "Name one of them.",
            )
    return next((reason for mistake in made if (reason := _does_not_fit(mistake, sizes, loss))), None)


def _does_not_fit(mistake: Mistake, sizes: tuple[int, ...], loss: str) -> SetupError | None:
    if mistake.square_from is not None and len(set(sizes[mistake.square_from :])) > 1:
        ahead, whose = (
            ("where every layer after the first hidden one is square", "all layers after the input")
            if mistake.square_from
            else ("where every layer is square", "all layers, the input included,")
        )
        return SetupError("mistake", f"The mistake {mistake.name} works only {ahead}.", f"Give {whose} the same size.")
    if mistake.needs_own_loss and LOSSES[loss].error is None:
        return SetupError(
            "mistake",
            f"The mistake {mistake.name} works only where the output's error signal is ŷ − y; {loss} has another.",
            "Take binary_cross_entropy with a sigmoid output, or cross_entropy with a softmax output.",
        )
    return None


def check_mistakes(setup: "Setup") -> None:
    """SetupError where the setup's mistakes cannot be made in its network."""
    if reason := reason_against(setup.mistakes, setup.sizes, setup.loss):
        raise reason


def applicable(setup: "Setup") -> tuple[str, ...]:
    """The names of the mistakes that could be made in this network; some of them may change nothing there."""
    return tuple(name for name in MISTAKES if reason_against((name,), setup.sizes, setup.loss) is None)
