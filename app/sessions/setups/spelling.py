"""How the values of a table are written: missing ones, and numbers that are not plainly digits and a decimal mark, in a
whole column alike: with a unit, in groups of thousands, as dates.

Only what has one meaning is taken: 1,000 alone may be one or a thousand, and 3/4/2026 one of two days.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.sessions.setups.typed import NUMBER, WITH_COMMA, signed

MISSING = frozenset(("", "na", "n/a", "#n/a", "#nv", "nan", "null", "?"))
SPACES = r"[ \u00a0\u202f]"
CURRENCY = "$\u20ac\u00a3\u00a5"  # dollar, euro, pound, yen
# 12 %, $5, 12.5 kg, 80 km/h; the number is what is not the unit.
UNIT = re.compile(
    rf"(?P<before>[{CURRENCY}]?){SPACES}?(?P<number>[+-]?[\d.,'\u2019 \u00a0\u202f]*\d){SPACES}?"
    rf"(?P<behind>[%\u2030{CURRENCY}]|\u00b0?[^\W\d_]{{1,5}}(?:/[^\W\d_]{{1,5}})?|)"
)
# What stands between thousands -> the decimal marks that may go with it.
GROUPING = {".": (",",), ",": (".",), " ": (",", "."), "\u00a0": (",", "."), "\u202f": (",", "."), "'": (",", ".")}
DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d", "%Y-%m", "%d.%m.%Y",
         "%d.%m.%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y")  # fmt: skip
DAY = 24 * 60 * 60


def is_missing(text: str) -> bool:
    """Whether a text says that there is no value."""
    return text.casefold() in MISSING


def bare(text: str) -> str:
    """What is left of a text without a unit."""
    found = UNIT.fullmatch(signed(text))
    return found["number"] if found else text


class Spelled(NamedTuple):
    """The texts of a column as plain numbers, and what is to be said of it."""

    texts: tuple[str, ...]
    note: str


def respelled(texts: Sequence[str], mark: str) -> Spelled | None:
    """The numbers that all of these texts are, with this decimal mark; None where they are not, or not of one kind."""
    if not texts:
        return None
    kinds = (_grouped, _with_unit, _dates)
    return next(filter(None, (kind(texts, mark) for kind in kinds)), None)


def _grouped(texts: Sequence[str], mark: str) -> Spelled | None:
    """1.250,00 and 1,250.00: two at least of them must show both marks, or two groups; a space needs no witness."""
    pairs = ((group, decimal) for group, decimals in GROUPING.items() for decimal in decimals)
    for group, decimal in pairs:
        g, d = re.escape(group), re.escape(decimal)
        grouped = re.compile(rf"[+-]?\d{{1,3}}(?P<groups>(?:{g}\d{{3}})+)(?P<rest>{d}\d+)?", re.ASCII)
        plain = re.compile(rf"[+-]?\d{{1,40}}({d}\d{{0,40}})?", re.ASCII)
        found = [grouped.fullmatch(signed(text)) for text in texts]
        sure = [one for one in found if one and (group not in ".," or one["rest"] or one["groups"].count(group) > 1)]
        few = 2 if group in ".," else 1
        if len(sure) >= few and all(f or plain.fullmatch(signed(t)) for f, t in zip(found, texts, strict=True)):
            return Spelled(tuple(text.replace(group, "").replace(decimal, mark) for text in texts), "")
    return None


def _with_unit(texts: Sequence[str], mark: str) -> Spelled | None:
    """The same unit with each of them."""
    first = UNIT.fullmatch(signed(texts[0]))
    if first is None or not (first["before"] or first["behind"]):
        return None
    numbers = []
    for text in texts:
        found = UNIT.fullmatch(signed(text))
        if found is None or (found["before"], found["behind"]) != (first["before"], first["behind"]):
            return None
        numbers.append(found["number"])
    plain = WITH_COMMA if mark == "," else NUMBER
    if not all(map(plain.fullmatch, numbers)):
        grouped = _grouped(numbers, mark)
        if grouped is None:
            return None
        numbers = list(grouped.texts)
    return Spelled(tuple(numbers), f"in {first['before'] or first['behind']}")


def _dates(texts: Sequence[str], mark: str) -> Spelled | None:
    """Days since the first of them."""
    if not all(map(str.isascii, texts)) or not texts[0][:1].isdigit():
        return None
    readings = [times for form in DATES if (times := _times(texts, form)) is not None]
    if not readings or any(times != readings[0] for times in readings):
        return None  # none, or days and months may be either way round
    first = min(readings[0])
    since = (repr((time - first).total_seconds() / DAY).removesuffix(".0") for time in readings[0])
    return Spelled(tuple(days.replace(".", mark) for days in since), f"days since {first:%Y-%m-%d}")


def _times(texts: Sequence[str], form: str) -> list[datetime] | None:
    found = []
    try:
        for text in texts:
            found.append(datetime.strptime(text, form))
    except ValueError:
        return None
    return found
