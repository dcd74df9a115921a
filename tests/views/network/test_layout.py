"""Where the diagram's marks stand: no text over another or over a unit, and what happens where there is no room."""

from itertools import combinations

import pytest

from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.network.diagram import diagram
from app.views.network.layout import HEIGHT, WIDTH, fixed_boxes, label_places, layout
from tests.views.drawings import drawn, shapes, texts, with_class
from tests.views.walking import walk

LESSON_SIZES = sorted({lesson.published.sizes for lesson in LESSONS})
ROOMY = [*LESSON_SIZES, (1, 1), (2, 3, 1), (3, 3, 3), (2, 5, 2), (5, 5, 2), (2, 3, 3, 2), (4, 4, 4), (3, 2, 3, 2, 1)]
PHASES = ("forward", "backward", "update")


def overlaps(session: TrainingSession, all_numbers: bool) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other, and texts that cover a circle or box that is not their own."""
    panel = drawn(session, 8)
    written, solid = texts(panel, all_numbers), shapes(panel)
    pairs = [(a.text, b.text) for a, b in combinations(written, 2) if a.covers(b)]
    return pairs + [(a.text, b.owner) for a in written for b in solid if a.owner != b.owner and a.covers(b)]


@pytest.mark.parametrize("all_numbers", [False, True])
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_in_no_lesson_a_text_covers_another_or_a_unit(
    lesson: Lesson, as_published: bool, phase: str, all_numbers: bool
) -> None:
    assert overlaps(getattr(TrainingSession.of_lesson(lesson, as_published), phase)(), all_numbers) == []


@pytest.mark.parametrize("sizes", ROOMY)
@pytest.mark.parametrize("phase", PHASES)
def test_with_the_longest_numbers_no_text_covers_another_or_a_unit(sizes: tuple[int, ...], phase: str) -> None:
    assert overlaps(getattr(walk(sizes), phase)(), False) == []


@pytest.mark.parametrize("sizes", LESSON_SIZES)
def test_in_every_lesson_each_connection_has_its_label_in_sight(sizes: tuple[int, ...]) -> None:
    drawing = layout(sizes)
    assert len(label_places(sizes)) == len(drawing.connections) + len(drawing.to_loss)


def test_a_label_without_a_place_is_marked_to_be_shown_when_its_connection_is_lit() -> None:
    network = diagram(walk((5, 5, 3)), 5)
    hidden = [label for label in network.labels if "nowhere" in label.classes]
    assert hidden
    assert len([label for label in network.labels if label.ref != "loss"]) == 40


@pytest.mark.parametrize("sizes", [*ROOMY, (8, 16, 8, 1), (8, 32, 32, 4)])
def test_everything_stands_inside_the_drawing(sizes: tuple[int, ...]) -> None:
    drawing = layout(sizes)
    for box in fixed_boxes(drawing):
        assert box.y - box.height / 2 >= 0
        assert box.y + box.height / 2 <= HEIGHT
        assert box.x + box.width / 2 <= WIDTH + 6


def test_places_are_the_same_every_time() -> None:
    first = label_places((2, 4, 2))
    assert label_places((2, 4, 2)) == first


# Large networks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(2, 6, 1), (5, 5, 5)])
def test_beyond_five_units_or_forty_connections_numbers_leave_the_drawing_and_stay_in_the_words(
    sizes: tuple[int, ...],
) -> None:
    network = diagram(walk(sizes).forward(), 5)
    assert "dense" in network.classes.split()
    assert network.labels == ()
    assert not with_class(drawn(walk(sizes).forward()), "v")
    assert all("weight from" in line.label for line in network.connections if line.id.startswith("c-"))


def test_five_units_and_forty_connections_still_show_their_numbers() -> None:
    assert "dense" not in diagram(walk((5, 5, 3)), 5).classes.split()


def test_beyond_sixteen_units_a_layer_is_folded() -> None:
    network = diagram(walk((2, 17, 1)), 5)
    drawn_ids = [unit.id for unit in network.units if unit.id.startswith("u-1-")]
    assert drawn_ids == [f"u-1-{j}" for j in (*range(7), 16)]
    assert [fold.text for fold in network.folds] == ["⋮ +9"]
    assert len(network.connections) == 2 * 8 + 8 + 1


def test_a_layer_of_sixteen_is_not_folded() -> None:
    assert diagram(walk((2, 16, 1)), 5).folds == ()
