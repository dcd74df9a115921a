"""The curves of a training: loss and accuracy by epoch, on training and on test examples."""

from collections.abc import Callable, Iterator, Sequence
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
PERCENT = 1  # decimals
SCALES = (("linear", "linear"), ("logarithmic", "logarithmic"))


@dataclass(frozen=True)
class Curves:
    """The loss, and the accuracy where classes are told apart; `plots` in that order."""

    id: ClassVar[str] = "curves"
    template: ClassVar[str] = "pictures/curves.html"

    plots: tuple[Plot, ...]
    choices: Choices


def curves(session: TrainingSession, query: Query, digits: int) -> Curves:
    """Both curves up to where the walk stands. Replays what is not known of it yet."""
    points = points_of(session)
    scale = choice(query, "scale", "scale", SCALES)
    one_batch = session.setup.iterations_per_epoch == 1
    plots = (_losses(points, one_batch, scale.value, digits), *_accuracies(points))
    return Curves(plots, choices_of(query, "curves", [scale], "curves"))


def _losses(points: Sequence[Point], one_batch: bool, scale: str, digits: int) -> Plot:
    """With one batch an epoch, the mean of its losses is the loss one epoch earlier, and so no line of its own."""
    lines = [
        _line(points, TRAINING, "first", [point.training.loss for point in points]),
        _line(points, TEST, "second", [point.test.loss for point in points]),
        _line(points, MEAN, "third", [point.mean for point in points]),
    ]
    shown = [line for line in lines if _is_there(line) and not (one_batch and line.name == MEAN)]
    told = _told("loss", shown, lambda x: number(x, digits), points[-1])
    return plot(About("loss-curve", told, "epoch", "loss ℒ", digits, _scale(scale), NARROW), shown)


def _accuracies(points: Sequence[Point]) -> Iterator[Plot]:
    lines = [
        _line(points, TRAINING, "first", [100 * point.training.accuracy for point in points]),
        _line(points, TEST, "second", [100 * point.test.accuracy for point in points]),
    ]
    shown = [line for line in lines if _is_there(line)]
    if shown:
        told = _told("accuracy", shown, lambda x: f"{number(x, PERCENT)}\u00a0%", points[-1])
        about = About("accuracy-curve", told, "epoch", "classified right, %", PERCENT, "linear", NARROW, (0.0, 100.0))
        yield plot(about, shown)


def _line(points: Sequence[Point], name: str, look: str, values: Sequence[float]) -> Series:
    return Series(name, look, values, [point.epoch for point in points])


def _is_there(line: Series) -> bool:
    return any(map(isfinite, line.values))


def _scale(value: str) -> Scale:
    return "logarithmic" if value == "logarithmic" else "linear"


def _told(what: str, lines: Sequence[Series], written: Callable[[float], str], last: Point) -> str:
    """The training loss falls from 0.69 to 0.12 in 40 epochs; the test loss ends at 0.2."""
    training = lines[0]
    first, end = training.values[0], training.values[-1]
    if not last.updates:
        return f"Before the first update the training {what} is {written(first)}"
    way = "stays at" if first == end else f"{'falls' if end < first else 'rises'} from {written(first)} to"
    test = f"; the test {what} ends at {written(lines[1].values[-1])}" if lines[1:] and lines[1].name == TEST else ""
    return f"In {_so_far(last)} the training {what} {way} {written(end)}{test}"


def _so_far(last: Point) -> str:
    """40 epochs; in the middle of one, 123 iterations."""
    whole = last.epoch == int(last.epoch)
    count, noun = (int(last.epoch), "epoch") if whole else (last.updates, "iteration")
    return f"{count:,} {noun}s" if count != 1 else f"one {noun}"
