"""How a number is written: true to the number, in order, and never a minus zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.text.numbers import MINUS, adds_up, fixed, number, parts, signed

DIGITS = st.integers(2, 8)
ANY = st.floats(allow_nan=False, allow_infinity=False)
COMMON = st.floats(-20.0, 20.0) | st.floats(-1e-2, 1e-2) | st.floats(-2e6, 2e6)
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text: str) -> Decimal:
    """The number that a text says."""
    return Decimal(text.translate(LOWERED).replace("×10", "e").lstrip("+"))


def last_place(text: str) -> Decimal:
    """What one unit of the last printed digit is worth."""
    return Decimal(1).scaleb(int(read(text).as_tuple().exponent))


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (0.1, 5, "0.1"),
        (0.15000000000000002, 5, "0.15"),
        (0.0, 5, "0"),
        (-0.0, 5, "0"),
        (2, 5, "2"),
        (55.0, 2, "55"),
        (-0.02, 5, "−0.02"),
        (0.0130973306, 5, "0.01310"),
        (0.24859901, 5, "0.24860"),
        (0.99999999, 5, "1.00000"),
        (0.00044758, 5, "0.000448"),
        (-1.30973306e-05, 5, "−1.31×10⁻⁵"),
        (-1.30973306e-05, 8, "−0.00001310"),
        (0.001, 2, "0.001"),
        (1 / 3, 2, "0.33"),
        (1 / 3, 8, "0.33333333"),
        (0.000099999, 5, "0.000100"),
        (1e-17, 5, "1×10⁻¹⁷"),
        (1234567.0, 5, "1.23×10⁶"),
        (123456.7891234, 2, "123456.79"),
        (float("inf"), 5, "∞"),
        (float("-inf"), 5, "−∞"),
        (float("nan"), 5, "undefined"),
    ],
)
def test_a_number_in_running_text(x: float, digits: int, text: str) -> None:
    assert number(x, digits) == text


@pytest.mark.parametrize(
    ("x", "text"), [(0.1, "0.10000"), (0.0, "0.00000"), (-0.0, "0.00000"), (-2.0, "−2.00000"), (1e-17, "1.00×10⁻¹⁷")]
)
def test_a_number_in_a_column_keeps_its_zeros(x: float, text: str) -> None:
    assert fixed(x, 5) == text


@pytest.mark.parametrize(("x", "text"), [(0.283145, "+0.28314"), (-0.02, "−0.02"), (0.0, "0"), (-0.0, "0")])
def test_a_sign_that_is_the_point_is_written(x: float, text: str) -> None:
    assert signed(x, 5) == text


@given(ANY | COMMON, DIGITS)
def test_a_text_is_within_half_a_unit_of_its_last_digit(x: float, digits: int) -> None:
    for text in (number(x, digits), fixed(x, digits)):
        slack = Decimal("1e-13") * abs(Decimal(x)) + Decimal("1e-320")  # a short text leaves out float64's own rounding
        assert abs(read(text) - Decimal(x)) <= last_place(text) / 2 + slack


@given(COMMON, COMMON, DIGITS)
def test_a_larger_number_never_reads_smaller(x: float, y: float, digits: int) -> None:
    low, high = sorted((x, y))
    assert read(number(low, digits)) <= read(number(high, digits))


@given(COMMON, st.integers(1, 400), DIGITS)
def test_neighbours_keep_their_order(x: float, steps: int, digits: int) -> None:
    y = x + steps * abs(x) * 1e-5
    assert read(number(x, digits)) <= read(number(y, digits))


@given(ANY | COMMON, DIGITS)
def test_no_zero_has_a_sign_and_nothing_else_reads_as_zero(x: float, digits: int) -> None:
    for text in (number(x, digits), fixed(x, digits), signed(x, digits)):
        assert (read(text) == 0) == (x == 0)
        assert "-" not in text
        assert text.startswith(MINUS) == (x < 0)


@given(COMMON, DIGITS)
def test_at_least_three_significant_digits_are_left_or_as_many_as_the_page_shows(x: float, digits: int) -> None:
    mantissa = fixed(x, digits).split("×")[0]
    significant = mantissa.lstrip(MINUS).replace(".", "").lstrip("0")
    assert len(significant) >= min(3, digits) or x == 0


@given(st.integers(-10_000, 10_000), st.integers(0, 4))
def test_an_exact_short_number_stays_short(units: int, places: int) -> None:
    exact = Decimal(units).scaleb(-places)
    written = f"{exact:f}".rstrip("0").rstrip(".") if places else str(units)
    assert number(units / 10**places, 5) == (written.replace("-", MINUS) if units else "0")


@given(ANY, DIGITS)
def test_parts_are_what_the_text_joins(x: float, digits: int) -> None:
    mantissa, exponent = parts(x, digits)
    text = number(x, digits)
    assert text.split("×")[0] == mantissa
    assert ("×10" in text) == (exponent is not None)
    if exponent is not None:
        assert 1 <= abs(read(mantissa)) < 10
        assert read(text) == read(mantissa).scaleb(exponent)


def test_printed_terms_that_add_up_are_told_from_those_that_do_not() -> None:
    assert adds_up([0.05, 0.1], 0.15000000000000002, 5)
    assert adds_up([0.05497, -0.01784], 0.03713, 5)
    assert not adds_up([1 / 3, 1 / 3], 2 / 3, 5)  # 0.33333 + 0.33333 is 0.66666, and 0.66667 is printed
    assert adds_up([0.000448, 0.1], 0.100448, 5)  # 0.100448 by hand, printed 0.10045
    assert not adds_up([0.0131049, -0.0131], 4.9e-06, 5)  # 0.01310 - 0.0131 is 0
    assert not adds_up([float("inf")], float("inf"), 5)
    assert adds_up([0.114823, 0.226812, 0.312771, 0.411359], 0.26644125, 5, among=4)  # 1.06576 / 4 by hand
    assert not adds_up([0.00664, -0.00664], 2.52e-8, 5, among=6)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6), DIGITS)
def test_terms_that_are_exact_as_printed_add_up(units: list[int], digits: int) -> None:
    terms = [unit / 10**digits for unit in units if abs(unit) >= 10**digits // 10**3]
    if terms:
        assert adds_up(terms, sum(terms), digits)
