"""What can be chosen of a picture: fields of a form that asks for it again, each with its options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.views.pages import Option

Query = Mapping[str, str]  # what the address asks for
FEW = 3  # options of so few characters in all that they stand side by side as radio buttons
SHORT = 24
MOST_KEPT, LONGEST = 12, 40  # fields of other pictures that a form without scripts sends along, and their letters


@dataclass(frozen=True)
class Choice:
    """One field: its name in the address, what it is called, its options; side by side where they are few."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def value(self) -> str:
        """What is chosen."""
        return next(option.value for option in self.options if option.chosen)

    @property
    def in_a_row(self) -> bool:
        """Whether all options are shown at once."""
        return len(self.options) <= FEW and sum(len(option.text) for option in self.options) <= SHORT


def choice(query: Query, name: str, label: str, options: Sequence[tuple[str, str]]) -> Choice:
    """The field, from (value, text) of each option. What the address asks for counts if it is one of them, else the
    first does: a choice that no longer fits, such as a unit of another layer, is no error.
    """
    asked = query.get(name, "")
    chosen = asked if asked in [value for value, _ in options] else options[0][0]
    return Choice(name, label, tuple(Option(value, text, value == chosen) for value, text in options))


@dataclass(frozen=True)
class Choices:
    """The form of a picture: its name and the element that it fills; its fields; what is sent along."""

    picture: str
    target: str
    fields: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]


def choices_of(query: Query, picture: str, fields: Sequence[Choice], target: str = "picture") -> Choices:
    """The form of the picture of this name. Without scripts it asks for the page, with the other choices kept."""
    own = {field.name for field in fields} | ({"show"} if target == "picture" else set())
    shown = (("show", picture),) if target == "picture" else ()
    return Choices(picture, target, tuple(fields), (*shown, *_kept(query, own)))


def _kept(query: Query, own: set[str]) -> tuple[tuple[str, str], ...]:
    others = [(name, value) for name, value in query.items() if name not in own]
    return tuple((name, value) for name, value in others if max(len(name), len(value)) <= LONGEST)[:MOST_KEPT]
