"""How a number is written: few digits, a true minus sign, and never a zero that is not one.

`digits` is how many decimals the page shows, 2 to 8. Where fewer than three significant digits would be left
(two, if the page shows two decimals), three are shown instead; numbers below 0.0001 that need this, and numbers
from a million on, are written m×10ⁿ.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from math import floor, isfinite, isnan, log10

MINUS = "\u2212"
LARGE = 1e6  # from here on, scientific
SMALL_POWER = -4  # below 10 to this power, scientific where `digits` decimals are too few
SIGNIFICANT = 3
MOST_DECIMALS = 10  # that a divisor gets for the digits of its quotient
EXACT = 1e-14  # a number this near to its short text differs from it only by float64's own rounding

Parts = tuple[str, int | None]
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache(maxsize=4_096)  # of some 300 bytes each
def number(x: float, digits: int) -> str:
    """A number in running text: 0.1 and 2 stay short, 0.0130973 becomes 0.01310, -1.31e-5 becomes −1.31×10⁻⁵."""
    return _joined(parts(x, digits))


def fixed(x: float, digits: int) -> str:
    """A number in a column: as `number`, with trailing zeros kept (0.10000)."""
    return _joined(_parts(x, digits, short=False))


def keeps_its_digits(x: float, digits: int) -> bool:
    """Whether so many decimals leave a number, not negative, as many significant digits as any number is shown with."""
    return x >= 10.0 ** (min(SIGNIFICANT, digits) - 1 - digits)


def digits_for(x: float, quotient: float, digits: int) -> int:
    """So many decimals, `digits` or more, that x has as many significant digits as a quotient that it is a part of.

    Where that would take more than 10, few digits and a power of ten are easier to read.
    """
    if not (x and quotient and isfinite(x) and isfinite(quotient)):
        return digits
    needed = max(min(SIGNIFICANT, digits), digits + 1 + floor(log10(abs(quotient)))) - 1 - floor(log10(abs(x)))
    return needed if digits < needed <= MOST_DECIMALS else digits


def signed(x: float, digits: int) -> str:
    """A number whose sign is the point: +0.28314, −0.02; zero has none."""
    return f"+{number(x, digits)}" if x > 0 else number(x, digits)


def parts(x: float, digits: int) -> Parts:
    """The mantissa's text, with its sign, and the power of ten, or None where the number is written out."""
    return _parts(x, digits, short=True)


def adds_up(terms: Iterable[float], total: float, digits: int, among: int = 1) -> bool:
    """Whether the terms as printed, added and divided by `among` by hand, give the total as printed."""
    printed = [*terms, total]
    if not all(map(isfinite, printed)):
        return False
    *addends, result = (_printed(x, digits) for x in printed)
    places = min(-digits, int(result.as_tuple().exponent))
    return abs(sum(addends, Decimal()) / among - result) <= Decimal(5).scaleb(places - 1)


def _parts(x: float, digits: int, short: bool) -> Parts:
    if not isfinite(x):
        return ("undefined" if isnan(x) else MINUS + "∞" if x < 0 else "∞"), None
    if x == 0:
        return ("0" if short else f"{0:.{digits}f}"), None
    further = min(SIGNIFICANT, digits) - 1  # significant digits after the first
    if keeps_its_digits(abs(x), digits) and abs(x) < LARGE:
        return _text(x, x, digits, short), None
    mantissa, _, power = f"{x:.{further}e}".partition("e")
    exponent = int(power)
    if exponent < SMALL_POWER or abs(x) >= LARGE:
        exact = abs(float(f"{mantissa}e{power}") - x) <= EXACT * abs(x)
        return _text(float(mantissa), float(mantissa) if exact else x, further, short), exponent
    return _text(x, x, further - exponent, short), None


def _text(shown: float, exact: float, places: int, short: bool) -> str:
    """Without trailing zeros if it is to be short and the text is all of the number."""
    text = f"{shown:.{places}f}"
    if short and abs(float(text) - exact) <= EXACT * max(1.0, abs(exact)):
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def _joined(written: Parts) -> str:
    mantissa, exponent = written
    return mantissa if exponent is None else f"{mantissa}×10{str(exponent).translate(_RAISED)}"


def _printed(x: float, digits: int) -> Decimal:
    mantissa, exponent = parts(x, digits)
    return Decimal(mantissa.replace(MINUS, "-")).scaleb(exponent or 0)
