"""What a network says over its inputs and of its examples is what it says when asked one by one."""

import numpy as np

from app.engine.data.split import Data, Examples
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from app.sessions.pictures.over_inputs import (
    classified_right,
    given_inputs,
    given_targets,
    in_units,
    on_plane,
    plane_of,
    residuals,
)
from app.sessions.walk.session import TrainingSession

RNG = np.random.default_rng(3)
X = RNG.normal(size=(24, 3)) * [1.0, 5.0, 0.2] + [0.0, 7.0, -1.0]


def session(Y: np.ndarray, outputs: tuple[str, ...], loss: str, scaling: str) -> TrainingSession:
    data = Data(Examples(X, Y), scaling, scale_targets=True, test_share=0.25)
    setup = Setup((3, 4, Y.shape[1]), data, outputs, loss, learning_rate=0.3)
    return TrainingSession.of_setup(setup).train(iterations=20)


def test_a_plane_holds_its_two_features_and_the_others_at_their_mean() -> None:
    walk = session(X[:, :2], ("tanh", "identity"), "mean_squared_error", "standard")
    plane = plane_of(walk, (2, 0))
    there = on_plane(walk, plane, 5)
    row, column = 3, 1
    x = walk.examples[0].mean(axis=0)
    x[2], x[0] = (np.linspace(*plane.ends(i), 5)[place] for i, place in enumerate((column, row)))
    assert np.allclose(there.A[-1][5 * row + column], forward(walk.network, x[None, :]).A[-1][0])


def test_what_was_scaled_is_given_in_its_own_units() -> None:
    walk = session(X[:, :1], ("tanh", "identity"), "mean_squared_error", "standard")
    assert np.allclose(sorted(np.vstack(given_inputs(walk))[:, 1]), sorted(X[:, 1]))
    assert np.allclose(sorted(np.vstack(given_targets(walk))[:, 0]), sorted(X[:, 0]))
    assert np.allclose(in_units(walk, 1, tuple(walk.examples[0][:, 1].tolist())), given_inputs(walk)[0][:, 1])


def test_a_residual_is_how_much_higher_the_target_is_in_its_own_units() -> None:
    walk = session(X[:, :2] * 100, ("tanh", "identity"), "mean_squared_error", "standard")
    scale, tables = walk.setup.ready.targets, (walk.examples, walk.setup.test_examples)
    for found, (inputs, targets) in zip(residuals(walk, 1), tables, strict=True):
        said = [float(forward(walk.network, x[None, :]).A[-1][0, 1]) for x in inputs]
        assert np.allclose(found, [(y[1] - s) * scale.size[1] for s, y in zip(said, targets, strict=True)])


def test_a_place_of_a_plane_is_found_by_shares_as_a_grid_is() -> None:
    plane = plane_of(session(X[:, :1], ("tanh", "identity"), "mean_squared_error", "standard"), (2, 0))
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert np.allclose(plane.at(corners), plane.inputs(2))


def test_classes_that_are_called_1_and_2_are_told_right_as_those_called_0_and_1() -> None:
    Y = (X[:, :1] > 0).astype(float)
    plain, moved = (session(labels, ("tanh", "sigmoid"), "binary_cross_entropy", "min_max") for labels in (Y, Y + 1.0))
    assert classified_right(moved) == classified_right(plain)
    assert [total for _, total in classified_right(plain)] == [18, 6]
