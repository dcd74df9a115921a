"""The teacher's overview: steps and learners as one picture, the commonest slips, and the same as a table.

Along the picture stand the steps of an iteration, down it the learners: how far each has walked alone, and at what was
asked whether the first try was right, or which slip was behind it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from app.sessions.classroom.classroom import Asked
from app.sessions.classroom.questions import mistake_behind
from app.sessions.store.store import Kept
from app.sessions.walk.answers import Answer
from app.sessions.walk.session import TrainingSession
from app.views.classroom.question import answer_told, question_told
from app.views.explorer.timeline import timeline
from app.views.text.naming import what_is_found
from app.views.text.words import counted, sentence

RIGHT, WRONG, NONE = "✓", "×", "–"
LETTERS = "ABCDE"  # of the commonest slips
DIGITS = 5
CROWDS = 3  # places that are told, where most stand

# The picture, in pixels but for what lies along it, which is in percent of its width.
HEAD = 48  # above the learners
STEP = 24  # that a step needs at least
WIDE = 1200  # of a desk
MOST_BLOCKS = 3  # side by side
TALL, BLOCK = 36, 650  # so many learners in one block, and so high is one of more
ROW, WIDEST_ROW, LOWEST_ROW = 18, 26, 4
LEGIBLE = 12  # a row, or a run of rows, that has room for a sign


# What is known --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """A question whose votes are closed: the last answers of each seat, by its label, and what became of each text."""

    asked: Asked
    walk: TrainingSession
    first: Mapping[str, str]
    second: Mapping[str, str]
    judged: Mapping[str, Answer]

    @property
    def rounds(self) -> tuple[Mapping[str, str], ...]:
        """The votes: the second where there was one."""
        return (self.first, self.second) if self.second else (self.first,)


@dataclass(frozen=True)
class Room:
    """Who sits in a class, by label, with the own walk of each who walks alone; `here` is the walk that it follows.

    `still` tells for how many seconds a walk has stood still; from `stuck` on whoever walks it is.
    """

    here: Kept
    answered: Sequence[Answered]
    walks: Mapping[str, Kept | None]
    still: Callable[[Kept], float]
    stuck: float

    def stuck_minutes(self, walk: Kept | None) -> int:
        """For how many whole minutes a walk is stuck; 0 where it is not."""
        seconds = self.still(walk) if walk else 0.0
        return int(max(1, seconds // 60)) if seconds >= self.stuck else 0

    def version(self) -> str:
        """What is another text where the overview looks different, the answers apart: they change with the class."""
        alone = ((walk.rev, self.stuck_minutes(walk)) for walk in self.walks.values() if walk)
        return f"{self.here.rev}.{hash(tuple(alone)) & 0xFFFFFFFF:x}"


# What is shown --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A cell of the timeline as a column: its letter and layer, where it begins, how wide it is, where its middle is.

    `asked` are the numbers of the questions in it, each with its place.
    """

    letter: str
    layer: str
    spoken: str
    phase: str
    x: str
    width: str
    middle: str
    asked: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Box:
    """A rectangle of one look: `sign` stands in its middle (`cx`, `cy`), where there is room for it."""

    look: str
    x: str
    y: str
    width: str
    height: str
    sign: str = ""
    cx: str = ""
    cy: str = ""


@dataclass(frozen=True)
class Line:
    """A text beside a row."""

    y: str
    text: str


@dataclass(frozen=True)
class Block:
    """Learners below each other: what each has walked, the marks of the answers, and what is told beside them."""

    height: str
    boxes: tuple[Box, ...]
    names: tuple[Line, ...]
    sides: tuple[Line, ...]


@dataclass(frozen=True)
class Drawing:
    """Steps along, learners down. `here` is where the class stands, and `anchor` how that is written; `least` is how
    wide a block is at least; `named`: labels stand beside the rows.
    """

    steps: tuple[Step, ...]
    here: str
    anchor: str
    least: int
    named: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Picture:
    """The picture; `facts` tell it in sentences, `questions` what became of each.

    `version` goes back with the question whether anything has changed.
    """

    id: ClassVar[str] = "picture"
    template: ClassVar[str] = "classroom/picture.html"

    version: str
    facts: tuple[str, ...]
    questions: tuple[str, ...]
    drawing: Drawing


@dataclass(frozen=True)
class Slip:
    """A slip, its letter in the picture, and how often it was made.

    Its `mistake` can be walked at the question of this `number`, or `at` an equation of the class's walk; empty: not.
    """

    letter: str
    count: int
    words: str
    number: str
    at: str
    mistake: str


@dataclass(frozen=True)
class Slips:
    """The commonest slips, the commonest first."""

    id: ClassVar[str] = "slips"
    template: ClassVar[str] = "classroom/slips.html"

    slips: tuple[Slip, ...]


