"""What a network amounts to while it is built: its drawing, its parameters, the equations of one iteration."""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

import numpy as np

from app.engine.equations.shape import Shape
from app.engine.equations.trace import PHASES, trace
from app.engine.setup import Setup
from app.views.build.sketch import Sketch, sketch
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.naming import PHASE_TITLES
from app.views.text.numbers import number

DIGITS = 3  # of the weights in the drawing's table


@dataclass(frozen=True)
class LayerSums:
    """One layer in the drawing's table: all ready to be shown."""

    name: str
    units: str
    activation: str
    weights: str
    biases: str
    smallest: str
    largest: str


@dataclass(frozen=True)
class Drawing:
    """The live drawing with its numbers; `waits` says what it waits for, where there is none."""

    id: ClassVar[str] = "build-drawing"
    template: ClassVar[str] = "build/build-drawing.html"

    drawing: Sketch | None
    waits: str
    layers: tuple[LayerSums, ...]


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
    pairs = zip(core.sizes[1:], core.sizes, strict=False)
    weights = [layer.W for layer in setup.network.layers] if setup else [np.zeros(shape) for shape in pairs]
    waits = "" if setup else "The first weights are drawn when all fits together."
    layers = () if setup is None else tuple(_layer_sums(setup, l) for l in range(len(weights)))
    return Drawing(sketch(f"{_units(core)}.", core.activations, weights), waits, layers)


def _layer_sums(setup: Setup, l: int) -> LayerSums:
    layer = setup.network.layers[l]
    low, high = (number(float(value), DIGITS) for value in (layer.W.min(), layer.W.max()))
    name = "output" if l == len(setup.activations) - 1 else f"layer {l + 1}"
    activation = ACTIVATION_WORDS[setup.activations[l]].name
    return LayerSums(name, str(len(layer.b)), activation, f"{layer.W.size:,}", f"{layer.b.size:,}", low, high)


def sums(setup: Setup | None) -> Sums:
    """The sums of a whole setup."""
    if setup is None:
        return Sums("", "", ())
    phases = phase_counts(setup.shape(len(setup.batch(0))))
    found = f"{_counted(setup.network.size, 'parameter')}, {_counted(sum(phases.values()), 'equation')} an iteration"
    shown = tuple((PHASE_TITLES[phase], f"{count:,}") for phase, count in phases.items())
    return Sums(f"{_units(setup)}: {found}.", _data_words(setup), shown)


def _units(setup: Setup) -> str:
    """2 inputs, 3 tanh units, 1 sigmoid output."""
    hidden = list(zip(setup.sizes[1:-1], setup.activations[:-1], strict=True))
    middle = [_layers(units, name, len(list(alike))) for (units, name), alike in groupby(hidden)]
    output = f"{setup.sizes[-1]} {ACTIVATION_WORDS[setup.activations[-1]].name} output{'s' * (setup.sizes[-1] > 1)}"
    return ", ".join((_counted(setup.sizes[0], "input"), *middle, output))


def _layers(units: int, activation: str, count: int) -> str:
    words = _counted(units, f"{ACTIVATION_WORDS[activation].name} unit")
    return words if count == 1 else f"{count} layers of {words}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _data_words(setup: Setup) -> str:
    trained, tested = len(setup.examples[0]), len(setup.test_examples[0])
    kept = f", and {tested:,} more to test it" if tested else ""
    epoch = _counted(setup.iterations_per_epoch, "iteration")
    return f"{_counted(trained, 'example')} to learn from{kept}; {epoch} an epoch."


def phase_counts(shape: Shape) -> dict[str, int]:
    """How many equations each phase of an iteration has, without the equations themselves: they may be many thousands.

    An update has so many for all parameters together and so many for each; a network of one connection and one of two
    tell both.
    """
    units = sum(shape.sizes[1:])  # as many biases
    parameters = units + sum(a * b for a, b in zip(shape.sizes, shape.sizes[1:], strict=False))
    two, four = (
        _updates_of(replace(shape, sizes=(1,) * size, activations=("identity",) * (size - 1))) for size in (2, 3)
    )
    each = (four - two) // 2
    return dict(zip(PHASES, (2 * units, 1, units + parameters, two + each * (parameters - 2)), strict=True))


@lru_cache(maxsize=256)
def _updates_of(shape: Shape) -> int:
    return sum(equation.phase == "update" for equation in trace(shape))
