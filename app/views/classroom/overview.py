"""The teacher's overview: how each learner did at each question, where each walks alone, and the commonest slips."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.sessions.classroom.classroom import Asked
from app.sessions.store.store import Kept
from app.sessions.walk.answers import Answer
from app.sessions.walk.session import TrainingSession
from app.views.classroom.question import answer_told, question_told
from app.views.text.naming import what_is_found

MARKS = {True: "✓", False: "✗", None: "–"}
SPOKEN = {True: "right", False: "wrong", None: "no answer"}
MOST_SLIPS = 5  # that are told
DIGITS = 5


@dataclass(frozen=True)
class Answered:
    """A question whose votes are closed: the last answers of each seat, by its label, and what became of each text."""

    asked: Asked
    walk: TrainingSession
    first: Mapping[str, str]
    second: Mapping[str, str]
    judged: Mapping[str, Answer]


@dataclass(frozen=True)
class Try:
    """One learner at one question: the marks of both votes, and in words what was said and which slip is behind it."""

    marks: str
    words: str


@dataclass(frozen=True)
class Row:
    """One learner; `place` is where the own walk stands, `d` the share of the iteration that it has walked."""

    name: str
    place: str
    d: str
    tries: tuple[Try, ...]


@dataclass(frozen=True)
class OverviewPage:
    """All of them: those who were wrong most come first. `labels`: each is called by the label, else by a number.

    `questions` are number and text, `slips` how often and which.
    """

    title: str
    key: str
    labels: bool
    questions: tuple[tuple[str, str], ...]
    slips: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]


def overview_page(
    key: str, labels: bool, answered: Sequence[Answered], walks: Mapping[str, Kept | None]
) -> OverviewPage:
    """The overview of those who sit in the class, with their own walks where each walks alone."""
    found = [(label, walk, [_try(one, label) for one in answered]) for label, walk in walks.items()]
    found.sort(key=lambda row: (-sum(told.marks.endswith(MARKS[False]) for told in row[2]), row[0] if labels else ""))
    rows = (
        Row(label if labels else f"learner {number}", *_stands(walk), tuple(tries))
        for number, (label, walk, tries) in enumerate(found, start=1)
    )
    given = ((one, text) for one in answered for text in {**one.first, **one.second}.values())
    slips = Counter(one.judged[text].slip for one, text in given if one.judged[text].slip)
    questions = tuple((str(one.asked.number), question_told(one.asked, one.walk, DIGITS).question) for one in answered)
    common = tuple((count, f"what you get {words}") for words, count in slips.most_common(MOST_SLIPS))
    return OverviewPage("Overview", key, labels, questions, common, tuple(rows))


def _try(one: Answered, label: str) -> Try:
    votes = [votes[label] for votes in (one.first, one.second) if label in votes]
    if not votes:
        return Try(MARKS[None], SPOKEN[None])
    judged = [one.judged[text] for text in votes]
    told = (
        f"{answer_told(one.asked, answer.guess, DIGITS)}: {SPOKEN[answer.right]}"
        + (f", what you get {answer.slip}" if answer.slip else "")
        for answer in judged
    )
    return Try("".join(MARKS[answer.right] for answer in judged), "; then ".join(told))


def _stands(walk: Kept | None) -> tuple[str, str]:
    """Where a walk stands in words, and as a path in a box of 100 by 10."""
    if walk is None:
        return "with the class", ""
    session = walk.session
    where = what_is_found(session.equation, session.told_shape) if session.equation else "at the start"
    done = 100 * session.cursor / len(session.equations)
    return f"iteration {session.iteration + 1}: {where[0].lower()}{where[1:]}", f"M0 0H{done:.4g}V10H0z"
