"""A program: what functions do with NumPy, done once and taken down, to be done again for any batch of the same size.

The functions stay as they are written. A recording takes down what they do; its steps are then one straight piece of
Python. Done again, they make no array and find nothing twice; they are the same operations in the same order, and find
the same bits.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, NamedTuple, NoReturn
from weakref import ref

import numpy as np
from numpy.typing import ArrayLike

from app.engine.memory import kept

Plain = np.ndarray[Any, Any]
MAKERS = (np.ones_like, np.zeros_like)  # what they give does not depend on the numbers that they are given


class Step(NamedTuple):
    """One operation: out <- do(*given, **options); `whole` if it cannot write into an array that it is given."""

    do: Callable[..., Any]
    given: tuple[Plain, ...]
    options: dict[str, Any]
    out: Plain
    whole: bool


class Recorded(np.ndarray[Any, Any]):
    """An array that takes down what is done with it. `late`: it changes with the parameters, else with the batch.

    `tape` leads to who takes it down, `plain` to the array without that, for as long as others hold them. A plain array
    may hold the view that it is of, which no collection sees: were these held here, the circle would stay for ever.
    """

    tape: Callable[[], "Tape | None"]
    late: bool
    plain: Callable[[], Plain | None]

    def __array_finalize__(self, of: Any) -> None:
        if isinstance(of, Recorded):
            self.tape, self.late = of.tape, of.late
        self.plain = _none

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *given: Any, **options: Any) -> Any:
        do = ufunc if method == "__call__" else getattr(ufunc, method)
        out: tuple[Any, ...] = options.pop("out", ())
        if out:
            return self._taker.take_in_place(do, given, options, out[0])
        return self._taker.take(do, given, options)

    def __array_function__(self, do: Any, types: Any, given: Any, options: Any) -> Any:
        if do is np.clip:  # against overflow: a recording's numbers stop being finite there, or are the same without it
            return given[0]
        if do in MAKERS:
            return do(*map(plain_of, given), **options)
        if do is np.empty_like:
            return self._taker.array(np.empty_like(*map(plain_of, given), **options))
        return self._taker.take(do, given, options, whole=do is not np.dot)

    def take_down(self, function: Callable[[Plain], Plain]) -> Any:
        """What a function makes of the array, taken down as one step."""
        return self._taker.take(function, (self,), {}, whole=True)

    @property
    def _taker(self) -> "Tape":
        tape = self.tape()
        assert tape is not None, "Somebody who records holds the tape."
        return tape

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return part if isinstance(part, Recorded) else self._unknown()

    def __bool__(self) -> bool:
        return self._taker.answer(self)

    def _unknown(self, *_: Any) -> NoReturn:
        raise TypeError("What a recording does cannot depend on a number that changes with the parameters.")

    tolist = item = astype = __float__ = __int__ = _unknown  # type: ignore[assignment]


@dataclass(eq=False)
class Tape:
    """What is taken down: `early` needs the batch alone, `late` the parameters. `places`: into which arrays some of the
    late steps, by number, write.
    """

    places: dict[int, Plain] = field(default_factory=dict)
    early: list[Step] = field(default_factory=list)
    late: list[Step] = field(default_factory=list)
    asked: list[tuple[Plain, bool]] = field(default_factory=list)
    _known: dict[Any, "Recorded"] = field(default_factory=dict)
    _numbers: dict[float, Plain] = field(default_factory=dict)

    def array(self, plain: Plain, late: bool = True) -> Any:
        """The array as one that takes down what is done with it."""
        recorded = plain.view(Recorded)
        recorded.tape, recorded.late, recorded.plain = ref(self), late, ref(plain)
        return recorded

    def take(self, do: Any, given: Sequence[Any], options: dict[str, Any], whole: bool = False) -> Any:
        """Do an operation and take it down, unless it was done before or changes nothing."""
        plain = self._plain(given)
        same = _unchanged(do, given, plain)
        if same is not None:
            return same
        if isinstance(do, np.ufunc):
            plain = tuple(_as_number(x, plain) for x in plain)
        key = (do, *map(_whereabouts, plain), *sorted(options.items()))
        if key not in self._known:
            late = any(isinstance(x, Recorded) and x.late for x in given)
            steps = self.late if late else self.early
            place = self.places.get(len(steps)) if late and not whole else None
            found = do(*plain, **options, **({} if place is None else {"out": place}))
            out = np.array(found) if whole else np.asarray(found)  # of its own, not a view of what was given
            steps.append(Step(do, plain, options, out, whole))
            self._known[key] = self.array(out, late)
        return self._known[key]

    def take_in_place(self, do: Any, given: Sequence[Any], options: dict[str, Any], out: Any) -> Any:
        """The same of an operation that writes into an array that is there: what was known may hold no longer."""
        plain = self._plain(given)
        do(*plain, **options, out=plain_of(out))
        self.late.append(Step(do, plain, options, plain_of(out), False))
        self._known.clear()
        return out

    def answer(self, question: Recorded) -> bool:
        """Yes or no to what depends on the batch alone: the recording is for batches with the same answer."""
        if question.late:
            question._unknown()
        yes = bool(plain_of(question))
        self.asked.append((plain_of(question), yes))
        return yes

    def _plain(self, given: Sequence[Any]) -> tuple[Any, ...]:
        """Arrays without their recording; a number as an array, the same one each time: NumPy takes it in less time."""
        numbers = self._numbers
        return tuple(
            numbers.setdefault(float(x), np.array(float(x))) if isinstance(x, int | float) else plain_of(x)
            for x in given
        )


def plain_of(x: Any) -> Any:
    """An array without its recording, the same object as long as anybody holds it; anything else as it is."""
    if not isinstance(x, Recorded):
        return x
    plain = x.plain()
    if plain is None:
        plain = x.view(np.ndarray)
        x.plain = ref(plain)
    return plain


def _none() -> None:
    """Where an array without its recording is not made yet."""


def _whereabouts(x: ArrayLike) -> Any:
    """What tells an array from others, views of the same numbers included."""
    if isinstance(x, np.ndarray):
        return x.__array_interface__["data"][0], x.shape, x.strides, x.dtype.str
    return x


def _as_number(x: Plain, all_given: Sequence[Plain]) -> Plain:
    """An array of one parameter without its shape where another array gives the result its shape: that takes less
    time."""
    others = [y for y in all_given if y is not x]
    alone = x.size == 1 and x.ndim > 0 and x.base is not None
    return x.reshape(()) if alone and any(y.ndim >= x.ndim and y.size > 1 for y in others) else x


def _unchanged(do: Any, given: Sequence[Any], plain: Sequence[Any]) -> Any:
    """What comes out as it went in: times 1, divided by 1. None for all else."""
    ways = {np.multiply: ((0, 1), (1, 0)), np.divide: ((0, 1),)}.get(do, ())
    for one, other in ways:
        ones = not isinstance(given[other], Recorded) and (plain[other] == 1.0).all()
        if ones and np.broadcast_shapes(plain[0].shape, plain[1].shape) == plain[one].shape:
            return given[one]
    return None


# The steps of a recording as one straight piece of Python -------------------------------------------------------------

Batch = tuple[Plain, Plain]
Then = Sequence[Step] | Callable[[], None]
Record = Callable[[Tape, Any, Any], tuple[Any, list[Any]]]
BY_NAME = (np.maximum, np.minimum)  # these take where to write by name only


class Needed(NamedTuple):
    """What steps take of what changes with the batch: an array `of` which `view` is, or is turned, .T."""

    view: Plain
    of: Plain
    turned: bool


@dataclass(frozen=True, eq=False)
class Program:
    """`run` does the recorded steps for each of (*given, Z): `given` is made of a batch, Z takes the result."""

    tape: Tape
    recorded: Batch
    needed: tuple[Needed, ...]
    run: Callable[[Iterable[tuple[Plain, ...]]], None]

    @classmethod
    def of(cls, record: Record, batch: Batch, into: list[Plain], then: Then) -> "Program":
        """Of a function that gives the result that goes into Z, and those that always go into the arrays `into`; `then`
        come steps that were recorded before, or what is to be called."""
        tape, result, results = _recorded(record, batch, {})
        tape, result, results = _recorded(record, batch, _places(tape, results, into))
        moved = [Step(np.positive, (x,), {}, to, False) for x, to in zip(results, into, strict=True) if _apart(x, to)]
        steps = _alive([*tape.late, *moved], [result, *into])
        needed = _needed(steps, [*batch, *(step.out for step in tape.early)])
        if any(_is_view(x, result) for step in steps for x in (*step.given, step.out)):
            raise TypeError("A recording must not use a view of its result, which would stay where it was.")
        return cls(tape, batch, needed, _compiled(steps, then, (*(one.view for one in needed), result)))

    def given(self, X: Plain, Y: Plain) -> tuple[Plain, ...] | None:
        """What the program needs of a batch; None where it is not for it."""
        found: dict[int, Any] = {id(self.recorded[0]): X, id(self.recorded[1]): Y}
        for step in self.tape.early:
            found[id(step.out)] = np.asarray(step.do(*(found.get(id(x), x) for x in step.given), **step.options))
        if any(bool(found[id(question)]) != answer for question, answer in self.tape.asked):
            return None
        return tuple(found[id(one.of)].T if one.turned else found[id(one.of)] for one in self.needed)


def _needed(steps: Sequence[Step], early: Sequence[Plain]) -> tuple[Needed, ...]:
    """What the steps take of what changes with the batch."""
    needed: dict[int, Needed] = {}
    for x in (x for step in steps for x in step.given):
        for y in early:
            if x is y or _is_view(x, y):
                if x.strides not in (y.strides, y.strides[::-1]) or x.size != y.size:
                    raise TypeError("A recording must not use a part of what changes with the batch.")
                needed.setdefault(id(x), Needed(x, y, x is not y))
    return tuple(needed.values())


def _is_view(x: Plain, y: Plain) -> bool:
    return x is not y and isinstance(x, np.ndarray) and np.may_share_memory(x, y)


def _recorded(record: Record, batch: Batch, places: dict[int, Plain]) -> tuple[Tape, Plain, list[Plain]]:
    tape = Tape(places)
    X, Y = (tape.array(x, late=False) for x in batch)
    result, results = record(tape, X, Y)
    return tape, plain_of(result), [plain_of(x) for x in results]


def _places(tape: Tape, results: list[Plain], into: list[Plain]) -> dict[int, Plain]:
    """Where steps may write their results at once: those that are a result as it is."""
    found: dict[int, Plain] = {}
    for result, to in zip(results, into, strict=True):
        for number, step in enumerate(tape.late):
            if not step.whole and step.out.size == result.size and not _apart(step.out, result):
                found[number] = to.reshape(step.out.shape)
    return found


def _apart(x: Plain, y: Plain) -> bool:
    """Whether two arrays begin at different places."""
    return bool(x.__array_interface__["data"][0] != y.__array_interface__["data"][0])


def _alive(steps: Sequence[Step], wanted: Sequence[Plain]) -> list[Step]:
    """The steps without those whose result nobody asks for."""
    alive: list[Step] = []
    asked = list(wanted)
    for step in reversed(steps):
        if any(np.may_share_memory(step.out, x) for x in asked):
            alive.append(step)
            asked.extend(x for x in step.given if isinstance(x, np.ndarray))
    return alive[::-1]


def _compiled(steps: Sequence[Step], then: Then, parameters: Sequence[Plain]) -> Callable[..., None]:
    """The steps as a function of rows of the arrays that change places; all others are bound to it once."""
    names = {id(x): f"given_{i}" for i, x in enumerate(parameters)}
    fixed: dict[str, Any] = {"copyto": np.copyto}

    def name(x: Any) -> str:
        if id(x) not in names:
            names[id(x)] = f"x_{len(fixed)}"
            fixed[names[id(x)]] = x
        return names[id(x)]

    lines = [_line(step, name) for step in steps]
    lines += [f"{name(then)}()"] if callable(then) else [_line(step, name) for step in then]
    made: dict[str, Any] = {}
    exec(_code(tuple(fixed), len(parameters), tuple(lines)), made)  # only names that were made here
    run: Callable[..., None] = made["made"](**fixed)
    return run


def _line(step: Step, name: Callable[[Any], str]) -> str:
    do, out, options = name(step.do), name(step.out), step.options
    given = ", ".join(map(name, step.given))
    if step.do is np.dot:  # as a method it takes less time
        A, B = map(name, step.given)
        return f"{A}.dot({B}, {out})"
    if step.whole:
        return f"copyto({out}, {do}({given}{''.join(f', {key}={value!r}' for key, value in options.items())}))"
    if "axis" in options:  # a reduction; by position takes less time, here and below
        return f"{do}({given}, {options['axis']!r}, None, {out}, {options.get('keepdims', False)!r})"
    return f"{do}({given}, out={out})" if step.do in BY_NAME else f"{do}({given}, {out})"


@kept
def _code(fixed: tuple[str, ...], parameters: int, lines: tuple[str, ...]) -> CodeType:
    row, body = ", ".join(f"given_{i}" for i in range(parameters)), "\n            ".join(lines)
    source = f"""
def made({", ".join(fixed)}):
    def run(rows):
        for {row}, in rows:
            {body}
    return run
"""
    return compile(source, "<program>", "exec")
