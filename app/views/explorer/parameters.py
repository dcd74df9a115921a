"""The parameters table: every weight and bias with its value, its gradient and its value after the update."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from app.engine.check.gradient_check import GradientCheck
from app.engine.equations.shape import Shape
from app.engine.equations.trace import found_at
from app.engine.equations.values import Values
from app.engine.memory import kept_with
from app.engine.network.expressions import Symbol
from app.lessons.lesson import Orientation
from app.sessions.walk.session import TrainingSession
from app.views.check.verdicts import (
    NOT_YET,
    NOTHING,
    Proof,
    proof_of,
    proved,
)
from app.views.formulas.symbols import in_html, reference, script_of
from app.views.network.scales import sign_class
from app.views.text.numbers import fixed, signed


@dataclass(frozen=True)
class ParameterRow:
    """One parameter: its name, its texts, the sign of its gradient, and whether the step is about it.

    `proof` is the numerical check of the gradient: None where gradients are not proved, empty where not yet found.
    """

    template: ClassVar[str] = "macros/parameter.html"

    ref: str
    name: str
    value: str
    gradient: str
    sign: str
    after: str
    current: bool
    proof: Proof | None = None

    @property
    def id(self) -> str:
        """The row's element."""
        return f"row-{self.ref}"


@dataclass(frozen=True)
class LayerTable:
    """The parameters of one layer."""

    layer: int
    title: str
    rows: tuple[ParameterRow, ...]


@dataclass(frozen=True)
class Parameters:
    """The tables of all layers, the last layer first: the order in which gradients are found.

    `proving` adds the column of the numerical check.
    """

    id: ClassVar[str] = "parameters"
    template: ClassVar[str] = "explorer/parameters.html"

    tables: tuple[LayerTable, ...]
    proving: bool = False

    def frame(self) -> object:
        """Tables without their rows: nothing that changes during a walk."""
        return self.proving, tuple((table.layer, table.title) for table in self.tables)

    def parts(self) -> tuple[tuple[ParameterRow, ...], ...]:
        """Every row, table by table."""
        return tuple(table.rows for table in self.tables)


class Stage(NamedTuple):
    """How far a layer is: the cursor within its gradients, within its updates, and the row in question."""

    gradients: int
    updates: int
    current: str


@dataclass(frozen=True, eq=False)
class Names:
    """A parameter, its gradient, its value after the update, and how it is named."""

    symbol: Symbol
    gradient: Symbol
    after: Symbol
    ref: str
    name: str


@lru_cache(maxsize=256)
def names_of(shape: Shape, orientation: Orientation, layer: int) -> tuple[Names, ...]:
    """The parameters of a layer in the order in which the lesson reads them."""
    script = script_of(shape, orientation)
    units, inputs = range(shape.sizes[layer]), range(shape.sizes[layer - 1])
    symbols = [Symbol("W", layer, j, k) for j in units for k in inputs] + [Symbol("b", layer, j) for j in units]
    symbols.sort(key=lambda symbol: (symbol.kind, script.index(symbol) if len(units) * len(inputs) < 82 else ""))
    return tuple(
        Names(s, s._replace(kind=f"d{s.kind}"), s._replace(kind=f"new_{s.kind}"), reference(s), in_html(s, script))
        for s in symbols
    )


def parameters(session: TrainingSession, orientation: Orientation, digits: int) -> Parameters:
    """Every layer's table, numbers appearing as the walk finds them."""
    layers, check = range(session.shape.depth, 0, -1), proof_of(session)
    tables = (_table(session, layer, (orientation, digits), check) for layer in layers)
    return Parameters(tuple(tables), check is not None)


def _table(
    session: TrainingSession, layer: int, look: tuple[Orientation, int], check: GradientCheck | None
) -> LayerTable:
    (orientation, digits), shape, cursor = look, session.shape, session.cursor
    gradients, updates = _spans(shape, layer)
    current = session.equation.symbol if session.equation is not None else None
    stage = Stage(
        min(max(cursor, gradients[0]), gradients[1]),
        min(max(cursor, updates[0]), updates[1]),
        reference(current) if current is not None and current.layer == layer else "",
    )
    return _table_at(session.values, check, shape, names_of(shape, orientation, layer), stage, digits)


@lru_cache(maxsize=512)
def _spans(shape: Shape, layer: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and end of the layer's equations that find gradients, and of those that update."""
    found, units = found_at(shape), shape.sizes[layer]
    starts = [found[Symbol(kind, layer, 0, 0)] for kind in ("dW", "new_W")]
    ends = [found[Symbol(kind, layer, units - 1)] + 1 for kind in ("db", "new_b")]
    return (starts[0], ends[0]), (starts[1], ends[1])


@kept_with(most=512)
def _table_at(
    values: Values, check: GradientCheck | None, shape: Shape, names: tuple[Names, ...], stage: Stage, digits: int
) -> LayerTable:
    """Cached: at most steps a layer's table stays as it was."""
    found, layer = found_at(shape), names[0].symbol.layer
    rows = (
        _row(
            values,
            check,
            one,
            (found[one.gradient] < stage.gradients, found[one.after] < stage.updates, one.ref == stage.current),
            digits,
        )
        for one in names
    )
    return LayerTable(layer, _title(shape, layer), tuple(rows))


def _title(shape: Shape, layer: int) -> str:
    return f"Layer {layer}" + (", the output" if layer == shape.depth else "")


@kept_with(most=16384)
def _row(
    values: Values, check: GradientCheck | None, names: Names, now: tuple[bool, bool, bool], digits: int
) -> ParameterRow:
    """Cached: from one step to the next most rows stay as they were. `now`: gradient found, updated, in question."""
    found, moved, current = now
    gradient = values[names.gradient] if found else 0.0
    return ParameterRow(
        names.ref,
        names.name,
        fixed(values[names.symbol], digits),
        signed(gradient, digits) if found else NOT_YET,
        sign_class(gradient) if found else "",
        fixed(values[names.after], digits) if moved else NOT_YET,
        current,
        None if check is None else proved(check.by_symbol[names.gradient], digits) if found else NOTHING,
    )
