"""A browser's walks as cards, and what is said before one is deleted, shared, or gets another address."""

from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from app.views.network.thumbnail import thumbnail
from app.views.walks.walks import DRAWN, delete_page, place_of, revoke_page, share_page, walk_card
from tests.sessions.own_setups import own


def test_a_card_says_what_the_walk_is_and_where_it_stands() -> None:
    lesson = TrainingSession.of_lesson(LESSONS[0])
    card = walk_card(lesson, "id", shared=False)
    assert (card.title, card.place) == ("One example at a time", "At its start.")
    assert card.facts == "2–2–1 · sigmoid · binary cross-entropy · one example at a time"
    assert walk_card(lesson.of_lesson(LESSONS[0], False), "id", False).title.endswith("time, from another start")
    assert walk_card(lesson.of_lesson(LESSONS[1]), "id", False).title.endswith("paths, by the notebook’s rule")
    assert walk_card(lesson.of_lesson(LESSONS[1], False), "id", False).title == "Two outputs, two paths"
    assert walk_card(own(), "id", False).title == "A network of your own"


def test_the_place_counts_from_1() -> None:
    session = own().train(iterations=1_200).step().step()
    assert place_of(session) == f"At step 2 of {len(session.equations)} in iteration 1,201."


def test_only_of_a_shared_walk_it_is_said_that_others_go_on_looking() -> None:
    alone, shared = (revoke_page(walk_card(own(), "id", is_shared), "new") for is_shared in (False, True))
    assert shared.consequences[: len(alone.consequences)] == alone.consequences
    assert shared.consequences[-1].startswith("Those who may look at it still can")
    assert (alone.verb, alone.new_id) == ("revoke", "new")
    assert delete_page(alone.walk).new_id == ""
    assert share_page(shared.walk, "").link == ""


def test_the_card_of_a_large_network_is_small() -> None:
    drawing = thumbnail((8, 32, 32, 32, 32, 32, 1), DRAWN)
    assert drawing.title == "A 8–32–32–32–32–32–1 network"
    assert len(drawing.units) == 6 * 8 + 1
    assert len(drawing.lines) < 10_000
