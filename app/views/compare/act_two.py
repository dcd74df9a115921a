"""Act two of a lesson: what the notebook printed, the step behind it twice over, and what it does to training."""

from dataclasses import dataclass

from app.engine.equations.trace import found_at
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.compare.counterpart import differ
from app.sessions.compare.notebook_run import is_quick
from app.sessions.walk.session import TrainingSession
from app.views.compare.differences import OTHER, SAME, compared
from app.views.compare.marked import Apart, Drawing, Shown, apart, drawing_of, formula_of, zeros
from app.views.compare.printed import RunPanel, run_panel
from app.views.explorer.end import NextLesson, next_lesson
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import heading, orientation_of
from app.views.narration.narration import narrate
from app.views.pages import lesson_page
from app.views.text.naming import unit_name
from app.views.text.numbers import number
from app.views.text.words import sentence


@dataclass(frozen=True)
class Part:
    """One of the two equations: whose it is, its drawing, its formula (MathML), its line of NumPy, what it finds."""

    id: str
    name: str
    drawing: Drawing
    maths: str
    code: str
    value: str


@dataclass(frozen=True)
class ActTwoPage:
    """The page. `sign` and `words` compare what both parts find; `why` is read when one has looked oneself.

    `way` is what a new walk is to be, in words, and as a form says it; `run` is None where it is to be fetched by a
    second request, `next` where there is no lesson after this one.
    """

    title: str
    session: str
    eyebrow: str
    riddle: str
    lesson: str
    heading: str
    sign: str
    words: str
    parts: tuple[Part, ...]
    why: tuple[tuple[str, str], ...]
    way: tuple[str, str]
    run: RunPanel | None
    next: NextLesson | None


def act_two_page(session: TrainingSession, session_id: str, digits: int) -> ActTwoPage:
    """Act two of the walk's lesson, from the lesson's own numbers, whatever was changed on the way."""
    assert session.lesson
    lesson = lesson_named(session.lesson)
    left, right = _shown(lesson, True, 0), _shown(lesson, not lesson.mistaken, 1)
    what = heading(left.equation, left.walk.shape, orientation_of(left.walk))
    return ActTwoPage(
        title=f"Act two: {lesson.title}",
        session=session_id,
        eyebrow=f"Notebook {lesson.number} of {len(LESSONS)} · {lesson.title} · act two",
        riddle=lesson.riddle,
        lesson=lesson.slug,
        heading=what if lesson.mistaken else "Two error signals",
        sign=OTHER if differ(left.value, right.value) else SAME,
        words=_words(lesson, left.value, right.value, digits),
        parts=_parts(lesson, left, right, digits),
        why=(
            ("This step.", _told(left if lesson.mistaken else right, digits)),
            ("The notebook.", lesson.hides),
            ("Put right.", lesson.right_note),
        ),
        way=_way(session, lesson),
        run=run_panel(lesson, digits) if is_quick(lesson) else None,
        next=next_lesson(session),
    )


def _shown(lesson: Lesson, as_published: bool, which: int) -> Shown:
    """One of the two equations that act two looks at, in a walk from the start."""
    walk = TrainingSession.of_lesson(lesson, as_published).at_first_example()
    return Shown(walk, walk.equations[found_at(walk.shape)[lesson.closer[which]]])


def _parts(lesson: Lesson, left: Shown, right: Shown, digits: int) -> tuple[Part, ...]:
    if lesson.mistaken:
        names = ["By the notebook’s rule", "By the chain rule"]
        told, looks = apart(left.equation.expression, right.equation.expression), ("wrong", "right")
    else:
        units = (unit_name(one.walk.shape, *one.equation.symbol[1:3]) for one in (left, right))
        names, told, looks = [sentence(unit) for unit in units], (zeros(left), zeros(right)), ("wrong", "wrong")
    both = zip(("left", "right"), names, (left, right), told, looks, strict=True)
    return tuple(
        _part(id, name, shown, one, look, digits, any(other.parts for other in (told if lesson.mistaken else (one,))))
        for id, name, shown, one, look in both
    )


def _part(id: str, name: str, shown: Shown, told: Apart, look: str, digits: int, amiss: bool) -> Part:
    orientation = orientation_of(shown.walk)
    return Part(
        id,
        name,
        drawing_of(shown, told, look, digits, amiss),
        formula_of(shown, told, look, digits),
        line_of_numpy(shown.equation, shown.walk.shape, orientation),
        number(shown.value, digits),
    )


def _words(lesson: Lesson, ours: float, theirs: float, digits: int) -> str:
    if lesson.mistaken:
        return f"The same step by both rules. By the chain rule, the result is {compared(ours, theirs)}."
    if differ(ours, theirs):
        return f"One rule, one example, two units: {number(ours, digits)} and {number(theirs, digits)}."
    return "One rule, one example, two units, and the same number."


def _told(shown: Shown, digits: int) -> str:
    """What the equation does, in words."""
    return narrate(shown.equation, shown.walk.shape, shown.walk.values, digits)


def _way(session: TrainingSession, lesson: Lesson) -> tuple[str, str]:
    """The other way to walk the lesson than the one that is walked now."""
    page = lesson_page(lesson)
    if session.as_published != lesson.mistaken:
        return page.other_way, page.act_two
    return "Walk act one", page.card.act_one
