"""Which parameter a picture is of: a field of its form, and the weight or bias that is chosen in it."""

from collections.abc import Iterator

from app.engine.equations.updates import parameter_of
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.pictures.choices import Choice, Query, choice
from app.views.text.naming import parameter_name
from app.views.text.words import sentence

MOST = 150  # parameters in one field: of a larger network those of the chosen one's unit, and the first of each other

FIRST = Symbol("W", 1, 0, 0)


def parameter_choice(
    session: TrainingSession, query: Query, field: tuple[str, str], default: Symbol
) -> tuple[Choice, Symbol]:
    """The field, of this name and label, and what is chosen: what the address asks for if there is one, else the
    default.
    """
    every = {reference(one): one for one in parameters_of(session.setup.sizes)}
    chosen = every.get(query.get(field[0], ""), default)
    offered = [(name, one) for name, one in every.items() if len(every) <= MOST or _is_near(one, chosen)]
    options = [(name, sentence(parameter_name(session.shape, one))) for name, one in offered]
    return choice({field[0]: reference(chosen)}, *field, options), chosen


def _is_near(one: Symbol, chosen: Symbol) -> bool:
    """Whether it leads to the same unit, or is the first of its own."""
    return one[1:3] == chosen[1:3] or one.k == 0


def parameter_in_question(session: TrainingSession) -> Symbol:
    """The parameter of the equation that was shown last, else the first weight."""
    return (session.equation and parameter_of(session.equation.symbol)) or FIRST


def parameters_of(sizes: tuple[int, ...]) -> Iterator[Symbol]:
    """Every weight and bias, layer by layer and unit by unit: the weights that lead to it, then its bias."""
    for l, units in enumerate(sizes[1:], start=1):
        for j in range(units):
            yield from (Symbol("W", l, j, k) for k in range(sizes[l - 1]))
            yield Symbol("b", l, j)
