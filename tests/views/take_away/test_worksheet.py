"""A worksheet and its key: what is blank on the one is filled on the other, and every filled number is right."""

import math
import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.take_away.by_hand import by_hand, rounded
from app.sessions.take_away.variants import MOST_PARAMETERS, variant
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import orientation_of
from app.views.qr import qr
from app.views.take_away.worksheet import (
    EXACT_DIGITS,
    LEVELS,
    MOST_DECIMALS,
    MOST_SEED,
    Item,
    Sheet,
    WorksheetPage,
    sheet_of,
    worksheet_page,
)
from tests.engine.cases import mistaken, updated
from tests.views.take_away.decimal_network import Iteration, NoLogarithmError, exactly, rounding

LESSON_2 = TrainingSession.of_lesson(LESSONS[1])
TAG = re.compile(r"<[^>]+>")


def pages(session: TrainingSession, sheet: Sheet) -> tuple[WorksheetPage, WorksheetPage]:
    """The sheet and its key."""
    return worksheet_page(session, sheet, False, ""), worksheet_page(session, sheet, True, "")


def items_of(page: WorksheetPage) -> list[Item]:
    return [item for _, items in page.parts for item in items]


def plain(shown: str) -> Decimal:
    """A number as it is printed."""
    return Decimal(shown.replace("×10", "e").translate(PLAIN))


def last_digit(shown: str, digits: int) -> Decimal:
    """What one more in its last digit is; zeros at its end are not printed."""
    mantissa, _, power = shown.partition("×10")
    if power:
        return Decimal(1).scaleb(int(power.translate(PLAIN)) - min(3, digits) + 1)
    return Decimal(1).scaleb(-max(digits, len(mantissa.partition(".")[2])))


def assert_right_to_the_last_digit(walk: TrainingSession, sheet: Sheet) -> None:
    """Every number of the key, by hand and exactly, as the referee finds it from what the sheet gives."""
    blank, key = pages(walk, sheet)
    assert blank.given == key.given
    of_network = variant(walk, *sheet.seeds)
    own = walk.setup.network.size + sum(walk.setup.sizes[:: len(walk.setup.sizes) - 1])
    given = {TAG.sub("", name): plain(value) for name, value in blank.given[: own + 8] if "before" not in name}
    turned = orientation_of(walk) == "fan_in_fan_out"
    items = items_of(key)
    for digits, keep, shown in (
        (sheet.decimals, rounding(sheet.decimals), [item.found for item in items]),
        (EXACT_DIGITS, exactly, [item.exact for item in items]),
    ):
        try:
            found = Iteration(of_network.setup, given, turned, keep).run()
        except NoLogarithmError:
            continue
        for item, printed, wanted in zip(items, shown, found, strict=True):
            off = abs(plain(printed) - wanted)
            assert off == 0 if keep is not exactly else off <= last_digit(printed, digits) * Decimal("0.500001"), (
                item.name, printed, wanted
            )  # fmt: skip


PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
@pytest.mark.parametrize("sheet", [Sheet(level=4), Sheet(seed=5, form="B", level=4, decimals=6)], ids=["own", "B 5"])
def test_every_number_of_a_lesson_s_key_is_right_to_the_last_digit(lesson: Lesson, sheet: Sheet) -> None:
    assert_right_to_the_last_digit(TrainingSession.of_lesson(lesson).at_first_example(), sheet)


@settings(max_examples=50, database=None, phases=[Phase.generate])
@given(st.one_of(mistaken(), updated()), st.integers(1, MOST_SEED), st.integers(2, MOST_DECIMALS))
def test_every_number_of_a_random_network_s_key_is_right_to_the_last_digit(
    setup: Setup, seed: int, decimals: int
) -> None:
    walk = TrainingSession.of_setup(setup.completed())
    if setup.network.size <= MOST_PARAMETERS:
        assert_right_to_the_last_digit(walk, Sheet(seed=seed, level=4, decimals=decimals))


