"""All answers in one picture: the right one first, and no more bars than a wall has room for."""

import pytest

from app.lessons import lesson_named
from app.sessions.classroom.questions import front_of, judged_answer, tally
from app.sessions.walk.session import TrainingSession
from app.views.classroom.question import MOST_BARS, bars_drawn

SESSION = TrainingSession.of_lesson(lesson_named("two-outputs-two-paths"), as_published=False)
HIDDEN_DELTA = 17  # equations that come before the first hidden unit's error signal


@pytest.mark.parametrize("wrong", [0, 3, MOST_BARS - 1, MOST_BARS, 40])
def test_the_right_answer_and_the_commonest_are_drawn_and_the_rest_together(wrong: int) -> None:
    asked, walk = front_of(SESSION, HIDDEN_DELTA)
    first = {f"learner {i}": f"{3 * 1.5**i:.6g}" for i in range(wrong)}
    judged = {text: judged_answer(asked, walk, text) for text in first.values()}
    bars = bars_drawn(asked, walk, tally(first, {}, judged), 5)
    assert (bars[0].right, bars[0].said) == (True, "0.00895")
    assert len(bars) <= MOST_BARS + 1
    assert sum(bar.first for bar in bars) == wrong
    assert [bar.said for bar in bars if bar.said.endswith("other answers")] == (
        ["34 other answers"] if wrong == 40 else []
    )
