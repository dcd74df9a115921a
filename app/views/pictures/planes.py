"""A plane through the inputs of a network: two features across and up, the others at rest at their mean."""

from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward, forward
from app.sessions.walk.session import TrainingSession

MARGIN = 0.08  # beyond the outermost examples, as a share of their range
ALONE = 1.0  # on either side, where all examples agree in a feature


@dataclass(frozen=True, eq=False)
class Plane:
    """`features` across and up, numbered from 0 (one alone is a line); `low` and `high`, (features,), are its
    ends; `rest`, (n_0,), is where all other features are. All in the units of the network's inputs.
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


def plane_of(session: TrainingSession, features: tuple[int, ...]) -> Plane:
    """The plane of these features that holds all training and test examples."""
    X = np.vstack([session.examples[0], session.setup.test_examples[0]])
    own = X[:, features]
    low, high = own.min(axis=0), own.max(axis=0)
    wide = np.where(high > low, MARGIN * (high - low), ALONE)
    return Plane(features, low - wide, high + wide, session.examples[0].mean(axis=0))


def on_plane(session: TrainingSession, plane: Plane, count: int) -> Forward:
    """Every Z and A of the network in force over a grid of the plane."""
    with np.errstate(over="ignore", invalid="ignore"):
        return forward(session.network, plane.inputs(count), session.setup.decimals)


def in_units(session: TrainingSession, feature: int, values: tuple[float, ...]) -> tuple[float, ...]:
    """Values of an input of the network in the units in which its column was given."""
    scale = session.setup.ready.inputs
    return tuple((np.array(values) * scale.size[feature] + scale.shift[feature]).tolist())
