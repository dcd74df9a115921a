"""The page that compares two walks: what is compared, what moves with the walk, the notebook's run, and forks."""

from dataclasses import dataclass

from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession
from app.views.compare.compare import Comparison
from app.views.compare.forks import ForkPanel, fork_panel
from app.views.compare.printed import RunPanel
from app.views.explorer.headings import title_of
from app.views.text.summary import network_summary


@dataclass(frozen=True)
class ComparePage:
    """The page: what is compared, the way to each explorer, what moves, and the notebook's run.

    `lesson` is a slug, or empty; `as_published` is the way of the learner's own walk; `run` is None where it is to be
    fetched by a second request; `fork` is what can be changed.
    """

    title: str
    session: str
    eyebrow: str
    facts: str
    differs: str
    lesson: str
    as_published: bool
    comparison: Comparison
    has_run: bool
    run: RunPanel | None
    fork: ForkPanel


def compare_page(
    session: TrainingSession, session_id: str, comparison: Comparison, run: RunPanel | None
) -> ComparePage:
    """The page of a walk at one revision."""
    lesson = None if session.lesson is None or session.fork else lesson_named(session.lesson)
    eyebrow, title = title_of(session)
    return ComparePage(
        title=f"{title}, side by side" if lesson or not session.setup.mistakes else "With the mistake and without",
        session=session_id,
        eyebrow=eyebrow,
        facts=network_summary(session.setup),
        differs="" if lesson is None else lesson.right_note,
        lesson="" if lesson is None else lesson.slug,
        as_published=session.as_published,
        comparison=comparison,
        has_run=lesson is not None,
        run=run,
        fork=fork_panel(session),
    )
