"""What became of walks that are compared: losses and accuracies of up to four in one chart, and a picture of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import ClassVar

from app.engine.network.errors import DivergedError
from app.sessions.compare.counterpart import Pair, walk_beside
from app.sessions.walk.classes import classifies
from app.sessions.walk.history import Point, points_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW
from app.views.charts.lines import About, Plot, Series, plot
from app.views.pictures.over_data import OverData, boundary, fitted
from app.views.text.numbers import fixed, number
from app.views.text.words import listed

LOOKS = ("first", "second", "fifth", "sixth")
PERCENT = 1  # decimals
NONE = "—"


@dataclass(frozen=True)
class Walked:
    """One of the walks: what it is called, its look, and its numbers as texts: the losses over all training and all
    test examples, the shares that it tells right, in percent.

    `number` is that of the fork, empty of the walk itself; `beside`: it stands beside the walk now; `message` is why it
    cannot be followed to here.
    """

    name: str
    look: str
    numbers: tuple[str, ...]
    number: str = ""
    beside: bool = False
    message: str = ""


@dataclass(frozen=True)
class Pictured:
    """The picture of one walk: what its output says over the inputs."""

    name: str
    look: str
    picture: OverData


@dataclass(frozen=True)
class Outcomes:
    """All of it; `tests`: there are test examples. `drawn` is what the page has of it, sent back by its forms, so that
    only what changed is sent again.
    """

    id: ClassVar[str] = "outcomes"
    template: ClassVar[str] = "compare/outcomes.html"
    heads: ClassVar[tuple[str, ...]] = ("training loss", "test loss", "training right, %", "test right, %")

    title: str
    tests: bool
    walks: tuple[Walked, ...]
    plots: tuple[Plot, ...]
    pictures: tuple[Pictured, ...]
    drawn: str


Named = tuple[str, TrainingSession]


def drawn_of(session: TrainingSession, digits: int) -> str:
    """What decides how the outcomes of a walk look, as a page sends it back."""
    forks = ",".join(f"{fork.thing}={fork.value}" for fork in session.forks)
    return f"{session.updates}.{len(session.timeline.changes)}.{digits}.{forks}"


def outcomes(
    session: TrainingSession, pair: Pair, names: tuple[str, str], called: Callable[..., str], digits: int
) -> Outcomes:
    """Of both that stand side by side, and of all others that the walk is compared with."""
    walks = [Walked(names[0], LOOKS[0], _numbers(pair.left, digits))]
    walked: list[Named] = [(names[0], pair.left), (names[1], pair.right)]
    walks.append(Walked(names[1], LOOKS[1], _numbers(pair.right, digits), "0" if session.fork else "", True))
    for i, fork in enumerate(session.others, start=1):
        name = called(fork)
        try:
            other = walk_beside(session, fork)
        except DivergedError as error:
            walks.append(Walked(name, "", (), str(i), message=f"It cannot be followed to here. {error}"))
            continue
        walks.append(Walked(name, LOOKS[len(walked)], _numbers(other, digits), str(i)))
        walked.append((name, other))
    draw = boundary if classifies(session.setup) else fitted
    pictures = [_picture(name, look, draw(one, {}, digits)) for (name, one), look in zip(walked, LOOKS, strict=False)]
    return Outcomes(
        _title(walked, digits),
        len(session.setup.test_examples[0]) > 0,
        tuple(walks),
        tuple(_plots(walked, digits)),
        tuple(pictures),
        drawn_of(session, digits),
    )


def _picture(name: str, look: str, seen: OverData) -> Pictured:
    """With ids of its own, and half as many places to point at: there are several on the page."""
    if seen.map:
        own = replace(seen.map, id=f"{seen.map.id}-{look}", cells=seen.map.cells.coarser)
        return Pictured(name, look, replace(seen, map=own))
    assert seen.plot
    return Pictured(name, look, replace(seen, plot=replace(seen.plot, id=f"{seen.plot.id}-{look}")))


def _last(session: TrainingSession) -> Point:
    return points_of(session)[-1]


def _numbers(session: TrainingSession, digits: int) -> tuple[str, ...]:
    last = _last(session)
    losses = [last.training.loss, last.test.loss]
    shares = [100 * last.training.accuracy, 100 * last.test.accuracy]
    return (
        *(fixed(loss, digits) if loss == loss else NONE for loss in losses),
        *(fixed(share, PERCENT) if share == share else NONE for share in shares),
    )


def _title(walked: Sequence[Named], digits: int) -> str:
    """After 100 updates the lowest loss over all training examples is 0.1: Adam."""
    updates, losses = walked[0][1].updates, [_last(one).training.loss for _, one in walked]
    when = f"After {updates:,} update{'' if updates == 1 else 's'}" if updates else "Before the first update"
    lowest = number(min(losses), digits)
    best = [name for (name, _), loss in zip(walked, losses, strict=True) if number(loss, digits) == lowest]
    if len(best) == len(walked):
        return f"{when} all have the same loss over all training examples: {lowest}"
    return f"{when} the lowest loss over all training examples is {lowest}: {listed(best)}"


def _plots(walked: Sequence[Named], digits: int) -> list[Plot]:
    """The losses over the updates that are made; and the accuracies, where classes are told apart."""
    losses = _series(walked, lambda point: (point.training.loss, point.test.loss))
    told = "The losses of the walks"
    found = [plot(About("all-losses", told, "updates made", "loss ℒ", digits, frame=NARROW), losses)]
    shares = _series(walked, lambda point: (100 * point.training.accuracy, 100 * point.test.accuracy))
    if shares:
        told, up = "How many examples each walk tells right", "classified right, %"
        about = About("all-accuracies", told, "updates made", up, PERCENT, "linear", NARROW, (0.0, 100.0))
        found.append(plot(about, shares))
    return found


def _series(walked: Sequence[Named], both: Callable[[Point], tuple[float, float]]) -> list[Series]:
    """Of each walk a line over the training and one over the test examples, if there is such a number."""
    found = []
    for (name, one), look in zip(walked, LOOKS, strict=False):
        points = points_of(one)
        places = [float(point.updates) for point in points]
        for words, kind, values in zip(
            (name, f"{name}, test"), (look, f"{look} test"), zip(*map(both, points), strict=True), strict=True
        ):
            if any(map(isfinite, values)):
                found.append(Series(words, kind, values, places))
    return found
