"""The panel that checks every gradient numerically."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.check.gradient_check import Checked
from app.engine.equations.trace import found_at
from app.sessions.walk.session import TrainingSession
from app.views.check.verdicts import (
    NOT_YET,
    SIGNS,
    CheckCell,
    check_cell,
    check_of,
    gradients_in,
    looks,
    verdict,
    worst,
)
from app.views.formulas.symbols import ParameterNames, orientation_of, parameter_names
from app.views.network.scales import sign_class
from app.views.text.numbers import number, signed


@dataclass(frozen=True)
class CheckRow:
    """One gradient: as backward() found it, as differences give it, how far they are apart."""

    template: ClassVar[str] = "check/row.html"

    ref: str
    name: str
    analytic: str
    analytic_sign: str
    numeric_sign: str
    error: str
    check: CheckCell

    @property
    def id(self) -> str:
        """The row's element."""
        return f"check-{self.ref}"


@dataclass(frozen=True)
class CheckTable:
    """The gradients of one layer."""

    layer: int
    title: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True)
class Check:
    """The panel: closed (neither `offered` nor `tables`), offered, open, or `refused` with the reason."""

    id: ClassVar[str] = "check"
    template: ClassVar[str] = "check/check.html"

    offered: bool = False
    refused: str = ""
    look: str = ""
    verdict: str = ""
    waiting: bool = False
    tables: tuple[CheckTable, ...] = ()

    def frame(self) -> object:
        """All but the rows."""
        titles = tuple((table.layer, table.title) for table in self.tables)
        return self.offered, self.refused, self.look, self.verdict, self.waiting, titles

    def parts(self) -> tuple[tuple[CheckRow, ...], ...]:
        """Every row, table by table."""
        return tuple(table.rows for table in self.tables)


CLOSED = Check()
OFFERED = Check(offered=True)


def check_panel(session: TrainingSession, digits: int) -> Check:
    """Closed in the bug lab, offered until it is asked for. Numbers stand where the walk has found them."""
    if session.hidden:
        return CLOSED
    if not session.checking:
        return OFFERED
    check = check_of(session)
    if check is None:
        return Check(refused=_refusal(session))
    orientation = orientation_of(session)
    found = found_at(session.shape)
    tables = tuple(
        CheckTable(
            layer,
            f"Layer {layer}{', the output' if layer == session.shape.depth else ''}: {SIGNS[because][2]}",
            tuple(
                _row(check.by_symbol[one.gradient], one, found[one.gradient] < session.cursor, digits)
                for one in parameter_names(session.shape, orientation, layer)
            ),
        )
        for layer, because in check.layers.items()
    )
    waiting = not session.phase_done("backward")
    return Check(look=looks(worst(check)), verdict=verdict(check), waiting=waiting, tables=tables)


def _row(checked: Checked, names: ParameterNames, known: bool, digits: int) -> CheckRow:
    """The numbers where the walk has found them; how far they are apart, at once."""
    cell = check_cell(checked, digits)
    return CheckRow(
        ref=names.ref,
        name=names.name,
        analytic=signed(checked.analytic, digits) if known else NOT_YET,
        analytic_sign=sign_class(checked.analytic) if known else "",
        numeric_sign=sign_class(checked.numeric) if known else "",
        error=number(checked.relative_error, 2),
        check=cell if known else replace(cell, numeric=NOT_YET),
    )


def _refusal(session: TrainingSession) -> str:
    examples = len(session.batch)
    return (
        f"{gradients_in(session.shape)} gradients over {examples} examples are too many to check at each step. "
        "The equation of each gradient still shows its own check; a smaller batch lets all be checked."
    )
