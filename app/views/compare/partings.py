"""Where two walks part: in this iteration, and from the start on."""

from dataclasses import dataclass
from typing import NamedTuple

from app.engine.equations.trace import trace
from app.lessons.lesson import Orientation
from app.sessions.compare.counterpart import first_difference, parting, same_place
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from app.views.formulas.headings import heading


@dataclass(frozen=True)
class Parting:
    """The first equation at which the walks part, within `where`; `way` is the form's address under the session's.

    `cursor` is empty where the way needs none, `way` where they do not part; `here`: the walk stands there now.
    """

    where: str
    heading: str
    words: str
    way: str
    cursor: str
    here: bool


class Stretch(NamedTuple):
    """Of what the first difference is asked: its name, what to say where there is none, and the way there."""

    where: str
    nowhere: str
    way: str


ITERATION = Stretch("In this iteration", "They do not part: every equation finds the same.", "go")
WALK = Stretch("In the whole walk", "So far they have not parted.", "compare/first")


def partings(left: TrainingSession, right: TrainingSession, orientation: Orientation) -> tuple[Parting, ...]:
    """In this iteration, and in the whole walk from its start, as far as the walk has come."""
    index = first_difference(left, right)
    here = None if index is None else Place(left.iteration, index + 1)
    pair = (left, right)
    return _parting(ITERATION, here, pair, orientation), _parting(WALK, parting(left, right), pair, orientation)


def _parting(
    stretch: Stretch, place: Place | None, pair: tuple[TrainingSession, TrainingSession], orientation: Orientation
) -> Parting:
    if place is None:
        return Parting(stretch.where, "", stretch.nowhere, "", "", False)
    left, right = (one.setup.shape(len(one.setup.batch(place.iteration))) for one in pair)
    ours = trace(left)[place.cursor - 1]
    theirs = trace(right)[same_place(place, left, right).cursor - 1]
    why = "There the rule itself differs." if ours.expression != theirs.expression else "Other numbers come in there."
    words = f"iteration {place.iteration + 1:,}, equation {place.cursor} of {len(trace(left))}. {why}"
    cursor = str(place.cursor) if stretch is ITERATION else ""
    return Parting(stretch.where, heading(ours, left, orientation), words, stretch.way, cursor, pair[0].place == place)
