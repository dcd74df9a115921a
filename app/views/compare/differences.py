"""How two walks differ: what they are called, their numbers in words, parameter by parameter, and where they part."""

from dataclasses import dataclass
from typing import NamedTuple

from app.engine.equations.trace import trace
from app.engine.network.expressions import Symbol
from app.sessions.compare.counterpart import Pair, differ, first_difference, parting, same_place
from app.sessions.walk.position import Place
from app.views.check.check import NOT_YET, LayerTable
from app.views.explorer.parameters import ParameterRow, parameters
from app.views.formulas.symbols import heading, orientation_of, reference
from app.views.text.numbers import number
from app.views.text.words import sentence

DECIMALS = 2
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
        return "no longer 0" if left == 0 else "0"
    ratio = abs(right) / abs(left)
    size = f"{number(abs(ratio - 1) * 100, DECIMALS)} % {'larger' if ratio > 1 else 'smaller'}"
    if ratio >= 2:
        size = f"{number(ratio, DECIMALS)} times as large"
    if (left > 0) == (right > 0):
        return size
    return f"of the other sign and {size}" if differ(1.0, ratio) else "of the other sign"


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
    pairs: tuple[Both, ...]
    words: str
    current: bool


def tables(pair: Pair, digits: int) -> tuple[LayerTable[ComparedRow], ...]:
    """Every layer's parameters, the last layer first, numbers appearing as the walk finds them; none where the two are
    of other sizes.
    """
    if pair.left.setup.sizes != pair.right.setup.sizes:
        return ()
    gradients = {reference(one.symbol): one.symbol for one in trace(pair.left.shape) if one.symbol.kind in ("dW", "db")}
    left, right = (parameters(one, orientation_of(one), digits).tables for one in pair)
    found = []
    for ours, theirs in zip(left, right, strict=True):
        both = zip(ours.rows, theirs.rows, strict=True)
        rows = tuple(_row(pair, gradients[one.ref], one, other) for one, other in both)
        found.append(LayerTable(ours.layer, ours.title, rows))
    return tuple(found)


def _row(pair: Pair, gradient: Symbol, ours: ParameterRow, theirs: ParameterRow) -> ComparedRow:
    kind = gradient.kind.removeprefix("d")
    quantities = (
        (kind, "value", ours.value, theirs.value),
        (gradient.kind, "gradient", ours.gradient, theirs.gradient),
        (f"new_{kind}", "", ours.after, theirs.after),
    )
    pairs, told = [], []
    for of, name, left, right in quantities:
        symbol = gradient._replace(kind=of)
        words = compared(pair.left.values[symbol], pair.right.values[symbol])
        sign = "" if left == NOT_YET else SAME if words == "the same" else OTHER
        pairs.append(Both(left, right, sign))
        if name and sign == OTHER:
            told.append(f"{name} {words}")
    return ComparedRow(ours.ref, ours.name, tuple(pairs), "; ".join(told) or "the same", ours.current)


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


def partings(pair: Pair) -> tuple[Parting, ...]:
    """In this iteration, and in the whole walk from its start, as far as the walk has come."""
    index = first_difference(*pair)
    here = None if index is None else Place(pair.left.iteration, index + 1)
    nowhere = "They do not part: every equation finds the same."
    return (
        _parting(pair, here, "In this iteration", nowhere, "go"),
        _parting(pair, parting(*pair), "In the whole walk", "So far they have not parted.", "compare/first"),
    )


def _parting(pair: Pair, place: Place | None, where: str, nowhere: str, way: str) -> Parting:
    """`nowhere` is what to say where there is no such place, `way` what leads there."""
    if place is None:
        return Parting(where, "", nowhere, "", "", False)
    left, right = (one.setup.shape(len(one.setup.batch(place.iteration))) for one in pair)
    ours = trace(left)[place.cursor - 1]
    theirs = trace(right)[same_place(place, left, right).cursor - 1]
    why = "There the rule itself differs." if ours.expression != theirs.expression else "Other numbers come in there."
    words = f"iteration {place.iteration + 1:,}, equation {place.cursor} of {len(trace(left))}. {why}"
    cursor, name = str(place.cursor) if way == "go" else "", heading(ours, left, orientation_of(pair.left))
    return Parting(where, name, words, way, cursor, here=pair.left.place == place)
