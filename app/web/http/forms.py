"""Forms as browsers send them."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from app.engine.network.errors import SetupError, UnknownNameError
from app.sessions.setups.numerals import number_of, whole_of
from app.sessions.walk.position import MEASURES, Measure

MOST_FIELDS = 40

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
    return number_of(form.get(field, ""), field)


def whole_in(form: Form, field: str) -> int:
    """A whole number from 0; SetupError for anything else."""
    return whole_of(form.get(field, ""), field)


def measure_in(form: Form) -> Measure:
    """How far a step goes; an equation where the form does not say. UnknownNameError for another word."""
    given = form.get("by", "equation")
    if given not in MEASURES:
        raise UnknownNameError("by", MEASURES)
    return given
