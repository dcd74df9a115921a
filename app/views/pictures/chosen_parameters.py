"""Which parameter a picture is of: a field of its form, and the weight or bias that is chosen in it."""

import re
from collections.abc import Iterator

from app.engine.equations.updates import parameter_of
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.pictures.choices import Choice, Query, choice
from app.views.text.naming import parameter_name
from app.views.text.words import sentence

MARK = re.compile(r"([wb])-(\d{1,3})-(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)  # as the diagram names its marks
MOST = 150  # parameters in one field: of a larger network those of the chosen one's unit, and the first of each other

FIRST = Symbol("W", 1, 0, 0)


def parameter_choice(
    session: TrainingSession, query: Query, field: tuple[str, str], default: Symbol
) -> tuple[Choice, Symbol]:
    """The field, of this name and label, and what is chosen: what the address asks for if there is one, else the
    default."""
    asked = parameter_named(query.get(field[0], ""))
    every = list(parameters_of(session.setup.sizes))
    chosen = asked if asked in every else default
    options = [(reference(one), sentence(parameter_name(session.shape, one))) for one in _offered(every, chosen)]
    return choice({field[0]: reference(chosen)}, *field, options), chosen


def parameter_in_question(session: TrainingSession) -> Symbol:
    """The parameter of the equation that was shown last, else the first weight."""
    return (session.equation and parameter_of(session.equation.symbol)) or FIRST


def parameter_named(text: str) -> Symbol | None:
    """The weight or bias of a mark, w-1-0-1 or b-1-0; None where it is no such name."""
    found = MARK.fullmatch(text)
    if found is None or (found[1] == "w") != (found[4] is not None):
        return None
    k = None if found[4] is None else int(found[4])
    return Symbol("W" if found[1] == "w" else "b", int(found[2]), int(found[3]), k)


def parameters_of(sizes: tuple[int, ...]) -> Iterator[Symbol]:
    """Every weight and bias, layer by layer and unit by unit: the weights that lead to it, then its bias."""
    for l, units in enumerate(sizes[1:], start=1):
        for j in range(units):
            yield from (Symbol("W", l, j, k) for k in range(sizes[l - 1]))
            yield Symbol("b", l, j)


def _offered(every: list[Symbol], chosen: Symbol) -> list[Symbol]:
    if len(every) <= MOST:
        return every
    return [one for one in every if one[1:3] == chosen[1:3] or one.k == 0]
