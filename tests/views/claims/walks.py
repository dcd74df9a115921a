"""Random walks for the claims: any network, loss, mistake, optimizer, schedule, batch and rounding, at any digits."""

import os
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration
from app.engine.setup import Setup
from app.lessons.lesson import Orientation
from tests.engine.cases import later_iteration, mistaken, optimizers, schedules
from tests.views.claims.world import World

TIMES = int(os.environ.get("CLAIMS", "1"))  # so many times as many walks: CLAIMS=20 pytest tests/views/test_claims.py


@dataclass(frozen=True)
class Walk:
    """One iteration of a setup, its equations, and how a page shows it."""

    setup: Setup
    iteration: Iteration
    focus: int
    digits: int
    orientation: Orientation

    @property
    def shape(self) -> Shape:
        return self.setup.shape(len(self.iteration.X))

    @property
    def values(self) -> Values:
        return Values(self.iteration, self.focus)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return trace(self.shape)

    def world(self) -> World:
        return World(self.shape, self.values, self.digits, self.orientation)


@st.composite
def walks(draw: st.DrawFn, decimals: tuple[int | None, ...] = (None, None, 3, 4)) -> Walk:
    """Any of the first five iterations of any setup, which may have diverged by then."""
    setup = replace(
        draw(mistaken()),
        optimizer=draw(optimizers()),
        schedule=draw(schedules()),
        decimals=draw(st.sampled_from(decimals)),
        batch_size=draw(st.sampled_from([1, 2, None])),
    )
    with np.errstate(all="ignore"):
        iteration = later_iteration(setup, draw(st.integers(0, 4)))
    focus, digits = draw(st.integers(0, len(iteration.X) - 1)), draw(st.integers(2, 8))
    return Walk(setup, iteration, focus, digits, draw(st.sampled_from(["fan_out_fan_in", "fan_in_fan_out"])))
