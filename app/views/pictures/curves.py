"""The curves of a training: loss and accuracy by epoch, on training and on test examples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import ClassVar

from app.sessions.walk.history import Point, points_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import LOW, Scale
from app.views.charts.lines import About, Mark, Plot, Series, mark_of, plot
from app.views.charts.picture_file import Drawing
from app.views.charts.table import Table
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
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

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """Each plot."""
        return tuple(Drawing(one.id, "svg/plot.svg", one) for one in self.plots)

    @property
    def svgs(self) -> tuple[str, ...]:
        """Where each plot can be had as SVG, below the address of the pictures."""
        return tuple(f"curves.svg?drawing={one.id}&{self.choices.query}" for one in self.plots)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The numbers of both."""
        return tuple(plot.table for plot in self.plots)


@dataclass(frozen=True)
class Curve:
    """One plot before it is drawn."""

    about: About
    lines: tuple[Series, ...]


def curves(
    session: TrainingSession, query: Query, digits: int, moving: bool = False, epoch: int | None = None
) -> Curves:
    """Both curves up to where the walk stands, with an epoch marked. Replays what is not known of it yet."""
    drawn = tuple(each_curve(session, query, digits))
    plots = tuple(replace(plot(one.about, one.lines), mark=mark_of(one.about, one.lines, epoch)) for one in drawn)
    return Curves(plots, choices_of(query, "curves", [_scale(query)], "curves"), moving)


def marks_at(session: TrainingSession, query: Query, digits: int, epoch: int | None) -> Iterator[Mark]:
    """The marks of both, where the picture beside them is of this epoch's end; None: where the walk stands."""
    for one in each_curve(session, query, digits):
        yield mark_of(one.about, one.lines, epoch)


def each_curve(session: TrainingSession, query: Query, digits: int) -> Iterator[Curve]:
    """What the curves draw: the loss, then the accuracy; as far across as the training under way is to go.

    With one batch an epoch, the mean of its losses is the loss one epoch earlier, and so no line of its own.
    """
    points, goal, setup = points_of(session), session.goal, session.setup
    losses = {TRAINING: [point.training.loss for point in points], TEST: [point.test.loss for point in points]}
    if setup.iterations_per_epoch > 1:
        losses[MEAN] = [point.mean for point in points]
    lines = _lines(points, losses)
    wanted: Scale = "logarithmic" if _scale(query).value == "logarithmic" else "linear"
    ahead = goal.end if goal and goal.end and session.trains else 0
    reach = max(1.0, ahead / setup.iterations_per_epoch)
    told = _told("loss", lines, digits, "", points[-1])
    yield Curve(About("loss-curve", told, "epoch", "loss ℒ", digits, wanted, LOW, reach=reach), lines)
    shares = {
        TRAINING: [100 * point.training.accuracy for point in points],
        TEST: [100 * point.test.accuracy for point in points],
    }
    if lines := _lines(points, shares):
        told, up = _told("accuracy", lines, PERCENT, "\u00a0%", points[-1]), "classified right, %"
        about = About("accuracy-curve", told, "epoch", up, PERCENT, "linear", LOW, (0.0, 100.0), reach=reach)
        yield Curve(about, lines)


def _scale(query: Query) -> Choice:
    return choice(query, "scale", "scale", SCALES)


def _lines(points: Sequence[Point], named: Mapping[str, list[float]]) -> tuple[Series, ...]:
    """Over the epochs, those that have a number."""
    epochs = [point.epoch for point in points]
    looked = zip(named.items(), LOOKS, strict=False)
    return tuple(Series(name, look, values, epochs) for (name, values), look in looked if any(map(isfinite, values)))


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
