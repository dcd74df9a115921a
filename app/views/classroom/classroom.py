"""The pages of a class: the teacher's, the one on the wall, a learner's, and those through which one comes in."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.lessons import LESSONS
from app.sessions.classroom.classroom import TEMPOS, Classroom, Phase, Seat
from app.sessions.classroom.questions import prepared
from app.sessions.store.now import Now
from app.views.classroom.question import Own, Wall, counted_seats, wall
from app.views.explorer.equation import EquationPanel
from app.views.explorer.explorer import ExplorerPage, Headline, Look, Panel, Status, explorer
from app.views.pages import heading_of
from app.views.qr import Qr
from app.views.text.naming import what_is_found

SEEN = ("status", "headline", "loss", "timeline", "network", "equation")  # panels that all follow
PAUSED = "Look up. The teacher has something to say."
WAITING = "You are at the door. The teacher will let you in."
NEXT: dict[Phase, str] = {
    "closed": "Open the first vote",
    "first": "Close the vote",
    "discuss": "Open the second vote",
    "second": "Close and reveal",
    "reveal": "Ask once more",
    "follow_up": "Close and reveal",
}
MODES = (("follow", "Follow"), ("free", "Walk alone"), ("pause", "Pause"))
PARTS = (
    ("", "the next equation"),
    ("sign", "its sign"),
    ("value", "its value"),
    ("factor", "a missing factor"),
    ("loss", "the loss, if it goes up"),
)


# What a class follows -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calm:
    """One sentence instead of all else; empty where the class goes on."""

    id: ClassVar[str] = "calm"
    template: ClassVar[str] = "classroom/calm.html"

    text: str = ""


FollowPanel = Panel | Calm | Wall | Own


@dataclass(frozen=True)
class FollowPage:
    """A page that follows: a learner's, or the one on the wall. `shown` is the query that says which of a learner's.

    `label` and `seat_code` are a learner's, empty on the wall. `free` is whether the learner could walk alone. `code`,
    `address` and `qr` stand on the wall.
    """

    title: str
    at: str
    shown: str
    panels: tuple[FollowPanel, ...]
    label: str = ""
    seat_code: str = ""
    free: bool = False
    code: str = ""
    address: str = ""
    qr: Qr | None = None
    tempos: tuple[str, ...] = TEMPOS

    def __getitem__(self, id: str) -> FollowPanel:
        return next(panel for panel in self.panels if panel.id == id)


def followed(now: Now, digits: int, wall_shown: Wall) -> tuple[FollowPanel, ...]:
    """The walk as all see it: to look at, without what changes it; and the question."""
    page = explorer(now.walk.session, "", now.walk.rev, Look(digits))
    panels = [bare(page[id]) for id in SEEN]
    if wall_shown.spoken:
        panels[0] = Status(wall_shown.spoken)
    return (*panels, wall_shown)


def bare(panel: Panel) -> Panel:
    """A panel without what only whoever steers can use."""
    match panel:
        case Headline():
            return replace(panel, notebook="")
        case EquationPanel():
            return replace(panel, nudge=None, rate="")
    return panel


def calm(classroom: Classroom, seat: Seat | None) -> Calm:
    """What a learner sees instead: while the class pauses, and before the seat is let in."""
    if seat is not None and seat.label not in classroom.seated:
        return Calm(WAITING)
    return Calm(PAUSED if seat is not None and classroom.mode == "paused" else "")


def walks_alone(classroom: Classroom, label: str) -> bool:
    """Whether this seat walks alone now."""
    return classroom.alone and label in classroom.seated


def title_of(now: Now) -> str:
    """What the class is about."""
    return heading_of(now.walk.session).title


# The teacher's --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steering:
    """What the teacher steers by: the code, who is there, what learners see, and the question's next phase.

    `asks` are what can be asked of the walk: value and text; `next` is empty where no question is on the wall. `phase`
    and `number` go back with a click: one that comes late does nothing more. `insist`: few have answered. `shown`: all
    see another walk than the teacher's. `tempo`: what learners say of it.
    """

    id: ClassVar[str] = "steering"
    template: ClassVar[str] = "classroom/steering.html"

    code: str
    counted: str
    mode: str
    modes: tuple[tuple[str, str], ...]
    asks: tuple[tuple[str, str], ...]
    next: str
    phase: str
    number: int
    insist: bool
    shown: bool
    tempo: str
    message: str = ""


@dataclass(frozen=True)
class Place:
    """One seat, as the teacher sees it."""

    label: str
    waiting: bool


@dataclass(frozen=True)
class Seats:
    """Who sits in the class, and who may still come."""

    id: ClassVar[str] = "seats"
    template: ClassVar[str] = "classroom/seats.html"

    seats: tuple[Place, ...]
    waiting: int
    locked: bool
    admitting: bool


@dataclass(frozen=True)
class HostPage(ExplorerPage):
    """The teacher's page: the walk, and above it the class. `key` is the teacher's, `present` that of the wall.

    `advice` is what to do where other devices cannot reach the address; then there is no `qr`.
    """

    key: str
    present: str
    address: str
    advice: str
    qr: Qr | None
    room: tuple[Steering | Wall | Seats, ...]

    def panel(self, id: str) -> Steering | Wall | Seats:
        """A panel of the class."""
        return next(panel for panel in self.room if panel.id == id)


def host_panels(now: Now, digits: int, message: str = "") -> tuple[Steering | Wall | Seats, ...]:
    """The class as the teacher sees it: while a question is open no more of the answers than how many."""
    classroom, session = now.classroom, now.walk.session
    revealed = classroom.phase == "reveal" and classroom.asked[-1].follow_up
    steering = Steering(
        classroom.code,
        counted_seats(len(classroom.seated)),
        "pause" if classroom.mode == "paused" else classroom.mode,
        MODES,
        () if classroom.phase or session.hidden else (*PARTS, *_prepared(now)),
        ("" if revealed else NEXT[classroom.phase]) if classroom.phase else "",
        classroom.phase or "",
        len(classroom.asked),
        classroom.phase == "reveal" and now.tally is None,
        classroom.shown[-1] != "",
        ", ".join(f"{many} {tempo}" for tempo, many in now.tempo.items() if many),
        message,
    )
    places = [Place(seat.label, seat.label not in classroom.seated) for seat in classroom.seats if not seat.removed]
    places.sort(key=lambda place: (not place.waiting, place.label))
    seats = Seats(tuple(places), len(classroom.waiting), classroom.locked, classroom.admitting)
    return steering, wall(now, digits, counts=True, opens=True), seats


def _prepared(now: Now) -> tuple[tuple[str, str], ...]:
    session = now.walk.session
    return tuple(
        (f"{part}-{cursor}", f"{what_is_found(session.equations[cursor], session.told_shape)}: {part}")
        for cursor, part in prepared(session)
    )


@dataclass(frozen=True)
class FreePage(ExplorerPage):
    """A learner's own walk, while each walks alone."""

    label: str


# Ways in --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassroomPage:
    """What a class is, and how to open one: on a lesson (slug, title), or on the walk whose id is `session`."""

    title: str
    lessons: tuple[tuple[str, str], ...]
    session: str
    walk: str
    seated: bool


@dataclass(frozen=True)
class JoinPage:
    """The code, as far as it is known, and what was wrong with the last one."""

    title: str
    code: str
    problem: str = ""


@dataclass(frozen=True)
class SurePage:
    """Whether the class is really to be deleted."""

    title: str
    key: str
    counted: str


def classroom_page(session: str, walk: str, seated: bool) -> ClassroomPage:
    """The first page of the room."""
    return ClassroomPage("Classroom", tuple((one.slug, one.title) for one in LESSONS), session, walk, seated)
