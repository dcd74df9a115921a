"""What is said where training leaves the finite numbers: what did so first, and which weight or bias."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.learning.divergence import check_finite, first_not_finite
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from tests.engine.cases import iteration_of, random_setup


def linear(X: list[float], y: float, b1: list[float], learning_rate: float) -> Iteration:
    """A 2-3-1 network without activations on one example: W1 is 0 and W2 is 1, -3, 2, so that y_hat is b1 @ W2."""
    start = Parameters((np.zeros((3, 2)), np.array([[1.0, -3.0, 2.0]])), (np.array(b1), np.zeros(1)))
    data = Examples(np.array([X]), np.array([[y]]))
    return iteration_of(
        Setup((2, 3, 1), data, ("identity", "identity"), "half_squared_error", start, learning_rate=learning_rate)
    )


def said_of(iteration: Iteration) -> tuple[str, Symbol | None]:
    with pytest.raises(DivergedError) as caught:
        check_finite(iteration)
    words, _, remedy = str(caught.value).partition(". ")
    assert remedy == "Go back and choose a smaller learning rate."
    return words.removeprefix("In iteration 1 "), caught.value.symbol


def test_a_weight_that_its_update_takes_beyond_all_numbers_is_named() -> None:
    """y_hat = 1 and delta = 1: the largest gradient is that of W1[1, 1], -3 * 20; only times 3e306 it is too much."""
    assert said_of(linear([0.0, 20.0], 0.0, [1.0, 0.0, 0.0], 3e306)) == (
        "the weight from input 2 to unit 2 of layer 1 grows beyond what a number can hold",
        Symbol("W", 1, 1, 1),
    )


def test_a_bias_is_named_too() -> None:
    """delta = 1e10: the gradients of b1 are delta, -3 delta and 2 delta; W2's are at most that of b2, delta."""
    assert said_of(linear([0.0, 0.0], -1e10, [0.0, 0.0, 0.0], 1e298)) == (
        "the bias of unit 2 of layer 1 grows beyond what a number can hold",
        Symbol("b", 1, 1),
    )


def test_a_gradient_that_is_too_large_is_that_of_a_named_weight() -> None:
    """delta = 1e150, and 1e150 * 1e160 is too much for the weights from input 2."""
    assert said_of(linear([0.0, 1e160], -1e150, [0.0, 0.0, 0.0], 0.1)) == (
        "the gradient of the weight from input 2 to unit 1 of layer 1 grows beyond what a number can hold",
        Symbol("W", 1, 0, 1),
    )


def test_where_the_loss_is_first_the_weight_that_follows_is_named() -> None:
    """delta = y_hat = -3e160: its square is too much, and its product with the unit that it comes from."""
    assert said_of(linear([0.0, 0.0], 0.0, [0.0, 1e160, 0.0], 0.1)) == (
        "the loss grows beyond what a number can hold, and with it the weight from unit 2 to unit 1 of layer 2",
        Symbol("W", 2, 0, 1),
    )


def test_where_no_parameter_follows_the_largest_is_named() -> None:
    """delta = 1e160 and its square is too much; times 20 and -3 it makes the largest update, of W1[1, 1]."""
    assert said_of(linear([0.0, 20.0], -1e160, [0.0, 0.0, 0.0], 0.1)) == (
        "the loss grows beyond what a number can hold; the largest parameter is the weight from input 2 to unit 2 of "
        "layer 1",
        Symbol("W", 1, 1, 1),
    )


def test_the_iteration_is_counted_from_the_start_of_the_walk() -> None:
    first = linear([0.0, 20.0], 1.0, [0.0, 0.0, 0.0], 0.1)
    second = run_iteration(first.method, first.after, first.X, np.array([[1e200]]), first.next)
    with pytest.raises(DivergedError, match=r"^In iteration 2 the loss") as caught:
        check_finite(second)
    assert caught.value.iteration == 1


def test_an_ordinary_iteration_raises_nothing() -> None:
    check_finite(iteration_of(random_setup(6, (2, 2, 1), ("tanh", "relu"), "half_squared_error", 2)))


@pytest.mark.parametrize(
    ("learning_rate", "scale", "what"),
    [(1e308, 10.0, "an updated parameter"), (0.1, 1e200, "the loss"), (0.1, 1e308, "a weighted sum")],
)
def test_the_first_array_that_is_not_finite_is_named(learning_rate: float, scale: float, what: str) -> None:
    setup = random_setup(6, (2, 2, 1), ("identity", "identity"), "half_squared_error", 2)
    X, Y = setup.examples
    data = Examples(X * scale, Y)
    iteration = iteration_of(replace(setup, data=data, learning_rate=learning_rate))
    assert first_not_finite(iteration) == what


def test_an_ordinary_iteration_is_finite() -> None:
    assert first_not_finite(iteration_of(random_setup(6, (2, 2, 1), ("tanh", "relu"), "half_squared_error", 2))) is None


def test_divergence_says_where_and_what_to_do() -> None:
    error = DivergedError(4, "the loss")
    assert str(error).startswith("In iteration 5 the loss grows beyond")
    assert "smaller learning rate" in str(error)
    assert (error.iteration, error.what) == (4, "the loss")
