"""The network while it is built: its drawing with the first weights, its parameters, the equations of one iteration."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import ClassVar, NamedTuple

import numpy as np

from app.engine.equations.shape import Shape
from app.engine.equations.trace import PHASES, trace
from app.engine.network.arrays import Array
from app.engine.setup import Setup
from app.views.network.scales import place, share, sign_class
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.naming import PHASE_TITLES, layer_names
from app.views.text.numbers import number

DIGITS = 3  # of the weights in the drawing's table
APART, ASIDE = 98.0, 49.0  # from column to column, from the edge to the first
TOP, ROOM = 44.0, 216.0  # captions, units
MOST_DRAWN, FOLDED_HEAD = 9, 7  # a column beyond 9 units shows its first 7, a fold, and its last
WIDEST, CLOSEST = 52.0, 3.0  # from unit to unit; between a unit and the next
Column = dict[int, tuple[float, float]]  # where its drawn units stand, by their numbers
WIDTHS = ((0.15, "1"), (0.4, "2"), (0.7, "3.2"), (1.0, "4.8"))  # share of the largest weight -> stroke


class Lines(NamedTuple):
    """All connections of one layer with weights of one sign and about one size, as one path."""

    look: str
    width: str
    d: str


@dataclass(frozen=True)
class Sketch:
    """The drawing; `columns` is how many there are, `title` says in words what is drawn.

    A caption stands at x above a column: which layer, and its activation.
    """

    title: str
    view_box: str
    columns: int
    captions: tuple[tuple[str, str, str], ...]
    lines: tuple[Lines, ...]
    units: tuple[tuple[str, str], ...]
    folds: tuple[tuple[str, str, str], ...]
    radius: str


def sketch(title: str, activations: Sequence[str], weights: Sequence[Array]) -> Sketch:
    """The drawing of a network of these activations and first weights, each (fan_out, fan_in)."""
    sizes = (weights[0].shape[1], *(len(W) for W in weights))
    fullest = min(max(sizes), MOST_DRAWN)
    step = min(WIDEST, ROOM / fullest)
    columns: list[Column] = []
    folds = []
    for l, size in enumerate(sizes):
        x, count = ASIDE + APART * l, min(size, MOST_DRAWN)
        heights = [TOP + fullest * step / 2 + (j - (count - 1) / 2) * step for j in range(count)]
        numbers = range(size) if size == count else (*range(FOLDED_HEAD), -1, size - 1)
        column = {j: (x, y) for j, y in zip(numbers, heights, strict=True)}
        if fold := column.pop(-1, None):
            folds.append((place(x), place(fold[1] + 4), f"{size - FOLDED_HEAD - 1} more"))
        columns.append(column)
    return Sketch(
        title,
        f"0 0 {place(2 * ASIDE + APART * (len(sizes) - 1))} {place(TOP + fullest * step)}",
        len(sizes),
        tuple(_captions(sizes[0], activations)),
        tuple(_lines(columns, weights)),
        tuple((place(x), place(y)) for column in columns for x, y in column.values()),
        tuple(folds),
        place(min(15.0, (step - CLOSEST) / 2)),
    )


def _captions(inputs: int, activations: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    last = len(activations) - 1
    yield place(ASIDE), "Input", f"{inputs} value{'s' * (inputs > 1)}"
    for l, name in enumerate(activations):
        title = "Output" if l == last else "Hidden" if last == 1 else f"Layer {l + 1}"
        yield place(ASIDE + APART * (l + 1)), title, ACTIVATION_WORDS[name].name


def _lines(columns: Sequence[Column], weights: Sequence[Array]) -> Iterator[Lines]:
    """Every connection from a drawn unit to a drawn unit, those that look the same together."""
    largest = max(float(abs(W).max()) for W in weights)
    for (before, after), W in zip(pairwise(columns), weights, strict=True):
        paths: defaultdict[tuple[str, str], str] = defaultdict(str)
        for j, (x2, y2) in after.items():
            for k, (x1, y1) in before.items():
                w = float(W[j, k])
                width = next(width for bound, width in WIDTHS if share(w, largest) <= bound)
                paths[sign_class(w), width] += f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}"
        yield from (Lines(look, width, d) for (look, width), d in paths.items())


# The panels -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawing:
    """The live drawing; `waits` says what it waits for, where there is none.

    A row of `layers` has its name, its activation, how many units and weights, the smallest and the largest of these,
    how many biases.
    """

    id: ClassVar[str] = "build-drawing"
    template: ClassVar[str] = "build/build-drawing.html"

    drawing: Sketch | None
    waits: str
    layers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sums:
    """The network in a sentence, what it learns from, and the equations of one iteration by phase; empty while
    something is wrong.
    """

    id: ClassVar[str] = "build-sums"
    template: ClassVar[str] = "build/build-sums.html"

    sentence: str
    data: str
    phases: tuple[tuple[str, str], ...]


def drawing(core: Setup | None, setup: Setup | None) -> Drawing:
    """The drawing; with the first weights where the setup is whole, else with all connections alike."""
    if core is None:
        return Drawing(None, "The drawing waits for the data, and for the units of every layer.", ())
    if setup is None:
        weights = [np.zeros(shape) for shape in zip(core.sizes[1:], core.sizes, strict=False)]
        waits = "The first weights are drawn when all fits together."
        return Drawing(sketch(f"{_units(core)}.", core.activations, weights), waits, ())
    weights, layers = [layer.W for layer in setup.network.layers], []
    for name, activation, W in zip(layer_names(setup.shape(1)), setup.activations, weights, strict=True):
        low, high = (number(float(value), DIGITS) for value in (W.min(), W.max()))
        units = str(len(W))
        layers.append((name, ACTIVATION_WORDS[activation].name, units, f"{W.size:,}", low, high, units))
    return Drawing(sketch(f"{_units(core)}.", core.activations, weights), "", tuple(layers))


def sums(setup: Setup | None) -> Sums:
    """The sums of a whole setup."""
    if setup is None:
        return Sums("", "", ())
    phases = phase_counts(setup.shape(len(setup.batch(0))))
    found = f"{_counted(setup.network.size, 'parameter')}, {_counted(sum(phases.values()), 'equation')} an iteration"
    tested = len(setup.test_examples[0])
    kept = f", and {tested:,} more to test it" if tested else ""
    epoch = _counted(setup.iterations_per_epoch, "iteration")
    return Sums(
        f"{_units(setup)}: {found}.",
        f"{_counted(len(setup.examples[0]), 'example')} to learn from{kept}; {epoch} an epoch.",
        tuple((PHASE_TITLES[phase], f"{count:,}") for phase, count in phases.items()),
    )


def _units(setup: Setup) -> str:
    """2 inputs, 2 layers of 3 tanh units, 1 sigmoid output."""
    *hidden, output = (ACTIVATION_WORDS[name].name for name in setup.activations)
    told = [_counted(setup.sizes[0], "input")]
    for (units, name), alike in groupby(zip(setup.sizes[1:-1], hidden, strict=True)):
        count, words = len(list(alike)), _counted(units, f"{name} unit")
        told.append(words if count == 1 else f"{count} layers of {words}")
    return ", ".join((*told, _counted(setup.sizes[-1], f"{output} output")))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def phase_counts(shape: Shape) -> dict[str, int]:
    """How many equations each phase of an iteration has, without the equations themselves: they may be many thousands.

    An update has so many for all parameters together and so many for each; a network of one connection and one of two
    tell both.
    """
    units = sum(shape.sizes[1:])  # as many biases
    parameters = units + sum(a * b for a, b in pairwise(shape.sizes))
    small = (replace(shape, sizes=(1,) * size, activations=("identity",) * (size - 1)) for size in (2, 3))
    two, four = (sum(equation.phase == "update" for equation in trace(one)) for one in small)
    each = (four - two) // 2
    return dict(zip(PHASES, (2 * units, 1, units + parameters, two + each * (parameters - 2)), strict=True))
