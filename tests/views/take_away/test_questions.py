"""Questions for a school's system, read back as Moodle reads them; their numbers are found again from their text."""

import math
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from app.engine.data.datasets import Dataset
from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.take_away.variants import MOST_PARAMETERS, variant
from app.sessions.walk.session import TrainingSession
from app.views.take_away.questions import VARIANTS, gift, moodle

STEP = 1e-6
Numbers = dict[str, float]
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


# A referee that knows nothing of the program: a network in plain Python, its gradients by differences -----------------

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "ReLU": lambda z: max(z, 0.0),
    "identity": lambda z: z,
}


LOSSES: dict[str, Callable[[list[tuple[float, float]]], float]] = {
    "half squared error": lambda pairs: sum((a - y) ** 2 for a, y in pairs) / 2,
    "mean squared error": lambda pairs: sum((a - y) ** 2 for a, y in pairs) / len(pairs),
    "binary cross-entropy": lambda pairs: -sum(y * math.log(a) + (1 - y) * math.log(1 - a) for a, y in pairs),
    "cross-entropy": lambda pairs: -sum(y * math.log(a) for a, y in pairs if y),
}


def numbers_in(html: str) -> Numbers:
    """w[2]11 and so on, as the list of the question gives them."""
    items = [item.text.replace(" ", "").split("=") for item in BeautifulSoup(html, "html5lib").select("li")]
    return {name: float(value) for name, value in items}


def network_in(html: str, turned: bool) -> Callable[[Numbers, str, float], Numbers]:
    """What all sums, activations and the loss are, with one of the sums moved."""
    text = BeautifulSoup(html, "html5lib").text
    sizes = [int(size) for size in re.findall(r"A ([\d–]+) network", text)[0].split("–")]
    names = re.findall(r"(\w+) in layer \d", text)
    loss_name = re.findall(r"Loss: ([^.]+)\.", text)[0]

    def weight(l: int, j: int, k: int) -> str:
        return f"w[{l}]{k + 1}{j + 1}" if turned else f"w[{l}]{j + 1}{k + 1}"

    def run(given: Numbers, moved: str = "", by: float = 0.0) -> dict[str, float]:
        before = [given[f"x{k + 1}"] for k in range(sizes[0])]
        found: dict[str, float] = {}
        for l, size in enumerate(sizes[1:], 1):
            zs = []
            for j in range(size):
                z = sum(given[weight(l, j, k)] * a for k, a in enumerate(before)) + given[f"b[{l}]{j + 1}"]
                zs.append(z + (by if moved == f"z{l}{j}" else 0.0))
            if names[l - 1] == "softmax":
                shares = [math.exp(z) for z in zs]
                before = [share / sum(shares) for share in shares]
            else:
                before = [ACTIVATIONS[names[l - 1]](z) for z in zs]
            found |= {f"z{l}{j}": z for j, z in enumerate(zs)} | {f"a{l}{j}": a for j, a in enumerate(before)}
        Y = [given[f"y{j + 1}"] if f"y{j + 1}" in given else given["y"] for j in range(sizes[-1])]
        pairs = list(zip(before, Y, strict=True))
        found["loss"] = LOSSES[loss_name](pairs)
        return found

    return run


def found_again(name: str, html: str, turned: bool) -> float:
    """The number that a question asks for, found from its own text."""
    given, run = numbers_in(html), network_in(html, turned)
    asked = name.rpartition(" ")[0]
    last = max(int(l) for l in re.findall(r"w\[(\d)\]", " ".join(given)))
    if asked == "ℒ":
        return run(given, "", 0.0)["loss"]
    if match := re.fullmatch(r"ŷ_?(\d?)", asked):
        return run(given, "", 0.0)[f"a{last}{int(match[1] or 1) - 1}"]
    if match := re.fullmatch(r"([za])\^\[(\d)\]_(\d)", asked):
        return run(given, "", 0.0)[f"{match[1]}{match[2]}{int(match[3]) - 1}"]
    if match := re.fullmatch(r"δ\^\[(\d)\]_(\d)", asked):
        unit = f"z{match[1]}{int(match[2]) - 1}"
        return (run(given, unit, STEP)["loss"] - run(given, unit, -STEP)["loss"]) / (2 * STEP)
    match = re.fullmatch(r"∂ℒ/∂([wb])\^(\[\d\])_(\d+)", asked)
    assert match, asked
    key = f"{match[1]}{match[2]}{match[3]}"
    ends = [run({**given, key: given[key] + by}, "", 0.0)["loss"] for by in (STEP, -STEP)]
    return (ends[0] - ends[1]) / (2 * STEP)


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
