"""The page of a browser's walks, and those on which one of them is named, deleted, shared, or gets another address."""

from dataclasses import dataclass

from app.lessons import lesson_named
from app.sessions.setups.typed import MOST_CHARACTERS
from app.sessions.walk.session import TrainingSession
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.pages import heading_of
from app.views.text.naming import case_name
from app.views.text.words import counted

DRAWN = 8  # units of a layer, on a card: there may be many cards
ACT_TWO = {True: ", by the notebook’s rule", False: ", from another start"}  # by whether it is walked as published


@dataclass(frozen=True)
class WalkCard:
    """One walk: its name, what it is, where it stands, when it was begun, and whether others look at it."""

    id: str
    title: str
    facts: str
    place: str
    begun: str
    shared: bool
    drawing: Thumbnail


@dataclass(frozen=True)
class WalksPage:
    """All walks that were begun in a browser, the newest first."""

    title: str
    walks: tuple[WalkCard, ...]


@dataclass(frozen=True)
class SurePage:
    """Asks once more before something that cannot be undone: what will be, and the verb that does it.

    `new_id` is the walk's next id, where it gets one.
    """

    title: str
    walk: WalkCard
    consequences: tuple[str, ...]
    verb: str
    button: str
    new_id: str


@dataclass(frozen=True)
class NamePage:
    """A walk's name to be changed; `usual` is what it is called without one."""

    title: str
    walk: WalkCard
    name: str
    usual: str
    most: int = MOST_CHARACTERS


@dataclass(frozen=True)
class SharePage:
    """How others can look at a walk: `link` is the address to give them, empty while there is none."""

    title: str
    walk: WalkCard
    link: str


def walk_card(session: TrainingSession, id: str, shared: bool, begun: float | None = None) -> WalkCard:
    """A walk as a card; it was begun so many seconds ago, where that is known."""
    usual, facts = usual_name(session), heading_of(session).facts
    return WalkCard(
        id,
        session.name or usual,
        f"{usual} · {facts}" if session.name else facts,
        place_of(session),
        "" if begun is None else f"Begun {ago(begun)}.",
        shared,
        thumbnail(session.setup.sizes, DRAWN),
    )


def usual_name(session: TrainingSession) -> str:
    """What a walk is called to which nobody gave a name."""
    title = heading_of(session.named("")).title
    if session.hunt:
        return f"{title}: {case_name(session.hunt)}"
    lesson = lesson_named(session.lesson) if session.lesson else None
    return title if lesson is None or session.as_published != lesson.mistaken else title + ACT_TWO[session.as_published]


def place_of(session: TrainingSession) -> str:
    """Where a walk stands; of a hunt also how that stands."""
    hunt = session.hunt
    if hunt and hunt.solved:
        return f"Solved, {counted(hunt.score, 'point')}." if hunt.level else "Solved."
    if session.place == (0, 0):
        return "At its start."
    return f"At step {session.cursor} of {len(session.equations)} in iteration {session.iteration + 1:,}."


def ago(seconds: float) -> str:
    """How long ago, in the largest unit of which there is one: five minutes ago, one day ago."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{counted(int(seconds // length), unit)} ago"
    return "just now"


def name_of_copy(session: TrainingSession) -> str:
    """What a copy of a walk is called."""
    mark = " (copy)"
    return heading_of(session).title.removesuffix(mark)[: MOST_CHARACTERS - len(mark)].rstrip() + mark


def walks_page(walks: tuple[WalkCard, ...]) -> WalksPage:
    """The page of these walks."""
    return WalksPage("My walks", walks)


def name_page(walk: WalkCard, session: TrainingSession) -> NamePage:
    """Asks for a walk's name."""
    return NamePage("Name this walk", walk, session.name, usual_name(session))


def delete_page(walk: WalkCard) -> SurePage:
    """Asks before a walk is deleted."""
    consequences = (
        "Its steps and edits go, and nobody can bring them back.",
        "Whoever has its address, or the one to look by, finds nothing there.",
    )
    return SurePage("Delete this walk?", walk, consequences, "delete", "Delete the walk", "")


def revoke_page(walk: WalkCard, new_id: str) -> SurePage:
    """Asks before a walk's address is revoked."""
    consequences = (
        "The walk stays as it is, at a new address that nobody else knows. You find it under My walks.",
        "Whoever has the old address, in a bookmark or another tab too, finds nothing there.",
        *(("Those who may look at it still can: stop sharing to end that.",) if walk.shared else ()),
    )
    return SurePage("Revoke this walk’s address?", walk, consequences, "revoke", "Revoke the address", new_id)


def share_page(walk: WalkCard, link: str) -> SharePage:
    """How others can look at a walk."""
    return SharePage("Share this walk to look at", walk, link)
