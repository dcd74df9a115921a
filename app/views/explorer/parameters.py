"""The parameters table: every weight and bias with its value, its gradient and its value after the update."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.check.gradient_check import GradientCheck
from app.engine.equations.trace import found_at
from app.lessons.lesson import Orientation
from app.sessions.walk.session import TrainingSession
from app.views.check.check import NOT_YET, NOTHING, CheckCell, LayerTable, check_cell, check_of
from app.views.formulas.symbols import ParameterNames, parameter_names, reference
from app.views.network.scales import sign_class
from app.views.text.numbers import fixed, signed

MOST_UNFOLDED = 120  # parameters: beyond, the table of each layer is folded


@dataclass(frozen=True)
class ParameterRow:
    """One parameter: its name, also in words, its texts, the sign of its gradient, and whether the step is about it.

    `check` is the numerical check of the gradient: None where gradients are not checked, empty where not yet found.
    """

    template: ClassVar[str] = "explorer/parameter.html"

    ref: str
    name: str
    words: str
    value: str
    gradient: str
    sign: str
    after: str
    current: bool
    check: CheckCell | None = None

    @property
    def id(self) -> str:
        return f"row-{self.ref}"


@dataclass(frozen=True)
class Parameters:
    """The tables of all layers, the last layer first: the order in which gradients are found.

    `checking` adds the column of the numerical check; `folded`: each layer's table is unfolded by itself.
    """

    id: ClassVar[str] = "parameters"
    template: ClassVar[str] = "explorer/parameters.html"

    tables: tuple[LayerTable[ParameterRow], ...]
    checking: bool = False
    folded: bool = False

    def frame(self) -> object:
        return self.checking, tuple((table.layer, table.title) for table in self.tables)

    def parts(self) -> tuple[tuple[ParameterRow, ...], ...]:
        return tuple(table.rows for table in self.tables)


def parameters(session: TrainingSession, orientation: Orientation, digits: int) -> Parameters:
    """Every layer's table, numbers appearing as the walk finds them."""
    check, depth, tables = check_of(session), session.shape.depth, []
    current = reference(session.equation.symbol) if session.equation else ""
    for layer in range(depth, 0, -1):
        names = parameter_names(session.shape, orientation, layer)
        rows = tuple(_row(session, one, one.ref == current, check, digits) for one in names)
        tables.append(LayerTable(layer, f"Layer {layer}{', the output' if layer == depth else ''}", rows))
    folded = sum(len(table.rows) for table in tables) > MOST_UNFOLDED
    return Parameters(tuple(tables), check is not None, folded)


def _row(
    session: TrainingSession, names: ParameterNames, current: bool, check: GradientCheck | None, digits: int
) -> ParameterRow:
    values, place = session.values, found_at(session.shape)
    found = place[names.gradient] < session.cursor
    moved = place[names.after] < session.cursor
    gradient = values[names.gradient] if found else 0.0
    return ParameterRow(
        names.ref,
        names.name,
        names.words,
        fixed(values[names.symbol], digits),
        signed(gradient, digits) if found else NOT_YET,
        sign_class(gradient) if found else "",
        fixed(values[names.after], digits) if moved else NOT_YET,
        current,
        None if check is None else check_cell(check.by_symbol[names.gradient], digits) if found else NOTHING,
    )
