"""What would fit the data better at the output. No problem: the network can be built as it is, and learns."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.views.build.pairings import Offer
from app.views.text.activations import activation_word
from app.views.text.losses import LOSS_WORDS
from app.views.text.numbers import number
from app.views.text.words import COUNTS

DIGITS = 2  # of the bounds that are told
SIZES = np.logspace(-3, 12, 301)
SUMS = np.concatenate((-SIZES[::-1], SIZES))[:, None]  # shape (sums, 1): around zero, and far away
FAR = 1e9  # an activation that reaches so far has no end there
CLOSE = 1e-9  # shares of 1 that were added up


@dataclass(frozen=True)
class Advice:
    """What would fit better, and why; its offer sets it."""

    what: str
    offer: Offer


def output_advice(setup: Setup) -> Advice | None:
    """Output and loss as the engine chooses them for these data, where the setup, not yet completed, has others.

    Targets that are measures are content with every output that reaches them.
    """
    try:
        fitting = replace(setup, activations=(), loss="").completed()
    except SetupError:
        return None  # the data themselves: that is no matter of the output
    chosen, output, Y = setup.activations[-1], fitting.activations[-1], fitting.examples[1]
    measures = LOSSES[fitting.loss].output is None
    if (chosen, setup.loss) == (output, fitting.loss) or (measures and reaches(chosen, Y)):
        return None
    names = activation_word(output), LOSS_WORDS[fitting.loss].name
    offer = Offer(f"Use {names[0]} and {names[1]}", urlencode({"output": output, "loss": fitting.loss}))
    why = _why_measures(chosen, fitting) if measures else _why_classes(Y)
    return Advice(why.format(" with ".join(names)), offer)


def _why_classes(Y: Array) -> str:
    """For targets of 0 and 1, shape (examples, outputs); {} stands for what fits."""
    outputs = Y.shape[1]
    if outputs > 1 and (Y.sum(axis=1) == 1.0).all():
        count = COUNTS[outputs] if outputs < len(COUNTS) else str(outputs)
        return f"Each target is one of {count} classes: {{}} turns the outputs into shares of 1."
    which = "the output" if outputs == 1 else "each output"
    return f"Each target is 0 or 1: {{}} turns {which} into a probability."


def _why_measures(chosen: str, fitting: Setup) -> str:
    Y, data = fitting.examples[1], fitting.prepared
    scaled = "as scaled " if data.scale_targets and data.scaling != "none" else ""
    low, high = (number(float(bound), DIGITS) for bound in (Y.min(), Y.max()))
    span = f"lie at {low}" if low == high else f"go from {low} to {high}"
    return f"These targets {scaled}{span}, and {activation_word(chosen)} {_reach_words(chosen)}: {{}} reaches them."


# How far an activation reaches ----------------------------------------------------------------------------------------


def reaches(name: str, Y: Array) -> bool:
    """Whether units of this activation can come to all targets, shape (examples, outputs), or as near as one likes."""
    low, high = _reach(name)
    adds_up = not ACTIVATIONS[name].couples or bool((abs(Y.sum(axis=1) - 1.0) <= CLOSE).all())
    return bool(low <= Y.min() and Y.max() <= high) and adds_up


@lru_cache(maxsize=len(ACTIVATIONS))
def _reach(name: str) -> tuple[float, float]:
    """The smallest and the largest activation, as the engine computes them."""
    rivals = np.zeros_like(SUMS) if ACTIVATIONS[name].couples else np.empty((len(SUMS), 0))
    A = ACTIVATIONS[name].g(np.hstack((SUMS, rivals)))[:, 0]
    return float(A.min()), float(A.max())


def _reach_words(name: str) -> str:
    if ACTIVATIONS[name].couples:
        return "makes shares of 1"
    low, high = _reach(name)
    return f"only reaches {number(low, DIGITS)} {'and more' if high > FAR else f'to {number(high, DIGITS)}'}"
