"""The equation panel: one step of the walk as a sentence, as formulas, and as a line of NumPy."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.equations.links import Link
from app.engine.equations.trace import Equation, trace
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import MISTAKABLE, TrainingSession
from app.views.check.check import Badge, badge
from app.views.explorer.nudge import Nudge, nudge
from app.views.explorer.timeline import cell_name
from app.views.formulas.formulas import Formula, formula, maths
from app.views.formulas.mathml import Pen, aligned, wrapped
from app.views.formulas.numpy_lines import by_line, line_of_numpy
from app.views.formulas.symbols import Script, heading, orientation_of
from app.views.narration.mistakes import follows_chain_rule
from app.views.narration.narration import narrate
from app.views.paths.links import Chain, chain
from app.views.text.naming import PHASE_TITLES
from app.views.text.numbers import number
from app.views.text.words import sentence as capitalized

TEXTBOOK = "The rule of the textbook, in symbols"
MOST_TOGETHER = 16  # equations that are shown one after the other
PARTED = 1e-9  # relative difference from which the right rule's value is worth a note


@dataclass(frozen=True)
class OneOfLayer:
    """One of several equations: its heading (HTML), what it finds, its sentence; links and formulas as of
    `EquationPanel`.
    """

    id: str
    heading: str
    value: str
    sentence: str
    chain: Chain | None
    maths: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EquationPanel:
    """Heading (HTML), sentence, formulas, NumPy.

    `chain` holds the links of a gradient; `maths` are captions with MathML, most of them empty; `exact` is False where
    printed terms do not add up to the printed result; `notes` (title, text) introduce, or compare with the right rule;
    `badge` is what the check says of a gradient, `nudge` what a small move of its parameter does to the loss.
    `rate` is the learning rate, which can be changed where a parameter is updated; empty elsewhere. Where a
    whole layer is shown, `layer` has its equations, one after the other, and `code` all of its lines.
    """

    id: ClassVar[str] = "equation"
    template: ClassVar[str] = "explorer/equation.html"

    phase: str
    heading: str
    sentence: str
    maths: tuple[tuple[str, str], ...]
    exact: bool
    code: str
    notes: tuple[tuple[str, str], ...]
    badge: Badge | None = None
    rate: str = ""
    chain: Chain | None = None
    nudge: Nudge | None = None
    layer: tuple[OneOfLayer, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        """Those of the gradient in view: of a whole layer, of the one that is open at first."""
        told = self.chain or (self.layer[0].chain if self.layer else None)
        return told.links if told else ()


def equation_panel(
    session: TrainingSession, lesson: Lesson | None, sentence: str, digits: int, nudged: float = 0.0
) -> EquationPanel:
    """The panel for the last equation shown, its parameter `nudged` by so much; before the first, what to watch for."""
    equation, shape = session.equation, session.shape
    if equation is None:
        notes: tuple[tuple[str, str], ...] = ()
        if lesson:
            notes = ("What to watch for.", lesson.introduction), ("What the notebook computed.", lesson.computed)
        return EquationPanel("start", "Ready to start", sentence, (), True, "", notes)
    if session.hides(equation):
        return _without_rule(session, equation, sentence, digits)
    if len(session.shown) > 1:
        return _whole_layer(session, lesson, digits)
    orientation = orientation_of(session)
    found, links = _formula_and_links(session, equation, digits)
    return EquationPanel(
        equation.phase,
        heading(equation, shape, orientation),
        sentence,
        maths(found),
        found.exact and (links is None or links.exact),
        line_of_numpy(equation, shape, orientation),
        (*_indices(session, lesson), *_note(session, equation, digits)),
        badge(session, digits),
        rate(session, equation),
        links,
        nudge(session, nudged, digits),
    )


def _formula_and_links(session: TrainingSession, equation: Equation, digits: int) -> tuple[Formula, Chain | None]:
    """The equation as formulas, and as links where it is a gradient by the chain rule."""
    shape, orientation = session.shape, orientation_of(session)
    links = None
    if follows_chain_rule(equation, shape):
        whose = f"example {session.example + 1}" if len(session.batch) > 1 else ""
        links = chain(equation, shape, session.values, orientation, digits, whose)
    return formula(equation, shape, session.values, orientation, digits, alone=links is None), links


def rate(session: TrainingSession, equation: Equation) -> str:
    """The learning rate that is chosen, where an update uses it."""
    return f"{session.learning_rate:.15g}" if equation.phase == "update" else ""


def layer_name(session: TrainingSession) -> str:
    """The equations that are shown together, by name: Error signals of layer 2; Backward, layer 2; in words only."""
    last = session.shown[-1]
    if session.whole:
        return capitalized(cell_name(session.shown))
    return f"{PHASE_TITLES[last.phase]}, layer {last.symbol.layer}"


def _whole_layer(session: TrainingSession, lesson: Lesson | None, digits: int) -> EquationPanel:
    shape, values, orientation = session.shape, session.values, orientation_of(session)
    first = session.shown[:MOST_TOGETHER]
    told = []
    for one in first:
        found, links = _formula_and_links(session, one, digits)
        value, says = number(values[one.symbol], digits), narrate(one, shape, values, digits)
        told.append(
            OneOfLayer(f"equation-{one.index}", heading(one, shape, orientation), value, says, links, maths(found))
        )
    more = len(session.shown) - len(first)
    lines = by_line(session.shown, shape, orientation)
    return EquationPanel(
        first[-1].phase,
        layer_name(session),
        f"The first {len(first)} of {len(session.shown):,} equations. Step by equation to see each." if more else "",
        (),
        True,
        "\n".join(lines),
        _indices(session, lesson),
        rate=rate(session, first[-1]),
        layer=tuple(told),
    )


def _indices(session: TrainingSession, lesson: Lesson | None) -> tuple[tuple[str, str], ...]:
    """How this notebook writes its indices, said once: where the first weights are met."""
    if lesson is None or session.iteration or session.shown[0].index:
        return ()
    turned = lesson.orientation == "fan_in_fan_out"
    order = "leads from input 1 to hidden unit 2: first" if turned else "leads to hidden unit 1 from input 2: first"
    where = "where it comes from, then where it leads" if turned else "where it leads, then where it comes from"
    before = lesson.number > 1 and LESSONS[lesson.number - 2].orientation != lesson.orientation
    other = f" Lesson {lesson.number - 1} has it the other way round, as its notebook has." if before else ""
    rows = "" if turned else " In the code each example is a row: forward X @ W.T, and back delta @ W."
    return (("Reading the indices.", f"w₁₂ {order} {where}.{other}{rows}"),)


def _note(session: TrainingSession, equation: Equation, digits: int) -> tuple[tuple[str, str], ...]:
    """Where a mistaken rule parts from the chain rule: what the right rule gives here. Empty where they agree."""
    if not session.setup.mistakes or equation.phase not in MISTAKABLE:
        return ()
    wanted, found = session.right_values[equation.symbol], session.values[equation.symbol]
    if abs(wanted - found) <= PARTED * abs(wanted):
        return ()
    told = f"This walk {'as published' if session.lesson else 'with its mistake'} finds {number(found, digits)}."
    way_out = " Act two shows both, side by side." if session.lesson else ""
    return ((f"The chain rule gives {number(wanted, digits)}.", told + way_out),)


# While a bug is hunted ----------------------------------------------------------------------------------------------


def sentence_without_rule(session: TrainingSession, equation: Equation, digits: int) -> str:
    """What the program found, and nothing of how."""
    result = number(session.values[equation.symbol], digits)
    verb = "moves it to" if equation.kind in ("W", "b") else "finds"
    whose = " for the example in focus" if equation.kind == "delta" and len(session.batch) > 1 else ""
    return f"The program {verb} {result}{whose}. Is that what the rule gives?"


def _without_rule(session: TrainingSession, equation: Equation, sentence: str, digits: int) -> EquationPanel:
    """No numbers in the rule, which is the textbook's, no line of NumPy, no word on what is right."""
    shape = session.told_shape
    right = trace(shape)[equation.index]
    pen = Pen(Script(shape), session.values, digits)
    rows = wrapped(*pen.left(right.symbol), pen.symbolic(right.expression))
    name = heading(right, shape, "fan_out_fan_in")
    return EquationPanel(
        equation.phase, name, sentence, ((TEXTBOOK, aligned(rows)),), True, "", (), None, rate(session, equation)
    )