@dataclass(frozen=True)
class Try:
    """One learner at one question: a sign for each vote, and in words what was said and which slip is behind it."""

    signs: str
    words: str


@dataclass(frozen=True)
class Row:
    """One learner: where the own walk stands, for how long it has been stuck there, and each question."""

    name: str
    place: str
    stuck: str
    tries: tuple[Try, ...]


@dataclass(frozen=True)
class Tries:
    """The same as a table. `questions` are number and text."""

    id: ClassVar[str] = "tries"
    template: ClassVar[str] = "classroom/tries.html"

    questions: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OverviewPage:
    """The page. `labels`: each learner is called by the label, else by a number."""

    title: str
    key: str
    labels: bool
    picture: Picture
    slips: Slips
    tries: Tries

    @property
    def panels(self) -> tuple[Picture | Slips | Tries, ...]:
        """What changes."""
        return self.picture, self.slips, self.tries


def overview_page(key: str, labels: bool, room: Room, version: str) -> OverviewPage:
    """The overview: those who are stuck come first, then those who have come least far, then those who were wrong."""
    slips = _slips(room)
    letters = {slip.words: slip.letter for slip in slips}
    learners = [_learner(room, label, walk, letters) for label, walk in room.walks.items()]
    columns = _columns(room, learners)
    learners.sort(key=lambda one: (*one.order(columns), one.label if labels else ""))
    names = [one.label if labels else str(number) for number, one in enumerate(learners, start=1)]
    questions = tuple((str(one.asked.number), _told(one)) for one in room.answered)
    rows = tuple(_row(room, one, name, letters) for one, name in zip(learners, names, strict=True))
    scale = Scale(room.here.session, columns)
    drawing = _drawn(room, learners, names, labels, scale)
    picture = Picture(version, _facts(room, learners, scale), tuple(text for _, text in questions), drawing)
    return OverviewPage("Overview", key, labels, picture, Slips(slips), Tries(questions, rows))


def _told(one: Answered) -> str:
    """The question, and how many were right."""
    shares = [
        f"{sum(one.judged[text].right for text in votes.values())} of {len(votes)} right {when}"
        for votes, when in zip(one.rounds, ("at first", "then"), strict=False)
        if votes
    ]
    told = f" {sentence(', '.join(shares))}." if shares else ""
    return question_told(one.asked, one.walk, DIGITS).question + told


# Slips ----------------------------------------------------------------------------------------------------------------


def _slips(room: Room) -> tuple[Slip, ...]:
    """The commonest, each with a place at which its mistake can be walked: of a question, else of the class's walk."""
    counts, places = Counter[str](), dict[str, tuple[str, str, str]]()
    seen = set[tuple[str, Any]]()

    def note(slip: str, asked: Asked, walk: TrainingSession, number: str, at: str) -> None:
        counts[slip] += 1
        if (slip, asked) not in seen and not places.get(slip, ("", "", ""))[2]:
            seen.add((slip, asked))
            places[slip] = number, at, mistake_behind(asked, walk, slip)

    for one in room.answered:
        for slip in (one.judged[text].slip for votes in one.rounds for text in votes.values()):
            if slip:
                note(slip, one.asked, one.walk, str(one.asked.number), "")
    here = {equation.symbol: equation.index for equation in room.here.session.equations}
    for walk in filter(None, room.walks.values()):
        for answer in _current(walk.session):
            if answer.slip and answer.symbol in here:
                asked = Asked(0, "", answer.iteration, answer.symbol, answer.part)
                note(answer.slip, asked, walk.session, "", str(here[answer.symbol]))
    return tuple(
        Slip(letter, n, f"what you get {slip}", *places[slip])
        for letter, (slip, n) in zip(LETTERS, counts.most_common(len(LETTERS)), strict=False)
    )


def _current(session: TrainingSession) -> Iterator[Answer]:
    """What a learner answered of the own walk's questions in the iteration in which it stands."""
    return (a for a in session.answers if a.iteration == session.iteration and not a.past and not a.skipped)


def _sign(answer: Answer, letters: Mapping[str, str]) -> str:
    """Right, the letter of a slip, or wrong."""
    return RIGHT if answer.right else letters.get(f"what you get {answer.slip}", WRONG)


# Learners -------------------------------------------------------------------------------------------------------------

Column = tuple[Any, ...]  # which column of the picture a mark stands in: a question and its round, or an own answer


