"""Questions for a school's system, read back as Moodle reads them; their numbers are found again from their text."""

import re
from xml.etree import ElementTree as ET

import pytest

from app.engine.data.datasets import Dataset
from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.take_away.variants import MOST_PARAMETERS, variant
from app.sessions.walk.session import TrainingSession
from app.views.take_away.questions import VARIANTS, gift, moodle
from tests.views.take_away.plain_network import found_again

Answers = list[tuple[str, float, float, str]]  # fraction, value, tolerance, feedback


def read_moodle(text: str) -> list[tuple[str, str, str, Answers]]:
    """(category, name, text, answers) of each question, as Moodle's importer takes them from the file."""
    found, category = [], ""
    for question in ET.fromstring(text).findall("question"):
        if question.get("type") == "category":
            category = question.findtext("category/text") or ""
            continue
        assert question.get("type") == "numerical"
        assert question.find("questiontext").get("format") == "html"  # type: ignore[union-attr]
        answers = [
            (
                str(answer.get("fraction")), float(answer.findtext("text") or ""),
                float(answer.findtext("tolerance") or ""), answer.findtext("feedback/text") or "",
            )
            for answer in question.findall("answer")
        ]  # fmt: skip
        found.append(
            (category, question.findtext("name/text") or "", question.findtext("questiontext/text") or "", answers)
        )
    return found


def read_gift(text: str) -> list[tuple[str, str, str, Answers]]:
    """The same from GIFT: a category, then ::name::[html]text{# and a line for each answer."""
    found, category = [], ""
    for block in re.split(r"\n\n", text.partition("\n")[2].strip()):
        if block.startswith("$CATEGORY: "):
            category = block.removeprefix("$CATEGORY: ")
            continue
        head, *lines, end = block.split("\n")
        match = re.fullmatch(r"::((?:[^:\\]|\\.)*)::\[html\]((?:[^{}\\]|\\.)*)\{#", head)
        assert match
        assert end == "}"
        answers = []
        for line in lines:
            one = re.fullmatch(r"=(%0%)?(-?[\d.]+):([\d.]+)#((?:[^~=#{}:\\]|\\.)*)", line)
            assert one, line
            answers.append(("0" if one[1] else "100", float(one[2]), float(one[3]), plain(one[4])))
        found.append((category, plain(match[1]), plain(match[2]), answers))
    return found


def plain(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", escaped)


def graded(answers: Answers, given: float) -> tuple[str, str]:
    """Fraction and feedback, as Moodle gives them: of the first answer whose tolerance holds the number."""
    for fraction, value, tolerance, told in answers:
        if abs(given - value) <= tolerance:
            return fraction, told
    return "", ""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_right_answer_is_found_again_from_the_text_of_its_question(lesson: Lesson) -> None:
    read = read_moodle(moodle(TrainingSession.of_lesson(lesson)))
    assert len(read) == VARIANTS * (1 + 5 * len(lesson.published.activations))
    for _, name, html, answers in read:
        found = found_again(name, html, lesson.orientation == "fan_in_fan_out")
        assert answers[0][0] == "100"
        assert found == pytest.approx(answers[0][1], rel=1e-4, abs=1e-7), name
        assert graded(answers, found)[0] == "100", (name, found, answers[0])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_mistake_is_named_and_nobody_who_is_right_is_told_of_one(lesson: Lesson) -> None:
    for *_, answers in read_moodle(moodle(TrainingSession.of_lesson(lesson))):
        (_, right, room, _), *wrong = answers
        for given in (right, right - 0.999 * room, right + 0.999 * room):
            assert graded(answers, given)[0] == "100"
        for fraction, value, tolerance, told in wrong:
            assert fraction == "0"
            assert tolerance > 0
            assert graded(answers, value) == ("0", told)
            assert told.startswith("That is what you get ")


def test_gift_asks_the_same() -> None:
    for lesson in LESSONS:
        walk = TrainingSession.of_lesson(lesson)
        assert read_gift(gift(walk)) == read_moodle(moodle(walk))


def test_each_category_holds_ten_variants_and_none_is_like_another() -> None:
    read = read_moodle(moodle(TrainingSession.of_lesson(LESSONS[1])))
    categories = [category for category, *_ in read]
    assert {categories.count(category) for category in categories} == {VARIANTS}
    assert len({html for _, _, html, _ in read}) == len(read)


def test_the_same_seed_is_the_same_network_and_another_seed_another_one() -> None:
    walk = TrainingSession.of_lesson(LESSONS[3])
    one, again, other = (variant(walk, seed).setup.network.flat() for seed in (3, 3, 4))
    assert (one == again).all()
    assert (one != other).any()
    assert {round(abs(w) * 10, 9) for w in one} <= set(range(1, 10))


def test_a_network_that_is_too_large_to_write_down_says_so() -> None:
    walk = TrainingSession.of_setup(Setup((2, 16, 1), Dataset("xor")).completed())
    with pytest.raises(SetupError, match=f"at most {MOST_PARAMETERS}"):
        moodle(walk)


def test_every_question_stands_in_one_category_below_the_title_of_its_walk() -> None:
    read = read_moodle(moodle(TrainingSession.of_lesson(LESSONS[1])))
    assert {category.rpartition("/")[0] for category, *_ in read} == {"$course$/top/Two outputs, two paths"}
