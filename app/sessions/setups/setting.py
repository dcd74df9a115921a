"""What a setting is: a field of a model with bounds, what a form shows of it, the limits of a server that hold it, and
what is said of a value that does not fit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.engine.network.errors import SetupError, UnknownNameError
from app.limits import Limits

LONGEST_NAME = 40  # characters of a choice
Idle = tuple[str, tuple[str, ...]]
NEVER: Idle = ("", ())


class Strict(BaseModel):
    """No unknown fields, no conversions, no NaN or Infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


# Declared -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Within:
    """A limit that is a setting of the server: `check` raises SetupError for a value of this field beyond it."""

    check: Callable[[str, Any, Limits], None]


@dataclass(frozen=True)
class AtMost:
    """As above, for a count of such things; `limit` is its name among the limits."""

    limit: str
    things: str

    def check(self, field: str, count: int, limits: Limits) -> None:
        """SetupError for more of them."""
        most = self.most(limits)
        if count > most:
            raise SetupError(field, f"There are more than {most:,} {self.things}.", f"Use at most {most:,}.")

    def most(self, limits: Limits) -> int:
        """How many there may be."""
        return int(getattr(limits, self.limit))


@dataclass(frozen=True)
class Setting:
    """A setting that a form can show: its `label`, a `hint` below it, `choices` where it is one of several.

    `usual` is what holds where nobody chose, None for nothing. Only these `kinds` have it; None for all. It is `idle`,
    without any effect, while the setting beside it of this name holds one of these texts.

    The rest is known where it stands in a model: its `place` in a document, as optimizer.learning_rate; its `type`:
    int, float, bool, or str for a choice; whether a form may leave it empty (`optional`); the bound of a count.
    """

    label: str
    hint: str = ""
    usual: Any = None
    choices: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None
    idle: Idle = NEVER
    place: str = ""
    type: type = float
    optional: bool = False
    most: AtMost | None = None

    @property
    def section(self) -> str:
        """The place of the part that it is in: optimizer; empty for the whole."""
        return self.place.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Its name in that part."""
        return self.place.rpartition(".")[2]

    def beside(self, name: str) -> str:
        """The place of its neighbour of this name."""
        return f"{self.section}.{name}".removeprefix(".")

    def belongs_to(self, kind: str) -> bool:
        """Whether this kind has it."""
        return self.kinds is None or kind in self.kinds


def declared(
    default: Any,
    description: str,
    label: str = "",
    hint: str = "",
    *,
    limit: Within | AtMost | None = None,
    usual: Any = None,
    choices: tuple[str, ...] = (),
    kinds: tuple[str, ...] | None = None,
    idle: Idle = NEVER,
    **bounds: Any,
) -> Any:
    """A field: pydantic's own with these bounds, and what a form shows of it where it has a label.

    A default of ... must be given.
    """
    field = Field(default, description=description, **bounds)
    if label:
        field.metadata.append(Setting(label, hint, usual, choices, kinds, idle))
    if limit:
        field.metadata.append(limit)
    return field


def choice(
    known: Mapping[str, object], default: Any = ..., description: str = "Its name.", label: str = "", usual: str = ""
) -> Any:
    """A field for a name that the engine knows; the documentation lists those that there are."""
    return declared(
        default,
        description,
        label,
        usual=usual or None,
        choices=tuple(known),
        max_length=LONGEST_NAME,
        json_schema_extra={"enum": list(known)},
    )


def own(kinds: tuple[str, ...], usual: float, words: str, label: str, hint: str = "", **more: Any) -> Any:
    """A field that only some kinds have; what is usual holds where it is left out."""
    description = f"For {', '.join(f'`{kind}`' for kind in kinds)}: {words} ({written(usual)})."
    return declared(None, description, label, hint, kinds=kinds, usual=usual, **more)


def written(number: float) -> str:
    """A default as the documentation writes it: 1,000, 0.5, 1e-8."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}".replace("e-0", "e-")


def published(limit: str) -> str:
    """The default of a limit, for the documentation."""
    return f"{Limits.model_fields[limit].default:,} (a setting of the server)"


# Checked --------------------------------------------------------------------------------------------------------------


def check_given(given: Strict, limits: Limits, prefix: str = "") -> None:
    """SetupError where a value is beyond a limit, a name is not known, or a kind does not have a setting."""
    for name, field in type(given).model_fields.items():
        value, place = getattr(given, name), f"{prefix}{name}"
        if isinstance(value, Strict):
            check_given(value, limits, f"{place}.")
        elif value is not None:
            for mark in field.metadata:
                if isinstance(mark, Within | AtMost):
                    mark.check(place, value, limits)
                elif isinstance(mark, Setting) and mark.choices and value not in mark.choices:
                    raise UnknownNameError(place, mark.choices)
                elif isinstance(mark, Setting) and not mark.belongs_to(getattr(given, "kind", "")):
                    having = " and ".join(mark.kinds or ())
                    raise SetupError(place, f"Only {having} take a {name}.", "Leave it out.")


# Read off a model ----------------------------------------------------------------------------------------------------


def settings_of(model: type[BaseModel], prefix: str = "") -> dict[str, Setting]:
    """The settings of a model that a form shows, by their places, in the order in which they are declared."""
    found: dict[str, Setting] = {}
    for name, field in model.model_fields.items():
        place, types = f"{prefix}{name}", set(_types(field.annotation))
        for section in types:
            if issubclass(section, Strict):
                found |= settings_of(section, f"{place}.")
        if mark := next((mark for mark in field.metadata if isinstance(mark, Setting)), None):
            default = None if field.is_required() else field.default
            found[place] = replace(
                mark,
                place=place,
                type=next(iter(types - {type(None)})),
                usual=mark.usual if default is None else default,
                optional=default is None and not field.is_required() and mark.kinds is None,
                most=next((mark for mark in field.metadata if isinstance(mark, AtMost)), None),
            )
    return found


def _types(annotation: Any) -> Iterator[type]:
    """The types that an annotation is about: of Annotated[int, ...] | None int and None."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    yield from chain.from_iterable(map(_types, get_args(annotation)))


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
