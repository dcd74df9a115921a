"""Every sum, product and equality that a walk prints is true: each is read by a reader of its own and worked out.

`CLAIMS=20` in the environment takes twenty times as many walks, and `pytest -s` then says how much was worked out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from app.engine.data.split import Examples
from app.engine.equations.trace import Equation, trace
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.views.formulas.formulas import formula, latex, text
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.narration.narration import narrate, narrate_end
from app.views.text.numbers import number
from tests.engine.cases import OWN_LOSS, later_iteration, random_setup
from tests.views.claims.arithmetic import Misread, calculated
from tests.views.claims.claim import Claim, Unread
from tests.views.claims.formulas import claims_of_formula, claims_of_lines, from_latex, from_mathml
from tests.views.claims.printed import NUMBER, Range, read
from tests.views.claims.sentences import claims_of, split
from tests.views.claims.walks import TIMES, Walk, walks
from tests.views.formulas.test_update_lines import given_names, with_memory

many = settings(max_examples=250 * TIMES)
fewer = settings(max_examples=80 * TIMES)


UNDERSTOOD: Counter[str] = Counter()  # claims of each sort that were found to hold


@pytest.fixture(scope="module", autouse=True)
def counted() -> Iterator[None]:
    yield
    if TIMES > 1:
        print(f"\n{UNDERSTOOD.total():,} claims hold: {dict(UNDERSTOOD)}")


def assert_true(claims: Iterable[Claim], where: object) -> Counter[str]:
    """All of them hold; how many there are of each sort."""
    kinds: Counter[str] = Counter()
    for claim in claims:
        kinds[claim.what] += 1
        assert claim.holds, f"{claim}\nin {where}"
    UNDERSTOOD.update(kinds)
    return kinds


# Every walk -----------------------------------------------------------------------------------------------------------


@many
@given(walks())
def test_every_number_of_every_sentence_is_what_the_sentence_says(walk: Walk) -> None:
    shape, values, world = walk.shape, walk.values, walk.world()
    for equation in walk.equations:
        told = narrate(equation, shape, values, walk.digits)
        kinds = assert_true(claims_of(told, equation, world), told)
        assert kinds.total() or not re.search(NUMBER, told), told
    with np.errstate(all="ignore"):
        ending = narrate_end(walk.iteration.loss, walk.iteration.loss_after, shape, walk.digits)
    assert_true(claims_of(ending, walk.equations[-1], world), ending)


@fewer
@given(walks())
def test_every_line_of_every_formula_comes_to_its_result(walk: Walk) -> None:
    shape, values, world, orientation = walk.shape, walk.values, walk.world(), walk.orientation
    for equation in walk.equations:
        line = text(equation, shape, orientation)
        shown = formula(equation, shape, values, orientation, walk.digits)
        kinds = assert_true(claims_of_formula(equation, shown, world), line)
        assert kinds["formula"] >= 3 - isinstance(equation.expression, Symbol), line
        assert_true(claims_of_lines(equation, line, latex(equation, shape, orientation), world), line)
        if equation.symbol.kind.startswith("new_") and equation.kind not in ("W", "b"):
            world.moved.add(line.partition(" ←")[0])  # from here on the new one is meant


@fewer
@given(walks(decimals=(1, 2, 3, 4, 5, 6)))
def test_where_activations_are_rounded_every_line_tells_what_is_computed(walk: Walk) -> None:
    world, orientation = walk.world(), walk.orientation
    if not all(np.abs(walk.values[one.symbol]) < 1e100 for one in walk.equations):
        return  # about to leave the finite numbers, in an order of multiplying of its own
    for equation in walk.equations:
        told = narrate(equation, walk.shape, walk.values, walk.digits)
        assert_true(claims_of(told, equation, world), told)
        line = text(equation, walk.shape, orientation)
        assert_true(claims_of_lines(equation, line, latex(equation, walk.shape, orientation), world), line)
        shown = formula(equation, walk.shape, walk.values, orientation, walk.digits)
        assert_true(claims_of_formula(equation, shown, world), line)
        if equation.symbol.kind.startswith("new_") and equation.kind not in ("W", "b"):
            world.moved.add(line.partition(" ←")[0])


@many
@given(walks())
def test_the_lines_of_numpy_run_on_the_walk_s_own_arrays_and_find_its_numbers(walk: Walk) -> None:
    turned, iteration = walk.orientation == "fan_in_fan_out", walk.iteration
    certain = np.isin(iteration.forward.A[-1], (0, 1)).any() and "entropy" in walk.shape.loss
    if certain or not np.isfinite(iteration.backward.own[0]).all():
        return  # a prediction rounded to 0 has no logarithm in NumPy
    names = given_names(iteration, turned)
    with np.errstate(all="ignore"):
        for line in dict.fromkeys(line_of_numpy(one, walk.shape, walk.orientation) for one in walk.equations):
            exec(line, names)
    wanted = with_memory({}, iteration, iteration.update.memory, turned)
    for l, layer in enumerate(iteration.after.layers, start=1):
        wanted |= {f"W{l}": layer.W.T if turned else layer.W, f"b{l}": layer.b}
        wanted |= {f"Z{l}": iteration.forward.Z[l - 1], f"delta{l}": np.array(iteration.backward.own[l - 1])}
        wanted |= {f"db{l}": iteration.backward.db[l - 1]}
        wanted |= {f"dW{l}": iteration.backward.dW[l - 1].T if turned else iteration.backward.dW[l - 1]}
    wanted["loss"] = iteration.loss
    for name, numbers in wanted.items():
        assert names[name] == pytest.approx(numbers, rel=1e-8, abs=1e-12, nan_ok=True), name


@pytest.mark.parametrize("decimals", [None, 3])
@pytest.mark.parametrize(("output", "loss"), OWN_LOSS)
@pytest.mark.parametrize("z", [0.0, 7.6, 9.0, 20.0, 40.0, 800.0])
def test_what_is_said_of_saturated_outputs(output: str, loss: str, z: float, decimals: int | None) -> None:
    """Predictions that are 0 or 1 as they are printed, by hand, or to the last bit."""
    targets = np.array([[1.0, 0.0], [0.0, 1.0], [0.25, 0.75]])
    start = Parameters((np.array([[z], [-z / 3]]),), (np.zeros(2),))
    setup = Setup((1, 2), Examples(np.array([[1.0], [-1.0], [0.5]]), targets), (output,), loss, start)
    iteration = later_iteration(replace(setup, decimals=decimals), 0)
    for focus, digits in product(range(3), (2, 5, 8)):
        walk = Walk(replace(setup, decimals=decimals), iteration, focus, digits, "fan_out_fan_in")
        equation = next(one for one in walk.equations if one.kind == "loss")
        told = narrate(equation, walk.shape, walk.values, digits)
        assert_true(claims_of(told, equation, walk.world()), told)
        shown = formula(equation, walk.shape, walk.values, walk.orientation, digits)
        assert_true(claims_of_formula(equation, shown, walk.world()), told)


# The reader itself ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "digits", "low", "high"),
    [
        ("0.1", 5, 0.1, 0.1),
        ("0.52685", 5, 0.526845, 0.526855),
        ("−2", 5, -2, -2),
        ("0.01310", 5, 0.013095, 0.013105),
        ("0.000123", 5, 0.0001225, 0.0001235),
        ("−1.31×10⁻⁵", 5, -1.315e-5, -1.305e-5),
        ("1×10⁻⁶", 5, 1e-6, 1e-6),
        ("0.05", 2, 0.05, 0.05),
        ("1,200", 5, 1200, 1200),
    ],
)
def test_a_printed_number_is_all_that_it_may_stand_for(written: str, digits: int, low: float, high: float) -> None:
    assert read(written, digits) == pytest.approx((low, high), rel=1e-5)


def test_every_number_is_read_as_a_range_that_holds_it() -> None:
    rng = np.random.default_rng(3)
    for x in (rng.standard_normal(400) * 10.0 ** rng.integers(-9, 9, 400)).tolist():
        for digits in range(2, 9):
            shown = read(number(x, digits), digits)
            assert shown.low <= x <= shown.high
            assert shown.width <= 1.2 * 10.0 ** (1 - min(3, digits))


class Nothing:
    """A world without names."""

    digits = 5

    def value(self, name: str) -> Range:
        raise Misread(name)

    def slope(self, function: str, name: str) -> Range:
        raise Misread(name)

    def squares(self) -> Range:
        raise Misread("squares")

    def logarithm(self, name: str, of_rest: bool) -> Range:
        raise Misread(name)

    def examples(self) -> list["Nothing"]:
        return []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("0.1 · 0.5 + 0.1 · 1 + 0", 0.15),
        ("−ln(1 − 0.5)", 0.693147),
        ("½ × ((−0.5)² + 1²)", 0.625),
        ("−0.25 × ln(0.5) − 0.75 × ln(1 − 0.5)", 0.693147),
        ("1/4 · (1 + 2 + (−1))", 0.5),
        ("min(1, 0.3/(0.2 + 10^−6))", 1.0),
        ("√(0.25) + 2^(−1)", 1.0),
        ("round(0.12344, 3)", 0.123),
        ("exp(0)/(exp(0) + exp(0))", 0.5),
        ("σ(0) + tanh(0) + ReLU(−3) + LReLU(−1)", 0.49),
        (from_latex(r"\frac{1}{2} \cdot \left(1 - \sqrt{0.25}\right)^{2}"), 0.125),
        (from_mathml("<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac><mo>·</mo><mn>3</mn>"), 1.5),
    ],
)
def test_the_calculator_of_the_reader(written: str, found: float) -> None:
    assert calculated(written, Nothing()).low == pytest.approx(found, abs=1e-5)


# Planted lies ---------------------------------------------------------------------------------------------------------


def planted(kind: str) -> Iterator[tuple[Walk, Equation, str]]:
    """The sentences of a walk that has much to say: two paths, a batch, an optimizer with all extras."""
    setup = random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "half_squared_error", 3)
    optimizer = Optimizer(kind, weight_decay=0.02, clip_norm=0.3)
    setup = replace(setup, optimizer=optimizer, schedule=Schedule("step", every=2, factor=0.5))
    yield from sentences(setup, 3)
    yield from sentences(replace(setup, batch_size=1, loss="mean_squared_error"), 0)


def sentences(setup: Setup, number: int) -> Iterator[tuple[Walk, Equation, str]]:
    walk = Walk(setup, later_iteration(setup, number), 0, 6, "fan_out_fan_in")
    for equation in walk.equations:
        yield walk, equation, narrate(equation, walk.shape, walk.values, walk.digits)


def is_caught(walk: Walk, equation: Equation, told: str) -> bool:
    """Whether the reader refuses a text, or finds something in it that does not hold."""
    try:
        return not all(claim.holds for claim in claims_of(told, equation, walk.world()))
    except (Unread, Misread, AssertionError, KeyError, IndexError, ValueError):
        return True


def with_another(told: str, place: re.Match[str]) -> str:
    """The text with one of its numbers changed a little: by a hundredth, or a whole one by 1."""
    written = place.group()
    whole = "." not in written and "×" not in written
    return told[: place.start()] + other(written, whole) + told[place.end() :]


def other(written: str, whole: bool) -> str:
    digits = [place for place, letter in enumerate(written.partition("×")[0]) if letter.isdigit()]
    place = digits[-1] if whole else next((p for p in digits if written[p] != "0"), digits[-1])
    return written[:place] + str((int(written[place]) + 1) % 10) + written[place + 1 :]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_no_number_of_a_sentence_can_be_changed_unnoticed(kind: str) -> None:
    tried = 0
    for walk, equation, told in planted(kind):
        assert not is_caught(walk, equation, told)
        for place in re.finditer(NUMBER, told):
            lie = with_another(told, place)
            assert is_caught(walk, equation, lie), f"{told}\n{lie}"
            tried += 1
    assert tried > 300


SWAPS = (
    ("sigmoid", "tanh"), ("tanh", "sigmoid"), ("larger", "smaller"), ("smaller", "larger"), ("twice ", ""),
    ("half of ", ""), ("the mean of", "the sum of"), ("½ × ", ""), (" negative:", ":"), ("two", "three"),
    ("one", "two"), ("weight", "bias"), ("unit 1", "unit 2"), ("output 1", "output 2"), (" through the first", ""),
    (", plus ", ", minus "), ("prediction minus target", "target minus prediction"), (" × ", " + "),
    (" − ", " + "), (" / ", " × "), ("²", ""), ("first moment", "second moment"),
    ("second moment", "first moment"), ("gains speed", "slows down"),
    ("turns round", "gains speed"), ("fell", "rose"), ("as taken, ", ", "), ("a quarter", "a half"),
    ("nearly all", "half"),
)  # fmt: skip


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_no_word_that_matters_can_be_changed_unnoticed(kind: str) -> None:
    unnoticed, seen = [], set()
    for walk, equation, told in planted(kind):
        for word, lie in SWAPS:
            if word in told:
                seen.add(word)
                changed = told.replace(word, lie, 1)
                if not is_caught(walk, equation, changed):
                    unnoticed.append((word, lie, told))
    assert not unnoticed
    assert len(seen) > 12


def test_two_numbers_of_a_sentence_cannot_be_exchanged_unnoticed() -> None:
    """What a weight carried and the error signal: their product is the same either way round."""
    for walk, equation, told in planted("gradient_descent"):
        if equation.kind == "dW":
            carried, delta = re.findall(NUMBER, told)[:2]
            lie = told.replace(carried, "§", 1).replace(delta, carried, 1).replace("§", delta, 1)
            assert lie == told or is_caught(walk, equation, lie), lie


def test_a_loss_without_words_of_its_own_cannot_borrow_those_of_another() -> None:
    """A mean absolute error, told as if it were the squared one."""
    setup = random_setup(2, (2, 1), ("identity",), "mean_squared_error", 1)
    walk = Walk(setup, later_iteration(setup, 0), 0, 5, "fan_out_fan_in")
    equation = next(one for one in walk.equations if one.kind == "loss")
    told = narrate(equation, walk.shape, walk.values, 5)
    squared = split(told)[-1]
    base = re.search(rf"({NUMBER})\)?²", squared)
    assert base is not None
    assert not is_caught(walk, equation, told)
    absolute = base[1].lstrip("−")
    assert is_caught(walk, equation, re.sub(rf"= {NUMBER}\.$", f"= {absolute}.", told))


def test_no_number_or_name_of_a_formula_can_be_changed_unnoticed() -> None:
    setup = random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 3)
    walk = Walk(setup, later_iteration(setup, 0), 0, 6, "fan_out_fan_in")
    tried = 0
    for equation in walk.equations:
        shown = formula(equation, walk.shape, walk.values, walk.orientation, walk.digits)
        for i, row in enumerate(shown.rows):
            for place in re.finditer(r"(?<=<mn>)[\d.]+(?=</mn>)", row.right):
                markup = with_another(row.right, place)
                if "</mn></msup>" in row.right[place.end() :][:12] and "×" in row.right[: place.start()][-30:]:
                    continue  # a power of ten: its last digit may be lost among larger terms
                rows = (*shown.rows[:i], row._replace(right=markup), *shown.rows[i + 1 :])
                assert formula_is_caught(walk, equation, replace(shown, rows=rows)), markup
                tried += 1
    assert tried > 300


def formula_is_caught(walk: Walk, equation: Equation, shown: object) -> bool:
    try:
        return not all(claim.holds for claim in claims_of_formula(equation, shown, walk.world()))  # type: ignore[arg-type]
    except (Misread, AssertionError, KeyError, IndexError, ValueError):
        return True


def test_a_sentence_of_an_unknown_wording_is_refused() -> None:
    setup = random_setup(2, (2, 1), ("identity",), "mean_squared_error", 1)
    walk = Walk(setup, later_iteration(setup, 0), 0, 5, "fan_out_fan_in")
    with pytest.raises(Unread):
        claims_of("The unit thinks of 0.3 for a while.", trace(walk.shape)[0], walk.world())
