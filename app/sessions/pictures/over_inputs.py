"""What the network in force says: over a plane through its inputs, and of the examples."""

from dataclasses import dataclass

import numpy as np

from app.engine.activity import Activity, activity
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES
from app.engine.network.propagation import Forward, forward
from app.sessions.walk.classes import classes_of
from app.sessions.walk.session import TrainingSession

MARGIN = 0.08  # beyond the outermost examples, as a share of their range
ALONE = 1.0  # on either side, where all examples agree in a feature


@dataclass(frozen=True, eq=False)
class Plane:
    """Two features across and up, numbered from 0, the others at rest at their mean; one feature alone is a line.

    `low` and `high`, (features,), are its ends; `rest`, (n_0,), is where all other features are. All in the units of
    the network's inputs.
    """

    features: tuple[int, ...]
    low: Array
    high: Array
    rest: Array

    def ends(self, i: int) -> tuple[float, float]:
        """From where to where it goes along its first or second feature."""
        return float(self.low[i]), float(self.high[i])

    def inputs(self, count: int) -> Array:
        """Points of a grid, `count` along each feature, row by row from the lowest: (count ** features, n_0)."""
        lines = [np.linspace(*self.ends(i), count) for i in range(len(self.features))]
        grid = np.meshgrid(*lines)
        X = np.tile(self.rest, (grid[0].size, 1))
        for feature, values in zip(self.features, grid, strict=True):
            X[:, feature] = values.ravel()
        return X

    def at(self, shares: Array) -> Array:
        """Points (n, features) of it, as shares of the way along each feature: (n, n_0)."""
        X = np.tile(self.rest, (len(shares), 1))
        X[:, self.features] = self.low + shares * (self.high - self.low)
        return X


def plane_of(session: TrainingSession, features: tuple[int, ...]) -> Plane:
    """The plane of these features that holds all training and test examples."""
    X = np.vstack([session.examples[0], session.setup.test_examples[0]])
    own = X[:, features]
    low, high = own.min(axis=0), own.max(axis=0)
    wide = np.where(high > low, MARGIN * (high - low), ALONE)
    return Plane(features, low - wide, high + wide, session.examples[0].mean(axis=0))


def on_plane(session: TrainingSession, plane: Plane, count: int) -> Forward:
    """Every Z and A of the network in force over a grid of the plane."""
    return said(session, plane.inputs(count))


def said(session: TrainingSession, X: Array) -> Forward:
    """Every Z and A of the network in force for inputs X (m, n_0)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return forward(session.network, X, session.setup.decimals)


def activities(session: TrainingSession, most: int) -> tuple[Activity, ...]:
    """What every layer does over the first training examples, at most so many."""
    setup = session.setup
    return activity(session.network, session.examples[0][:most], setup.decimals, LOSSES[setup.loss])


# In the units in which the data was given -----------------------------------------------------------------------------


def in_units(session: TrainingSession, feature: int, values: tuple[float, ...]) -> tuple[float, ...]:
    """Values of an input of the network in the units of its column."""
    scale = session.setup.ready.inputs
    return tuple((np.array(values) * scale.size[feature] + scale.shift[feature]).tolist())


def given_inputs(session: TrainingSession) -> tuple[Array, Array]:
    """X of the training examples, (m, n_0), and of the test examples, (t, n_0)."""
    undo = session.setup.ready.inputs.undo
    return undo(session.examples[0]), undo(session.setup.test_examples[0])


def given_targets(session: TrainingSession) -> tuple[Array, Array]:
    """Y of the training examples, (m, n_L), and of the test examples, (t, n_L)."""
    undo = session.setup.ready.targets.undo
    return undo(session.examples[1]), undo(session.setup.test_examples[1])


# How well it does -----------------------------------------------------------------------------------------------------


def classified_right(session: TrainingSession) -> tuple[tuple[int, int], ...]:
    """How many training examples it tells right, and of how many; then of test examples, if there are any."""
    return tuple((int((classes_of(said(session, X).A[-1]) == classes_of(Y)).sum()), len(Y)) for X, Y in _kinds(session))


def residuals(session: TrainingSession, output: int) -> tuple[Array, ...]:
    """How much higher each target is than what an output predicts, in the units of its column: of the training
    examples, (m,), then of test examples, if there are any.
    """
    undo = session.setup.ready.targets.undo
    return tuple((undo(Y) - undo(said(session, X).A[-1]))[:, output] for X, Y in _kinds(session))


def _kinds(session: TrainingSession) -> list[tuple[Array, Array]]:
    test = session.setup.test_examples
    return [session.examples, *([test] if len(test[0]) else [])]