def test_by_hand_every_number_is_rounded_before_the_next_is_found() -> None:
    """The second notebook's network, step by step, in plain Python."""
    x, y, eta = (0.05, 0.1), (0.01, 0.99), 0.1
    W1, W2, b = ((0.15, 0.25), (0.2, 0.3)), ((0.4, 0.5), (0.45, 0.55)), (0.35, 0.6)
    z1 = [round(w[0] * x[0] + w[1] * x[1] + b[0], 4) for w in W1]
    a1 = [round(1 / (1 + math.exp(-z)), 4) for z in z1]
    z2 = [round(w[0] * a1[0] + w[1] * a1[1] + b[1], 4) for w in W2]
    a2 = [round(1 / (1 + math.exp(-z)), 4) for z in z2]
    loss = round(((a2[0] - y[0]) ** 2 + (a2[1] - y[1]) ** 2) / 2, 4)
    d2 = [round((a - t) * round(a * (1 - a), 4), 4) for a, t in zip(a2, y, strict=True)]
    dW2 = [round(d * a, 4) for d in d2 for a in a1]
    back = [(d2[0] * W2[0][k] + d2[1] * W2[1][k]) * round(a1[k] * (1 - a1[k]), 4) for k in (0, 1)]
    d1 = [rounded(d, 4) for d in back]
    dW1 = [rounded(d * value, 4) for d in d1 for value in x]
    new = [round(w - eta * g, 4) for w, g in zip([w for row in W2 for w in row], dW2, strict=True)]
    wanted = [*z1, *a1, *z2, *a2, loss, *d2, *dW2, *d2, *d1, *dW1, *d1, *new]

    walk = variant(LESSON_2, 0, 0)
    values = by_hand(walk, 4)
    assert [values[equation.symbol] for equation in walk.equations[: len(wanted)]] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("value", "decimals", "wanted"), [
    (0.0845123, 4, 0.0845), (0.00845123, 4, 0.00845), (0.0000084567, 4, 0.00000846), (12.34567, 2, 12.35),
    (-0.0005, 2, -0.0005), (0.0, 4, 0.0), (math.inf, 4, math.inf),
])  # fmt: skip
def test_a_number_keeps_three_digits_however_small(value: float, decimals: int, wanted: float) -> None:
    assert rounded(value, decimals) == wanted


@pytest.mark.parametrize("level", range(1, len(LEVELS) + 1))
def test_what_is_blank_on_the_sheet_is_filled_on_the_key(level: int) -> None:
    sheet, key = pages(LESSON_2, Sheet(level=level))
    blank = [item for item in items_of(sheet) if item.blank]
    filled = [item for item in items_of(key) if item.found]
    assert [item.number for item in blank] == [item.number for item in filled]
    assert len(blank) == (0, 6, 28, 37)[level - 1]
    for item in blank:
        assert "res" not in item.maths
    for item in filled:
        assert item.exact
        assert "res" in item.maths


def test_a_blank_does_not_tell_its_number_in_the_drawing_either() -> None:
    sheet, key = pages(LESSON_2, Sheet(level=4))
    assert [unit.text for unit in sheet.drawing.units] == ["0.05", "0.1", "", "", "", ""]
    assert all(unit.text for unit in key.drawing.units)
    assert [line.text for line in sheet.drawing.lines] == [line.text for line in key.drawing.lines]


def test_the_same_seed_is_the_same_sheet_and_form_b_another_one() -> None:
    one, again = (worksheet_page(LESSON_2, Sheet(seed=7), True, "") for _ in range(2))
    assert one == again
    others = [Sheet(seed=8), Sheet(seed=7, form="B"), Sheet(seed=0), Sheet(seed=0, form="B")]
    found = {tuple(worksheet_page(LESSON_2, other, True, "").given) for other in others}
    assert len(found | {tuple(one.given)}) == 5


def test_the_key_names_the_mistake_behind_a_wrong_number_and_adds_up_the_paths() -> None:
    _, key = pages(LESSON_2, Sheet())
    gradient = next(item for item in items_of(key) if item.number == 20)
    assert gradient.paths
    parts = [
        float(part)
        for part in gradient.paths.replace("−", "-").replace("- ", "-").replace("+ ", "").replace("= ", "").split()
    ]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=2e-5)
    assert any("left out" in slip for slip in gradient.slips)
    for item in items_of(key):
        for slip in item.slips:
            assert not slip.startswith(f"{item.found} ")


