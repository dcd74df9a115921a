"""How the numbers of two walks compare: in words, and parameter by parameter."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.engine.equations.shape import Shape
from app.engine.equations.trace import trace
from app.engine.network.expressions import Symbol
from app.lessons.lesson import Orientation
from app.sessions.compare.counterpart import differ
from app.sessions.walk.session import TrainingSession
from app.views.check.verdicts import NOT_YET
from app.views.explorer.parameters import ParameterRow, parameters
from app.views.formulas.symbols import reference
from app.views.text.numbers import number

PERCENT, TIMES = 2, 2  # decimals
SAME, OTHER = "=", "≠"


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


class Pair(NamedTuple):
    """A quantity of both walks as texts, and whether they differ: a sign, or nothing where it is not known yet."""

    left: str
    right: str
    sign: str


@dataclass(frozen=True)
class ComparedRow:
    """One parameter of both: its value, its gradient, its value after the update, and how they compare in words."""

    ref: str
    name: str
    pairs: tuple[Pair, Pair, Pair]
    words: str
    current: bool


@dataclass(frozen=True)
class ComparedTable:
    """The parameters of one layer."""

    title: str
    rows: tuple[ComparedRow, ...]


def tables(
    left: TrainingSession, right: TrainingSession, orientation: Orientation, digits: int
) -> tuple[ComparedTable, ...]:
    """Every layer's parameters, the last layer first, numbers appearing as the walk finds them."""
    symbols = _symbols(left.shape)
    pair = (parameters(left, orientation, digits), parameters(right, orientation, digits))
    return tuple(
        ComparedTable(
            ours.title,
            tuple(
                _row(one, other, _differences(left, right, symbols[one.ref]))
                for one, other in zip(ours.rows, theirs.rows, strict=True)
            ),
        )
        for ours, theirs in zip(pair[0].tables, pair[1].tables, strict=True)
    )


@lru_cache(maxsize=256)
def _symbols(shape: Shape) -> dict[str, Symbol]:
    """The parameter that a row's ref names."""
    return {
        reference(equation.symbol): equation.symbol._replace(kind=equation.kind)
        for equation in trace(shape)
        if equation.kind in ("W", "b")
    }


def _differences(left: TrainingSession, right: TrainingSession, symbol: Symbol) -> tuple[str, str, str]:
    """How the value, the gradient and the updated value compare, in words."""
    kinds = (symbol.kind, f"d{symbol.kind}", f"new_{symbol.kind}")
    value, gradient, after = (
        compared(left.values[one], right.values[one]) for one in (symbol._replace(kind=kind) for kind in kinds)
    )
    return value, gradient, after


def _row(ours: ParameterRow, theirs: ParameterRow, differences: tuple[str, str, str]) -> ComparedRow:
    texts = ((ours.value, theirs.value), (ours.gradient, theirs.gradient), (ours.after, theirs.after))
    value, gradient, after = (_pair(*both, words) for both, words in zip(texts, differences, strict=True))
    told = [f"{name} {words}" for name, pair, words in _told(value, gradient, differences) if pair.sign == OTHER]
    return ComparedRow(ours.ref, ours.name, (value, gradient, after), "; ".join(told) or "the same", ours.current)


def _told(value: Pair, gradient: Pair, differences: tuple[str, str, str]) -> tuple[tuple[str, Pair, str], ...]:
    return ("value", value, differences[0]), ("gradient", gradient, differences[1])


def _pair(left: str, right: str, words: str) -> Pair:
    sign = "" if left == NOT_YET else SAME if words == "the same" else OTHER
    return Pair(left, right, sign)
