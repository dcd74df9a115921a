"""A program: the steps of a recording as one straight piece of Python, for any batch of the same size."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from app.engine.fast.recording import Plain, Step, Tape, plain_of

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


@lru_cache(maxsize=256)
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
