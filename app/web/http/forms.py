"""Forms as browsers send them, either way that they have; a file may come along."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.sessions.setups.typed import number_of, whole_of
from app.sessions.walk.position import MEASURES, Measure
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import symbol_of

MOST_FIELDS = 40
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


@dataclass(frozen=True)
class Sent:
    """The fields as texts; `file` is what the file holds, None where none was sent."""

    fields: Form
    file: bytes | None = None


async def sent_by(request: Request, most_bytes: int, most_fields: int) -> Sent:
    """What a form sends; SetupError for what cannot be read as one.

    Nothing of a file outlives the request.
    """
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return Sent(await form_of(request, most_fields))
    if parse_options_header(kind)[1].get(b"charset", b"utf-8").lower() != b"utf-8":  # no browser says another
        raise SetupError("form", "The form is in a character set that is not read here.", "Send it as UTF-8.")
    try:
        async with request.form(max_files=1, max_fields=most_fields, max_part_size=most_bytes) as form:
            file = form.get("file")
            content = await file.read() if isinstance(file, UploadFile) and file.filename else None
            return Sent({name: value for name, value in form.items() if isinstance(value, str)}, content)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise SetupError("form", "The form cannot be read.", "Go back and send it again.") from error


def number_in(form: Form, field: str) -> float:
    """A number as people write it; SetupError for anything else, infinity included."""
    return number_of(form.get(field, ""), field)


def whole_in(form: Form, field: str) -> int:
    """A whole number from 0; SetupError for anything else."""
    return whole_of(form.get(field, ""), field)


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
