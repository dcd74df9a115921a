"""Numbers as people type them: digits 0 to 9, one decimal mark. Python's own float takes more: 1_000, nan."""

import re

from app.engine.network.errors import SetupError

NUMBER, WITH_COMMA = (
    re.compile(rf"[+-]?(\d{{1,40}}({mark}\d{{0,40}})?|{mark}\d{{1,40}})([eE][+-]?\d{{1,4}})?", re.ASCII)
    for mark in (r"\.", ",")
)
WHOLE = re.compile(r"\d{1,12}", re.ASCII)


def number_of(text: str, field: str) -> float:
    """The number in a field; SetupError for anything else, infinity included."""
    text = signed(text.strip())
    if NUMBER.fullmatch(text) is None or abs(float(text)) == float("inf"):
        raise SetupError(field, "This is not a number.", "Write it with digits and a point, such as 0.1.")
    return float(text)


def whole_of(text: str, field: str) -> int:
    """The whole number from 0 in a field; SetupError for anything else."""
    text = text.strip()
    if WHOLE.fullmatch(text) is None:
        raise SetupError(field, "This is not a whole number.", "Write it with digits, such as 100.")
    return int(text)


def signed(text: str) -> str:
    """With a minus sign that Python reads."""
    return text.replace("−", "-")
