"""Scales: from a number to a width, a strength, a sign's class. One colour scale for data, units and weights."""

from math import isfinite
from typing import Literal

THINNEST, THICKEST = 1.2, 6.5  # strokes, in the drawing's units
FAINTEST, STRONGEST = 0.08, 1.0  # how much of a unit's colour shows
FAR = 9999.0  # outside of every drawing: what lies further out need not be told from it

Sign = Literal["pos", "neg", "zero"]


def sign_class(value: float) -> Sign:
    """The class that gives colour and dash: orange and solid, or blue and dashed; zero and NaN have neither."""
    if value > 0:
        return "pos"
    return "neg" if value < 0 else "zero"


def share(value: float, largest: float) -> float:
    """|value| as a share of the largest, 0 to 1; infinity counts as the largest, NaN as nothing."""
    if not isfinite(value):
        return 0.0 if value != value else 1.0
    return min(abs(value) / largest, 1.0) if largest > 0 else 0.0


def stroke_width(value: float, largest: float) -> str:
    """How thick a connection of this weight is, as an SVG attribute."""
    return f"{THINNEST + (THICKEST - THINNEST) * share(value, largest):.1f}"


def strength(value: float, largest: float) -> str:
    """How much of its colour a unit shows, as a fill-opacity."""
    return f"{FAINTEST + (STRONGEST - FAINTEST) * share(value, largest):.2f}"


def place(x: float) -> str:
    """A coordinate as an SVG attribute, to a tenth; a number however far outside it lies."""
    return f"{min(max(-FAR, x), FAR):.1f}".removesuffix(".0")