def test_numbers_are_written_with_a_comma_where_that_is_wished() -> None:
    for page in pages(LESSON_2, Sheet(comma=True, level=2)):
        shown = [value for _, value in page.given] + [unit.text for unit in page.drawing.units]
        shown += [line.text for line in page.drawing.lines]
        for item in items_of(page):
            shown += [TAG.sub(" ", item.maths), item.found, item.exact, item.paths, *item.slips]
        assert not [text for text in shown if re.search(r"\d\.\d", text)]
        assert any(re.search(r"\d,\d", text) for text in shown)


def test_its_code_leads_back_to_the_walk() -> None:
    address = "http://192.168.0.7:8000/w/1abc"
    assert worksheet_page(LESSON_2, Sheet(), False, address).code == qr(address)
    assert worksheet_page(LESSON_2, Sheet(), False, "").code is None


@pytest.mark.parametrize(("query", "field"), [
    ({"form": "C"}, "form"), ({"level": "5"}, "level"), ({"level": "0"}, "level"), ({"seed": "-1"}, "seed"),
    ({"seed": "1e9"}, "seed"), ({"decimals": "1"}, "decimals"), ({"decimals": "99"}, "decimals"),
])  # fmt: skip
def test_an_option_that_does_not_fit_is_named(query: dict[str, str], field: str) -> None:
    with pytest.raises(SetupError) as error:
        sheet_of(query)
    assert error.value.field == field


def test_what_is_left_out_is_as_usual() -> None:
    assert sheet_of({}) == Sheet()
    assert sheet_of({"form": "b", "comma": "1", "seed": "12"}) == Sheet(seed=12, form="B", comma=True)


def test_a_network_that_is_too_large_for_paper_says_so() -> None:
    with pytest.raises(SetupError, match="by hand"):
        worksheet_page(TrainingSession.of_setup(Setup((2, 20, 1), Dataset("xor")).completed()), Sheet(), False, "")


def test_the_number_by_hand_is_the_one_that_stands_in_its_formula() -> None:
    _, key = pages(LESSON_2, Sheet(level=4))
    for item in items_of(key):
        text = TAG.sub("", item.maths.replace("<mo form='prefix'>−</mo>", "−"))
        assert text.endswith(item.found) or "×10" in item.found


@pytest.mark.parametrize(("value", "wanted"), [
    (0.03085, 0.0309), (-0.03085, -0.0309), (1.00005, 1.0001), (0.1 + 0.2, 0.3), (0.000012345, 0.0000123),
    (0.000012355, 0.0000124), (2.00015, 2.0002),
])  # fmt: skip
def test_a_five_is_rounded_up_as_by_hand_and_not_as_float64_has_it(value: float, wanted: float) -> None:
    assert rounded(value, 4) == wanted


def test_what_adds_up_to_nothing_by_hand_is_nothing() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in float64."""
    parameters = Parameters((np.array([[0.1, 0.2]]), np.array([[0.7]])), (np.array([-0.3]), np.array([0.2])))
    data = Examples(np.ones((1, 2)), np.ones((1, 1)))
    walk = TrainingSession.of_setup(Setup((2, 1, 1), data, ("tanh", "identity"), start=parameters).completed())
    assert by_hand(variant(walk, 0, 0), 4)[Symbol("z", 1, 0)] == 0


def test_numbers_by_a_seed_leave_no_sum_at_a_corner_and_shares_that_add_up_to_1() -> None:
    data = Examples(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[0.333, 0.333, 0.334], [0.1, 0.205, 0.695]]))
    setup = Setup((2, 3, 3), data, ("relu", "softmax"), "cross_entropy").completed()
    for seed in range(1, 40):
        walk = variant(TrainingSession.of_setup(setup), seed)
        assert all((abs(Z) > 1e-9).all() for Z in walk.current.forward.Z)
        assert walk.setup.examples[1].sum() == 1
        assert (walk.setup.examples[1] * 100 % 1 < 1e-9).all()


def test_a_sheet_gives_all_that_its_equations_take() -> None:
    setup = Setup((2, 1), Dataset("xor"), optimizer=Optimizer("adam", beta1=0.8, clip_norm=0.3)).completed()
    sheet, _ = pages(TrainingSession.of_setup(setup), Sheet())
    given = {TAG.sub("", name): value for name, value in sheet.given}
    wanted = {"η": "0.1", "β1": "0.8", "β2": "0.999", "ε": "1×10⁻⁸", "t": "1", "‖∇ℒ‖max": "0.3"}
    assert wanted.items() <= given.items()
    assert given["every m before"] == given["every v before"] == "0"
