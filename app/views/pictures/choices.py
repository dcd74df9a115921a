"""What can be chosen of a picture: fields of a form that asks for it again, each with its options."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.engine.equations.updates import parameter_of
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.pages import Option
from app.views.text.naming import parameter_name
from app.views.text.words import sentence

Query = Mapping[str, str]  # what the address asks for
FEW, SHORT = 3, 24  # options, and characters in all of them, that stand side by side as radio buttons
MOST_KEPT, LONGEST = 12, 40  # fields of other pictures that a form without scripts sends along, and their letters
MOST = 150  # parameters in one field: of a larger network those of the chosen one's unit, and the first of each other


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

    @property
    def query(self) -> str:
        """What is chosen, as an address has it."""
        return urlencode({field.name: field.value for field in self.fields})


def choices_of(query: Query, picture: str, fields: Sequence[Choice], target: str = "picture") -> Choices:
    """The form of the picture of this name. Without scripts it asks for the page, with the other choices kept."""
    shown = (("show", picture),) if target == "picture" else ()
    own = {*(field.name for field in fields), *(name for name, _ in shown)}
    others = [pair for pair in query.items() if pair[0] not in own and max(map(len, pair)) <= LONGEST]
    return Choices(picture, target, tuple(fields), (*shown, *others[:MOST_KEPT]))


# Which parameter a picture is of --------------------------------------------------------------------------------------


def parameter_choice(
    session: TrainingSession, query: Query, field: tuple[str, str], default: Symbol
) -> tuple[Choice, Symbol]:
    """The field, of this name and label, and the weight or bias that is chosen in it: what the address asks for if
    there is one, else the default.
    """
    every = {reference(one): one for one in parameters_of(session.setup.sizes)}
    chosen = every.get(query.get(field[0], ""), default)
    options = [
        (name, sentence(parameter_name(session.shape, one)))
        for name, one in every.items()
        if len(every) <= MOST or one[1:3] == chosen[1:3] or one.k == 0
    ]
    return choice({field[0]: reference(chosen)}, *field, options), chosen


def parameter_in_question(session: TrainingSession) -> Symbol:
    """The parameter of the equation that was shown last, else the first weight."""
    return (session.equation and parameter_of(session.equation.symbol)) or Symbol("W", 1, 0, 0)


def parameters_of(sizes: tuple[int, ...]) -> Iterator[Symbol]:
    """Every weight and bias, layer by layer and unit by unit: the weights that lead to it, then its bias."""
    for l, units in enumerate(sizes[1:], start=1):
        for j in range(units):
            yield from (Symbol("W", l, j, k) for k in range(sizes[l - 1]))
            yield Symbol("b", l, j)
