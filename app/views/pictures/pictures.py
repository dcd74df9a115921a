"""The page of pictures: the curves of the training at one side, and one of the other pictures, chosen by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from app.sessions.setups.typed import WHOLE
from app.sessions.training import went_through
from app.sessions.walk.classes import classifies
from app.sessions.walk.history import points_followed, trail_followed, updates_after, whole_epochs
from app.sessions.walk.session import TrainingSession
from app.views.charts.picture_file import Drawing
from app.views.pages import Heading, heading_of
from app.views.pictures.activity import activations
from app.views.pictures.choices import Query
from app.views.pictures.contour import contour
from app.views.pictures.curves import Curves, curves
from app.views.pictures.gradients import gradients
from app.views.pictures.landscape import landscape
from app.views.pictures.over_data import boundary, fitted
from app.views.pictures.units import units
from app.views.training.training import QUIET, Asked, Training, training

Panel = Any  # a frozen view class with a ClassVar `template`


@dataclass(frozen=True)
class Picture:
    """A picture by name: what its tab says, what draws it, whether there is one of a walk at all, and what follows
    the walk to here where it is drawn of all the way.
    """

    name: str
    title: str
    draw: Callable[[TrainingSession, Query, int], Panel]
    fits: Callable[[TrainingSession], bool] = lambda session: True
    follow: Callable[[TrainingSession], Iterator[None]] | None = None


def _is_told(session: TrainingSession) -> bool:
    """For a picture that holds gradients against the loss: while a bug is hunted, that is what checks are for."""
    return not session.hidden


_ALL = (  # in the order of the tabs
    Picture("boundary", "Boundary", boundary, lambda session: classifies(session.setup)),
    Picture("fitted", "Fit", fitted, lambda session: not classifies(session.setup)),
    Picture("units", "Hidden units", units, lambda session: len(session.setup.sizes) > 2),
    Picture("landscape", "Slope", landscape, _is_told),
    Picture("contour", "Contour", contour, _is_told, trail_followed),
    Picture("gradients", "Gradients", gradients, follow=trail_followed),
    Picture("activations", "Activations", activations),
)
PICTURES = {picture.name: picture for picture in _ALL}


@dataclass(frozen=True)
class Past:
    """The slider through the pictures of a training: one at the end of each epoch, up to where the walk stands."""

    epoch: int
    last: int
    told: str

    @property
    def back(self) -> int | None:
        """The epoch that is looked back on; None where the picture is of where the walk stands."""
        return self.epoch if self.epoch < self.last else None


@dataclass(frozen=True)
class ChosenPicture:
    """The region of the chosen picture: the tabs of all that fit the walk, its name, and the picture's own panel.

    `past` is None where there is nothing to look back on, and where it is `moving`: others follow at once, and nobody
    points at this one.
    """

    id: ClassVar[str] = "picture"
    template: ClassVar[str] = "pictures/picture.html"

    tabs: tuple[Picture, ...]
    name: str
    picture: Panel | None
    past: Past | None = None
    moving: bool = False


@dataclass(frozen=True)
class PicturesPage:
    """The page; `heading` is that of the explorer, `compares` whether there is another walk to compare with."""

    title: str
    session: str
    heading: Heading
    compares: bool
    training: Training
    curves: Curves
    chosen: ChosenPicture


def pictures_page(
    session: TrainingSession, session_id: str, query: Query, digits: int, asked: Asked = QUIET
) -> PicturesPage:
    """The page of a walk. Slow where the way to here is not known yet."""
    heading, trained = heading_of(session), training(session, asked, digits)
    epoch = None if trained.running else looked_back(session, query)
    return PicturesPage(
        f"{heading.title}: train and look",
        session_id,
        heading,
        not session.hidden,
        trained,
        curves(session, query, digits, trained.running, epoch),
        chosen_picture(session, query.get("show", ""), query, digits, trained.running),
    )


def chosen_picture(
    session: TrainingSession, name: str, query: Query, digits: int, moving: bool = False
) -> ChosenPicture:
    """The chosen picture; the first of those that fit where none of this name does.

    It is of the epoch's end that the query names, if that is on the way of the walk.
    """
    fitting, picture = _chosen(session, name)
    past = None if moving else _past(session, query)
    seen = session if past is None or past.back is None else went_through(session, past.back)
    drawn = picture and picture.draw(seen, query, digits)
    return ChosenPicture(tuple(fitting), picture.name if picture else "", drawn, past, moving)


def looked_back(session: TrainingSession, query: Query) -> int | None:
    """The epoch whose picture the query names, if it is on the way of the walk; None where it is the last."""
    past = _past(session, query)
    return past.back if past else None


def _past(session: TrainingSession, query: Query) -> Past | None:
    done = whole_epochs(session.setup, session.updates)
    last = done + (updates_after(session.setup, done) < session.updates)
    if not last:
        return None
    asked = query.get("epoch", "")
    epoch = min(int(asked), last) if WHOLE.fullmatch(asked) else last
    return Past(epoch, last, f"{epoch:,} of {last:,}" if epoch < last else "as it is now")


def drawing_of(session: TrainingSession, name: str, query: Query, digits: int) -> Drawing | None:
    """One drawing by itself, of the curves or of a picture by name: the one that the query names, else the first; None
    where there is none.
    """
    if name == "curves":
        panel: Panel = curves(session, query, digits)
    elif name in PICTURES and PICTURES[name].fits(session):
        panel = PICTURES[name].draw(session, query, digits)
    else:
        return None
    named = {one.name: one for one in panel.drawings}
    return named.get(query.get("drawing", ""), next(iter(named.values()), None))


def looked_over(session: TrainingSession, name: str) -> Iterator[None]:
    """Follows the walk little by little, for the curves and for the chosen picture: then both are drawn at once."""
    yield from points_followed(session)
    _, picture = _chosen(session, name)
    if picture and picture.follow:
        yield from picture.follow(session)


def _chosen(session: TrainingSession, name: str) -> tuple[list[Picture], Picture | None]:
    """All that fit, and the one of this name among them, else the first."""
    fitting = [picture for picture in PICTURES.values() if picture.fits(session)]
    return fitting, next((one for one in fitting if one.name == name), fitting[0] if fitting else None)
