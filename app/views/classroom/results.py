"""What came of a class's questions, without who said what: a table for whoever looks at it afterwards."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from app.sessions.classroom.classroom import Asked
from app.sessions.classroom.questions import Tally
from app.sessions.walk.session import TrainingSession
from app.views.classroom.question import question_told

COLUMNS = (
    "question", "follow_up", "text", "part", "answer", "right", "slip", "first_vote", "second_vote", "normalised_gain",
)  # fmt: skip
DIGITS = 8


@dataclass(frozen=True)
class Result:
    """A question that was closed, the walk that stands in front of it, and all answers to it."""

    asked: Asked
    walk: TrainingSession
    tally: Tally


def results_csv(results: Iterable[Result]) -> str:
    """A line for each answer to each question; the gain is that of the question, empty without a second vote."""
    file = StringIO()
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for result in results:
        asked, gain = result.asked, gain_of(result.tally)
        text = question_told(asked, result.walk, DIGITS).question
        for bar in result.tally.bars:
            right = "yes" if bar.right else "no"
            answer = f"{bar.value:.10g}" if isinstance(bar.value, float) else bar.value
            about = asked.number, "yes" if asked.follow_up else "no", text, asked.part
            lines.writerow((*about, answer, right, bar.slip, bar.first, bar.second, gain))
    return file.getvalue()


def gain_of(tally: Tally) -> str:
    """How much of what could be gained between the votes was: (p2 - p1) / (1 - p1) of the shares that were right.

    Empty where nobody voted in one of them, or all were right at first.
    """
    right, all_bars = [bar for bar in tally.bars if bar.right], tally.bars
    first, second = sum(bar.first for bar in all_bars), sum(bar.second for bar in all_bars)
    if not (first and second):
        return ""
    before, after = sum(bar.first for bar in right) / first, sum(bar.second for bar in right) / second
    return f"{(after - before) / (1 - before):.3f}" if before < 1 else ""
