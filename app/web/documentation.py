"""OpenAPI's answers for errors: the same for every operation of the API."""

from typing import Any

from app.web.answers import Problem


def _answer(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


ERRORS: dict[int | str, dict[str, Any]] = {
    400: _answer("The body is no JSON."),
    413: _answer("The body is too large."),
    422: {**_answer("A field does not fit: `errors` names it, its bound and the remedy."), "model": Problem},
}
SESSION_ERRORS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    404: _answer("The session is unknown, or has expired."),
    409: _answer("The numbers would grow beyond what a number can hold; nothing is changed."),
    412: _answer("The given `rev` is stale; nothing is changed. `state` is the current state."),
}
