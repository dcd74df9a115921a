"""The panel that asks before the walk shows, and that tells afterwards what was behind the answer: the slip, and why
a number has its sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import ClassVar

from app.engine.equations.values import evaluate
from app.engine.network.expressions import Mean, Negative, Product, Sum, Symbol
from app.engine.slips import TOLERANCE, Case, own_slip
from app.sessions.predict import Question, asked, case_of, given, open_part, parts_of, question_of, sign_of
from app.sessions.walk.answers import Answer, Answers
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import MATHML, Pen, aligned, wrapped
from app.views.formulas.notation import Piece, terms_of
from app.views.formulas.symbols import Script, heading, orientation_of
from app.views.text.naming import what_is_found
from app.views.text.numbers import number, signed
from app.views.text.words import MOST_READ_OUT, counted, listed, sentence

UNKNOWN = '<mtext class="missing">?</mtext>'
MARKS = {"right": "✓", "wrong": "✗", "skipped": "–", "now": "?", "open": ""}


@dataclass(frozen=True)
class Verdict:
    """One part of an answer: right, wrong or skipped, in words; `slip` says what was behind a wrong one."""

    state: str
    word: str
    text: str
    slip: str


@dataclass(frozen=True)
class Predict:
    """A question (`asks` is sign or number), or what came of it (`asks` is empty); closed without a heading.

    `name` and `asked_at` go back with the answer: which question it is about, and when it was shown, in seconds.
    `dots` are state and mark of each equation that is asked in this iteration.
    """

    id: ClassVar[str] = "predict"
    template: ClassVar[str] = "predict/predict.html"
    tolerance: ClassVar[str] = f"Right within {TOLERANCE:.0%}, or rounded to the digits that you give, two at least."

    heading: str = ""
    asks: str = ""
    name: str = ""
    asked_at: str = field(default="", compare=False)
    question: str = ""
    said: str = ""
    formula: str = ""
    reply: str = ""
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()
    dots: tuple[tuple[str, str], ...] = ()
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
    case, before = case_of(session, question.symbol, question.part), given(session, question.symbol)
    dots, progress = _progress(session)
    return Predict(
        heading(case.equation, case.shape, orientation_of(session)),
        "sign" if question.part == "sign" else "number",
        question.name,
        f"{moment:.3f}",
        _question(session, case),
        f"You said: {before[0].guess}." if before else "",
        _formula(session, case, digits),
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
    last = answers[-1]
    if answers[0].part == "sign":
        yield f"The sign: {what_decides(case, digits)}"
    if not (last.right or last.skipped or last.slip or last.part == "sign"):
        if case.part == "factor":
            what = "what the weight carried" if case.target.kind == "a" else "the slope of the activation function"
            made = f"The missing factor is {what}, {number(case.truth, digits)}."
        else:
            whose = ", for the example in focus," if isinstance(case.equation.expression, Mean) else ""
            made = f"It is{whose} {_made_of(case, digits)}."
        yield f"No mistake known here gives {last.guess}. {made}"
    whole = replace(case, part="value")
    slip = own_slip(whole)
    if slip is not None:
        found = number(whole.found_under(session.setup.mistakes), digits)
        told = f"The {'notebook' if session.lesson else 'walk'} finds {found}"
        same = slip.words == last.slip
        yield f"{told} for the same reason." if same else f"{told}: that is what you get {slip.words}."


def _made_of(case: Case, digits: int) -> str:
    """The factors, or the terms, that the number comes from: −0.2223 · +0.17834."""
    body = case.body
    if isinstance(body, Product):
        return " · ".join(signed(evaluate(factor, case.values), digits) for factor in body.factors)
    terms = body.terms if isinstance(body, Sum) else (body,)
    return " + ".join(_bracketed(evaluate(term, case.values), digits) for term in terms)


# What decides the sign ----------------------------------------------------------------------------------------------


def what_decides(case: Case, digits: int) -> str:
    """One or two sentences on the sign of what the case asks about: the factors or terms that decide it."""
    truth, body = case.values[case.symbol], case.body
    if isinstance(case.equation.expression, Mean):
        shares = case.values.each(body)
        if not any(shares):
            return f"All {len(shares)} examples give 0, so zero."
        return f"{sentence(_counts(shares, 'example'))}; their mean is {signed(truth, digits)}, so {sign_of(truth)}."
    match body:
        case Product(factors):
            back = next((factor for factor in factors if isinstance(factor, Sum)), None)
            first = "" if back is None else f"{_added(case, back, digits)}. "
            return first + _multiplied([evaluate(factor, case.values) for factor in factors], truth, digits)
        case Sum():
            return f"{_added(case, body, digits)}, so {sign_of(truth)}."
    bias = "A bias carries 1, so the sign is that of the error signal"
    why = bias if case.symbol.kind == "db" else "The sign is that of what comes back"
    return f"{why}, {signed(truth, digits)}."


def _multiplied(factors: list[float], truth: float, digits: int) -> str:
    """+0.1374 · −0.45: one negative factor, so negative."""
    written = " · ".join(signed(factor, digits) for factor in factors)
    if truth == 0 or prod(factors) == 0:
        return f"{written}: a factor is 0, so zero."
    negative = sum(factor < 0 for factor in factors)
    told = counted(negative, "negative factor") if negative else "no negative factor"
    return f"{written}: {told}, so {sign_of(truth)}."


def _added(case: Case, expression: Sum, digits: int) -> str:
    """The terms and what they come to; two numbers of a difference stay as they are."""
    if len(expression.terms) == 2 and isinstance(expression.terms[1], Negative):
        left, right = (evaluate(term, case.values) for term in (expression.terms[0], expression.terms[1].body))
        larger = "both are equal" if left == right else f"the {'first' if left > right else 'second'} is larger"
        return f"{signed(left, digits).lstrip('+')} − {_bracketed(right, digits)}: {larger}"
    terms = [evaluate(term, case.values) for term in expression.terms]
    total = signed(evaluate(expression, case.values), digits)
    if len(terms) > MOST_READ_OUT:
        return f"{sentence(_counts(terms, 'term'))}, together {total}"
    return f"{listed([signed(term, digits) for term in terms])} come to {total}"


def _bracketed(x: float, digits: int) -> str:
    text = signed(x, digits).lstrip("+")
    return f"({text})" if x < 0 else text


def _counts(numbers: list[float], noun: str) -> str:
    """four examples are positive, one example is negative and two examples are 0."""
    groups = {
        "positive": sum(x > 0 for x in numbers),
        "negative": sum(x < 0 for x in numbers),
        "0": sum(x == 0 for x in numbers),
    }
    return listed(
        [f"{counted(count, noun)} {'is' if count == 1 else 'are'} {word}" for word, count in groups.items() if count]
    )


# How far one has come -----------------------------------------------------------------------------------------------


def _progress(session: TrainingSession) -> tuple[tuple[tuple[str, str], ...], str]:
    """A dot for each equation that is asked in this iteration, and all of them in words."""
    states = [_state(session, index, last) for index, last in sorted(asked(session).items())]
    tally = {state: states.count(state) for state in ("right", "wrong", "skipped")}
    told = [f"{count} {state}" for state, count in tally.items() if count]
    summary = f"{sum(tally.values())} of {len(states)} answered"
    return tuple((state, MARKS[state]) for state in states), ", ".join((summary, *told)) + "."


def _state(session: TrainingSession, index: int, last: str) -> str:
    symbol = session.equations[index].symbol
    answers = given(session, symbol)
    if open_part(answers, parts_of(symbol, last)) is not None:
        return "now" if index == session.cursor else "open"
    if any(answer.skipped for answer in answers):
        return "skipped"
    return "right" if all(answer.right for answer in answers) else "wrong"
