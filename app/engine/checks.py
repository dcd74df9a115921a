"""What a setup must be: checked once, when it is built, with an error that names the field and the remedy."""

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from app.engine.activations import activation_named
from app.engine.errors import SetupError
from app.engine.losses import loss_named
from app.engine.mistakes import mistake_named

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
    if any(example not in range(len(X)) for example in setup.warm_up):
        raise SetupError("warm_up", "The warm-up names an example that is not there.", f"Use 0 to {len(X) - 1}.")


def check_method(setup: "Setup") -> None:
    """Names that exist and fit each other, starting values that fit the sizes, and numbers in their bounds."""
    _check_names(setup)
    _check_bounds(setup)
    _check_targets(setup)
    if setup.mistake is not None and mistake_named(setup.mistake).square_only:
        _check_square(setup)
    _ = setup.network  # drawn once, here: a start that does not fit is found now


def _check_bounds(setup: "Setup") -> None:
    if not 0 < setup.learning_rate < inf:
        raise SetupError("optimizer.learning_rate", "The learning rate is not above 0.", "Try 0.1.")
    if setup.batch_size is not None and setup.batch_size < 1:
        raise SetupError("batch_size", "A batch holds no example.", "Give 1 or more, or null for all.")
    if setup.decimals is not None and setup.decimals < 0:
        raise SetupError("decimals", "A number cannot have fewer than 0 decimals.", "Give 4, or null.")


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
    Y = setup.examples[1]
    if loss_named(setup.loss).output is not None and not ((Y >= 0.0) & (Y <= 1.0)).all():
        raise SetupError("data.Y", f"A target of {setup.loss} lies outside 0 to 1.", "Give probabilities: 0 to 1.")
    if setup.loss == "cross_entropy" and not np.allclose(Y.sum(axis=1), 1.0):
        raise SetupError("data.Y", "A row of targets does not add up to 1.", "Give one-hot rows, or shares of 1.")


def _check_square(setup: "Setup") -> None:
    if len(set(setup.sizes[1:])) > 1:
        raise SetupError(
            "mistake",
            f"The mistake {setup.mistake} works only where every layer after the first hidden one is square.",
            "Give all layers after the input the same size.",
        )
