"""The film of a training: what changes of curves and picture from one stretch to the next, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import ground
from app.views.charts.lines import Line, axes_of, onward, path
from app.views.pictures.choices import Query
from app.views.pictures.curves import Curve, each_curve
from app.views.pictures.over_data import OverData
from app.views.pictures.pictures import ChosenPicture, chosen_picture
from app.views.training.training import Training

COARSE, FEW = 40, 5  # columns of a line that is drawn anew, fewer of more lines: few bytes; at the end it is finer
LONGEST = 64  # frames by which lines are made longer before they are drawn anew, thinned


@dataclass(frozen=True)
class Part:
    """What stands in the element of this selector, its `id`, now: `shown`, as the template draws this kind."""

    template: ClassVar[str] = "pictures/film.svg"

    id: str
    kind: str
    shown: Any


class More(NamedTuple):
    """By what the path of this selector is longer now."""

    where: str
    d: str


@dataclass(frozen=True)
class Frame:
    """One picture of the film. `anew` is a panel that is shown anew, None where its parts are among the others.

    `has` is what the page then has, and asks with for the next one.
    """

    parts: tuple[Part, ...]
    more: tuple[More, ...]
    has: str
    anew: ChosenPicture | None = None


def frame(session: TrainingSession, panel: Training, query: Query, digits: int, has: str) -> Frame:
    """The next picture for a page that has `has`, of a walk and its panel."""
    chosen = chosen_picture(session, query.get("show", ""), query, digits, moving=True)
    picture: OverData | None = chosen.picture if isinstance(chosen.picture, OverData) else None
    curves = Lines(tuple(each_curve(session, query, digits)), has)
    parts = [Part(".far", "far", panel.progress), Part("#training .hint", "text", panel.told), *curves.parts()]
    return Frame(
        tuple([*parts, *picture_parts(picture)] if picture else parts),
        tuple(curves.more()),
        curves.has,
        None if picture or chosen.picture is None else chosen,
    )


class Lines:
    """The lines, longer than those that the page has; or anew, where these are of other axes, or longer often enough.

    `has` tells the axes, up to which place along them the lines go, and how many frames made them longer.
    """

    def __init__(self, drawings: tuple[Curve, ...], has: str) -> None:
        self._drawn = [(one, *axes_of(one.about, one.lines)) for one in drawings]
        axes = ";".join(f"{x.limits}{y.limits}{y.logarithmic:d}" for _, x, y in self._drawn).replace(" ", "")
        count = sum(len(one.lines) for one in drawings)
        self._columns = COARSE * FEW // max(FEW, count)
        self._axes, end = f"{count}{axes}", max(line.at(len(line.values) - 1) for line in drawings[0].lines)
        had, self._beyond, frames = _had(has)
        self._longer = had == self._axes and self._beyond <= end and frames < LONGEST
        self.has = f"{self._axes} {end!r} {frames + 1 if self._longer else 0}"

    def parts(self) -> Iterator[Part]:
        """Their headlines; and all of them, where they are drawn anew."""
        for one, x, y in self._drawn:
            yield Part(f"#{one.about.id}-told", "text", one.about.title)
            if not self._longer:
                after, titles = f"#{one.about.id}-title ~ ", (one.about.x_title, one.about.y_title)
                lines = tuple(Line(line.look, path(line, x, y, self._columns), "", "", line.name) for line in one.lines)
                yield Part(f"{after}.ground", "ground", ground(one.about.frame, (x, y), titles))
                yield Part(f"{after}.lines", "lines", lines)

    def more(self) -> Iterator[More]:
        """By what each is longer."""
        for one, x, y in self._drawn if self._longer else ():
            for line in one.lines:
                if d := onward(line, self._beyond, x, y):
                    yield More(f"#{one.about.id}-title ~ .lines .{line.look}", d)


def _had(has: str) -> tuple[str, float, int]:
    """The axes, the place, and the frames that a page names; none where it names what it cannot have."""
    try:
        axes, end, frames = has.split(" ")
        return axes, float(end), int(frames[:9])
    except ValueError:
        return "", 0.0, 0


def picture_parts(picture: OverData) -> Iterator[Part]:
    """What the network says over its inputs."""
    yield Part("#picture h2", "text", picture.title)
    if picture.map is not None:
        after = f"#{picture.map.id}-title ~ "
        yield Part(f"{after}.bands", "bands", picture.map.layers)
        yield Part(f"{after}.labels", "labels", picture.map.layers.labels)
        if picture.map.id.startswith("fitted"):
            yield Part(f"{after}.marks", "marks", picture.map.marks)
    if picture.plot is not None:
        after = f"#{picture.plot.id}-title ~ "
        yield Part(f"{after}.ground", "ground", picture.plot.ground)
        yield Part(f"{after}.lines", "lines", picture.plot.lines)