@dataclass(frozen=True)
class Learner:
    """One of them: the own walk, for how many minutes it is stuck, and the signs of what was answered, by column."""

    label: str
    walk: Kept | None
    minutes: int
    signs: Mapping[Column, str]

    def order(self, columns: Sequence[Column]) -> tuple[Any, ...]:
        """Those who are stuck, the longest first; then by how far they have come, then by the last answers."""
        place = self.walk.session.place if self.walk else ()
        last = (self.signs.get(column, NONE) for column in reversed(columns))
        return -self.minutes, place, [(sign == RIGHT, sign == NONE, sign) for sign in last]


def _learner(room: Room, label: str, walk: Kept | None, letters: Mapping[str, str]) -> Learner:
    signs: dict[Column, str] = {}
    for one in room.answered:
        for round, votes in enumerate(one.rounds, start=1):
            if label in votes:
                signs[_column(one, round)] = _sign(one.judged[votes[label]], letters)
    for answer in _current(walk.session) if walk else ():
        signs.setdefault((answer.symbol,), _sign(answer, letters))
    return Learner(label, walk, room.stuck_minutes(walk), signs)


def _column(one: Answered, round: int) -> Column:
    return one.asked.symbol, one.asked.number, round


def _row(room: Room, learner: Learner, name: str, letters: Mapping[str, str]) -> Row:
    stuck = f"stuck for {counted(learner.minutes, 'minute')}" if learner.minutes else ""
    tries = tuple(_try(one, learner.label, letters) for one in room.answered)
    return Row(name, _stands(learner.walk), stuck, tries)


def _try(one: Answered, label: str, letters: Mapping[str, str]) -> Try:
    judged = [one.judged[votes[label]] for votes in one.rounds if label in votes]
    if not judged:
        return Try(NONE, "no answer")
    told = (
        f"{answer_told(one.asked, answer.guess, DIGITS)}: {'right' if answer.right else 'wrong'}"
        + (f", what you get {answer.slip}" if answer.slip else "")
        for answer in judged
    )
    return Try("".join(_sign(answer, letters) for answer in judged), "; then ".join(told))


def _stands(walk: Kept | None) -> str:
    """Where a walk stands, and what was answered there."""
    if walk is None:
        return "with the class"
    session, answers = walk.session, list(_current(walk.session))
    where = what_is_found(session.equation, session.told_shape) if session.equation else "at the start"
    right = f"; {sum(a.right for a in answers)} of {len(answers)} right" if answers else ""
    return f"iteration {session.iteration + 1}: {where[0].lower()}{where[1:]}{right}"


# The picture ----------------------------------------------------------------------------------------------------------


class Scale:
    """Where along the picture each step and each column of marks lies, in percent."""

    def __init__(self, session: TrainingSession, columns: Sequence[Column]) -> None:
        self.cells = [(group.phase, cell) for group in timeline(session).groups for cell in group.cells]
        self._columns: list[list[Column]] = [[] for _ in self.cells]
        of = {equation.symbol: self.step_of(equation.index + 1)[0] for equation in session.equations}
        for column in columns:
            if column[0] in of:
                self._columns[of[column[0]]].append(column)
        weights = [max(1.0, len(mine)) for mine in self._columns]
        self.total = sum(weights)
        self._starts = [100 * sum(weights[:i]) / self.total for i in range(len(weights) + 1)]
        self.slots = {
            column: (start + i * width, width)
            for mine, start, end in zip(self._columns, self._starts, self._starts[1:], strict=False)
            for width in [(end - start) / max(1, len(mine))]
            for i, column in enumerate(mine)
        }

    def step_of(self, cursor: int) -> tuple[int, float]:
        """The cell in which a cursor stands, and the share of it that is walked."""
        start = 0
        for i, (_, cell) in enumerate(self.cells):
            if cursor <= cell.cursor:
                return i, (cursor - start) / (cell.cursor - start)
            start = cell.cursor
        return len(self.cells) - 1, 1.0

    def x(self, cursor: int) -> float:
        """Where a cursor lies."""
        step, share = self.step_of(cursor)
        return self._starts[step] + share * (self._starts[step + 1] - self._starts[step])

    def steps(self) -> tuple[Step, ...]:
        """The steps as columns."""
        found = []
        for (phase, cell), mine, start, end in zip(
            self.cells, self._columns, self._starts, self._starts[1:], strict=False
        ):
            numbers = dict[int, list[float]]()
            for column in (column for column in mine if len(column) > 1):
                x, width = self.slots[column]
                numbers.setdefault(column[1], []).append(x + width / 2)
            asked = tuple((str(number), _number(sum(xs) / len(xs))) for number, xs in numbers.items())
            box = _number(start), _number(end - start), _number((start + end) / 2)
            found.append(Step(cell.letter, cell.layer, cell.spoken, phase, *box, asked))
        return tuple(found)


