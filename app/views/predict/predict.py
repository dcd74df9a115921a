"""The panel that asks before the walk shows, and that tells afterwards what was behind the answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from app.engine.network.expressions import Mean, Symbol
from app.engine.slips import TOLERANCE, Case, own_slip
from app.sessions.predict import Question, asked, case_of, given, open_part, parts_of, question_of, sign_of
from app.sessions.walk.answers import Answer, Answers
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import MATHML, Pen, aligned, wrapped
from app.views.formulas.notation import Piece, terms_of
from app.views.formulas.symbols import Script, heading, orientation_of
from app.views.predict.sign_reason import made_of, what_decides
from app.views.text.naming import what_is_found
from app.views.text.numbers import number

UNKNOWN = '<mtext class="missing">?</mtext>'
HOW_NEAR = f"Right within {TOLERANCE:.0%}, or rounded to the digits that you give, two at least."


@dataclass(frozen=True)
class Verdict:
    """One part of an answer: right, wrong or skipped, in words; `slip` says what was behind a wrong one."""

    state: str
    word: str
    text: str
    slip: str


@dataclass(frozen=True)
class Dot:
    """One equation that is asked in this iteration: right, wrong, skipped, now or open."""

    state: str
    mark: str


@dataclass(frozen=True)
class Predict:
    """A question (`asks` is sign or number), or what came of it (`asks` is empty); closed without a heading.

    `name` and `asked_at` go back with the answer: which question it is about, and when it was shown, in seconds.
    """

    id: ClassVar[str] = "predict"
    template: ClassVar[str] = "predict/predict.html"

    heading: str = ""
    asks: str = ""
    name: str = ""
    asked_at: str = field(default="", compare=False)
    question: str = ""
    said: str = ""
    formula: str = ""
    tolerance: str = ""
    reply: str = ""
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()
    dots: tuple[Dot, ...] = ()
    progress: str = ""

    @property
    def spoken(self) -> str:
        """The question, or the verdict, in sentences; empty where the panel is closed."""
        told = [f"{verdict.word}. {verdict.text} {verdict.slip}".strip() for verdict in self.verdicts]
        return " ".join(text for text in (self.reply, self.question, *told) if text)


CLOSED = Predict()


def predict_panel(session: TrainingSession, digits: int, moment: float, reply: str = "") -> Predict:
    """The question that is open, or the answer to what was shown last; closed where there is neither.

    `reply` is what must be said of the last request.
    """
    at = asked(session)
    if session.cursor not in at and session.cursor - 1 not in at:
        return CLOSED
    question = question_of(session)
    if question is not None:
        return _asking(session, question, digits, moment, reply)
    answers = given(session, session.equation.symbol) if session.equation else ()
    return _telling(session, answers, digits) if answers else CLOSED


# The question -------------------------------------------------------------------------------------------------------


def _asking(session: TrainingSession, question: Question, digits: int, moment: float, reply: str) -> Predict:
    case = case_of(session, question.symbol, question.part)
    before = given(session, question.symbol)
    dots, progress = _progress(session)
    return Predict(
        heading(case.equation, case.shape, orientation_of(session)),
        "sign" if question.part == "sign" else "number",
        question.name,
        f"{moment:.3f}",
        _question(session, case),
        f"You said: {before[0].guess}." if before else "",
        _formula(session, case, digits),
        "" if question.part == "sign" else HOW_NEAR,
        reply,
        dots=dots,
        progress=progress,
    )


def _question(session: TrainingSession, case: Case) -> str:
    found = what_is_found(case.equation, case.shape)
    name = f"the {found[0].lower()}{found[1:]}"
    where = " for the example in focus" if len(session.batch) > 1 and case.equation.kind == "delta" else ""
    if case.part == "sign":
        return f"Is {name}{where} positive, negative or zero?"
    if case.part == "factor":
        share = "the share of the example in focus in " if isinstance(case.equation.expression, Mean) else ""
        return f"Here is {share}{name} with one factor missing. What stands in its place?"
    return f"What is {name}{where}?"


def _formula(session: TrainingSession, case: Case, digits: int) -> str:
    """The equation in symbols; for a missing factor with the numbers of the others too."""
    if case.part == "sign":
        return ""
    pen = Pen(Script(case.shape, orientation_of(session)), case.values, digits)
    if case.part == "value":
        return aligned(wrapped(*pen.left(case.symbol), pen.symbolic(case.equation.expression)))

    def leaf(symbol: Symbol) -> Piece:
        return Piece(UNKNOWN) if symbol == case.missing else pen.number(symbol)

    left = ("", "") if isinstance(case.equation.expression, Mean) else pen.left(case.symbol)
    return aligned((*wrapped(*left, pen.symbolic(case.body)), *wrapped("", "=", terms_of(case.body, MATHML, leaf))))


# What came of it ----------------------------------------------------------------------------------------------------


def _telling(session: TrainingSession, answers: Answers, digits: int) -> Predict:
    case = case_of(session, answers[-1].symbol, answers[-1].part)
    dots, progress = _progress(session)
    return Predict(
        heading(case.equation, case.shape, orientation_of(session)),
        verdicts=tuple(_verdict(answer, digits) for answer in answers),
        notes=tuple(_notes(session, case, answers, digits)),
        dots=dots,
        progress=progress,
    )


def _verdict(answer: Answer, digits: int) -> Verdict:
    is_sign = answer.part == "sign"
    truth = sign_of(answer.truth) if is_sign else number(answer.truth, digits)
    if answer.skipped:
        return Verdict("skipped", "Skipped", f"The answer is {truth}.", "")
    if answer.right:
        near = "" if is_sign else f" The answer is {truth}."
        return Verdict("right", "Right", f"You said {answer.guess}.{near}", "")
    slip = f"{answer.guess} is what you get {answer.slip}." if answer.slip else ""
    return Verdict("wrong", "Not so", f"You said {answer.guess}. The answer is {truth}.", slip)


def _notes(session: TrainingSession, case: Case, answers: Answers, digits: int) -> Iterator[str]:
    """What decides the sign; the factors, where no slip is known; what a mistaken walk finds instead."""
    if answers[0].part == "sign":
        yield f"The sign: {what_decides(case, digits)}"
    last = answers[-1]
    if not (last.right or last.skipped or last.slip or last.part == "sign"):
        yield f"No mistake known here gives {last.guess}. {_parts(case, digits)}"
    whole = replace(case, part="value")
    slip = own_slip(whole)
    if slip is not None:
        found = number(whole.found_under(session.setup.mistakes), digits)
        told = f"The {'notebook' if session.lesson else 'walk'} finds {found}"
        same = slip.words == answers[-1].slip
        yield f"{told} for the same reason." if same else f"{told}: that is what you get {slip.words}."


def _parts(case: Case, digits: int) -> str:
    """What the number is made of, to compare with one's own."""
    if case.part == "factor":
        what = "what the weight carried" if case.target.kind == "a" else "the slope of the activation function"
        return f"The missing factor is {what}, {number(case.truth, digits)}."
    whose = ", for the example in focus," if isinstance(case.equation.expression, Mean) else ""
    return f"It is{whose} {made_of(case, digits)}."


# How far one has come -----------------------------------------------------------------------------------------------

MARKS = {"right": "✓", "wrong": "✗", "skipped": "–", "now": "?", "open": ""}


def _progress(session: TrainingSession) -> tuple[tuple[Dot, ...], str]:
    """A dot for each equation that is asked in this iteration, and all of them in words."""
    states = [_state(session, index, last) for index, last in sorted(asked(session).items())]
    tally = {state: states.count(state) for state in ("right", "wrong", "skipped")}
    told = [f"{count} {state}" for state, count in tally.items() if count]
    summary = f"{sum(tally.values())} of {len(states)} answered"
    return tuple(Dot(state, MARKS[state]) for state in states), ", ".join((summary, *told)) + "."


def _state(session: TrainingSession, index: int, last: str) -> str:
    symbol = session.equations[index].symbol
    answers = given(session, symbol)
    if open_part(answers, parts_of(symbol, last)) is not None:
        return "now" if index == session.cursor else "open"
    if any(answer.skipped for answer in answers):
        return "skipped"
    return "right" if all(answer.right for answer in answers) else "wrong"
