"""What a walk has shown of its iteration on one sheet: drawing, each equation with what it found, parameters."""

from dataclasses import dataclass

from app.engine.equations.trace import Equation, found_at
from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession
from app.views.explorer.equation import equation_panel
from app.views.formulas.mathml import TAG, Pen, Row, aligned, wrapped
from app.views.formulas.symbols import Script, in_html, orientation_of
from app.views.network.diagram import Network, diagram
from app.views.pages import heading_of
from app.views.take_away.tables import parameters_of
from app.views.text.numbers import number

DIGITS = 5
WIDE = 30  # characters of a right side beside which its number has room, in a narrow column


@dataclass(frozen=True)
class SummaryPage:
    """The sheet: each equation as MathML; a row for each parameter: its name, value, gradient and value after."""

    title: str
    facts: str
    place: str
    drawing: Network
    equations: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str], ...]


def drawing_of(session: TrainingSession) -> Network:
    """The network as it stands."""
    lesson = lesson_named(session.lesson) if session.lesson else None
    return diagram(session, DIGITS, equation_panel(session, lesson, "", DIGITS).links)


def summary_page(session: TrainingSession) -> SummaryPage:
    """The sheet of a walk."""
    shape, orientation, values, found = session.shape, orientation_of(session), session.values, found_at(session.shape)
    script, words = Script(shape, orientation), heading_of(session)
    pen = Pen(script, values, DIGITS)

    def shown(symbol: Symbol) -> str:
        return number(values[symbol], DIGITS) if found[symbol] < session.cursor else ""

    equations = tuple(_equation(one, pen) for one in session.equations[: session.cursor])
    rows = tuple(
        (
            in_html(w, script), number(values[w], DIGITS),
            shown(w._replace(kind=f"d{w.kind}")), shown(w._replace(kind=f"new_{w.kind}")),
        )
        for w in parameters_of(session)
    )  # fmt: skip
    place = f"iteration {session.iteration + 1:,}, step {session.cursor} of {len(session.equations)}"
    return SummaryPage(words.title, words.facts, place, drawing_of(session), equations, rows)


def _equation(equation: Equation, pen: Pen) -> str:
    """By its symbols, and what it found: below them where there is no room beside them."""
    *rows, last = wrapped(*pen.left(equation.symbol), pen.symbolic(equation.expression))
    result = pen.result(equation.symbol)
    if len(TAG.sub("", last.right)) > WIDE:
        rows += last, Row("", "=", result)
    else:
        rows.append(last._replace(right=f"{last.right}<mo>=</mo>{result}"))
    return aligned(row._replace(left=_small(row.left), right=_small(row.right)) for row in rows)


def _small(markup: str) -> str:
    """With fractions as in a line of text."""
    return f'<mstyle displaystyle="false">{markup}</mstyle>'
