"""What the page has shown of a walk as tables (CSV, RFC 4180), at full precision, and its equations in LaTeX."""

import csv
import io
from collections.abc import Iterable, Sequence

from app.engine.check.gradient_check import check_gradients
from app.engine.equations.trace import found_at
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.check.check import MOST_WORK, work_of_check
from app.views.formulas.formulas import latex, symbol_text, text
from app.views.formulas.symbols import orientation_of
from app.views.pages import heading_of
from app.views.take_away.worked import number_code, plain
from app.views.text.naming import parameter_name

Cell = str | int | float | None
ARROW = r" \leftarrow "  # of an update
READ_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # at the start of a text, by programs that open CSV


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV: numbers to their last bit, texts so that no program takes one for a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([head, *([_written(cell) for cell in row] for row in rows)])
    return out.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(READ_AS_FORMULA) else cell
    return number_code(cell) if isinstance(cell, float) else str(cell)


def equations_table(session: TrainingSession) -> str:
    """Every equation of this iteration; of those that were shown the value that it found, for the example in focus."""
    shape, orientation = session.shape, orientation_of(session)
    return table(
        ("step", "phase", "layer", "symbol", "formula", "value"),
        (
            (
                equation.index + 1, equation.phase, equation.symbol.layer or None,
                symbol_text(equation.symbol, shape, orientation), text(equation, shape, orientation),
                session.values[equation.symbol] if equation.index < session.cursor else None,
            )
            for equation in session.equations
        ),
    )  # fmt: skip


def parameters_table(session: TrainingSession) -> str:
    """Every parameter before this iteration; what was shown of its gradient and of its update; and, beside a gradient
    that was shown, what the numerical check finds, where the network is not too large for that.
    """
    shape, orientation, values, found = session.shape, orientation_of(session), session.values, found_at(session.shape)
    checked = {}
    if work_of_check(session) <= MOST_WORK:
        checked = {one.symbol: one for one in check_gradients(session.current).parameters}

    def shown(symbol: Symbol) -> float | None:
        return values[symbol] if found[symbol] < session.cursor else None

    rows: list[Sequence[Cell]] = []
    for w in parameters_of(session):
        gradient = w._replace(kind=f"d{w.kind}")
        value, check = shown(gradient), checked.get(gradient)
        referee = (check.numeric, check.because or "agrees") if check and value is not None else (None, None)
        name = symbol_text(w, shape, orientation)
        rows.append(
            (name, parameter_name(shape, w), values[w], value, *referee, shown(w._replace(kind=f"new_{w.kind}")))
        )
    head = ("parameter", "what it is", "before the update", "gradient", "numerical gradient", "check", "after it")
    return table(head, rows)


def parameters_of(session: TrainingSession) -> list[Symbol]:
    """Weights and biases, layer by layer from the first."""
    sizes, symbols = session.setup.sizes, list[Symbol]()
    for l in range(1, len(sizes)):
        symbols += [Symbol("W", l, j, k) for j in range(sizes[l]) for k in range(sizes[l - 1])]
        symbols += [Symbol("b", l, j) for j in range(sizes[l])]
    return symbols


def losses_table(session: TrainingSession) -> str:
    """The loss of every iteration so far, before its update."""
    setup, losses = session.setup, session.losses().iterations
    return table(
        ("iteration", "epoch", "loss before the update"),
        ((i + 1, setup.epoch(i) + 1, loss) for i, loss in enumerate(losses)),
    )


def equations_in_latex(session: TrainingSession) -> str:
    """The equations that were shown, with the values that they found, as a fragment for amsmath's align*."""
    shape, orientation = session.shape, orientation_of(session)
    heading = heading_of(session)
    lines = [f"% {plain(f'{heading.title}. {heading.facts}.')}", r"% Needs \usepackage{amsmath}.", r"\begin{align*}"]
    shown = session.equations[: session.cursor]
    for equation in shown:
        line = latex(equation, shape, orientation)
        left, arrow, right = line.partition(ARROW if ARROW in line else " = ")
        end = "" if equation is shown[-1] else r" \\"
        lines.append(f"{left} &{arrow}{right} = {number_in_latex(session.values[equation.symbol])}{end}")
    return "\n".join([*lines, r"\end{align*}"]) + "\n" if shown else "\n".join(lines[:2]) + "\n"


def number_in_latex(value: float) -> str:
    """A number to its last bit."""
    digits, _, power = number_code(value).partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits
