"""Forms as browsers send them, and the numbers that people type into them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from app.engine.network.errors import SetupError, UnknownNameError
from app.sessions.walk.position import MEASURES, Measure

MOST_FIELDS = 40
NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"\d{1,12}", re.ASCII)

Form = Mapping[str, str]


async def form_of(request: Request, most: int = MOST_FIELDS) -> Form:
    """The fields of a form; of a field that is given twice the last counts. SetupError for more than anyone sends."""
    body = await request.body()
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most))
    except ValueError as error:
        raise SetupError("form", "The form has too many fields.", f"Send at most {most}.") from error


def number_in(form: Form, field: str) -> float:
    """A number as people write it; SetupError for anything else, infinity included."""
    text = form.get(field, "").strip().replace("−", "-")
    if NUMBER.fullmatch(text) is None or abs(float(text)) == float("inf"):
        raise SetupError(field, "This is not a number.", "Write it with digits and a point, such as 0.1.")
    return float(text)


def whole_in(form: Form, field: str) -> int:
    """A whole number from 0; SetupError for anything else."""
    text = form.get(field, "").strip()
    if WHOLE.fullmatch(text) is None:
        raise SetupError(field, "This is not a whole number.", "Write it with digits, such as 100.")
    return int(text)


def measure_in(form: Form) -> Measure:
    """How far a step goes; an equation where the form does not say. UnknownNameError for another word."""
    given = form.get("by", "equation")
    if given not in MEASURES:
        raise UnknownNameError("by", MEASURES)
    return given
