"""Forms as browsers send them, and the numbers that people type into them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.sessions.walk.position import MEASURES, Measure
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import symbol_of

MOST_FIELDS = 40
NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"\d{1,12}", re.ASCII)
TARGET = re.compile(r"y-\d{1,6}", re.ASCII)
EDITABLE = ("W", "b", "x", "y")

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


def edited_in(form: Form, session: TrainingSession) -> Symbol:
    """The value that a form or an address names as `of`, to be edited. SetupError where it names none.

    The target of an output, as the diagram names it, is that of the example in focus.
    """
    of = form.get("of", "")
    if TARGET.fullmatch(of):
        of = of.replace("-", f"-{session.example}-")
    symbol = symbol_of(of, session.shape.depth)
    if symbol is None or symbol.kind not in EDITABLE:
        raise SetupError("of", "There is no such value.", "Name one such as w-1-0-0, b-1-0, x-0-0 or y-0-0.")
    session.edit_of(symbol, 1.0)  # SetupError where there is no such value; 1 is one that all can have
    return symbol


def measure_in(form: Form) -> Measure:
    """How far a step goes; an equation where the form does not say. UnknownNameError for another word."""
    given = form.get("by", "equation")
    if given not in MEASURES:
        raise UnknownNameError("by", MEASURES)
    return given
