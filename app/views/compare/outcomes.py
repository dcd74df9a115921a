"""What became of walks that are compared: losses and accuracies of up to four in one chart, and a picture of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import ClassVar, NamedTuple

from app.engine.network.errors import DivergedError
from app.sessions.compare.counterpart import Pair, walk_beside
from app.sessions.walk.classes import classifies
from app.sessions.walk.history import Point, points_of
from app.sessions.walk.session import Fork, TrainingSession
from app.views.charts.axes import NARROW
from app.views.charts.lines import About, Plot, Series, plot
from app.views.pictures.curves import Curve
from app.views.pictures.over_data import OverData, boundary, fitted
from app.views.text.numbers import fixed, number
from app.views.text.words import listed
from app.views.training.training import Training

LOOKS = ("first", "second", "fifth", "sixth")
PERCENT = 1  # decimals
NONE = "—"


class Named(NamedTuple):
    """A walk that can be followed to here: what it is called, and how well it did on its way."""

    name: str
    session: TrainingSession
    points: tuple[Point, ...]


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
    training: Training
    drawn: str


@dataclass(frozen=True)
class Compared:
    """The walks that can be followed to here, each with its name; and of all forks what is said, as of `Walked`."""

    walked: tuple[Named, ...]
    told: tuple[Walked, ...]


def drawn_of(session: TrainingSession, digits: int) -> str:
    """What decides how the outcomes of a walk look, as a page sends it back."""
    forks = ",".join(f"{fork.thing}={fork.value}" for fork in session.forks)
    return f"{session.updates}.{len(session.timeline.changes)}.{digits}.{forks}"


def compared_walks(
    session: TrainingSession, pair: Pair, names: tuple[str, str], called: Callable[[Fork], str], digits: int
) -> Compared:
    """Both that stand side by side, and all others that the walk is compared with."""
    walked = [Named(name, one, points_of(one)) for name, one in zip(names, pair, strict=True)]
    told = [
        Walked(names[0], LOOKS[0], _numbers(walked[0], digits)),
        Walked(names[1], LOOKS[1], _numbers(walked[1], digits), "0" if session.fork else "", True),
    ]
    for i, fork in enumerate(session.others, start=1):
        name = called(fork)
        try:
            there = walk_beside(session, fork)
        except DivergedError as error:
            told.append(Walked(name, "", (), str(i), message=f"It cannot be followed to here. {error}"))
            continue
        other = Named(name, there, points_of(there))
        told.append(Walked(name, LOOKS[len(walked)], _numbers(other, digits), str(i)))
        walked.append(other)
    return Compared(tuple(walked), tuple(told))


def outcomes(session: TrainingSession, found: Compared, panel: Training, digits: int) -> Outcomes:
    """What became of them, and the training that is under way."""
    plots = [plot(one.about, one.lines) for one in each_chart(found.walked, digits)]
    return Outcomes(
        title_of(found.walked, digits),
        len(session.setup.test_examples[0]) > 0,
        found.told,
        tuple(plots),
        tuple(pictures_of(found.walked, digits)),
        panel,
        drawn_of(session, digits),
    )


def pictures_of(walked: Sequence[Named], digits: int) -> Iterator[Pictured]:
    """What each says over the inputs, as it is asked for."""
    for i in range(len(walked)):
        yield picture_of(walked, i, digits)


def picture_of(walked: Sequence[Named], i: int, digits: int) -> Pictured:
    """That of one of them, with an id of its own, and half as many places to point at: several are on the page."""
    (name, session, _), look = walked[i], LOOKS[i]
    seen = (boundary if classifies(session.setup) else fitted)(session, {}, digits)
    if seen.map:
        own = replace(seen.map, id=f"{seen.map.id}-{look}", cells=seen.map.cells.coarser)
        return Pictured(name, look, replace(seen, map=own))
    assert seen.plot
    return Pictured(name, look, replace(seen, plot=replace(seen.plot, id=f"{seen.plot.id}-{look}")))


def _numbers(one: Named, digits: int) -> tuple[str, ...]:
    last = one.points[-1]
    losses = [last.training.loss, last.test.loss]
    shares = [100 * last.training.accuracy, 100 * last.test.accuracy]
    return (
        *(fixed(loss, digits) if loss == loss else NONE for loss in losses),
        *(fixed(share, PERCENT) if share == share else NONE for share in shares),
    )


def title_of(walked: Sequence[Named], digits: int) -> str:
    """After 100 updates the lowest loss over all training examples is 0.1: Adam."""
    updates, losses = walked[0].session.updates, [one.points[-1].training.loss for one in walked]
    when = f"After {updates:,} update{'' if updates == 1 else 's'}" if updates else "Before the first update"
    lowest = number(min(losses), digits)
    best = [one.name for one, loss in zip(walked, losses, strict=True) if number(loss, digits) == lowest]
    if len(best) == len(walked):
        return f"{when} all have the same loss over all training examples: {lowest}"
    return f"{when} the lowest loss over all training examples is {lowest}: {listed(best)}"


def each_chart(walked: Sequence[Named], digits: int) -> Iterator[Curve]:
    """The losses over the updates that are made, as far as the training under way is to go; and the accuracies, where
    classes are told apart.
    """
    first = walked[0].session
    ahead = first.goal.end if first.goal and first.goal.end and first.trains else 0
    reach, x = max(1.0, ahead), "updates made"
    losses = _series(walked, lambda point: (point.training.loss, point.test.loss))
    told = "The losses of the walks"
    yield Curve(About("all-losses", told, x, "loss ℒ", digits, frame=NARROW, reach=reach), losses)
    shares = _series(walked, lambda point: (100 * point.training.accuracy, 100 * point.test.accuracy))
    if shares:
        told, up = "How many examples each walk tells right", "classified right, %"
        yield Curve(About("all-accuracies", told, x, up, PERCENT, "linear", NARROW, (0.0, 100.0), reach=reach), shares)


def _series(walked: Sequence[Named], both: Callable[[Point], tuple[float, float]]) -> tuple[Series, ...]:
    """Of each walk a line over the training and one over the test examples, if there is such a number."""
    found = []
    for (name, _, points), look in zip(walked, LOOKS, strict=False):
        places = [float(point.updates) for point in points]
        for words, kind, values in zip(
            (name, f"{name}, test"), (look, f"{look}-test"), zip(*map(both, points), strict=True), strict=True
        ):
            if any(map(isfinite, values)):
                found.append(Series(words, kind, values, places))
    return tuple(found)
