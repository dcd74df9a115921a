"""The network while it is built: units, connections by sign and size of their first weights, a caption a layer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.engine.network.arrays import Array
from app.views.network.scales import place, share, sign_class
from app.views.text.activations import ACTIVATION_WORDS

APART, ASIDE = 98.0, 49.0  # from column to column, from the edge to the first
TOP, ROOM = 44.0, 216.0  # captions, units
MOST_DRAWN, FOLDED_HEAD = 9, 7  # a column beyond 9 units shows its first 7, a fold, and its last
WIDEST, CLOSEST = 52.0, 3.0  # from unit to unit; between a unit and the next
WIDTHS = ((0.15, "1"), (0.4, "2"), (0.7, "3.2"), (1.0, "4.8"))  # share of the largest weight -> stroke


class Lines(NamedTuple):
    """All connections of one layer with weights of one sign and about one size, as one path."""

    look: str
    width: str
    d: str


class Caption(NamedTuple):
    """Above a column: which layer, its activation."""

    x: str
    title: str
    detail: str


@dataclass(frozen=True)
class Sketch:
    """The drawing; `columns` is how many there are, `title` says in words what is drawn."""

    title: str
    view_box: str
    columns: int
    captions: tuple[Caption, ...]
    lines: tuple[Lines, ...]
    units: tuple[tuple[str, str], ...]
    folds: tuple[tuple[str, str, str], ...]
    radius: str


def sketch(title: str, activations: Sequence[str], weights: Sequence[Array]) -> Sketch:
    """The drawing of a network of these activations and first weights, each (fan_out, fan_in)."""
    sizes = (weights[0].shape[1], *(len(W) for W in weights))
    stand = _standing(sizes)
    return Sketch(
        title,
        f"0 0 {place(2 * ASIDE + APART * (len(sizes) - 1))} {place(TOP + _places(sizes) * _step(sizes))}",
        len(sizes),
        tuple(_captions(sizes[0], activations)),
        tuple(_lines(stand, weights)),
        tuple((place(x), place(y)) for column in stand.columns for x, y in column.values()),
        stand.folds,
        place(stand.radius),
    )


@dataclass(frozen=True)
class _Standing:
    """Where the drawn units of each column stand, by their numbers; folds as (x, y, text); the radius of a unit."""

    columns: tuple[dict[int, tuple[float, float]], ...]
    folds: tuple[tuple[str, str, str], ...]
    radius: float


def _places(sizes: tuple[int, ...]) -> int:
    """Of the fullest column."""
    return min(max(sizes), MOST_DRAWN)


def _step(sizes: tuple[int, ...]) -> float:
    """From unit to unit."""
    return min(WIDEST, ROOM / _places(sizes))


@lru_cache(maxsize=64)
def _standing(sizes: tuple[int, ...]) -> _Standing:
    step = _step(sizes)
    columns, folds = [], []
    for l, size in enumerate(sizes):
        count = min(size, MOST_DRAWN)
        x = ASIDE + APART * l
        heights = [TOP + _places(sizes) * step / 2 + (j - (count - 1) / 2) * step for j in range(count)]
        numbers = range(size) if size == count else (*range(FOLDED_HEAD), -1, size - 1)
        column = {j: (x, y) for j, y in zip(numbers, heights, strict=True)}
        if fold := column.pop(-1, None):
            folds.append((place(x), place(fold[1] + 4), f"{size - FOLDED_HEAD - 1} more"))
        columns.append(column)
    return _Standing(tuple(columns), tuple(folds), min(15.0, (step - CLOSEST) / 2))


def _captions(inputs: int, activations: Sequence[str]) -> Iterator[Caption]:
    last = len(activations) - 1
    yield Caption(place(ASIDE), "Input", f"{inputs} value{'s' * (inputs > 1)}")
    for l, name in enumerate(activations):
        title = "Output" if l == last else "Hidden" if last == 1 else f"Layer {l + 1}"
        yield Caption(place(ASIDE + APART * (l + 1)), title, ACTIVATION_WORDS[name].name)


def _lines(stand: _Standing, weights: Sequence[Array]) -> Iterator[Lines]:
    """Every connection from a drawn unit to a drawn unit, those that look the same together."""
    largest = max(float(abs(W).max()) for W in weights)
    for (before, after), W in zip(pairwise(stand.columns), weights, strict=True):
        paths: defaultdict[tuple[str, str], str] = defaultdict(str)
        for j, (x2, y2) in after.items():
            for k, (x1, y1) in before.items():
                w = float(W[j, k])
                width = next(width for bound, width in WIDTHS if share(w, largest) <= bound)
                paths[sign_class(w), width] += f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}"
        yield from (Lines(look, width, d) for (look, width), d in paths.items())
