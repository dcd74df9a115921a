"""A notebook's whole run, as published or put right: its losses, and what it finds for each printed figure."""

from dataclasses import dataclass
from statistics import fmean

import numpy as np

from app.engine.equations.values import Values
from app.engine.impact import Learned, learned_xor, wrong_signs
from app.engine.learning.iteration import Iteration
from app.engine.network.propagation import forward
from app.lessons.lesson import Lesson
from app.lessons.printed import Printed
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline

QUICK = 2_000  # iterations that a page may wait for
FURTHER = 200  # how far a run of one update is followed, so that there is a curve
COUNTED = 200  # iterations of a run whose gradients' signs are looked at


@dataclass(frozen=True, eq=False)
class Run:
    """Losses, each before its update, and one number for each of the lesson's printed figures, in their order."""

    losses: tuple[float, ...]
    figures: tuple[float, ...]


_RUNS: dict[tuple[str, bool], Run] = {}  # each is computed once in the life of the program


def run_of(lesson: Lesson, as_published: bool) -> Run:
    """The lesson's run; a notebook of one update is followed further."""
    key = (lesson.slug, as_published)
    if key not in _RUNS:
        timeline = Timeline(lesson.setup(as_published))
        end = end_of(lesson)
        wanted = {printed.iteration for printed in lesson.printed if printed.symbol.kind != "loss"}
        legs = list(timeline.legs([*sorted(wanted), end]))
        losses = np.concatenate([leg.losses for leg in legs]).tolist()
        kept = {leg.end.iteration: timeline.iteration_from(leg.end) for leg in legs[:-1]}
        figures = tuple(_figure(printed, losses, kept, timeline) for printed in lesson.printed)
        _RUNS[key] = Run(tuple(losses), figures)
    return _RUNS[key]


_DONE: dict[str, tuple[float, Learned]] = {}  # what mistakes do, by lesson; computed once, too


def done_by_mistakes(lesson: Lesson) -> tuple[float, Learned]:
    """What the notebook's wrong rules do: the share of the first gradients with a wrong sign, and whether networks
    still learn XOR by them.
    """
    if lesson.slug not in _DONE:
        setup = lesson.published
        _DONE[lesson.slug] = wrong_signs(setup, min(end_of(lesson), COUNTED)), learned_xor(setup.mistakes)
    return _DONE[lesson.slug]


def units_of_their_own(lesson: Lesson, as_published: bool) -> int:
    """How many hidden units of the first layer, at the end of the run, do for some example what no other one does."""
    network = TrainingSession.of_lesson(lesson, as_published).after_updates(end_of(lesson)).network
    answers = forward(network, lesson.setup(as_published).examples[0]).A[1]
    return len(np.unique(answers[:, (answers != 0).any(axis=0)].T, axis=0))


def end_of(lesson: Lesson) -> int:
    """How many iterations its run is followed."""
    return lesson.run if lesson.run > 1 else FURTHER


def is_quick(lesson: Lesson) -> bool:
    """Whether both runs are there at once, or almost."""
    return lesson.run <= QUICK or all((lesson.slug, way) in _RUNS for way in (True, False))


def _figure(printed: Printed, losses: list[float], kept: dict[int, Iteration], timeline: Timeline) -> float:
    number, kind = printed.iteration, printed.symbol.kind
    if kind == "loss":
        return losses[number]
    if kind == "mean_loss":
        return fmean(losses[number + 1 - timeline.setup.iterations_per_epoch : number + 1])
    it, symbol, row = kept[number], printed.symbol, printed.row
    values = Values(it, row)
    match kind:
        case "a_after":
            return float(forward(it.after, it.X, it.method.decimals).A[symbol.layer][row, symbol.j])
        case "loss_after":
            return it.loss_after
        case "accuracy":
            answers = forward(it.after, it.X, it.method.decimals).A[-1]
            return float(np.mean((answers > 0.5) == (it.Y > 0.5)))
        case "dL_dy_hat":
            return float(it.method.loss.gradient(it.forward.A[-1], it.Y)[row, symbol.j])
        case "came_back":  # to a hidden unit from the layer behind it: its error signal without its own slope
            return values[symbol._replace(kind="delta")] / values[symbol._replace(kind="slope")]
    return values[symbol]
