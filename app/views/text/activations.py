"""What the page says of an activation."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from app.engine.network.activations import ACTIVATIONS
from app.views.text.records import complete
from app.views.text.words import SATURATED


@dataclass(frozen=True)
class ActivationWords:
    """Its `name` in sentences, its `symbol` in formulas and that in LaTeX; both are the name where they are empty.

    `slope` says how its slope is found, by the unit's a or its z.
    """

    name: str
    slope: str
    slope_by: str
    symbol: str = ""
    latex: str = ""


ACTIVATION_WORDS = complete(
    "activation",
    ACTIVATIONS,
    {
        "identity": ActivationWords("identity", "1", "z"),
        "sigmoid": ActivationWords("sigmoid", "a(1 − a)", "a", "σ", r"\sigma"),
        "tanh": ActivationWords("tanh", "1 − a²", "a", latex=r"\tanh"),
        "relu": ActivationWords("ReLU", "1 where z is above 0, else 0", "z", "ReLU"),
        "leaky_relu": ActivationWords("leaky ReLU", "1 where z is above 0, else 0.01", "z", "LReLU"),
        "elu": ActivationWords("ELU", "1 where z is above 0, else a + 1", "z", "ELU"),
        "softplus": ActivationWords("softplus", "the sigmoid of z", "z"),
        "gelu": ActivationWords("GELU", "the bell curve’s share below z, plus z times its height at z", "z", "GELU"),
        "softmax": ActivationWords("softmax", "a(1 − a)", "a"),
    },
)


def activation_word(name: str) -> str:
    """How an activation is called in a sentence: the sigmoid, the ReLU."""
    return ACTIVATION_WORDS[name].name


def is_off(name: str, z: float) -> bool:
    """Whether a unit with this activation is off at its sum z: it gives 0 and lets nothing back."""
    return ACTIVATIONS[name].switches_off and z <= 0


@cache
def never_falls(name: str) -> bool:
    """Whether no slope of an activation is negative: seen over the sums where it bends."""
    return bool((ACTIVATIONS[name].g_prime(np.linspace(-10.0, 10.0, 2001)) >= 0).all())


def is_flat(name: str, z: float) -> bool:
    """Whether an activation lets almost nothing through at z: by its slope there, never by a rounded activation's."""
    return bool(abs(ACTIVATIONS[name].g_prime(np.array(z))) < SATURATED)
