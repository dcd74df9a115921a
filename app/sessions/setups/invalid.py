"""What pydantic found wrong, in our words: the field, the problem and the remedy, never an echo."""

from collections.abc import Mapping, Sequence
from typing import Any

Error = dict[str, str]
MOST_ERRORS = 10  # fields named in one answer

REMEDIES = {
    "missing": "Give it.",
    "extra_forbidden": "Leave it out; /docs lists the fields that there are.",
    "finite_number": "Give a finite number.",
    "list_type": "Give a list.",
    "bool_type": "Give true or false.",
    "int_type": "Give a whole number.",
    "float_type": "Give a number.",
    "string_type": "Give a string.",
    "greater_than": "Give a number above {gt:g}.",
    "greater_than_equal": "Give {ge:g} or more.",
    "less_than": "Give a number below {lt:g}.",
    "less_than_equal": "Give at most {le:g}.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "string_too_short": "Give at least {min_length} character.",
    "string_too_long": "Give at most {max_length} characters.",
    "string_unicode": "Give a string of whole characters.",
    "model_attributes_type": "Give an object, with braces.",
    "model_type": "Give an object, with braces.",
    "literal_error": "Choose one of: {expected}.",
}
PROBLEMS = {
    "missing": "It is missing.",
    "extra_forbidden": "There is a field that is not known.",
    "finite_number": "It is not a finite number.",
    "string_unicode": "It is not a string that can be read.",
    "model_attributes_type": "It is not a JSON object.",
    "model_type": "It is not a JSON object.",
}


def told(error: Mapping[str, Any], outer: int = 1) -> Error:
    """One of pydantic's errors in our words; of what was given only the place is told.

    The first `outer` parts of the place are none of it: the body of a request.
    """
    kind, ctx = error["type"], error.get("ctx", {})
    place = [part for part in error["loc"][outer:] if not str(part).startswith("~")]
    if kind == "extra_forbidden":
        place.pop()  # the name that was given
    if kind == "value_error":
        happened, _, remedy = str(ctx["error"]).partition("; ")
        return {"field": _path(place), "problem": f"{happened.removesuffix('.')}.", "remedy": remedy or "See /docs."}
    happened = PROBLEMS.get(kind) or error["msg"].replace("Input should", "It should") + "."
    return {"field": _path(place), "problem": happened, "remedy": REMEDIES.get(kind, "See /docs.").format(**ctx)}


def _path(place: Sequence[str | int]) -> str:
    """sizes, data.X[3][0], optimizer.learning_rate."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")
