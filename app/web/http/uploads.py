"""The form of a network that is built: its fields, and a file where one was sent with them."""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.engine.network.errors import SetupError
from app.web.http.forms import Form, form_of


@dataclass(frozen=True)
class Sent:
    """The fields as texts; `file` is what the file holds, None where none was sent."""

    fields: Form
    file: bytes | None = None


async def sent_by(request: Request, most_bytes: int, most_fields: int) -> Sent:
    """What a form sends, either way that browsers have; SetupError for what cannot be read as one.

    Nothing of a file outlives the request.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Sent(await form_of(request, most_fields))
    try:
        async with request.form(max_files=1, max_fields=most_fields, max_part_size=most_bytes) as form:
            file = form.get("file")
            content = await file.read() if isinstance(file, UploadFile) and file.filename else None
            return Sent({name: value for name, value in form.items() if isinstance(value, str)}, content)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise SetupError("form", "The form cannot be read.", "Go back and send it again.") from error
