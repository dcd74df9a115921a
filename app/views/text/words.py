"""Words that every sentence may use: small numbers, fractions and lists, as spoken."""

from bisect import bisect_right
from collections.abc import Sequence

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PLACES = ("first", "second", "third", "fourth")
MOST_READ_OUT = len(PLACES)  # beyond these many, terms are no longer read out one by one
SATURATED = 0.05  # a slope below this lets almost nothing through
SHARES = (
    (SATURATED, "a tenth"),
    (0.15, "a fifth"),
    (0.225, "a quarter"),
    (0.29, "a third"),
    (0.367, "two fifths"),
    (0.45, "half"),
    (0.58, "two thirds"),
    (0.71, "three quarters"),
    (0.85, "nearly all"),
)


def with_article(noun: str) -> str:
    """a sigmoid, an identity, an ELU."""
    return f"{'an' if noun[0] in 'aeiouAEIO' else 'a'} {noun}"


def share(slope: float) -> str:
    """How much of a gradient a slope lets through: nothing, a quarter of it, all of it; slopes from 0 to 1."""
    if slope == 0:
        return "nothing"
    if slope == 1:
        return "all of it"
    place = bisect_right([bound for bound, _ in SHARES], slope)
    return "almost nothing" if place == 0 else f"{SHARES[place - 1][1]} of it"


def counted(count: int, noun: str) -> str:
    """one unit, two units, 13 units."""
    number = COUNTS[count] if count < len(COUNTS) else str(count)
    return f"{number} {noun}" if count == 1 else f"{number} {noun}s"


def times(count: int) -> str:
    """once, twice, three times, 13 times."""
    return ("", "once", "twice")[count] if 0 < count < 3 else counted(count, "time")


def raised(written: str, power: int) -> str:
    """0.5², (−0.5)³, 0.5: a written number to the power of a whole one."""
    if power == 1:
        return written
    base = written if written.replace(".", "").isdigit() else f"({written})"
    return base + str(power).translate(RAISED)


def listed(texts: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def sentence(text: str) -> str:
    """The text with its first letter large."""
    return text[0].upper() + text[1:]
