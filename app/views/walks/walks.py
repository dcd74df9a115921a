"""The page of a browser's walks, and those on which one of them is deleted, shared, or gets another address."""

from dataclasses import dataclass

from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.pages import heading_of

DRAWN = 8  # units of a layer, on a card: there may be many cards
ACT_TWO = {True: ", by the notebook’s rule", False: ", from another start"}  # by whether it is walked as published


@dataclass(frozen=True)
class WalkCard:
    """One walk: what it is, where it stands, and whether others look at it."""

    id: str
    title: str
    facts: str
    place: str
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
class SharePage:
    """How others can look at a walk: `link` is the address to give them, empty while there is none."""

    title: str
    walk: WalkCard
    link: str


def walk_card(session: TrainingSession, id: str, shared: bool) -> WalkCard:
    """A walk as a card."""
    lesson = lesson_named(session.lesson) if session.lesson else None
    variant = "" if lesson is None or session.as_published != lesson.mistaken else ACT_TWO[session.as_published]
    heading = heading_of(session)
    return WalkCard(
        id, heading.title + variant, heading.facts, place_of(session), shared, thumbnail(session.setup.sizes, DRAWN)
    )


def place_of(session: TrainingSession) -> str:
    """Where a walk stands."""
    if session.place == (0, 0):
        return "At its start."
    return f"At step {session.cursor} of {len(session.equations)} in iteration {session.iteration + 1:,}."


def walks_page(walks: tuple[WalkCard, ...]) -> WalksPage:
    """The page of these walks."""
    return WalksPage("My walks", walks)


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
