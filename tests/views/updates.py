"""Setups with every optimizer, weight decay, clipping and schedule, and their update phases."""

from dataclasses import replace

from app.engine.equations.shape import Shape, Updating
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from tests.engine.cases import random_setup

VARIANTS = [
    (Optimizer(kind, weight_decay=decay, clip_norm=clip), Schedule(schedule, every=2, iterations=5, minimum=0.01))
    for kind in OPTIMIZERS
    for decay in (0.0, 0.02)
    for clip in (None, 0.3)
    for schedule in SCHEDULES
]


def varied(optimizer: Optimizer, schedule: Schedule, examples: int = 1) -> Setup:
    setup = random_setup(4, (3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", examples)
    return replace(setup, optimizer=optimizer, schedule=schedule)


def updates(shape: Shape) -> list[Equation]:
    return [equation for equation in trace(shape) if equation.phase == "update"]


def told(kind: str, decays: bool = False, clips: bool = False, schedule: str = "constant") -> Shape:
    updating = Updating(kind, decays, clips, schedule)
    return Shape((2, 2, 1), ("sigmoid", "identity"), "half_squared_error", 1, updating=updating)


def line_of(shape: Shape, symbol: Symbol) -> Equation:
    return trace(shape)[found_at(shape)[symbol]]
