"""Where a walk can stand, and how far each measure of a step goes.

A place is an iteration t, from 0, and a cursor c: how many of its N equations have been shown. (t, N) is where an
iteration ends; from there the way goes on to (t + 1, 1). (t, 0) is a place for t = 0 only: the very start.
"""

from typing import Literal, NamedTuple, get_args

from app.engine.equations.shape import Shape
from app.engine.equations.trace import trace
from app.engine.setup import Setup

Measure = Literal["equation", "layer", "phase", "iteration", "epoch"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


class Place(NamedTuple):
    """Iteration and cursor."""

    iteration: int
    cursor: int


START = Place(0, 0)


def ends(shape: Shape, by: Measure) -> tuple[int, ...]:
    """The cursors at which an equation, a layer of a phase, a phase or the iteration ends; the last is N."""
    equations = trace(shape)
    if by == "equation":
        return tuple(range(1, len(equations) + 1))
    if by in ("iteration", "epoch"):
        return (len(equations),)
    parts = [(e.phase, e.symbol.layer) if by == "layer" else e.phase for e in equations]
    last = len(parts) - 1
    return tuple(i + 1 for i, part in enumerate(parts) if i == last or parts[i + 1] != part)


def phase_end(shape: Shape, phase: str) -> int:
    """The cursor at which a phase ends."""
    return max(equation.index for equation in trace(shape) if equation.phase == phase) + 1


def on_to(place: Place, cursor: int) -> Place:
    """The next place with this cursor: in this iteration where it still lies ahead, else in the next."""
    return Place(place.iteration + (place.cursor >= cursor), cursor)


def after(place: Place, by: Measure, shape: Shape, setup: Setup) -> Place:
    """One measure further."""
    stops = ends(shape, by)
    if by == "epoch":
        begun = on_to(place, stops[-1]).iteration  # the iteration that is next to be finished
        return Place(setup.last_of_epoch(setup.epoch(begun)), stops[-1])
    return on_to(place, next((stop for stop in stops if stop > place.cursor), stops[0]))


def before(place: Place, by: Measure, shape: Shape, setup: Setup) -> Place:
    """One measure back: the last end of one that lies before, or the very start."""
    stops = ends(shape, by)
    if by == "epoch":
        epoch = setup.epoch(place.iteration)
        return Place(setup.last_of_epoch(epoch - 1), stops[-1]) if epoch > 0 else START
    earlier = [stop for stop in stops if stop < place.cursor]
    if earlier:
        return Place(place.iteration, earlier[-1])
    return Place(place.iteration - 1, stops[-1]) if place.iteration > 0 else START
