"""The page of pictures: the curves of the training at one side, and one of the other pictures, chosen by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from app.sessions.walk.classes import classifies
from app.sessions.walk.history import points_followed, trail_followed
from app.sessions.walk.session import TrainingSession
from app.views.explorer.headings import Heading, heading_of
from app.views.pictures.activations import activations
from app.views.pictures.boundary import boundary
from app.views.pictures.choices import Query
from app.views.pictures.contour import contour
from app.views.pictures.curves import Curves, curves
from app.views.pictures.fitted import fitted
from app.views.pictures.gradients import gradients
from app.views.pictures.landscape import landscape
from app.views.pictures.units import has_units, units
from app.views.training.training import QUIET, Asked, Training, training

Panel = Any  # a frozen view class with a ClassVar `template`


def always(session: TrainingSession) -> bool:
    """For a picture of any walk."""
    return True


def told(session: TrainingSession) -> bool:
    """For a picture that holds gradients against the loss: while a bug is hunted, that is what checks are for."""
    return not session.hidden


def nowhere(session: TrainingSession) -> Iterator[None]:
    """For a picture of where the walk stands: it needs no way to be followed."""
    yield from ()


@dataclass(frozen=True)
class Picture:
    """A picture by name: what its tab says, what draws it, whether there is one of a walk at all, and what follows
    the walk to here where it is drawn of all the way.
    """

    name: str
    title: str
    draw: Callable[[TrainingSession, Query, int], Panel]
    fits: Callable[[TrainingSession], bool] = always
    follow: Callable[[TrainingSession], Iterator[None]] = nowhere


_ALL = (  # in the order of the tabs
    Picture("boundary", "Boundary", boundary, lambda session: classifies(session.setup)),
    Picture("fitted", "Fit", fitted, lambda session: not classifies(session.setup)),
    Picture("units", "Hidden units", units, has_units),
    Picture("landscape", "Slope", landscape, told),
    Picture("contour", "Contour", contour, told, trail_followed),
    Picture("gradients", "Gradients", gradients, follow=trail_followed),
    Picture("activations", "Activations", activations),
)
PICTURES = {picture.name: picture for picture in _ALL}


@dataclass(frozen=True)
class Tab:
    """One picture among the others."""

    name: str
    title: str
    current: bool


@dataclass(frozen=True)
class ChosenPicture:
    """The region of the chosen picture: the tabs of all that fit the walk, and the picture's own panel."""

    id: ClassVar[str] = "picture"
    template: ClassVar[str] = "pictures/picture.html"

    tabs: tuple[Tab, ...]
    name: str
    picture: Panel | None


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
    heading = heading_of(session)
    return PicturesPage(
        f"{heading.title}: train and look",
        session_id,
        heading,
        not session.hidden,
        training(session, asked, digits),
        curves(session, query, digits),
        chosen_picture(session, query.get("show", ""), query, digits),
    )


def chosen_picture(session: TrainingSession, name: str, query: Query, digits: int) -> ChosenPicture:
    """The chosen picture; the first of those that fit where none of this name does."""
    fitting = _fitting(session)
    picture = _chosen(fitting, name)
    tabs = tuple(Tab(one.name, one.title, one is picture) for one in fitting)
    return ChosenPicture(tabs, picture.name if picture else "", picture and picture.draw(session, query, digits))


def looked_over(session: TrainingSession, name: str) -> Iterator[None]:
    """Follows the walk little by little, for the curves and for the chosen picture: then both are drawn at once."""
    yield from points_followed(session)
    if picture := _chosen(_fitting(session), name):
        yield from picture.follow(session)


def _fitting(session: TrainingSession) -> list[Picture]:
    return [picture for picture in PICTURES.values() if picture.fits(session)]


def _chosen(fitting: list[Picture], name: str) -> Picture | None:
    return next((one for one in fitting if one.name == name), fitting[0] if fitting else None)
