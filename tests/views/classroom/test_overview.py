"""The picture of a class: steps and learners, whoever and however many they are."""

from dataclasses import replace
from random import Random

import pytest

from app.lessons import lesson_named
from app.sessions.classroom.questions import front_of, judged_answer
from app.sessions.predict import Reply, answer, case_of
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.views.classroom.overview import HEAD, Answered, OverviewPage, Room, overview_page

SESSION = TrainingSession.of_lesson(lesson_named("two-outputs-two-paths"), as_published=False)
HIDDEN_DELTA = 17  # equations that come before the first hidden unit's error signal
ANSWERS = ("0.0089515", "0.0084737", "-0.0089515", "7.1")


def kept(id: str, session: TrainingSession, moved: float = 0.0) -> Kept:
    return Kept(id, 1, session, moved=moved)


def room(learners: int, alone: bool = True, seed: int = 1, stuck: int = 2) -> Room:
    """So many learners, the first of whom are stuck, who were asked one question twice."""
    draw = Random(seed)
    labels = [f"learner number {i}" for i in range(learners)]
    asked, walk = front_of(SESSION, HIDDEN_DELTA)
    asked = replace(asked, number=1)
    first, second = ({label: draw.choice(ANSWERS) for label in labels if draw.random() < 0.9} for _ in range(2))
    judged = {text: judged_answer(asked, walk, text) for text in ANSWERS}
    walks = {
        label: kept(label, SESSION.go(draw.randrange(len(SESSION.equations))), float(i >= stuck)) if alone else None
        for i, label in enumerate(labels)
    }
    here = kept("teacher", SESSION.go(20))
    return Room(here, [Answered(asked, walk, first, second, judged)], walks, lambda own: 0 if own.moved else 400, 180)


def drawn(found: Room, labels: bool = False) -> OverviewPage:
    return overview_page("key", labels, found, "1")


def covered(page: OverviewPage, *looks: str) -> float:
    """How many rows of one column are covered by marks of these looks."""
    (step,) = (step for step in page.picture.drawing.steps if step.asked)
    start = float(step.x)
    height = found_height(page)
    boxes = [
        box
        for block in page.picture.drawing.blocks
        for box in block.boxes
        if box.look in looks and start <= float(box.x.rstrip("%")) < start + float(step.width) / 2
    ]
    return sum(round((float(box.height) + 2) / height - 0.01) for box in boxes)


def found_height(page: OverviewPage) -> float:
    block = page.picture.drawing.blocks[0]
    rows = -(-len(page.tries.rows) // len(page.picture.drawing.blocks))
    return (float(block.height) - HEAD) / rows


@pytest.mark.parametrize("learners", [1, 5, 30, 90, 300])
def test_each_learner_is_in_the_picture_once_and_so_is_each_answer(learners: int) -> None:
    found = room(learners)
    page, one = drawn(found), found.answered[0]
    right = sum(one.judged[text].right for text in one.first.values())
    assert covered(page, "right") == right
    assert covered(page, "wrong") == len(one.first) - right
    assert len(page.tries.rows) == learners
    for block in page.picture.drawing.blocks:
        assert float(block.height) <= 720
        for box in block.boxes:
            assert HEAD <= float(box.y) <= float(box.y) + float(box.height) <= float(block.height)
            assert 0 <= float(box.x.rstrip("%")) <= float(box.x.rstrip("%")) + float(box.width.rstrip("%")) <= 100.01


def test_many_learners_are_as_readable_as_few() -> None:
    block = drawn(room(300, alone=False)).picture.drawing.blocks[0]
    signs = [box for box in block.boxes if box.sign]
    assert {box.sign for box in signs} >= {"✓", "A", "B"}
    assert all(float(box.height) >= 10 for box in signs), "a sign has room"
    assert len(block.boxes) < 150, "those who did the same are one box"


def test_those_who_are_stuck_come_first_and_are_told_apart_by_more_than_a_colour() -> None:
    page = drawn(room(30, stuck=3))
    assert [row.stuck for row in page.tries.rows[:4]] == ["stuck for six minutes"] * 3 + [""]
    assert [side.text for side in page.picture.drawing.blocks[0].sides[:3]] == ["stuck 6 min"] * 3
    assert "Stuck: 3." in page.picture.facts


def test_nobody_is_called_by_the_label_unless_asked_for() -> None:
    found = room(30)
    assert "learner number" not in repr(drawn(found))
    assert {line.text for line in drawn(found, labels=True).picture.drawing.blocks[0].names} == set(found.walks)


def test_what_own_walks_ask_is_in_the_picture_with_its_slips() -> None:
    front = replace(SESSION.go(HIDDEN_DELTA + 1).ask("chosen"), posed=True)
    case = case_of(front, front.equations[front.cursor].symbol, "value")
    guesses = case.found_under(("untransposed_weights",)), case.truth
    wrong, right = (answer(front, Reply(guess=f"{guess:.8g}")) for guess in guesses)
    walks = {"a": kept("a", wrong), "b": kept("b", right), "c": kept("c", SESSION)}
    page = drawn(Room(kept("teacher", SESSION), [], walks, lambda _: 0.0, 180))
    assert [box.sign for box in page.picture.drawing.blocks[0].boxes if box.sign] == ["A", "✓"]
    (slip,) = page.slips.slips
    assert (slip.letter, slip.count, slip.number, slip.at, slip.mistake) == (
        *("A", 1, "", str(HIDDEN_DELTA + 1)),
        "untransposed_weights",
    )
    assert [row.place.partition("; ")[2] for row in page.tries.rows] == ["", "0 of 1 right", "1 of 1 right"]


def test_the_version_changes_when_the_picture_does() -> None:
    found = room(5)
    assert found.version() == room(5).version()
    walks = dict(found.walks)
    moved = walks["learner number 3"]
    assert moved is not None
    walks["learner number 3"] = replace(moved, rev=2)
    assert replace(found, walks=walks).version() != found.version()
    assert replace(found, stuck=1000).version() != found.version()
