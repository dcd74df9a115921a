"""A draft as far as it could be read, and all that is wrong with it, each with its field."""

from dataclasses import dataclass

from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.limits import Limits
from app.sessions.setups.draft import Draft, checked, read
from app.sessions.setups.table import Table
from app.views.build.pairings import Advice, Offer, Problem, output_advice, pairing_problems

DRAW_ANEW = Offer("Draw the weights anew", "initializer.kind=xavier_uniform")
ALL_AT_ONCE = Offer("Take all at once", "batch_size=")
MISFIT = "The given starting values are for other layers than these."
REMEDIES = {"initializer.kind": (DRAW_ANEW,), "batch_size": (ALL_AT_ONCE,)}
DATA = ("X", "Y", "columns", "names")  # parts of explicit data, which come from the table


@dataclass(frozen=True)
class Built:
    """A draft as far as it could be read: `core` has its sizes, data, activations and loss, `setup` is the whole where
    nothing is wrong. `table` is the learner's, where it can be read; `pairings` is what cannot be built together,
    `advice` what could, and would fit the data better.
    """

    draft: Draft
    core: Setup | None
    setup: Setup | None
    table: Table | None
    errors: tuple[SetupError, ...]
    pairings: tuple[Problem, ...]
    advice: Advice | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, each with its field."""
        return (*map(_problem_of, self.errors), *self.pairings)


def build(draft: Draft, limits: Limits) -> Built:
    """All that is known of a draft: its table, its setup, or what is wrong with it."""
    reading = read(draft, limits)
    core = reading.core
    pairings = () if core is None else pairing_problems(core)
    setup = None if pairings else checked(reading)
    advice = None if core is None or any(problem.field == "loss" for problem in pairings) else output_advice(core)
    return Built(draft, core, setup, reading.table, tuple(reading.errors), pairings, advice)


def _problem_of(error: SetupError) -> Problem:
    field = _field_of(error.field)
    if error.field.startswith("parameters."):
        return Problem(field, MISFIT, offers=REMEDIES[field])
    return Problem(field, str(error), offers=REMEDIES.get(field, ()))


def _field_of(path: str) -> str:
    """The field that a place in the document comes from."""
    top, _, rest = path.partition(".")
    if top == "parameters":
        return "initializer.kind"
    return "table" if top == "data" and rest.partition("[")[0] in DATA else path
