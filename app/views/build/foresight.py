"""What can be foretold of a network before its first step: columns that would saturate its units or let it diverge, and
units that begin as twins and stay so. What is foretold has been tried, with the numbers that it gave.
"""

from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from app.engine.data.split import Data
from app.engine.learning.iteration import run_iteration
from app.engine.network.layers import Network
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from app.sessions.setups.proposal import is_far
from app.views.build.pairings import Advice, Offer
from app.views.text.activations import activation_word
from app.views.text.numbers import number
from app.views.text.words import SATURATED, counted, listed

TRIED, MOST_EXAMPLES = 5, 100  # iterations, and examples in each
WORSE = 10.0  # so many times the loss, and it diverges
HALF = 0.5
DIGITS = 2
MOST_NAMED = 3  # columns


def scaling_advice(setup: Setup) -> Advice | None:
    """Where columns as they are would saturate the first layer or make the loss grow, and scaled ones would not."""
    data, (X, Y) = setup.prepared, setup.examples
    measures = not np.isin(Y, (0.0, 1.0)).all()
    far_targets = measures and is_far(Y)
    if not (is_far(X) or far_targets) or (data.scaling != "none" and (data.scale_targets or not far_targets)):
        return None
    targets = far_targets and not data.scale_targets
    sets = {"data.scaling": data.scaling if data.scaling != "none" else "standard"}
    sets |= {"data.scale_targets": "on"} if targets else {}
    tried, better = _tried(setup), _tried(_scaled(setup, sets["data.scaling"], targets))
    problem = _told(setup, tried, better)
    if not problem:
        return None
    what = "inputs and targets" if targets and data.scaling == "none" else "targets" if targets else "inputs"
    return Advice(f"{_columns(setup)}{problem}", Offer(f"Scale {what}", urlencode(sets)), "data.scaling")


def _scaled(setup: Setup, scaling: str, targets: bool) -> Setup:
    data: Data = replace(setup.prepared, scaling=scaling, scale_targets=targets or setup.prepared.scale_targets)
    return replace(setup, data=data).completed()


def _columns(setup: Setup) -> str:
    """Which columns lie far from 0: Age goes from 0.42 to 80, Fare from 0 to 512."""
    X, Y = setup.examples
    names = setup.prepared.columns or tuple(f"input {k + 1}" for k in range(X.shape[1]))
    targets = setup.prepared.names or tuple(f"target {j + 1}" for j in range(Y.shape[1]))
    columns = [*zip(names, X.T, strict=True), *zip(targets, Y.T, strict=True)]
    spans = [
        f"{name} from {number(float(values.min()), DIGITS)} to {number(float(values.max()), DIGITS)}"
        for name, values in columns
        if is_far(values)
    ]
    if len(spans) > MOST_NAMED:
        spans = [*spans[:MOST_NAMED], f"{counted(len(spans) - MOST_NAMED, 'more column')} as far"]
    return f"Far from 0: {listed(spans)}. "


class Tried(NamedTuple):
    """What a few updates by the first batch do: the loss before and after them, and how many of the slopes of the first
    layer let almost nothing through, a share of 1, before and after them."""

    first: float
    last: float
    shut: float
    shut_after: float


def _tried(setup: Setup) -> Tried:
    network, past = setup.network, None
    batch = list(setup.batch(len(setup.warm_up)))[:MOST_EXAMPLES]
    X, Y = (part[batch] for part in setup.examples)
    losses, shut = [], _shut(setup, network)
    with np.errstate(over="ignore", invalid="ignore"):
        for iteration in range(TRIED):
            one = run_iteration(setup.method(setup.learning_rate, iteration), network, X, Y, past)
            network, past = one.after, one.next
            losses.append(one.loss)
        return Tried(losses[0], one.loss_after, shut, _shut(setup, network))


def _shut(setup: Setup, network: Network) -> float:
    layer = network.layers[0]
    if len(network.layers) == 1 or not layer.activation.saturates:
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        Z = forward(network, setup.examples[0][:MOST_EXAMPLES]).Z[0]
        return float(np.mean(~(np.abs(layer.activation.g_prime(Z)) >= SATURATED)))


def _told(setup: Setup, tried: Tried, better: Tried) -> str:
    """What goes wrong as the columns are, and does not where they are scaled; empty where nothing does."""
    goes, well = f"{TRIED} updates take the loss from {{}} to {{}}", better.last <= WORSE * better.first
    if well and not tried.last <= WORSE * tried.first:
        grown = number(tried.last, DIGITS) if np.isfinite(tried.last) else "more than numbers can hold"
        return (
            f"As they are, {goes.format(number(tried.first, DIGITS), grown)}; "
            f"scaled, from {number(better.first, DIGITS)} to {number(better.last, DIGITS)}."
        )
    moments = (
        ("before the first step", tried.shut, better.shut),
        (f"after {TRIED} updates", tried.shut_after, better.shut_after),
    )
    for when, now, then in moments:
        if now >= HALF and then < now / 2:
            slopes = f"of the slopes of layer 1 ({activation_word(setup.activations[0])})"
            return (
                f"As they are, {100 * now:.0f} % {slopes} let almost nothing through {when}; "
                f"scaled, {100 * then:.0f} %."
            )
    return ""


# Twins ----------------------------------------------------------------------------------------------------------------

ANEW = {"initializer.kind": "xavier_uniform"}


def twins_advice(setup: Setup) -> Advice | None:
    """Where hidden units begin alike, so that every gradient of one is a gradient of the other."""
    layers = setup.network.layers
    for l, (layer, after) in enumerate(pairwise(layers), start=1):
        alike = {
            unit
            for j, k in combinations(range(len(layer.W)), 2)
            if (layer.W[j] == layer.W[k]).all() and layer.b[j] == layer.b[k] and (after.W[:, j] == after.W[:, k]).all()
            for unit in (j, k)
        }
        if alike:
            where = "the hidden layer" if len(layers) == 2 else f"layer {l}"
            what = (
                f"{counted(len(alike), 'unit').capitalize()} of {where} begin with the same weights, in and out. They "
                "get the same gradients at every step and stay twins: together they can do what one of them can."
            )
            return Advice(what, Offer("Draw the weights at random", urlencode(ANEW)), "initializer.kind")
    return None
