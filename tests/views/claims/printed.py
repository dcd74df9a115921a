"""A printed number as all the numbers that it may stand for, and arithmetic with such ranges.

0.15 on a page of five decimals is 0.15 itself, for a rounded number would show all five; 0.52685 is anything that
rounds to it. A sum, product or root of ranges is the range of all its possible results, so that what is printed may
differ from what a reader works out by as much as rounding explains, and by no more.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple

RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))
NUMBER = r"−?(?:∞|undefined|\d+(?:,\d{3})*(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"
SHORT = 2e-14  # how far a number may be from its short text
FLOAT = 1e-11  # relative: what 64 bits and another order of adding up account for


class Range(NamedTuple):
    """All numbers from `low` to `high`."""

    low: float
    high: float

    def __add__(self, other: "Range") -> "Range":  # type: ignore[override]
        return _spanning((self.low + other.low, self.high + other.high))

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.low)

    def __sub__(self, other: "Range") -> "Range":
        return self + -other

    def __mul__(self, other: "Range") -> "Range":  # type: ignore[override]
        return _spanning([a * b for a in self for b in other])

    def __truediv__(self, other: "Range") -> "Range":
        if other.low <= 0 <= other.high:
            return ANYTHING
        return self * Range(1 / other.high, 1 / other.low)

    def __pow__(self, other: "Range") -> "Range":
        try:
            ends = [a**b for a in self for b in other]
        except OverflowError:
            return ANYTHING
        if other.low == other.high and other.low % 2 == 0 and self.low <= 0 <= self.high:
            ends.append(0.0)
        return _spanning(ends)

    @property
    def size(self) -> float:
        """The largest of them, whatever its sign."""
        return max(abs(self.low), abs(self.high))

    @property
    def width(self) -> float:
        """How wide it is, beside its own size."""
        return (self.high - self.low) / self.size if self.size and math.isfinite(self.size) else 0.0

    def meets(self, other: "Range") -> bool:
        """Whether both can be the same number; what is undefined agrees with what is, and with what can be anything."""
        if math.isnan(self.low) or math.isnan(other.low):
            return all(math.isnan(one.low) or one == ANYTHING for one in (self, other))
        slack = FLOAT * min(self.size, other.size, 1e300)
        return self.low <= other.high + slack and other.low <= self.high + slack


ANYTHING = Range(-math.inf, math.inf)
UNDEFINED = Range(math.nan, math.nan)


def _spanning(ends: Sequence[float]) -> Range:
    """From the smallest to the largest end; anything where one is undefined."""
    return ANYTHING if any(map(math.isnan, ends)) else Range(min(ends), max(ends))


def exactly(x: float) -> Range:
    """One number."""
    return Range(x, x)


def monotone(function: Callable[[float], float], x: Range) -> Range:
    """The range of a function that only grows, or only falls, over x."""
    ends = sorted((function(x.low), function(x.high)))
    return Range(ends[0], ends[1])


def between(function: Callable[[float], float], x: Range, turns: Iterable[float] = ()) -> Range:
    """The range of a function over x that turns round at these places alone."""
    ends = [function(at) for at in (*x, *(turn for turn in turns if x.low < turn < x.high))]
    return Range(min(ends), max(ends))


def summed(ranges: Iterable[Range]) -> Range:
    """All of them added up."""
    return reduce(Range.__add__, ranges, exactly(0.0))


def read(text: str, digits: int) -> Range:
    """What a number printed on a page of so many decimals may stand for."""
    plain = text.replace("−", "-").replace(",", "").lstrip("+")
    if "∞" in plain:
        return Range(-math.inf, -1.7e308) if plain[0] == "-" else Range(1.7e308, math.inf)
    if plain == "undefined":
        return UNDEFINED
    mantissa, _, power = plain.partition("×10")
    exponent = int("".join(RAISED[letter] for letter in power)) if power else 0
    x = float(f"{mantissa}e{exponent}")
    shown = len(mantissa.partition(".")[2])
    if shown < _places(x, digits, bool(power)):  # a rounded number would show them all
        near = SHORT * max(1.0, abs(x)) if not power else SHORT * abs(x)
    else:
        near = 0.5000001 * 10.0 ** (exponent - shown)
    return Range(x - near, x + near)


def _places(x: float, digits: int, power: bool) -> int:
    """The decimals that a number of this size is rounded to."""
    significant = min(3, digits)
    if power:
        return significant - 1
    if x == 0 or abs(x) >= 10.0 ** (significant - 1 - digits) * (1 - 1e-9):
        return digits
    return significant - 1 - math.floor(math.log10(abs(x)) + 1e-12)


def numbers_in(text: str) -> list[str]:
    """Every printed number of a text."""
    return re.findall(NUMBER, text)
