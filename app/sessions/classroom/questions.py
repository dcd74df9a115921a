"""What a class is asked: a question about a place of its walk, what becomes of an answer, and all answers together.

The machinery is that of the questions which one learner is asked. Here any equation can be asked, and one thing more:
which way the loss goes if a weight goes up, which is the sign of its gradient in other words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.engine.data.split import Data, Examples
from app.engine.equations.mistakes import MISTAKES, applicable
from app.engine.equations.trace import Equation
from app.engine.learning.schedules import CONSTANT
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.setup import Parameters
from app.engine.slips import Typed, slip_of
from app.lessons import lesson_named
from app.lessons.lesson import Lesson
from app.sessions.classroom.classroom import TEMPO, Asked, ClassroomError
from app.sessions.predict import Question, Reply, case_of, judged, part_of, read_number, sign_of
from app.sessions.walk.answers import Answer
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession

PARTS = ("sign", "value", "factor", "loss")
ONE_BATCH: dict[str, Any] = {"batch_size": None, "shuffle_seed": None, "warm_up": ()}  # takes all examples at once
LOSS_WORDS = {"positive": "grows", "negative": "falls", "zero": "stays"}


# What is asked --------------------------------------------------------------------------------------------------------


def in_front_of(session: TrainingSession, cursor: int) -> TrainingSession:
    """The walk in front of the equation that `cursor` others of this iteration come before.

    SetupError where there is none; ClassroomError in the bug lab, whose rule nobody may tell.
    """
    if session.hidden:
        raise ClassroomError("While a bug is hunted its walk is not asked about. Step on, and let the class hunt.")
    if not 0 <= cursor < len(session.equations):
        last = len(session.equations) - 1
        remedy = "Step on first: the next iteration begins." if cursor > last else f"Use 0 to {last}."
        raise SetupError("at", "No equation of this iteration comes next there.", remedy)
    if cursor == session.cursor:
        return session
    if cursor == 0 and session.iteration:
        raise SetupError("at", "The first equation of an iteration was shown already.", "Use 1 or more.")
    return session.moved_to(Place(session.iteration, cursor))


def front_of(session: TrainingSession, cursor: int) -> tuple[Asked, TrainingSession]:
    """A question of no class about that equation, and the walk in front of it. Errors as of `in_front_of`."""
    walk = in_front_of(session, cursor)
    return Asked(0, "", walk.iteration, walk.equations[cursor].symbol, part_at(walk)), walk


def part_at(session: TrainingSession, part: str = "") -> str:
    """What is asked of the next equation: the part that fits it, or the one that is wanted where that fits too.

    SetupError where it does not.
    """
    equation = session.equations[session.cursor]
    fitting = parts_of(session, equation)
    if not part:
        return fitting[0]
    if part not in fitting:
        raise SetupError("part", "This cannot be asked of the next equation.", f"Choose one of: {', '.join(fitting)}.")
    return part


def parts_of(session: TrainingSession, equation: Equation) -> tuple[str, ...]:
    """What can be asked of an equation, what fits best first."""
    if equation.kind not in ("delta", "dW"):
        return ("value", "sign") if equation.kind == "db" else ("value",)
    best = part_of(session.shape, *equation.group)
    more = ["sign"] if equation.kind == "delta" else ["sign", "loss"]
    if equation.kind == "delta" or session.shape.examples == 1:
        more.append("value")
    return tuple(dict.fromkeys((best, *more)))


def prepared(session: TrainingSession) -> tuple[tuple[int, str], ...]:
    """What the walk's lesson has to ask in this iteration: the cursor in front of each, and the part."""
    if session.lesson is None or session.hidden:
        return ()
    asks = {ask.symbol: ask.part for ask in lesson_named(session.lesson).asks}
    return tuple((e.index, asks[e.symbol]) for e in session.equations if e.symbol in asks)


def follow_up_of(asked: Asked, session: TrainingSession) -> tuple[TrainingSession, Question]:
    """The same question on another place: the walk in front of it. `session` is the walk of `asked`.

    On another unit or weight of the same layer where there is one, the next after it first; else in the next iteration.
    """
    here = session.equations[session.cursor]
    group = [e for e in session.equations if e.group == here.group and e.phase == here.phase]
    later = [e for e in group if e.index > session.cursor]
    others = [e for e in later if e.symbol.j != here.symbol.j] or later
    if others:
        there = session.moved_to(Place(session.iteration, others[0].index))
    else:
        there = session.moved_to(Place(session.iteration + 1, group[0].index or 1))
    return there, Question(there.iteration, there.equations[there.cursor].symbol, asked.part)


def question_of(asked: Asked) -> Question:
    """The question as one learner is asked it."""
    return Question(asked.iteration, asked.symbol, "sign" if asked.part == "loss" else asked.part)


def is_sign(asked: Asked) -> bool:
    """Whether it is answered by one of three words."""
    return asked.part in ("sign", "loss")


# Answers --------------------------------------------------------------------------------------------------------------


def checked_answer(asked: Asked, text: str) -> str:
    """The answer as it is kept. SetupError where it is none."""
    text = text.strip()
    if is_sign(asked):
        words = {word: sign for sign, word in LOSS_WORDS.items()} if asked.part == "loss" else {}
        answer = words.get(text, text)
        if answer not in LOSS_WORDS:
            known = "grows, falls or stays" if words else "positive, negative or zero"
            raise SetupError("answer", "This is none of the answers.", f"Choose {known}.")
        return answer
    try:
        read_number(text)
    except SetupError as error:
        raise SetupError("answer", error.problem, error.remedy) from error
    return text


