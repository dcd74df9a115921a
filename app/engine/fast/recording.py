"""A recording: what functions do with NumPy, done once and taken down, to be done again on the same arrays.

The functions stay as they are written. Done again, the steps make no array and find nothing twice; they are the same
operations in the same order, and find the same bits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike

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
    """An array that takes down what is done with it. `late`: it changes with the parameters, else with the batch."""

    tape: "Tape"
    late: bool
    plain: Plain | None

    def __array_finalize__(self, of: Any) -> None:
        if isinstance(of, Recorded):
            self.tape, self.late = of.tape, of.late
        self.plain = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *given: Any, **options: Any) -> Any:
        do = ufunc if method == "__call__" else getattr(ufunc, method)
        out: tuple[Any, ...] = options.pop("out", ())
        if out:
            return self.tape.take_in_place(do, given, options, out[0])
        return self.tape.take(do, given, options)

    def __array_function__(self, do: Any, types: Any, given: Any, options: Any) -> Any:
        if do is np.clip:  # against overflow: a recording's numbers stop being finite there, or are the same without it
            return given[0]
        if do in MAKERS:
            return do(*map(plain_of, given), **options)
        if do is np.empty_like:
            return self.tape.array(np.empty_like(*map(plain_of, given), **options))
        return self.tape.take(do, given, options, whole=do is not np.dot)

    def take_down(self, function: Callable[[Plain], Plain]) -> Any:
        """What a function makes of the array, taken down as one step."""
        return self.tape.take(function, (self,), {}, whole=True)

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return part if isinstance(part, Recorded) else self._unknown()

    def __bool__(self) -> bool:
        return self.tape.answer(self)

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
        recorded.tape, recorded.late, recorded.plain = self, late, plain
        return recorded

    def take(self, do: Any, given: Sequence[Any], options: dict[str, Any], whole: bool = False) -> Any:
        """Do an operation and take it down, unless it was done before or changes nothing."""
        plain = tuple(self._number(x) if isinstance(x, int | float) else plain_of(x) for x in given)
        same = _unchanged(do, given, plain)
        if same is not None:
            return same
        if isinstance(do, np.ufunc):
            plain = tuple(_as_number(x, plain) for x in plain)
        key = (do, *map(_whereabouts, plain), *sorted(options.items()))
        if key not in self._known:
            self._known[key] = self._taken(Step(do, plain, options, plain[0], whole), any(map(_is_late, given)))
        return self._known[key]

    def take_in_place(self, do: Any, given: Sequence[Any], options: dict[str, Any], out: Any) -> Any:
        """The same of an operation that writes into an array that is there: what was known may hold no longer."""
        plain = tuple(self._number(x) if isinstance(x, int | float) else plain_of(x) for x in given)
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

    def _taken(self, step: Step, late: bool) -> Any:
        steps = self.late if late else self.early
        place = self.places.get(len(steps)) if late and not step.whole else None
        into = {} if place is None else {"out": place}
        found = step.do(*step.given, **step.options, **into)
        out = np.array(found) if step.whole else np.asarray(found)  # of its own, not a view of what was given
        steps.append(step._replace(out=out))
        return self.array(out, late)

    def _number(self, number: float) -> Plain:
        """A number as an array, which NumPy takes in less time; the same one each time."""
        return self._numbers.setdefault(float(number), np.array(float(number)))


def plain_of(x: Any) -> Any:
    """An array without its recording, the same object each time; anything else as it is."""
    if not isinstance(x, Recorded):
        return x
    if x.plain is None:
        x.plain = x.view(np.ndarray)
    return x.plain


def _is_late(x: Any) -> bool:
    return isinstance(x, Recorded) and x.late


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