def _columns(room: Room, learners: Sequence[Learner]) -> list[Column]:
    """The columns of marks: of each vote, then of what own walks ask."""
    asked = {column[0] for one in learners for column in one.signs if len(column) == 1}
    own = [(equation.symbol,) for equation in room.here.session.equations if equation.symbol in asked]
    return [_column(one, round) for one in room.answered for round in range(1, len(one.rounds) + 1)] + own


def _drawn(room: Room, learners: list[Learner], names: list[str], labels: bool, scale: Scale) -> Drawing:
    """Many learners stand in several blocks, of low rows."""
    session = room.here.session
    least = round(scale.total * STEP)
    most = max(1, min(MOST_BLOCKS, WIDE // least))
    count = min(most, -(-len(learners) // TALL)) or 1
    size = -(-len(learners) // count) or 1
    height = min(WIDEST_ROW if size <= 12 else ROW, max(LOWEST_ROW, BLOCK // size))
    many = len({one.walk.session.iteration for one in learners if one.walk} | {session.iteration}) > 1
    here = scale.x(session.cursor)
    return Drawing(
        scale.steps(),
        _number(here),
        "start" if here < 10 else "end" if here > 90 else "middle",
        least,
        labels and height >= LEGIBLE,
        tuple(
            _block(learners[i : i + size], names[i : i + size], scale, height, many)
            for i in range(0, len(learners), size)
        ),
    )


def _block(learners: list[Learner], names: list[str], scale: Scale, height: int, many: bool) -> Block:
    legible = height >= LEGIBLE
    boxes = [
        Box(f"walked{' stuck' * bool(minutes)}", "0", _number(y), f"{_number(x)}%", _number(tall - 2))
        for (x, minutes), y, tall in _runs(learners, lambda one: _walked(one, scale), height)
    ]
    for column, (x, width) in scale.slots.items():
        middle = f"{_number(x + width / 2)}%"
        place = f"{_number(x + width * 0.06)}%", f"{_number(width * 0.88)}%"
        for sign, y, tall in _runs(learners, lambda one, column=column: one.signs.get(column), height):  # type: ignore[misc]
            shown = sign if tall >= LEGIBLE else ""
            look = "right" if sign == RIGHT else "wrong"
            boxes.append(
                Box(look, place[0], _number(y), place[1], _number(tall - 2), shown, middle, _number(y + tall / 2 + 3))
            )
    told = [Line(_number(HEAD + i * height + height / 2 + 4), name) for i, name in enumerate(names)] if legible else []
    return Block(
        _number(HEAD + len(learners) * height), tuple(boxes), tuple(told), tuple(_sides(learners, height, many))
    )


def _walked(learner: Learner, scale: Scale) -> tuple[float, int] | None:
    if learner.walk is None or not learner.walk.session.cursor:
        return (0.0, learner.minutes) if learner.minutes else None
    return scale.x(learner.walk.session.cursor), learner.minutes


def _runs(learners: list[Learner], what: Callable[[Learner], Any], height: int) -> Iterator[tuple[Any, float, float]]:
    """What there is of each learner, its y and its height: where rows are low, of all at once who have the same."""
    merged = height < LEGIBLE
    for key, group in groupby(range(len(learners)), key=lambda i: (what(learners[i]), None if merged else i)):
        mine = list(group)
        if key[0] is not None:
            yield key[0], HEAD + mine[0] * height, len(mine) * height + (1 if merged else 0)


def _sides(learners: list[Learner], height: int, many: bool) -> Iterator[Line]:
    """What is told beside rows: who is stuck, and in which iteration the others stand where not all are in one."""
    below = 0.0
    before = ""
    for i, one in enumerate(learners):
        text = f"stuck {one.minutes} min" if one.minutes else ""
        if one.walk and many and not text:
            text = f"iteration {one.walk.session.iteration + 1}"
        y = HEAD + i * height + height / 2 + 4
        if text and (text != before or one.minutes) and y >= below:
            yield Line(_number(y), text)
            below = y + LEGIBLE
        before = text


def _facts(room: Room, learners: list[Learner], scale: Scale) -> tuple[str, ...]:
    """The picture in sentences."""
    alone = [one.walk.session for one in learners if one.walk]
    there = f"{sentence(counted(len(learners), 'learner'))}."
    if not alone:
        return there, f"All are with the class: {_stands(room.here)}."
    stuck = sum(bool(one.minutes) for one in learners)
    crowds = Counter(scale.cells[scale.step_of(s.cursor)[0]][1].spoken if s.cursor else "the start" for s in alone)
    told = ", ".join(f"{where} ({n})" for where, n in crowds.most_common(CROWDS))
    return there, f"Stuck: {stuck}." if stuck else "Nobody is stuck.", f"Most stand at {told}."


def _number(x: float) -> str:
    return f"{x:.4g}"
