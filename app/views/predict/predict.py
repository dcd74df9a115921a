"""The panel that asks before the walk shows, and that tells afterwards what was behind the answer: the slip, and why
a number has its sign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import ClassVar

from app.engine.equations.values import evaluate
from app.engine.network.expressions import Mean, Negative, Product, Sum, Symbol, factors_of, symbols_in
from app.engine.slips import TOLERANCE, Case, own_slip
from app.sessions.predict import Question, Score, answered, case_of, posed_question, read_number, sign_of
from app.sessions.walk.answers import Answer
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import MATHML, Pen, aligned, wrapped
from app.views.formulas.notation import Piece, terms_of
from app.views.formulas.symbols import Script, heading, orientation_of
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.naming import what_is_found
from app.views.text.numbers import number, signed
from app.views.text.words import MOST_READ_OUT, PLACES, counted, listed, sentence

WHOLE = {"delta": "error signal", "dW": "gradient"}
OF_ONE_EXAMPLE = ("z", "a", "delta")  # kinds of equations; the others are of the whole batch
UPDATED = "the update of "
LEFT_OUT = re.compile("with (.+) left out")
UNKNOWN = '<mtext class="missing">?</mtext>'


@dataclass(frozen=True)
class Verdict:
    """What came of an answer: right, wrong or shown, in words; `reasons` say what was behind it."""

    state: str
    word: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Predict:
    """A question (`asks` is sign or number), or what came of it; closed without either.

    `name` and `asked_at` go back with the answer: which question it is about, and when it was shown, in seconds. `hint`
    is the rule that a number needs.
    """

    id: ClassVar[str] = "predict"
    template: ClassVar[str] = "predict/predict.html"
    tolerance: ClassVar[str] = f"Right within {TOLERANCE:.0%}, or rounded to the digits that you give, two at least."

    heading: str = ""
    asks: str = ""
    name: str = ""
    asked_at: str = field(default="", compare=False)
    question: str = ""
    formula: str = ""
    hint: str = ""
    reply: str = ""
    verdict: Verdict | None = None

    @property
    def spoken(self) -> str:
        """The question, or the verdict, in sentences; empty where the panel is closed."""
        it = self.verdict
        texts = (self.reply, self.question) if it is None else (f"{it.word}. {it.text}", *it.reasons)
        return " ".join(filter(None, texts))


CLOSED = Predict()


def predict_panel(session: TrainingSession, digits: int, moment: float, reply: str = "") -> Predict:
    """The question that is open, or what came of the one about the equation shown last; closed where there is neither.

    `reply` is what must be said of the last request.
    """
    question = posed_question(session)
    if question is not None:
        return asking(session, question, digits, moment, reply)
    answers = answered(session)
    if not answers:
        return CLOSED
    case = case_of(session, answers[-1].symbol, answers[-1].part)
    if case.truth != answers[-1].truth:  # of another example than the page shows now, or from before an edit
        return CLOSED
    return Predict(verdict=verdict_of(session, case, answers[-1], digits))


def score_told(score: Score) -> str:
    """2 of 3 questions right, 1 shown. Empty where none was asked."""
    if not score.asked:
        return ""
    shown = f", {score.shown} shown" if score.shown else ""
    return f"{score.right} of {score.asked} question{'s' if score.asked > 1 else ''} right{shown}."


# The question -------------------------------------------------------------------------------------------------------


def asking(session: TrainingSession, question: Question, digits: int, moment: float = 0.0, reply: str = "") -> Predict:
    """A question about this iteration, open."""
    case = case_of(session, question.symbol, question.part)
    return Predict(
        heading(case.equation, case.shape, orientation_of(session)),
        "sign" if question.part == "sign" else "number",
        question.name,
        f"{moment:.3f}",
        _question(session, case),
        _formula(session, case, digits),
        _hint(case, digits),
        reply,
    )


def _question(session: TrainingSession, case: Case) -> str:
    found = what_is_found(case.equation, case.shape)
    name = f"the {found[0].lower()}{found[1:]}"
    of_one = len(session.batch) > 1 and case.equation.kind in OF_ONE_EXAMPLE
    where = f" for example {session.example + 1}" if of_one else ""
    if case.part == "sign":
        return f"Is {name}{where} positive, negative or zero?"
    if case.part == "factor":
        share = f"the share of example {session.example + 1} in " if isinstance(case.equation.expression, Mean) else ""
        return f"One factor of {share}{name} is missing. What stands in its place?"
    if name.startswith(UPDATED):
        return f"What is {name.removeprefix(UPDATED)} after its update?"
    return f"What is {name}{where}, with its sign?"


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


def _hint(case: Case, digits: int) -> str:
    """How the slope in the number is found: by which rule, from which number of the unit."""
    slope = next((symbol for symbol in symbols_in(case.body) if symbol.kind == "slope"), None)
    if case.part == "sign" or slope is None:
        return ""
    words = ACTIVATION_WORDS[case.shape.activation(slope.layer)]
    kind = "a" if words.slope_by == "a" else "z"
    known = number(case.values[slope._replace(kind=kind)], digits)
    return f"The slope of the {words.name} is {words.slope}; here {kind} is {known}."


# What came of it ----------------------------------------------------------------------------------------------------


def verdict_of(session: TrainingSession, case: Case, answer: Answer, digits: int) -> Verdict:
    """What came of an answer to this case, in words."""
    is_sign, reasons = answer.part == "sign", tuple(_reasons(session, case, answer, digits))
    truth = sign_of(answer.truth) if is_sign else number(answer.truth, digits)
    if answer.skipped:
        return Verdict("shown", "Shown", f"The answer is {truth}.", reasons)
    if answer.right:
        near = "" if is_sign else f" The answer is {truth}."
        return Verdict("right", "Right", f"You said {answer.guess}.{near}", reasons)
    return Verdict("wrong", "Not so", f"You said {answer.guess}. The answer is {truth}.", reasons)


def _reasons(session: TrainingSession, case: Case, answer: Answer, digits: int) -> Iterator[str]:
    """The slip, where one is known; what a mistaken walk finds; what decides the sign, or which factor was missing."""
    if not (answer.right or answer.skipped or answer.part == "sign"):
        guess = read_number(answer.guess)
        if answer.slip:
            yield _slip(answer)
        elif case.part == "factor" and guess.answers(evaluate(case.body, case.values)):
            place = PLACES[factors_of(case.body).index(case.target)]
            yield f"{answer.guess} is the whole {WHOLE[case.symbol.kind]}; asked is its {place} factor."
        else:
            if case.part == "value" and guess.value * answer.truth > 0:
                yield "Its sign is right."
            yield f"No mistake known here gives {answer.guess}."
    whole = replace(case, part="value")
    slip = own_slip(whole)
    if slip is not None:
        found = number(whole.found_under(session.setup.mistakes), digits)
        why = " for the same reason" if slip.words == answer.slip else f": that is what you get {slip.words}"
        yield f"The {'notebook' if session.lesson else 'walk'} finds {found}{why}."
    if case.part == "factor":
        what = "what the weight carried" if case.target.kind == "a" else "the slope of the activation function"
        yield f"The missing factor is {what}, {number(case.truth, digits)}."
    else:
        yield f"The sign: {what_decides(case, digits)}"


def _slip(answer: Answer) -> str:
    """What was behind a wrong answer: 0.745 leaves the 2 out; 0.3 is what you get with the sign lost."""
    left_out = LEFT_OUT.fullmatch(answer.slip)
    told = f"leaves {left_out[1]} out" if left_out else f"is what you get {answer.slip}"
    return f"{answer.guess} {told}."


# What decides the sign ----------------------------------------------------------------------------------------------


def what_decides(case: Case, digits: int) -> str:
    """One or two sentences on the sign of what the case asks about: the factors or terms that decide it."""
    truth, body = case.values[case.symbol], case.body
    match body:
        case Product(factors):
            back = next((factor for factor in factors if isinstance(factor, Sum)), None)
            first = "" if back is None else f"{_added(case, back, digits)}. "
            return first + _multiplied(case, [evaluate(factor, case.values) for factor in factors], digits)
        case Sum():
            return f"{_added(case, body, digits)}, so {sign_of(truth)}."
    bias = "A bias carries 1, so the sign is that of the error signal"
    why = bias if case.symbol.kind == "db" else "The sign is that of what comes back"
    return f"{why}, {signed(truth, digits)}."


def _multiplied(case: Case, factors: list[float], digits: int) -> str:
    """+0.1374 · −0.45: one negative factor, so negative; or both factors are positive, so the gradient is."""
    written, truth = " · ".join(signed(factor, digits) for factor in factors), case.values[case.symbol]
    if truth == 0 or prod(factors) == 0:
        return f"{written}: a factor is 0, so zero."
    negative = sum(factor < 0 for factor in factors)
    if not negative:
        name = "δ" if case.symbol.kind == "delta" else "the gradient"
        return f"{written}: {'both' if len(factors) == 2 else 'all'} factors are positive, so {name} is."
    return f"{written}: {counted(negative, 'negative factor')}, so {sign_of(truth)}."


def _added(case: Case, expression: Sum, digits: int) -> str:
    """The terms and what they come to; two numbers of a difference stay as they are."""
    if len(expression.terms) == 2 and isinstance(expression.terms[1], Negative):
        left, right = (evaluate(term, case.values) for term in (expression.terms[0], expression.terms[1].body))
        larger = "both are equal" if left == right else f"the {'first' if left > right else 'second'} is larger"
        return f"{signed(left, digits).lstrip('+')} − {_bracketed(right, digits)}: {larger}"
    terms = [evaluate(term, case.values) for term in expression.terms]
    total = signed(evaluate(expression, case.values), digits)
    if len(terms) > MOST_READ_OUT:
        return f"{sentence(_counts(terms))}, together {total}"
    return f"{listed([signed(term, digits) for term in terms])} come to {total}"


def _bracketed(x: float, digits: int) -> str:
    text = signed(x, digits).lstrip("+")
    return f"({text})" if x < 0 else text


def _counts(terms: list[float]) -> str:
    """four terms are positive, one term is negative and two terms are 0."""
    groups = {
        "positive": sum(x > 0 for x in terms),
        "negative": sum(x < 0 for x in terms),
        "0": sum(x == 0 for x in terms),
    }
    return listed(
        [f"{counted(count, 'term')} {'is' if count == 1 else 'are'} {word}" for word, count in groups.items() if count]
    )
