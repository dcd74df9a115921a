"""OpenAPI's answers for errors: the same for every operation of the API."""

from typing import Any

from app.web.api.answers import Problem


def _answer(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


ERRORS: dict[int | str, dict[str, Any]] = {
    400: _answer("The body is no JSON."),
    403: _answer("The request comes from another site's page."),
    413: _answer("The body is too large."),
    415: _answer("The body is packed."),
    421: _answer("The server does not answer to this host name."),
    422: {**_answer("A field does not fit: `errors` names it, its bound and the remedy."), "model": Problem},
    429: _answer("Too much at once; Retry-After says how many seconds to wait."),
    503: _answer("The server is busy, or its sessions are too many; Retry-After says how many seconds to wait."),
    507: _answer("The disk is full: nothing can be saved, all can be read."),
}
SESSION_ERRORS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    404: _answer("The session is unknown, or has expired."),
    409: _answer("The numbers would grow beyond what a number can hold; nothing is changed."),
    412: _answer("The given `rev` is stale; nothing is changed. `state` is the current state."),
}
