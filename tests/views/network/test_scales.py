"""Scales: widths, strengths and signs."""

import math

import pytest

from app.views.network.scales import place, share, sign_class, strength, stroke_width


def test_a_connection_is_thicker_the_larger_its_weight_whatever_its_sign() -> None:
    widths = [float(stroke_width(weight, 2.0)) for weight in (0.0, 0.5, -1.0, 2.0)]
    assert widths == sorted(widths)
    assert stroke_width(-1.5, 2.0) == stroke_width(1.5, 2.0)


def test_a_weight_beyond_the_largest_is_drawn_like_the_largest() -> None:
    assert stroke_width(5.0, 2.0) == stroke_width(2.0, 2.0)


def test_a_network_of_zeros_is_drawn_thin() -> None:
    assert stroke_width(0.0, 0.0) == stroke_width(0.0, 1.0)


def test_a_unit_shows_between_a_little_and_all_of_its_colour() -> None:
    assert 0 < float(strength(0.0, 1.0)) < float(strength(0.5, 1.0)) < float(strength(-1.0, 1.0)) == 1.0


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1, "pos"), (-0.1, "neg"), (0.0, "zero"), (-0.0, "zero"), (math.nan, "zero")]
)
def test_the_sign_class_follows_the_sign(value: float, expected: str) -> None:
    assert sign_class(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(math.inf, 1.0), (-math.inf, 1.0), (math.nan, 0.0)])
def test_numbers_that_are_not_finite_still_have_a_width(value: float, expected: float) -> None:
    assert share(value, 1.0) == expected


@pytest.mark.parametrize(("x", "expected"), [(12.0, "12"), (12.34, "12.3"), (-0.26, "-0.3"), (100.0, "100")])
def test_coordinates_are_short(x: float, expected: str) -> None:
    assert place(x) == expected
