"""The wrong rules that people really write: each a named change of one rule of backward(), told and worded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from app.engine.equations import wrong_rules as wrong
from app.engine.equations.rules import Story
from app.engine.network.errors import UnknownNameError
from app.engine.network.propagation import RIGHT, Rules


@dataclass(frozen=True)
class Mistake:
    """A wrong rule: which rule of backward() it changes, how it computes, how it is told, and in words.

    `computes` takes the rule of that name in `propagation.Rules` and gives the wrong one, `tells` does so in
    `told.Story`. `title` names it; `says` is what people do; `remedy` is the right rule; `slip` finishes the sentence
    "that is what you get ...". `replaces`: it leaves nothing of the rule, so that two such exclude each other.
    `square_from`: the first layer from which on all must have one size. `needs_own_loss`: the error is y_hat - y.
    """

    name: str
    rule: str
    computes: Callable[[Any], Any]
    tells: Callable[[Any], Any]
    title: str
    says: str
    remedy: str
    slip: str
    replaces: bool = False
    square_from: int | None = None
    needs_own_loss: bool = False


_TABLE = (
    Mistake(
        "untransposed_weights",
        "weights",
        wrong.untransposed,
        wrong.tell_untransposed,
        "W where the chain rule needs its transpose",
        "On the way back the error signals are multiplied by W, as the activations were on the way forward.",
        "An error signal comes back through the weight that carried the unit's activation forward: W transposed.",
        "with W where the chain rule needs Wᵀ",
        square_from=1,
    ),
    Mistake(
        "sigmoid_slope",
        "slope",
        wrong.sigmoid_slope,
        wrong.tell_sigmoid_slope,
        "The sigmoid's slope on every unit",
        "Every slope is taken as a(1 − a), whatever the unit's activation function is.",
        "Each unit has the slope of its own function: 1 − a² for tanh, 1 or 0 for ReLU, a(1 − a) for the sigmoid only.",
        "with the sigmoid's slope a(1 − a) on every unit",
        replaces=True,
    ),
    Mistake(
        "halved_gradient",
        "output_error",
        wrong.halved,
        wrong.tell_halved,
        "Half of the gradient",
        "The output's error signal is half of the slope of the loss that is reported.",
        "The error signal is the slope of the very loss that is reported, with every factor in it.",
        "with half of the output's error signal",
    ),
    Mistake(
        "missing_slope",
        "slope",
        wrong.missing_slope,
        wrong.tell_missing_slope,
        "The slope left out",
        "The error signal passes each unit without the slope of its activation function.",
        "At each unit that it passes, the error signal is multiplied by the slope of the unit's activation function.",
        "with the slope g′(z) left out",
        replaces=True,
    ),
    Mistake(
        "slope_of_activation",
        "slope",
        wrong.slope_at_a,
        wrong.tell_slope_at_a,
        "The slope at a instead of z",
        "The slope g′ is taken at a, which has been through the activation function already.",
        "The slope is taken where the function was applied: at z, as g′(z).",
        "with the slope taken at a instead of z",
        replaces=True,
    ),
    Mistake(
        "updated_weights",
        "weights",
        wrong.updated,
        wrong.tell_updated,
        "Weights already updated",
        "Each layer is updated at once, and the error signal then comes back through its new weights.",
        "All gradients come first, from the weights of the forward pass. Then every weight moves.",
        "with weights that were updated too early",
    ),
    Mistake(
        "wrong_sign",
        "output_error",
        wrong.turned_round,
        wrong.tell_turned_round,
        "The difference turned round",
        "The output's error signal starts from target minus prediction, so every update climbs the loss.",
        "The error signal starts from prediction minus target, and the update subtracts the gradient.",
        "with y − ŷ where the chain rule has ŷ − y",
    ),
    Mistake(
        "bias_times_fan_in",
        "bias_gradient",
        wrong.once_per_input,
        wrong.tell_once_per_input,
        "A bias counted once per input",
        "The gradient of a bias is counted once for each input of its unit.",
        "A bias enters its unit once and carries 1, so its gradient is the error signal itself.",
        "with the bias counted once for each input",
    ),
    Mistake(
        "one_path_only",
        "pulled_back",
        wrong.last_path,
        wrong.tell_last_path,
        "Only the last path",
        "A loop over the units of the next layer has = where it needs +=, so only the last path stays.",
        "What comes back from all the units that a unit feeds is added up.",
        "with the last path alone where all paths add up",
    ),
    Mistake(
        "slope_after_softmax",
        "output_error",
        wrong.slope_again,
        wrong.tell_slope_again,
        "A slope after ŷ − y",
        "The output's error signal ŷ − y is multiplied by the output's slope ŷ(1 − ŷ) once more.",
        "With this loss the output's slope has cancelled: ŷ − y is the whole error signal.",
        "with ŷ − y multiplied by the output's slope once more",
        needs_own_loss=True,
    ),
    Mistake(
        "summed_not_averaged",
        "averaged",
        wrong.summed,
        wrong.tell_summed,
        "A sum over the batch",
        "The gradients of the batch's examples are added up, and nobody divides by their number.",
        "The loss is the mean over the batch, so its gradient is the mean of the examples' gradients.",
        "with the sum over the batch where the loss is a mean",
    ),
    Mistake(
        "wrong_layer_input",
        "carried",
        wrong.own_layer,
        wrong.tell_own_layer,
        "The activation of the wrong layer",
        "The gradient of a weight takes the activation of the layer that the weight leads to.",
        "The gradient of a weight takes what the weight carried: the activation of the layer before.",
        "with the activation of the weight's own layer instead of the layer before",
        replaces=True,
        square_from=0,
    ),
)
MISTAKES = {mistake.name: mistake for mistake in _TABLE}


def mistake_named(name: str) -> Mistake:
    """The mistake of this name; UnknownNameError lists the names that exist."""
    if name not in MISTAKES:
        raise UnknownNameError("mistake", tuple(MISTAKES))
    return MISTAKES[name]


def _in_order(names: Iterable[str]) -> list[Mistake]:
    """In the order of the table, whatever the order of the names: each mistake can rely on those before it."""
    return sorted(map(mistake_named, set(names)), key=_TABLE.index)


@lru_cache(maxsize=1024)
def rules_of(mistakes: tuple[str, ...], learning_rate: float) -> Rules:
    """The rules of backward() with these mistakes in them; the same object for the same arguments."""
    if not mistakes:
        return RIGHT
    rules = replace(RIGHT, learning_rate=learning_rate)
    for mistake in _in_order(mistakes):
        rules = replace(rules, **{mistake.rule: mistake.computes(getattr(rules, mistake.rule))})
    return rules


@lru_cache(maxsize=256)
def story_of(mistakes: tuple[str, ...]) -> Story:
    """How the rules with these mistakes in them are told."""
    story = Story()
    for mistake in _in_order(mistakes):
        story = replace(story, **{mistake.rule: mistake.tells(getattr(story, mistake.rule))})
    return story
