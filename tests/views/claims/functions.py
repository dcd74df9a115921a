"""The functions of the pages by the names that they have there, from the textbook and not from the program."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from app.engine.network.activations import ACTIVATIONS
from app.views.text.activations import ACTIVATION_WORDS
from tests.views.claims.printed import Range, between

Real = Callable[[float], float]


class Function(NamedTuple):
    """g, its slope by z, by a where a hand calculation takes it so, and where g turns round."""

    g: Real
    slope: Real = lambda z: math.nan
    by_a: Real | None = None
    turns: tuple[float, ...] = ()


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def _below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


FUNCTIONS = {
    "identity": Function(lambda z: z, lambda z: 1.0, lambda a: 1.0),
    "sigmoid": Function(_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z), lambda a: a * (1 - a)),
    "tanh": Function(math.tanh, lambda z: 1 / math.cosh(min(abs(z), 300.0)) ** 2, lambda a: 1 - a * a),
    "ReLU": Function(lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky ReLU": Function(lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "ELU": Function(lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "softplus": Function(lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))), _sigmoid),
    "GELU": Function(
        lambda z: z * _below(z),
        lambda z: _below(z) + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        turns=(-0.7517915246935645,),
    ),
    "exp": Function(lambda z: math.exp(min(z, 709.0))),
    "ln": Function(lambda x: math.log(x) if x > 0 else -math.inf),
    "cos": Function(math.cos, turns=(0.0, math.pi)),
}
FORMULA_NAMES = {"σ": "sigmoid", "LReLU": "leaky ReLU"}  # how a formula calls a function that sentences call otherwise


def function(name: str) -> Function:
    """A function by its name on the page; one that this file does not know yet is asked of the engine."""
    spoken = FORMULA_NAMES.get(name, name)
    if spoken in FUNCTIONS:
        return FUNCTIONS[spoken]
    known = ACTIVATIONS[next(key for key, words in ACTIVATION_WORDS.items() if spoken in (words.name, words.symbol))]

    def at(array: Callable[..., object]) -> Real:
        return lambda z: float(np.asarray(array(np.array([[z]]))).item())

    return Function(at(known.g), at(known.g_prime), None if known.slope_from_a is None else at(known.slope_from_a))


def applied(name: str, x: Range) -> Range:
    """The range of a function over a range."""
    known = function(name)
    return between(known.g, x, known.turns)
