"""What the numerical check says of gradients, in words and signs: of one, of a layer, of all; and the panel of all."""

from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from app.engine.check.gradient_check import VERDICTS, Checked, GradientCheck, check_gradients, check_one
from app.engine.equations.shape import Shape
from app.engine.equations.trace import found_at
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import orientation_of, parameter_names
from app.views.network.scales import sign_class
from app.views.text.numbers import number, signed
from app.views.text.words import sentence

MOST_WORK = 1_000_000  # gradients times examples times units that a step may have to check: about 100 ms
NOT_YET = "—"
Row = TypeVar("Row")
# Verdict -> sign, of one gradient in words, of a layer in words.
SIGNS = {
    "": ("✓", "agrees", "right"),
    "kink": ("△", "on a corner", "right, on a corner"),
    "rounding": ("≈", "rounding only", "rounding only"),
    "too_small": ("?", "too small to tell", "not wrong, but in part too small to tell"),
    "wrong": ("✗", "wrong", "wrong"),
}


@dataclass(frozen=True)
class Badge:
    """What the check says of the equation's gradient. `look` is right, kink, rounding, too_small or wrong."""

    look: str
    sign: str
    text: str


@dataclass(frozen=True)
class CheckCell:
    """A cell of the parameters table: the numerical gradient, and a sign with its word. `look` as for a badge."""

    look: str
    sign: str
    word: str
    numeric: str


@dataclass(frozen=True)
class LayerTable(Generic[Row]):
    """One row for each parameter of a layer."""

    layer: int
    title: str
    rows: tuple[Row, ...]


# All gradients ------------------------------------------------------------------------------------------------------


def check_of(session: TrainingSession) -> GradientCheck | None:
    """The check of this iteration's gradients; None where the session does not check them, or not all at once."""
    if not session.checking or session.hidden or work_of_check(session) > MOST_WORK:
        return None
    return check_gradients(session.current)


def work_of_check(session: TrainingSession) -> int:
    """Gradients times examples times units: what checking all gradients of this iteration grows with."""
    return gradients_in(session.shape) * len(session.batch) * sum(session.shape.sizes[1:])


def gradients_in(shape: Shape) -> int:
    """How many weights and biases there are."""
    return sum((before + 1) * units for before, units in zip(shape.sizes, shape.sizes[1:], strict=False))


# One gradient -------------------------------------------------------------------------------------------------------


def badge(session: TrainingSession, digits: int) -> Badge | None:
    """Of the equation that was shown last, if it finds a gradient and gradients are checked."""
    equation = session.equation
    if not session.checking or equation is None or equation.symbol.kind not in ("dW", "db") or session.hidden:
        return None
    everything = check_of(session)
    checked = everything.by_symbol[equation.symbol] if everything else check_one(session.current, equation.symbol)
    return Badge(checked.because or "right", SIGNS[checked.because][0], told(checked, digits))


def told(checked: Checked, digits: int) -> str:
    """What differences say of one gradient, in a sentence or two; and where they cannot, what its paths say."""
    numeric, analytic = number(checked.numeric, digits), number(checked.analytic, digits)
    percent = f"{number(float(f'{100 * checked.relative_error:.3g}'), 2)} %"
    exact = "exact " if checked.because == "rounding" else ""
    found = f"Central differences of the {exact}loss give {numeric}"
    if checked.referee == "paths":
        found = f"Too small to tell by differences. The sum over its paths, in more digits, is {numeric}"
    match checked.because:
        case "kink":
            left, right = (number(side, digits) for side in checked.sides or (0.0, 0.0))
            return (
                "A sum stands on the corner of its function. "
                f"To one side the loss has the slope {left}, to the other {right}. "
                f"At a corner g′ is taken from the left, where the sum is below 0: the walk takes {analytic}."
            )
        case "too_small":
            return (
                f"{found}, the walk finds {analytic}. Rounding leaves no more of the numbers behind them: "
                "too small to tell by differences."
            )
        case "wrong":
            return f"{found}. The walk finds {analytic}: wrong by {percent}."
        case "rounding":
            return f"{found}. The rule is right: rounding the activations accounts for the {percent} between them."
    if checked.relative_error == 0:
        return f"{found}: the very same."
    return f"{found}. They agree to {number(checked.relative_error, 2)} of their size."


