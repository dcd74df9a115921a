"""The card at the end of an iteration: what became of the loss, what was answered, and the ways on."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.lessons import LESSONS, lesson_named
from app.sessions.predict import score_of
from app.sessions.walk.session import TrainingSession
from app.views.predict.predict import score_told
from app.views.text.numbers import number
from app.views.text.words import COUNTS


class NextLesson(NamedTuple):
    """The lesson after this one; `act_one` is whether its act one walks it as published, as a form says it."""

    slug: str
    title: str
    act_one: str


@dataclass(frozen=True)
class End:
    """The card: closed, without a heading, but for the end of an iteration.

    `whose` says of which examples `before` and `after` are the loss, or its mean; `change` what became of it. `score`
    is empty where nothing was asked. `again` is the cursor at which this iteration begins, `rev` the revision that the
    card is of. `beside` is the page that
    shows the wrong rule beside the right one, and `beside_text` what its way there says; empty where there is none.
    `riddle` is what act two will ask, at the end of act one.
    """

    id: ClassVar[str] = "end"
    template: ClassVar[str] = "explorer/end.html"

    heading: str = ""
    whose: str = ""
    before: str = ""
    after: str = ""
    change: str = ""
    score: str = ""
    again: int = 0
    rev: int = 0
    riddle: str = ""
    beside: str = ""
    beside_text: str = ""
    next: NextLesson | None = None


CLOSED = End()


def end_card(session: TrainingSession, rev: int, digits: int) -> End:
    """The card of a walk at one revision."""
    if not session.finished:
        return CLOSED
    it, examples = session.current, len(session.batch)
    beside, text = _beside(session)
    return End(
        heading=f"Iteration {session.iteration + 1:,} is done",
        whose="Loss of this example" if examples == 1 else f"Mean loss of these {_many(examples)} examples",
        before=number(it.loss, digits),
        after=number(it.loss_after, digits),
        change=_change(it.loss, it.loss_after, digits),
        score=score_told(score_of(session)),
        again=0 if session.iteration == 0 else 1,  # no later iteration has a place before its first equation
        rev=rev,
        riddle=_riddle(session),
        beside=beside,
        beside_text=text,
        next=next_lesson(session),
    )


def _many(count: int) -> str:
    return COUNTS[count] if count < len(COUNTS) else f"{count:,}"


def _change(before: float, after: float, digits: int) -> str:
    if before == after:
        return "It is still the same."
    return f"It {'rose' if after > before else 'fell'} by {number(abs(after - before), digits)}."


def _riddle(session: TrainingSession) -> str:
    lesson = lesson_named(session.lesson) if session.lesson and not session.fork else None
    return f"{lesson.riddle}." if lesson and session.as_published != lesson.mistaken else ""


def _beside(session: TrainingSession) -> tuple[str, str]:
    """Where this walk stands beside another, or its rule beside the right one: nowhere while rules are hidden."""
    if session.fork:
        return "compare", "Compare both"
    if session.lesson:
        return "act-two", "Act two: find out why"
    if session.hidden or not session.setup.mistakes:
        return "", ""
    return "compare", "Compare with the right rule"


def next_lesson(session: TrainingSession) -> NextLesson | None:
    """The lesson after that of the walk; None after the last, and where there is none."""
    number = lesson_named(session.lesson).number if session.lesson else len(LESSONS)
    if number == len(LESSONS):
        return None
    lesson = LESSONS[number]  # counted from 1
    return NextLesson(lesson.slug, lesson.title, "false" if lesson.mistaken else "true")
