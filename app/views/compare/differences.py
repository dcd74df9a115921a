"""How two walks differ: what they are called, their numbers in words, parameter by parameter, and where they part."""

from dataclasses import dataclass
from typing import NamedTuple

from app.engine.equations.trace import trace
from app.engine.network.expressions import Symbol
from app.sessions.compare.counterpart import Pair, differ, first_difference, parting, same_place
from app.sessions.walk.position import Place
from app.views.check.verdicts import NOT_YET
from app.views.explorer.parameters import ParameterRow, parameters
from app.views.formulas.symbols import heading, orientation_of, reference
from app.views.text.numbers import number
from app.views.text.words import sentence

PERCENT, TIMES = 2, 2  # decimals
SAME, OTHER = "=", "≠"


@dataclass(frozen=True)
class Names:
    """What the two walks are called: the left one is the one with the mistake.

    `opening` begins a sentence about the right one; its name does where it is empty.
    """

    left: str = "as published"
    right: str = "put right"
    opening: str = ""

    @property
    def beside(self) -> str:
        """Put right, With the right rule, With momentum."""
        return sentence(self.opening or self.right)


def compared(left: float, right: float) -> str:
    """How the right number compares with the left, in words."""
    if not differ(left, right):
        return "the same"
    if left == 0 or right == 0:
        return f"0 only {'on the left' if left == 0 else 'on the right'}"
    ratio = abs(right) / abs(left)
    if (left > 0) != (right > 0):
        return "of the other sign" if not differ(1.0, ratio) else f"of the other sign and {_size(ratio)}"
    return _size(ratio)


def _size(ratio: float) -> str:
    """Sizes without their signs."""
    if ratio >= 2:
        return f"{number(ratio, TIMES)} times as large"
    return f"{number(abs(ratio - 1) * 100, PERCENT)} % {'larger' if ratio > 1 else 'smaller'}"


# Parameter by parameter -----------------------------------------------------------------------------------------------


class Both(NamedTuple):
    """A quantity of both walks as texts, and whether they differ: a sign, or nothing where it is not known yet."""

    left: str
    right: str
    sign: str


@dataclass(frozen=True)
class ComparedRow:
    """One parameter of both: its value, its gradient, its value after the update, and how they compare in words."""

    ref: str
    name: str
    pairs: tuple[Both, Both, Both]
    words: str
    current: bool


@dataclass(frozen=True)
class ComparedTable:
    """The parameters of one layer."""

    title: str
    rows: tuple[ComparedRow, ...]


def tables(pair: Pair, digits: int) -> tuple[ComparedTable, ...]:
    """Every layer's parameters, the last layer first, numbers appearing as the walk finds them."""
    symbols = {reference(one.symbol): one.symbol for one in trace(pair.left.shape) if one.symbol.kind in ("dW", "db")}
    left, right = (parameters(one, orientation_of(one), digits).tables for one in pair)
    return tuple(
        ComparedTable(
            ours.title,
            tuple(
                _row(one, other, _differences(pair, symbols[one.ref]))
                for one, other in zip(ours.rows, theirs.rows, strict=True)
            ),
        )
        for ours, theirs in zip(left, right, strict=True)
    )


def _differences(pair: Pair, gradient: Symbol) -> list[str]:
    """How the value of a parameter, its gradient and the updated value compare, in words."""
    kind = gradient.kind.removeprefix("d")
    symbols = (gradient._replace(kind=one) for one in (kind, gradient.kind, f"new_{kind}"))
    return [compared(pair.left.values[one], pair.right.values[one]) for one in symbols]


def _row(ours: ParameterRow, theirs: ParameterRow, differences: list[str]) -> ComparedRow:
    texts = ((ours.value, theirs.value), (ours.gradient, theirs.gradient), (ours.after, theirs.after))
    value, gradient, after = (_both(*both, words) for both, words in zip(texts, differences, strict=True))
    told = [
        f"{name} {words}"
        for name, both, words in zip(("value", "gradient"), (value, gradient), differences, strict=False)
        if both.sign == OTHER
    ]
    return ComparedRow(ours.ref, ours.name, (value, gradient, after), "; ".join(told) or "the same", ours.current)


def _both(left: str, right: str, words: str) -> Both:
    sign = "" if left == NOT_YET else SAME if words == "the same" else OTHER
    return Both(left, right, sign)


# Where they part ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parting:
    """The first equation at which the walks part, within `where`; `way` is the form's address under the session's.

    `cursor` is empty where the way needs none, `way` where they do not part; `here`: the walk stands there now.
    """

    where: str
    heading: str
    words: str
    way: str
    cursor: str
    here: bool


class Stretch(NamedTuple):
    """Of what the first difference is asked: its name, what to say where there is none, and the way there."""

    where: str
    nowhere: str
    way: str


ITERATION = Stretch("In this iteration", "They do not part: every equation finds the same.", "go")
WALK = Stretch("In the whole walk", "So far they have not parted.", "compare/first")


def partings(pair: Pair) -> tuple[Parting, ...]:
    """In this iteration, and in the whole walk from its start, as far as the walk has come."""
    index = first_difference(*pair)
    here = None if index is None else Place(pair.left.iteration, index + 1)
    return _parting(ITERATION, here, pair), _parting(WALK, parting(*pair), pair)


def _parting(stretch: Stretch, place: Place | None, pair: Pair) -> Parting:
    if place is None:
        return Parting(stretch.where, "", stretch.nowhere, "", "", False)
    left, right = (one.setup.shape(len(one.setup.batch(place.iteration))) for one in pair)
    ours = trace(left)[place.cursor - 1]
    theirs = trace(right)[same_place(place, left, right).cursor - 1]
    why = "There the rule itself differs." if ours.expression != theirs.expression else "Other numbers come in there."
    words = f"iteration {place.iteration + 1:,}, equation {place.cursor} of {len(trace(left))}. {why}"
    cursor, here = str(place.cursor) if stretch is ITERATION else "", pair.left.place == place
    name = heading(ours, left, orientation_of(pair.left))
    return Parting(stretch.where, name, words, stretch.way, cursor, here)