def judged_answer(asked: Asked, session: TrainingSession, answer: str) -> Answer:
    """What becomes of an answer; `session` is the walk of the question."""
    reply = Reply(sign=answer) if is_sign(asked) else Reply(guess=answer)
    return judged(session, question_of(asked), reply)


def truth_of(asked: Asked, session: TrainingSession) -> float | str:
    """The right answer; `session` is the walk of the question."""
    question = question_of(asked)
    truth = case_of(session, question.symbol, question.part).truth
    return sign_of(truth) if is_sign(asked) else truth


def mistake_behind(asked: Asked, session: TrainingSession, slip: str) -> str:
    """The mistake whose slip this is, or the first of those that it may be; empty where none can be walked.

    So it is in the bug lab, and of an update whose optimizer remembers earlier iterations.
    """
    question = question_of(asked)
    equation = next(equation for equation in session.equations if equation.symbol == question.symbol)
    remembers = session.iteration and session.current.past.memory.size
    if session.hunt is not None or (remembers and equation.phase == "update"):
        return ""
    case = case_of(session, question.symbol, question.part)
    return next((name for name in _applicable(session) if slip_of(case, (name,)).words in slip), "")


def with_mistake(asked: Asked, session: TrainingSession, name: str) -> TrainingSession:
    """A walk that begins where the iteration of the question did, with its batch, and makes this mistake: at the
    equation in question. UnknownNameError for another mistake.
    """
    known = _applicable(session)
    if name not in known:
        raise UnknownNameError("mistake", known)
    it, setup = session.current, session.setup
    names = lesson_named(session.lesson) if session.lesson else setup.prepared
    outputs = names.targets if isinstance(names, Lesson) else names.names
    begun = replace(
        setup,
        data=Data(Examples(it.X, it.Y), columns=names.columns, names=outputs),
        start=Parameters(tuple(layer.W for layer in it.before.layers), tuple(layer.b for layer in it.before.layers)),
        learning_rate=it.method.learning_rate,
        optimizer=it.method.optimizer,
        schedule=CONSTANT,
        mistakes=(name,),
        **ONE_BATCH,
    )
    walk = TrainingSession.of_setup(begun).named(MISTAKES[name].title).focus(session.focus_row)
    cursor = next(e.index for e in walk.equations if e.symbol == asked.symbol) + 1
    return walk.moved_to(Place(0, cursor))


def _applicable(session: TrainingSession) -> tuple[str, ...]:
    return applicable(session.setup.sizes, session.setup.loss)


def tempo_round(session: TrainingSession) -> str:
    """The round in which seats say how fast the class should go on: another one in each phase of each iteration."""
    return f"{TEMPO}.{session.iteration}.{session.equation.phase if session.equation else ''}"


# All answers together -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """Answers that say the same: how many in each round. `slip` finishes "that is what you get ...", where it is known.

    `value` is a number, or the word for a sign.
    """

    value: float | str
    right: bool
    slip: str
    first: int
    second: int


@dataclass(frozen=True)
class Tally:
    """The answers to one question: its bars, the right one first, then those of a known slip, the commonest first.

    `moves` counts who went from which bar in the first round to which in the second, by their places in `bars`.
    """

    bars: tuple[Bar, ...]
    moves: Mapping[tuple[int, int], int]
    answered: int


def tally(first: Mapping[str, str], second: Mapping[str, str], judged: Mapping[str, Answer]) -> Tally:
    """All answers by value; `first` and `second` hold those of each seat, `judged` what became of each text."""
    where: dict[str, int] = {}
    groups: list[tuple[float | str, Answer]] = []
    counts = Counter(first.values()), Counter(second.values())
    for text in sorted(judged, key=lambda text: (-_exactness(judged[text]), text)):
        place = next((i for i, group in enumerate(groups) if _same(judged[text], group)), None)
        if place is None:
            place = len(groups)
            answer = judged[text]
            groups.append((_value(answer), answer))
        where[text] = place
    bars = []
    for place, (value, answer) in enumerate(groups):
        texts = [text for text in where if where[text] == place]
        numbers = (sum(count[text] for text in texts) for count in counts)
        bars.append(Bar(value, answer.right, answer.slip, *numbers))
    order = sorted(range(len(bars)), key=lambda i: _rank(bars[i]))
    rank = {place: new for new, place in enumerate(order)}
    both = first.keys() & second.keys()
    moves = Counter((rank[where[first[seat]]], rank[where[second[seat]]]) for seat in both)
    return Tally(tuple(bars[i] for i in order), dict(moves), len(first.keys() | second.keys()))


def _typed(answer: Answer) -> Typed | None:
    return None if answer.part == "sign" else read_number(answer.guess)


def _exactness(answer: Answer) -> int:
    typed = _typed(answer)
    return 0 if typed is None else typed.digits


def _value(answer: Answer) -> float | str:
    typed = _typed(answer)
    if typed is None:
        return answer.guess
    return answer.truth if answer.right else typed.value


def _same(answer: Answer, group: tuple[float | str, Answer]) -> bool:
    """Whether an answer says the same as those of a group, whose most exact one is given."""
    value, other = group
    typed = _typed(answer)
    if typed is None or isinstance(value, str) or answer.right or other.right:
        return answer.right == other.right and (typed is not None or answer.guess == value)
    if answer.slip or other.slip:
        return answer.slip == other.slip
    return typed.answers(value)


def _rank(bar: Bar) -> tuple[bool, bool, int, str]:
    return not bar.right, not bar.slip, -max(bar.first, bar.second), str(bar.value)
