"""The question on the wall in words, all answers in one picture once it is revealed, and a learner's own answer."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.sessions.classroom.classroom import FEWEST, Asked, Phase
from app.sessions.classroom.questions import Bar, Tally, is_sign, mistake_behind, question_of, truth_of
from app.sessions.predict import case_of, sign_of
from app.sessions.store.now import Now
from app.sessions.walk.session import TrainingSession
from app.views.predict.predict import Predict, Verdict, asking, verdict_of
from app.views.text.naming import what_is_found
from app.views.text.numbers import number
from app.views.text.words import counted, sentence

PHASES: dict[Phase, str] = {
    "closed": "a question",
    "first": "first vote",
    "discuss": "talk about it",
    "second": "second vote",
    "reveal": "the answers",
    "follow_up": "once more, at another place",
}
SIGN_CHOICES = (("positive", "+", "positive"), ("negative", "−", "negative"), ("zero", "0", "zero"))
LOSS_CHOICES = (("positive", "↑", "grows"), ("negative", "↓", "falls"), ("zero", "=", "stays"))
LOSS_TOLD = {value: text for value, _, text in LOSS_CHOICES}
FEW = f"Fewer than {FEWEST} have answered: so few show who said what. The answers are shown if the teacher insists."
NOTES: dict[Phase, str] = {
    "closed": "Read it and think. The vote opens in a moment.",
    "discuss": "The vote is closed. Say to your neighbour what you answered, and why. Then all answer once more.",
}
SAVED = "Your answer is {}. The last one counts when the vote closes."
MOST_BARS = 7  # that are drawn by themselves
MOST_MOVES = 4  # that are told


def question_told(asked: Asked, walk: TrainingSession, digits: int) -> Predict:
    """The question with its formula and rule, as one learner is asked it; `walk` stands in front of it."""
    told = asking(walk, question_of(asked), digits)
    if asked.part != "loss":
        return told
    name = what_is_found(walk.equations[walk.cursor], walk.told_shape).removeprefix("Gradient of ")
    text = f"What happens to the loss if {name} goes up a little: does it grow, fall or stay?"
    return replace(told, question=text)


def choices_of(asked: Asked) -> tuple[tuple[str, str, str], ...]:
    """What there is to choose from: value, sign and word; none where a number is asked."""
    return LOSS_CHOICES if asked.part == "loss" else SIGN_CHOICES if is_sign(asked) else ()


def answer_told(asked: Asked, answer: float | str, digits: int) -> str:
    """An answer in a word."""
    if isinstance(answer, float):
        return number(answer, digits)
    return LOSS_TOLD.get(answer, answer) if asked.part == "loss" else answer


# On the wall ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BarDrawn:
    """One bar of the histogram: what was said, the slip behind it; how many in each round, and how wide that is drawn.

    `first_d` and `second_d` are paths in a box of 100 by 10. `mistake` can be walked, where the teacher looks.
    """

    said: str
    why: str
    right: bool
    first: int
    second: int
    first_d: str
    second_d: str
    mistake: str = ""


@dataclass(frozen=True)
class Wall:
    """The question that all see, and at the reveal all answers; empty without one.

    `moves` tell who went from which answer to which between the rounds; `twice` is whether there were two.
    """

    id: ClassVar[str] = "wall"
    template: ClassVar[str] = "classroom/wall.html"

    phase: str = ""
    heading: str = ""
    text: str = ""
    formula: str = ""
    hint: str = ""
    counted: str = ""
    bars: tuple[BarDrawn, ...] = ()
    moves: tuple[str, ...] = ()
    note: str = ""
    twice: bool = False

    @property
    def spoken(self) -> str:
        """The question, or what came of it, in sentences."""
        right = next((f"Right is {bar.said}." for bar in self.bars if bar.right), "")
        return " ".join(filter(None, (self.phase and f"{sentence(self.phase)}.", self.text, right)))


def wall(now: Now, digits: int, counts: bool, opens: bool = False) -> Wall:
    """The question as the class stands; `counts`: how many have answered is told; `opens`: a bar opens its mistake."""
    asked, phase = now.classroom.question, now.classroom.phase
    if asked is None or phase is None:
        return Wall()
    walk = (now.asked or now.walk).session
    told = question_told(asked, walk, digits)
    hint = told.hint if phase != "reveal" else ""
    if phase != "reveal":
        many = f"{now.answered} of {len(now.classroom.seated)} have answered" if counts and phase != "closed" else ""
        return Wall(PHASES[phase], told.heading, told.question, told.formula, hint, many)
    tally = now.tally
    if tally is None:
        return Wall(PHASES[phase], told.heading, told.question, told.formula, note=FEW if counts else "")
    return Wall(
        PHASES[phase],
        told.heading,
        told.question,
        bars=bars_drawn(asked, walk, tally, digits, opens),
        moves=moves_told(asked, tally, digits),
        twice=bool(now.second),
    )


def bars_drawn(
    asked: Asked, walk: TrainingSession, tally: Tally, digits: int, opens: bool = False
) -> tuple[BarDrawn, ...]:
    """The bars; the right answer is among them, though nobody gave it. Beyond so many, the last are one."""
    bars = list(tally.bars)
    if not any(bar.right for bar in bars):
        bars.insert(0, Bar(truth_of(asked, walk), True, "", 0, 0))
    bars, rest = bars[:MOST_BARS], bars[MOST_BARS:]
    if len(rest) == 1:
        bars, rest = [*bars, *rest], []
    most = max(max(bar.first, bar.second) for bar in bars) or 1
    drawn = [
        BarDrawn(
            answer_told(asked, bar.value, digits),
            "right" if bar.right else f"what you get {bar.slip}" if bar.slip else "",
            bar.right,
            bar.first,
            bar.second,
            _width(bar.first / most),
            _width(bar.second / most),
            mistake_behind(asked, walk, bar.slip) if opens and bar.slip else "",
        )
        for bar in bars
    ]
    if rest:
        first, second = sum(bar.first for bar in rest), sum(bar.second for bar in rest)
        widths = (_width(min(1.0, many / most)) for many in (first, second))
        drawn.append(BarDrawn(f"{len(rest)} other answers", "", False, first, second, *widths))
    return tuple(drawn)


def _width(share: float) -> str:
    return f"M0 0H{100 * share:.4g}V10H0z"


def moves_told(asked: Asked, tally: Tally, digits: int) -> tuple[str, ...]:
    """Who changed to what, the most first; those who stayed are counted in the bars."""
    names = [answer_told(asked, bar.value, digits) for bar in tally.bars]
    changed = sorted(((n, pair) for pair, n in tally.moves.items() if pair[0] != pair[1]), key=lambda m: (-m[0], m[1]))
    return tuple(f"{n} went from {names[a]} to {names[b]}" for n, (a, b) in changed[:MOST_MOVES])


# A learner's own ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """A learner's answer: to be given (`choices`, or a number), or what came of it; empty without a question.

    `number`, `round` and `key` go back with it: which question and round it answers, and a word of this page's own.
    """

    id: ClassVar[str] = "own"
    template: ClassVar[str] = "classroom/own.html"

    asks: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    number: int = 0
    round: int = 0
    key: str = ""
    answer: str = ""
    said: str = ""
    note: str = ""
    verdict: Verdict | None = None


def own(now: Now, label: str, digits: int, key: str) -> Own:
    """What this seat is asked, or what came of its answer."""
    asked, phase = now.classroom.question, now.classroom.phase
    if asked is None or phase is None:
        return Own()
    first, second = now.first.get(label, ""), now.second.get(label, "")
    given = second if phase == "second" else first
    if now.classroom.round:
        choices = choices_of(asked)
        asks = "choice" if choices else "number"
        round = 2 if phase == "second" else 1
        return Own(asks, choices, asked.number, round, key, given, saved(asked, given))
    if phase != "reveal" or now.asked is None:
        said = f"You said {answer_told(asked, given, digits)}. " if given else ""
        return Own(note=said + NOTES.get(phase, ""))
    answer = now.judged.get(second or first)
    if answer is None:
        return Own(note="You gave no answer this time.")
    session = now.asked.session
    question = question_of(asked)
    told = verdict_of(session, case_of(session, question.symbol, question.part), answer, digits)
    if asked.part == "loss":
        truth = LOSS_TOLD[sign_of(answer.truth)]
        said = f"You said that the loss {LOSS_TOLD[answer.guess]}. It {truth}: that is the sign of the gradient."
        told = replace(told, text=said)
    return Own(verdict=told)


def saved(asked: Asked, answer: str) -> str:
    """That an answer was taken."""
    return SAVED.format(answer_told(asked, answer, 5)) if answer else ""


def counted_seats(many: int) -> str:
    """How many sit in the class."""
    return counted(many, "learner")
