"""A gradient's parts by examples: each example's own, the largest first, and a small strip chart of all."""

from typing import NamedTuple

from app.engine.paths import Paths
from app.views.network.scales import place, sign_class
from app.views.text.numbers import number, signed

MOST_LISTED = 12  # beyond, the rest is folded away
WIDTH, MARGIN = 400.0, 8.0  # of the chart's drawing


class ExampleShare(NamedTuple):
    """One example's own gradient: its number from 1, the sign's class, the text with sign."""

    number: int
    sign: str
    text: str


class Tick(NamedTuple):
    """One example's mark in the chart."""

    x: str
    sign: str


class Shares(NamedTuple):
    """Every example's own gradient: those listed, those folded away, and the chart with its words."""

    listed: tuple[ExampleShare, ...]
    folded: tuple[ExampleShare, ...]
    ticks: tuple[Tick, ...]
    zero: str
    mean: str
    lowest: str
    highest: str
    words: str


def shares_of(batch: tuple[int, ...], found: Paths, digits: int) -> Shares:
    """The gradients of a batch, its examples numbered from 0."""
    pairs = sorted(zip(batch, found.each, strict=True), key=lambda pair: -abs(pair[1]))
    shares = tuple(ExampleShare(i + 1, sign_class(own), signed(own, digits)) for i, own in pairs)
    low, high = min(0.0, *found.each), max(0.0, *found.each)
    ticks = dict.fromkeys(Tick(_x(own, low, high), sign_class(own)) for own in found.each)
    return Shares(
        shares[:MOST_LISTED],
        shares[MOST_LISTED:],
        tuple(ticks),
        _x(0.0, low, high),
        _x(found.gradient, low, high),
        number(low, digits),
        number(high, digits),
        f"{len(found.each)} examples from {number(min(found.each), digits)} to {number(max(found.each), digits)}; "
        f"their mean is {number(found.gradient, digits)}",
    )


def _x(value: float, low: float, high: float) -> str:
    share = (value - low) / (high - low) if high > low else 0.5
    return place(MARGIN + (WIDTH - 2 * MARGIN) * share)
