"""What stands at the top of the pages of a walk: its title, the facts of its network, the room it belongs to."""

from dataclasses import dataclass

from app.lessons import LESSONS, lesson_named
from app.sessions.walk.session import TrainingSession
from app.views.text.summary import network_summary


@dataclass(frozen=True)
class Heading:
    """Title and facts."""

    eyebrow: str
    title: str
    facts: str


def heading_of(session: TrainingSession) -> Heading:
    """The heading of a walk."""
    return Heading(*title_of(session), network_summary(session.setup))


def title_of(session: TrainingSession) -> tuple[str, str]:
    """(eyebrow, title)."""
    if session.lesson is not None:
        lesson = lesson_named(session.lesson)
        return f"Notebook {lesson.number} of {len(LESSONS)}", lesson.title
    return ("Bug lab", "Find the mistake") if session.hunt else ("Your own network", "A network of your own")


def place_of(session: TrainingSession) -> str:
    """Example, iteration and epoch, from 1."""
    examples = len(session.setup.examples[0])
    example, iteration, epoch = (number + 1 for number in (session.example, session.iteration, session.epoch))
    return f"example {example} of {examples} · iteration {iteration} · epoch {epoch}"


def room_of(session: TrainingSession) -> str:
    """The room of the program that a walk belongs to, as the navigation names it."""
    return "bug-lab" if session.hunt else "lessons" if session.lesson else "build"
