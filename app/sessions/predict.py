"""Questions before the walk shows: what is asked where, whether it is still open, and what becomes of an answer."""

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
from app.sessions.walk.answers import Answer, Answers, Asking, with_answer
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession

SIGNED = ("delta", "dW", "db")  # what is asked for its sign first
SIGNS = ("positive", "negative", "zero")
LONGEST_TIME = 86_400.0  # seconds that an answer may have taken
NOTHING: Mapping[int, str] = {}


class QuestionError(SetupError):
    """The open question stands in the way, or what was said is no answer to it."""


@dataclass(frozen=True)
class Question:
    """What is asked before `symbol` is shown: `part` sign, value or factor."""

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
    """For the index of each equation of this iteration that is asked: what is asked of it last, value or factor."""
    if not session.asking or session.hidden:
        return NOTHING
    if session.lesson is not None and session.asking == "chosen" and session.iteration > 0:
        return NOTHING
    return asked_in(session.shape, session.lesson, session.asking)


@kept
def asked_in(shape: Shape, lesson: str | None, asking: Asking) -> Mapping[int, str]:
    """What the lesson chose; else the first error signal and the first weight gradient of every layer.

    Cached: a step asks for it three times; for 120 connections that would be a sixth of it.
    """
    if lesson is not None and asking == "chosen":
        place = found_at(shape)
        return {place[ask.symbol]: ask.part for ask in lesson_named(lesson).asks}
    cells = groupby(trace(shape), key=lambda equation: equation.group)
    return {next(equations).index: "value" for (kind, _), equations in cells if kind in ("delta", "dW")}


def parts_of(symbol: Symbol, last: str) -> tuple[str, ...]:
    """The parts of a question, in order."""
    return ("sign", last) if symbol.kind in SIGNED else (last,)


def given(session: TrainingSession, symbol: Symbol) -> Answers:
    """The answers about an equation of this iteration, since the walk last began."""
    return tuple(a for a in session.answers if a.symbol == symbol and a.iteration == session.iteration and not a.past)


def open_part(answers: Answers, parts: tuple[str, ...]) -> str | None:
    """The part that is still to be answered; None where nothing is. Zero as a sign tells the value too."""
    told = answers and (answers[-1].skipped or answers[-1].part == parts[-1])
    if told or (parts == ("sign", "value") and answers and answers[-1].guess == "zero"):
        return None
    return parts[len(answers)]


def question_of(session: TrainingSession) -> Question | None:
    """The question that is open: about the next equation of this iteration. No iteration after the first begins with
    one."""
    last = asked(session).get(session.cursor)
    if last is None:
        return None
    return _open_at(session, session.equations[session.cursor], last)


def _open_at(session: TrainingSession, equation: Equation, last: str) -> Question | None:
    part = open_part(given(session, equation.symbol), parts_of(equation.symbol, last))
    return None if part is None else Question(session.iteration, equation.symbol, part)


# How a question stops the walk --------------------------------------------------------------------------------------


def check_not_asked(session: TrainingSession) -> None:
    """QuestionError where a question is open."""
    if question_of(session) is not None:
        raise QuestionError("answer", "A question is open.", "Answer the question, or skip it.")


def unless_asked(before: TrainingSession, after: TrainingSession) -> TrainingSession:
    """Where a verb leads from `before`; QuestionError where it would pass the question that is open."""
    if after.place > before.place:
        check_not_asked(before)
    return after


def up_to_question(before: TrainingSession, after: TrainingSession) -> TrainingSession:
    """Where a walk from `before` to `after`, in this iteration or the next, meets its first open question.

    QuestionError where one is open already.
    """
    unless_asked(before, after)
    first = before.cursor
    if after.iteration > before.iteration:
        index = _first_open(before, first, len(before.equations))
        if index is not None:
            return replace(before, by=after.by, cursor=index)
        first = 0
    index = _first_open(after, first, after.cursor)
    return after if index is None else replace(after, cursor=index)


def _first_open(session: TrainingSession, start: int, end: int) -> int | None:
    """The cursor in front of the first open question of this iteration from `start` on, before `end`."""
    for index, last in sorted(asked(session).items()):
        if start <= index < end and _open_at(session, session.equations[index], last):
            return index
    return None


# Answers ------------------------------------------------------------------------------------------------------------


def case_of(session: TrainingSession, symbol: Symbol, part: str) -> Case:
    """A question of this iteration with all that decides its answer."""
    return Case(session.setup, session.current, session.focus_row, symbol, part)


def answer(session: TrainingSession, reply: Reply) -> TrainingSession:
    """The answer noted; after the last part the walk goes on by one equation. QuestionError where it is none."""
    question = question_of(session)
    if question is None or reply.about not in ("", question.name):
        raise QuestionError("answer", "The question that this answers is not open.", "Look where the walk stands now.")
    noted = replace(session, answers=with_answer(session.answers, _answer(session, question, reply)))
    return noted if question_of(noted) else noted.moved_to(Place(session.iteration, session.cursor + 1))


def _answer(session: TrainingSession, question: Question, reply: Reply) -> Answer:
    case = case_of(session, question.symbol, question.part)
    guess, right, slip = "", False, ""
    if not reply.skip and case.part == "sign":
        if reply.sign not in SIGNS:
            raise QuestionError("sign", "No sign is chosen.", "Choose positive, negative or zero; or skip it.")
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
