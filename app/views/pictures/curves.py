"""The curves of a training: loss and accuracy by epoch, on training and on test examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from app.sessions.walk.history import Point, points_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, Scale
from app.views.charts.lines import About, Plot, Series, plot
from app.views.pictures.choices import Choices, Query, choice, choices_of
from app.views.text.numbers import number

TRAINING, TEST, MEAN = "training", "test", "mean of the epoch"
LOOKS = ("first", "second", "third")
PERCENT = 1  # decimals
SCALES = (("linear", "linear"), ("logarithmic", "logarithmic"))


@dataclass(frozen=True)
class Curves:
    """The loss, and the accuracy where classes are told apart; `plots` in that order. `moving`: others follow at once,
    and nobody points at this one.
    """

    id: ClassVar[str] = "curves"
    template: ClassVar[str] = "pictures/curves.html"

    plots: tuple[Plot, ...]
    choices: Choices
    moving: bool = False


def curves(session: TrainingSession, query: Query, digits: int, moving: bool = False) -> Curves:
    """Both curves up to where the walk stands. Replays what is not known of it yet.

    With one batch an epoch, the mean of its losses is the loss one epoch earlier, and so no line of its own.
    """
    points = points_of(session)
    losses = {TRAINING: [point.training.loss for point in points], TEST: [point.test.loss for point in points]}
    if session.setup.iterations_per_epoch > 1:
        losses[MEAN] = [point.mean for point in points]
    lines = _lines(points, losses)
    scale = choice(query, "scale", "scale", SCALES)
    wanted: Scale = "logarithmic" if scale.value == "logarithmic" else "linear"
    told = _told("loss", lines, digits, "", points[-1])
    plots = [plot(About("loss-curve", told, "epoch", "loss ℒ", digits, wanted, NARROW), lines)]
    shares = {
        TRAINING: [100 * point.training.accuracy for point in points],
        TEST: [100 * point.test.accuracy for point in points],
    }
    if lines := _lines(points, shares):
        told = _told("accuracy", lines, PERCENT, "\u00a0%", points[-1])
        about = About("accuracy-curve", told, "epoch", "classified right, %", PERCENT, "linear", NARROW, (0.0, 100.0))
        plots.append(plot(about, lines))
    return Curves(tuple(plots), choices_of(query, "curves", [scale], "curves"), moving)


def _lines(points: Sequence[Point], named: Mapping[str, list[float]]) -> list[Series]:
    """Over the epochs, those that have a number."""
    epochs = [point.epoch for point in points]
    looked = zip(named.items(), LOOKS, strict=False)
    return [Series(name, look, values, epochs) for (name, values), look in looked if any(map(isfinite, values))]


def _told(what: str, lines: Sequence[Series], digits: int, unit: str, last: Point) -> str:
    """In 40 epochs the training loss falls from 0.69 to 0.12; the test loss ends at 0.2."""
    first, end = lines[0].values[0], lines[0].values[-1]
    began, ended = (f"{number(value, digits)}{unit}" for value in (first, end))
    if not last.updates:
        return f"Before the first update the training {what} is {began}"
    whole = last.epoch == int(last.epoch)
    count, noun = (int(last.epoch), "epoch") if whole else (last.updates, "iteration")
    so_far = f"{count:,} {noun}s" if count != 1 else f"one {noun}"
    way = "stays at" if first == end else f"{'falls' if end < first else 'rises'} from {began} to"
    tests = [f"; the test {what} ends at {number(one.values[-1], digits)}{unit}" for one in lines if one.name == TEST]
    return f"In {so_far} the training {what} {way} {ended}{''.join(tests)}"
