"""What of activations, loss and data goes together: what cannot be built, why, and the nearest that can; what would fit
the data better, which is no problem: the network can be built as it is, and learns.

What is impossible the engine's own checks say: a choice is blamed where all others are as the engine would choose them
and it still refuses, and only what it accepts is offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.views.text.activations import activation_word
from app.views.text.losses import LOSS_WORDS
from app.views.text.numbers import number
from app.views.text.words import COUNTS, sentence

COUPLED = (
    "Softmax shares 1 out among all units of its layer, so no unit answers alone. In a hidden layer that would tie "
    "together what the units find, and leave the next layer shares instead of measures."
)
ALWAYS_1 = "A softmax of one output is always 1, whatever the weights, so nothing is learned: {} {}."
TARGETS = "Its logarithms are weighed by the targets, which must be probabilities: 0 to 1{}."


@dataclass(frozen=True)
class Offer:
    """Something possible instead: what its button says, and the fields that it sets, as a form would send them."""

    text: str
    sets: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: what, why, and what is possible instead."""

    field: str
    what: str
    why: str = ""
    offers: tuple[Offer, ...] = ()


def pairing_problems(setup: Setup) -> tuple[Problem, ...]:
    """What of sizes, activations, loss and data does not go together, in a setup that was not completed."""
    fitting = _fitting(setup)
    if fitting is None:
        return ()
    problems = []
    for l, name in enumerate(setup.activations[:-1]):
        refusal = _refusal(_with_activation(fitting, l, name))
        if refusal is not None:
            others = (fitting.activations[l], *ACTIVATIONS)
            instead = next(other for other in others if _refusal(_with_activation(fitting, l, other)) is None)
            offer = Offer(f"Use {activation_word(instead)} in this layer", urlencode({f"activation-{l + 1}": instead}))
            why = COUPLED if ACTIVATIONS[name].couples else ""
            problems.append(Problem(f"activation-{l + 1}", str(refusal), why, (offer,)))
    loss, output = setup.loss, setup.activations[-1]
    last = replace(fitting, activations=(*fitting.activations[:-1], output), loss=loss)
    refusal = _refusal(last)
    if refusal is not None:
        misfit, why = f"{activation_word(output)} at the output", LOSS_WORDS[loss].belongs
        if refusal.field != "loss":
            misfit = "these targets"
            why = TARGETS.format(", and each row must add up to 1" if LOSSES[loss].targets == "shares" else "")
        what = f"{sentence(LOSS_WORDS[loss].name)} does not go with {misfit}."
        problems.append(Problem("loss", what, why, tuple(_offers(last, fitting))))
    return tuple(problems)


def _fitting(setup: Setup) -> Setup | None:
    """With activations and loss as the engine chooses them; None where the data themselves are at fault."""
    try:
        return replace(setup, activations=(), loss="").completed()
    except SetupError:
        return None


def _refusal(setup: Setup) -> SetupError | None:
    """Why the engine refuses a setup; None where it does not."""
    try:
        setup.completed()
    except SetupError as error:
        return error
    return None


def _with_activation(setup: Setup, l: int, name: str) -> Setup:
    names = setup.activations
    return replace(setup, activations=(*names[:l], name, *names[l + 1 :]))


def _offers(last: Setup, fitting: Setup) -> Iterator[Offer]:
    """Another loss for this output, another output for this loss, and both where that alone fits the data well."""
    place, fits = len(last.activations) - 1, fitting.activations[-1]
    losses = (name for name in (fitting.loss, *LOSSES) if _is_offered(replace(last, loss=name)))
    outputs = (name for name in (fits, *ACTIVATIONS) if _is_offered(_with_activation(last, place, name)))
    loss, output = next(losses, None), next(outputs, None)
    if loss is not None:
        yield Offer(f"Use {LOSS_WORDS[loss].name} instead", urlencode({"loss": loss}))
    if output is not None:
        yield Offer(f"Make the output {activation_word(output)}", urlencode({"output": output}))
    elif fits != last.activations[-1]:
        words = f"Use {LOSS_WORDS[fitting.loss].name} with {activation_word(fits)} at the output"
        yield Offer(words, urlencode({"loss": fitting.loss, "output": fits}))


def _is_offered(setup: Setup) -> bool:
    """Whether the engine accepts a setup, and its output can say more than 1."""
    return _refusal(setup) is None and not always_1(setup)


def always_1(setup: Setup) -> bool:
    """Whether its only output shares 1 with no other."""
    return setup.sizes[-1] == 1 and ACTIVATIONS[setup.activations[-1]].couples


# What would fit better ------------------------------------------------------------------------------------------------

DIGITS = 2  # of the bounds that are told
SIZES = np.logspace(-3, 12, 301)
SUMS = np.concatenate((-SIZES[::-1], SIZES))[:, None]  # shape (sums, 1): around zero, and far away
FAR = 1e9  # an activation that reaches so far has no end there
CLOSE = 1e-9  # shares of 1 that were added up


@dataclass(frozen=True)
class Advice:
    """What would fit better, and why; its offer sets it. It stands at the field of this name."""

    what: str
    offer: Offer
    field: str = "output"


def output_advice(setup: Setup) -> Advice | None:
    """Output and loss as the engine chooses them for these data, where the setup, not yet completed, has others.

    Targets that are measures are content with every output that reaches them.
    """
    fitting = _fitting(setup)
    if fitting is None:
        return None
    chosen, output, Y = setup.activations[-1], fitting.activations[-1], fitting.examples[1]
    measures = LOSSES[fitting.loss].output is None
    if (chosen, setup.loss) == (output, fitting.loss) or (measures and reaches(chosen, Y)):
        return None
    names = activation_word(output), LOSS_WORDS[fitting.loss].name
    offer = Offer(f"Use {names[0]} and {names[1]}", urlencode({"output": output, "loss": fitting.loss}))
    if always_1(setup):
        takes = "reaches these targets" if measures else "turns the output into a probability"
        return Advice(ALWAYS_1.format(" with ".join(names), takes), offer)
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
    reach = "makes shares of 1"
    if not ACTIVATIONS[chosen].couples:
        lowest, highest = _reach(chosen)
        end = "and more" if highest > FAR else f"to {number(highest, DIGITS)}"
        reach = f"only reaches {number(lowest, DIGITS)} {end}"
    return f"These targets {scaled}{span}, and {activation_word(chosen)} {reach}: {{}} reaches them."


def reaches(name: str, Y: Array) -> bool:
    """Whether units of this activation can come to all targets, shape (examples, outputs), or as near as one likes."""
    low, high = _reach(name)
    adds_up = not ACTIVATIONS[name].couples or bool((abs(Y.sum(axis=1) - 1.0) <= CLOSE).all())
    return bool(low <= Y.min() and Y.max() <= high) and adds_up


def _reach(name: str) -> tuple[float, float]:
    """The smallest and the largest activation, as the engine computes them."""
    rivals = np.zeros_like(SUMS) if ACTIVATIONS[name].couples else np.empty((len(SUMS), 0))
    A = ACTIVATIONS[name].g(np.hstack((SUMS, rivals)))[:, 0]
    return float(A.min()), float(A.max())