NOTHING = CheckCell("", "", "", NOT_YET)  # where the walk has not found the gradient yet


def check_cell(checked: Checked, digits: int) -> CheckCell:
    """The cell of one gradient."""
    sign, word, _ = SIGNS[checked.because]
    by = ", by its paths" if checked.referee == "paths" else ""
    return CheckCell(checked.because or "right", sign, word + by, signed(checked.numeric, digits))


def worst(check: GradientCheck) -> str:
    """What tells most of all gradients."""
    return min(check.layers.values(), key=VERDICTS.index)


def verdict(check: GradientCheck) -> str:
    """All right, or the layer where the gradients first go wrong on the way back; what cannot be told counted apart."""
    each = "; ".join(f"layer {layer}: {SIGNS[because][2]}" for layer, because in check.layers.items())
    unsure = sum(checked.ok is None for checked in check.parameters)
    few = f" Too small to tell by differences: {unsure} of {len(check.parameters)}." if unsure else ""
    if check.first_wrong_layer is not None:
        first = f"Gradients first go wrong in layer {check.first_wrong_layer}, seen from the output."
        return f"{first} {sentence(each)}.{few}"
    if worst(check):
        return f"No gradient is wrong. {sentence(each)}.{few}"
    count, by_paths = len(check.parameters), sum(one.referee == "paths" for one in check.parameters)
    worst_of_all = f"the worst of them to {number(check.max_relative_error, 2)}"
    if not by_paths:
        return f"All {count} gradients agree with central differences of the loss, {worst_of_all}."
    return (
        f"All {count} gradients agree, {worst_of_all}: {count - by_paths} with central differences of the loss; "
        f"{by_paths}, too small to tell by differences, with the sums over their paths in more digits."
    )


# The panel -----------------------------------------------------------------------------------------------------------


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
        return f"check-{self.ref}"


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
    tables: tuple[LayerTable[CheckRow], ...] = ()

    def frame(self) -> object:
        titles = tuple((table.layer, table.title) for table in self.tables)
        return self.offered, self.refused, self.look, self.verdict, self.waiting, titles

    def parts(self) -> tuple[tuple[CheckRow, ...], ...]:
        return tuple(table.rows for table in self.tables)


CLOSED = Check()
OFFERED = Check(offered=True)


def check_panel(session: TrainingSession, digits: int) -> Check:
    """Closed in the bug lab, offered until it is asked for.

    Numbers stand where the walk has found them; how far the two are apart stands at once.
    """
    if session.hidden:
        return CLOSED
    if not session.checking:
        return OFFERED
    check, shape = check_of(session), session.shape
    if check is None:
        return Check(
            refused=f"{gradients_in(shape)} gradients over {len(session.batch)} examples are too many to check at each "
            "step. The equation of each gradient still shows its own check; a smaller batch lets all be checked."
        )
    found, tables = found_at(shape), []
    for layer, because in check.layers.items():
        rows = []
        for one in parameter_names(shape, orientation_of(session), layer):
            checked, known = check.by_symbol[one.gradient], found[one.gradient] < session.cursor
            cell = check_cell(checked, digits)
            row = CheckRow(
                ref=one.ref,
                name=one.name,
                analytic=signed(checked.analytic, digits) if known else NOT_YET,
                analytic_sign=sign_class(checked.analytic) if known else "",
                numeric_sign=sign_class(checked.numeric) if known else "",
                error=number(checked.relative_error, 2),
                check=cell if known else replace(cell, numeric=NOT_YET),
            )
            rows.append(row)
        title = f"Layer {layer}{', the output' if layer == shape.depth else ''}: {SIGNS[because][2]}"
        tables.append(LayerTable(layer, title, tuple(rows)))
    waiting = not session.phase_done("backward")
    return Check(look=worst(check) or "right", verdict=verdict(check), waiting=waiting, tables=tuple(tables))
