"""Numbers as learners write them: with a point or a comma, a power of ten, any minus sign, a fraction, percent."""

import re
from math import isfinite

from app.engine.network.errors import SetupError
from app.engine.slips import Typed

LONGEST = 60  # characters
MINUS_SIGNS = "\u2212\u2013\u2014\ufe63\uff0d"
TIMES = "\u00b7\u2219*xX"
SPELLINGS = str.maketrans(f"{MINUS_SIGNS}{TIMES},", f"{'-' * len(MINUS_SIGNS)}{'×' * len(TIMES)}.")
RAISED = "\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
LOWERED = str.maketrans(RAISED, "+-0123456789")
GROUPS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")  # 12 345.678 901
TORN = re.compile(r"[0-9.] [0-9.]")
POWER = re.compile(rf"×10(?:\^|××)?([+-]?[0-9]{{1,3}}|[{RAISED}]{{1,4}})(?=/|$)")  # 1.31×10⁻⁵, 1.31*10^-5
DECIMAL = r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
NUMBER = re.compile(f"({DECIMAL})(?:/({DECIMAL}))?")


def read_number(text: str) -> Typed:
    """The number that a text stands for, with the worth of its last digit; SetupError where it stands for none."""
    plain = " ".join(text[: LONGEST + 1].translate(SPELLINGS).split())
    number = plain.removesuffix("%").rstrip()
    written = GROUPS.sub("", number)
    match = NUMBER.fullmatch(POWER.sub(lambda power: f"e{power[1].translate(LOWERED)}", written.replace(" ", "")))
    if match is None or TORN.search(written) or len(text) > LONGEST:
        raise SetupError("guess", "This is not a number.", "Write it like -0.0236, -2.36e-2 or -1/42.")
    above, below = match.groups()
    typed = _typed(above) if below is None else _ratio(float(above), float(below))
    if number != plain:
        typed = Typed(typed.value / 100, typed.unit / 100, typed.digits)
    if not isfinite(typed.value):
        raise SetupError("guess", "This number is too large.", "Write one that is below 1e300.")
    return typed


def _typed(text: str) -> Typed:
    """A decimal number: the worth of its last digit, and how many digits it gives after leading zeros."""
    mantissa, _, power = text.lower().partition("e")
    digits = mantissa.lstrip("+-").replace(".", "")
    places = len(mantissa.partition(".")[2]) - int(power or 0)
    return Typed(float(text), 10.0 ** min(-places, 300), len(digits.lstrip("0")))


def _ratio(above: float, below: float) -> Typed:
    """A fraction has no last digit."""
    if below == 0:
        raise SetupError("guess", "This divides by 0.", "Write another number below the line.")
    return Typed(above / below)
