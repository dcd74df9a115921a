"""Questions before the walk shows: what is asked where, whether it is still open, and what becomes of an answer.

A question is about what the page shows, comes after the first explanation of its thing, and never follows another one:
an equation lies between two, and a click that is not stopped. It is posed by the step that would show its equation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from math import isfinite

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.memory import kept
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.slips import Case, Typed, diagnose
from app.lessons import lesson_named
from app.sessions.walk.answers import Answer, Answers, with_answer
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession

ASKED = ("delta", "dW")  # the kinds of equations that are asked
MOST_TERMS = 4  # of a sum that is worked out by hand
SIGNS = ("positive", "negative", "zero")
LONGEST_TIME = 86_400.0  # seconds that an answer may have taken
NOTHING: Mapping[int, str] = {}


class QuestionError(SetupError):
    """What was said is no answer to the open question."""


@dataclass(frozen=True)
class Question:
    """What is asked before `symbol` is shown: `part` sign, value or factor. A value is asked with its sign."""

    iteration: int
    symbol: Symbol
    part: str

    @property
    def name(self) -> str:
        """A text of its own for each question of a walk."""
        return "-".join(map(str, (self.iteration, *self.symbol, self.part)))


@dataclass(frozen=True)
class Reply:
    """What a learner says: a sign, a number as typed, or nothing; after so many seconds.

    `about` is the name of the question that it answers; empty for the one that is open.
    """

    sign: str = ""
    guess: str = ""
    skip: bool = False
    seconds: float = 0.0
    about: str = ""


# What is asked where ------------------------------------------------------------------------------------------------


def asked(session: TrainingSession) -> Mapping[int, str]:
    """For the index of each equation of this iteration that is asked: what is asked of it, sign, value or factor."""
    if not session.asking or session.hidden:
        return NOTHING
    chosen = session.lesson if session.asking == "chosen" else None
    if chosen is not None and session.iteration == 0:
        return chosen_by(session.shape, chosen)
    return asked_in(session.shape, chosen is None, missed(session))


@kept
def chosen_by(shape: Shape, lesson: str) -> Mapping[int, str]:
    """What the lesson asks in its first iteration."""
    place = found_at(shape)
    return {place[ask.symbol]: ask.part for ask in lesson_named(lesson).asks}


def missed(session: TrainingSession) -> tuple[tuple[Symbol, str], ...]:
    """What was answered wrongly in an earlier iteration and not rightly since, with the part that was asked: of each
    kind and layer the last answer counts.
    """
    last = {a.symbol[:2]: a for a in session.answers if a.iteration < session.iteration and not a.past}
    return tuple((a.symbol, a.part) for a in last.values() if not (a.right or a.skipped))


@kept
def asked_in(shape: Shape, each: bool, missed: tuple[tuple[Symbol, str], ...]) -> Mapping[int, str]:
    """What was missed, on another unit where there is one; with `each` also one error signal and one weight gradient of
    every layer, where an equation of that rule has been shown in the same iteration.

    Cached: a step asks for it three times; for 120 connections that would be a sixth of it.
    """
    found: dict[int, str] = {}
    explained, free, again = set(), 0, {symbol[:2]: (symbol, part) for symbol, part in missed}
    for (kind, layer), group in groupby(trace(shape), key=lambda equation: equation.group):
        if kind not in ASKED:
            continue
        equations, rule = list(group), (kind, kind == "delta" and layer == shape.depth)
        if (kind, layer) in again:
            symbol, part = again[kind, layer]
            options = _of_another_unit(equations, symbol)
        else:
            part = part_of(shape, kind, layer)
            options = (equations if rule in explained else equations[1:]) if each else []
        explained.add(rule)
        index = next((equation.index for equation in options if equation.index >= free), None)
        if index is not None:
            found[index], free = ("factor" if kind == "dW" and shape.examples > 1 else part), index + 2
    return found


def _of_another_unit(equations: list[Equation], symbol: Symbol) -> list[Equation]:
    """Those about another unit, else about another weight of the same, else all."""
    others = [equation for equation in equations if equation.symbol != symbol]
    return [equation for equation in others if equation.symbol.j != symbol.j] or others or equations


def part_of(shape: Shape, kind: str, layer: int) -> str:
    """The sign of an output's error signal, the value of a hidden unit's, what a weight carried."""
    if kind == "dW":
        return "factor"
    return "value" if layer < shape.depth and shape.sizes[layer + 1] <= MOST_TERMS else "sign"


def given(session: TrainingSession, symbol: Symbol) -> Answers:
    """The answers about an equation of this iteration, since the walk last began."""
    return tuple(a for a in session.answers if a.symbol == symbol and a.iteration == session.iteration and not a.past)


def answered(session: TrainingSession) -> Answers:
    """The answers about the equation that was shown last."""
    return given(session, session.equation.symbol) if session.equation else ()


def question_of(session: TrainingSession) -> Question | None:
    """The question about the next equation of this iteration, until it is answered. No iteration begins with one."""
    part = asked(session).get(session.cursor)
    return None if part is None else _open_at(session, session.equations[session.cursor], part)


def posed_question(session: TrainingSession) -> Question | None:
    """The same where the walk has come to ask it."""
    return question_of(session) if session.posed else None


def _open_at(session: TrainingSession, equation: Equation, part: str) -> Question | None:
    return None if given(session, equation.symbol) else Question(session.iteration, equation.symbol, part)


# How a question meets the walk --------------------------------------------------------------------------------------


def or_shown(before: TrainingSession, after: TrainingSession) -> TrainingSession:
    """Where a verb leads from `before`: on to `after`, but where a question is posed it shows what was asked."""
    if after.place > before.place and posed_question(before) is not None:
        return replace(answer(before, Reply(skip=True)), by=after.by)
    return after


def up_to_question(before: TrainingSession, after: TrainingSession) -> TrainingSession:
    """The same where a walk from `before` to `after`, in this iteration or the next, also poses the first question on
    the way. From what came of one it goes on freely.
    """
    if posed_question(before) is not None or answered(before):
        return or_shown(before, after)
    first = before.cursor
    if after.iteration > before.iteration:
        index = _first_open(before, first, len(before.equations))
        if index is not None:
            return replace(before, by=after.by, cursor=index, posed=True)
        first = 0
    index = _first_open(after, first, after.cursor)
    return after if index is None else replace(after, cursor=index, posed=True)


def _first_open(session: TrainingSession, start: int, end: int) -> int | None:
    """The cursor in front of the first open question of this iteration from `start` on, before `end`."""
    for index, part in sorted(asked(session).items()):
        if start <= index < end and _open_at(session, session.equations[index], part):
            return index
    return None


# Answers ------------------------------------------------------------------------------------------------------------


def case_of(session: TrainingSession, symbol: Symbol, part: str) -> Case:
    """A question of this iteration with all that decides its answer."""
    return Case(session.setup, session.current, session.focus_row, symbol, part)


def answer(session: TrainingSession, reply: Reply) -> TrainingSession:
    """The answer noted, and the walk one equation further. QuestionError where it is none."""
    question = question_of(session)
    if question is None or reply.about not in ("", question.name):
        raise QuestionError("answer", "The question that this answers is not open.", "Look where the walk stands now.")
    noted = replace(session, answers=with_answer(session.answers, judged(session, question, reply)))
    return noted.moved_to(Place(session.iteration, session.cursor + 1))


def judged(session: TrainingSession, question: Question, reply: Reply) -> Answer:
    """What becomes of a reply to a question of this iteration. QuestionError where it is none."""
    case = case_of(session, question.symbol, question.part)
    guess, right, slip = "", False, ""
    if not reply.skip and case.part == "sign":
        if reply.sign not in SIGNS:
            raise QuestionError("sign", "No sign is chosen.", "Choose positive, negative or zero.")
        guess, right = reply.sign, reply.sign == sign_of(case.truth)
    elif not reply.skip:
        try:
            typed = read_number(reply.guess)
        except SetupError as error:
            raise QuestionError(error.field, error.problem, error.remedy) from error
        diagnosis = diagnose(case, typed)
        guess, right, slip = reply.guess.strip(), diagnosis.right, either([slip.words for slip in diagnosis.slips])
    seconds = min(max(reply.seconds, 0.0), LONGEST_TIME)
    return Answer(session.iteration, question.symbol, question.part, guess, case.truth, right, slip, seconds)


def sign_of(x: float) -> str:
    """The word for the sign of a number."""
    return SIGNS[0] if x > 0 else SIGNS[1] if x < 0 else SIGNS[2]


def either(words: list[str]) -> str:
    """a; either a or b; either a, b or c, or in other ways."""
    if len(words) < 2:
        return "".join(words)
    *first, last = words[:3]
    return f"either {', '.join(first)} or {last}{', or in other ways' if len(words) > 3 else ''}"


@dataclass(frozen=True)
class Score:
    """Of one iteration: how many questions were asked, how many of them answered rightly, how many only shown."""

    asked: int
    right: int
    shown: int


def score_of(session: TrainingSession) -> Score:
    """How the learner did in this iteration."""
    answers = [a for a in session.answers if a.iteration == session.iteration and not a.past]
    return Score(len(answers), sum(a.right for a in answers), sum(a.skipped for a in answers))


# Numbers as learners write them --------------------------------------------------------------------------------------

LONGEST = 60  # characters
MINUS_SIGNS = "\u2212\u2013\u2014\ufe63\uff0d"
TIMES = "\u00b7\u2219*xX"
SPELLINGS = str.maketrans(f"{MINUS_SIGNS}{TIMES},", f"{'-' * len(MINUS_SIGNS)}{'×' * len(TIMES)}.")
RAISED = "\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
LOWERED = str.maketrans(RAISED, "+-0123456789")
GROUPS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")  # 12 345.678 901
TORN = re.compile(r"[0-9.] [0-9.]")
POWER = re.compile(rf"×10(?:\^|××)?([+-]?[0-9]{{1,3}}|[{RAISED}]{{1,4}})(?=/|$)")  # 1.31×10⁻⁵, 1.31*10^-5
DECIMAL = r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
NUMBER = re.compile(f"({DECIMAL})(?:/({DECIMAL}))?")


def read_number(text: str) -> Typed:
    """The number that a text stands for, with the worth of its last digit; SetupError where it stands for none."""
    plain = " ".join(text[: LONGEST + 1].translate(SPELLINGS).split())
    number = plain.removesuffix("%").rstrip()
    written = GROUPS.sub("", number)
    match = NUMBER.fullmatch(POWER.sub(lambda power: f"e{power[1].translate(LOWERED)}", written.replace(" ", "")))
    if match is None or TORN.search(written) or len(text) > LONGEST:
        raise SetupError("guess", "This is not a number.", "Write it like -0.0236, -2.36e-2 or -1/42.")
    above, below = match.groups()
    if below is None:
        mantissa, _, power = above.lower().partition("e")
        digits = mantissa.lstrip("+-").replace(".", "")
        places = len(mantissa.partition(".")[2]) - int(power or 0)
        typed = Typed(float(above), 10.0 ** min(-places, 300), len(digits.lstrip("0")))
    elif float(below) == 0:
        raise SetupError("guess", "This divides by 0.", "Write another number below the line.")
    else:
        typed = Typed(float(above) / float(below))  # a fraction has no last digit
    if number != plain:
        typed = Typed(typed.value / 100, typed.unit / 100, typed.digits)
    if not isfinite(typed.value):
        raise SetupError("guess", "This number is too large.", "Write one that is below 1e300.")
    return typed
