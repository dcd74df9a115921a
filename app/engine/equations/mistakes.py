"""The wrong rules that people really write: each changes one rule of backward(), how it is told and how it is written.

Because each changes the rule that it is given instead of replacing it, several mistakes go into one backward().
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from app.engine.equations.rules import Lines, OutputError, Story, targets, transposed, y_hats
from app.engine.equations.shape import Shape
from app.engine.network.activations import ACTIVATIONS, Activation
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import (
    HALF,
    BatchSum,
    Expression,
    Number,
    Product,
    Sum,
    Symbol,
    complement,
    difference,
    product,
    substituted,
    symbols_in,
)
from app.engine.network.losses import LOSSES, Loss, Output
from app.engine.network.propagation import RIGHT, Rules


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A wrong rule: which rule of backward() it changes, how it computes, is told and is written, and in words.

    `computes` takes the rule of that name in `propagation.Rules`, and what that rule takes; `tells` does so for
    `rules.Story`, `writes` for `rules.Lines`. `title` names it; `says` is what people do; `remedy` is the right rule;
    `slip` finishes the sentence "that is what you get ...".

    `replaces`: it leaves nothing of the rule, so that two such exclude each other. `square_from`: the first layer from
    which on all must have one size; None where any will do. `needs_own_loss`: the error is y_hat - y.
    """

    name: str
    rule: str
    computes: Callable[..., Array]
    tells: Callable[..., Any]
    writes: Callable[..., Any]
    title: str
    says: str
    remedy: str
    slip: str
    replaces: bool = False
    square_from: int | None = None
    needs_own_loss: bool = False


# What takes more than a line: the rule that it changes comes first, then what that rule takes -------------------------

Rule = Callable[..., Any]


def _tell_updated_weights(weights: Rule, l: int, j: int, k: int) -> Expression:
    w: Symbol = weights(l, j, k)
    return difference(w, product(Symbol("eta"), w._replace(kind="dW")))


def _tell_halved(output_error: Rule, shape: Shape, right: Expression) -> Expression:
    """Half of the error signal, with the 2 of a squared error's slope cancelled."""
    told: Expression = output_error(shape, right)
    factors = told.factors if isinstance(told, Product) else (told,)
    return product(*factors[1:]) if factors[0] == Number(2) else product(HALF, *factors)


def _write_halved(output_error: Rule, error: OutputError) -> OutputError:
    written: OutputError = output_error(error)
    cancels = written.ahead[:1] == ("2",)
    return replace(written, ahead=written.ahead[1:] if cancels else ("0.5", *written.ahead))


def _tell_turned_round(output_error: Rule, shape: Shape, right: Expression) -> Expression:
    turned: dict[Symbol | Sum, Expression] = {
        difference(a, y): difference(y, a) for a, y in zip(y_hats(shape), targets(shape), strict=True)
    }
    return substituted(output_error(shape, right), turned)


def _write_turned_round(output_error: Rule, error: OutputError) -> OutputError:
    written: OutputError = output_error(error)
    return replace(written, difference=written.difference.replace("y_hat - Y", "Y - y_hat"))


def _slope_again(
    output_error: Rule, loss: Loss, slope: Array, activation: Activation, output: Output, Y: Array
) -> Array:
    wrong: Array = output_error(loss, slope, activation, output, Y) * output.A * (1.0 - output.A)
    return wrong


def _tell_slope_again(output_error: Rule, shape: Shape, right: Expression) -> Expression:
    a = y_hats(shape)[next(symbol.j for symbol in symbols_in(right) if symbol.kind == "y")]
    return product(output_error(shape, right), a, complement(a))


def _tell_once_per_input(bias_gradient: Rule, own: Expression, fan_in: int) -> Expression:
    told: Expression = bias_gradient(own, fan_in)
    return told if fan_in == 1 else product(Number(fan_in), told)


def _write_once_per_input(bias_gradient: Rule, total: str, fan_in: int) -> str:
    written: str = bias_gradient(total, fan_in)
    return written if fan_in == 1 else f"{fan_in} * {written}"


# The records ----------------------------------------------------------------------------------------------------------

_TABLE = (
    Mistake(
        name="untransposed_weights",
        rule="weights",
        computes=lambda weights, W, dW, learning_rate: weights(W, dW, learning_rate).T,
        tells=lambda weights, l, j, k: weights(l, k, j),
        writes=lambda weights, W, dW: transposed(weights(W, dW)),
        title="W taken the wrong way round",
        says="On the way back each unit takes a row of W, as on the way forward, where it needs a column.",
        remedy="An error signal comes back by the weights that carried the unit's activation forward: a column of W.",
        slip="with a row of W where the chain rule takes a column",
        square_from=1,
    ),
    Mistake(
        name="sigmoid_slope",
        rule="slope",
        computes=lambda slope, activation, values: values.A * (1.0 - values.A),
        tells=lambda slope, shape, l, j: (Symbol("a", l, j), complement(Symbol("a", l, j))),
        writes=lambda slope, code, Z, A: f"{A} * (1 - {A})",
        title="The sigmoid's slope on every unit",
        says="Every slope is taken as a(1 − a), whatever the unit's activation function is.",
        remedy=(
            "Each unit has the slope of its own function: "
            "1 − a² for tanh, 1 or 0 for ReLU, a(1 − a) for the sigmoid only."
        ),
        slip="with the sigmoid's slope a(1 − a) on every unit",
        replaces=True,
    ),
    Mistake(
        name="halved_gradient",
        rule="output_error",
        computes=lambda output_error, *given: 0.5 * output_error(*given),
        tells=_tell_halved,
        writes=_write_halved,
        title="Half of the gradient",
        says="The output's error signal is half of the slope of the loss that is reported.",
        remedy="The error signal is the slope of the very loss that is reported, with every factor in it.",
        slip="with half of the output's error signal",
    ),
    Mistake(
        name="missing_slope",
        rule="slope",
        computes=lambda slope, activation, values: np.ones_like(values.A),
        tells=lambda slope, shape, l, j: (),
        writes=lambda slope, code, Z, A: "",
        title="The slope left out",
        says="The error signal passes each unit without the slope of its activation function.",
        remedy=(
            "At each unit that it passes, the error signal is multiplied by "
            "the slope of the unit's activation function."
        ),
        slip="with the slope g′(z) left out",
        replaces=True,
    ),
    Mistake(
        name="slope_of_activation",
        rule="slope",
        computes=lambda slope, activation, values: activation.g_prime(values.A),
        tells=lambda slope, shape, l, j: (
            () if ACTIVATIONS[shape.activation(l)].passes_on else (Symbol("slope_at_a", l, j),)
        ),
        writes=lambda slope, code, Z, A: (code.by_z or code.slope).format(Z=A),
        title="The slope at a instead of z",
        says="The slope g′ is taken at a, which has been through the activation function already.",
        remedy="The slope is taken where the function was applied: at z, as g′(z).",
        slip="with the slope taken at a instead of z",
        replaces=True,
    ),
    Mistake(
        name="updated_weights",
        rule="weights",
        computes=lambda weights, W, dW, learning_rate: weights(W - learning_rate * dW, dW, learning_rate),
        tells=_tell_updated_weights,
        writes=lambda weights, W, dW: weights(f"({W} - eta * {dW})", dW),
        title="Weights already updated",
        says="Each layer is updated at once, and the error signal then comes back through its new weights.",
        remedy="All gradients come first, from the weights of the forward pass. Then every weight moves.",
        slip="with weights that were updated too early",
    ),
    Mistake(
        name="wrong_sign",
        rule="output_error",
        computes=lambda output_error, *given: -output_error(*given),
        tells=_tell_turned_round,
        writes=_write_turned_round,
        title="The difference turned round",
        says="The output's error signal starts from target minus prediction, so every update climbs the loss.",
        remedy="The error signal starts from prediction minus target, and the update subtracts the gradient.",
        slip="with y − ŷ where the chain rule has ŷ − y",
    ),
    Mistake(
        name="bias_times_fan_in",
        rule="bias_gradient",
        computes=lambda bias_gradient, delta, fan_in: fan_in * bias_gradient(delta, fan_in),
        tells=_tell_once_per_input,
        writes=_write_once_per_input,
        title="A bias counted once per input",
        says="The gradient of a bias is counted once for each input of its unit.",
        remedy="A bias enters its unit once and carries 1, so its gradient is the error signal itself.",
        slip="with the bias counted once for each input",
    ),
    Mistake(
        name="one_path_only",
        rule="pulled_back",
        computes=lambda pulled_back, delta, W: pulled_back(delta[:, -1:], W[-1:]),
        tells=lambda pulled_back, ways: pulled_back(ways)[-1:],
        writes=lambda pulled_back, delta, W: pulled_back(f"{delta}[:, -1:]", f"{W}[-1:]"),
        title="Only the last path",
        says="A loop over the units of the next layer has = where it needs +=, so only the last path stays.",
        remedy="What comes back from all the units that a unit feeds is added up.",
        slip="with the last path alone where all paths add up",
    ),
    Mistake(
        name="slope_after_softmax",
        rule="output_error",
        computes=_slope_again,
        tells=_tell_slope_again,
        writes=lambda output_error, error: replace(output_error(error), slope="y_hat * (1 - y_hat)"),
        title="A slope after ŷ − y",
        says="The output's error signal ŷ − y is multiplied by the output's slope ŷ(1 − ŷ) once more.",
        remedy="With this loss the output's slope has cancelled: ŷ − y is the whole error signal.",
        slip="with ŷ − y multiplied by the output's slope once more",
        needs_own_loss=True,
    ),
    Mistake(
        name="summed_not_averaged",
        rule="averaged",
        computes=lambda averaged, delta: len(delta) * averaged(delta),
        tells=lambda averaged, shape, own: own if shape.examples == 1 else BatchSum(own, shape.examples),
        writes=lambda averaged, examples: False,
        title="A sum over the batch",
        says="The gradients of the batch's examples are added up, and nobody divides by their number.",
        remedy="The loss is the mean over the batch, so its gradient is the mean of the examples' gradients.",
        slip="with the sum over the batch where the loss is a mean",
    ),
    Mistake(
        name="wrong_layer_input",
        rule="carried",
        computes=lambda carried, A_prev, A: A,
        tells=lambda carried, l, k: Symbol("a", l, k),
        writes=lambda carried, A_prev, A: A,
        title="The activation of the wrong layer",
        says="The gradient of a weight takes the activation of the layer that the weight leads to.",
        remedy="The gradient of a weight takes what the weight carried: the activation of the layer before.",
        slip="with the activation of the weight's own layer instead of the layer before",
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


Form = TypeVar("Form", Rules, Story, Lines)


def _changed(rules: Form, mistakes: tuple[str, ...], way: str) -> Form:
    """The rules with these mistakes in them: as they are computed, told or written. In the order of the table, whatever
    the order of the names: each mistake can rely on those before it."""
    for mistake in sorted(map(mistake_named, set(mistakes)), key=_TABLE.index):
        wrong: Any = partial(getattr(mistake, way), getattr(rules, mistake.rule))
        rules = replace(rules, **{mistake.rule: wrong})
    return rules


@lru_cache(maxsize=1024)
def rules_of(mistakes: tuple[str, ...], learning_rate: float) -> Rules:
    """The rules of backward() with these mistakes in them; the same object for the same arguments."""
    return _changed(replace(RIGHT, learning_rate=learning_rate), mistakes, "computes") if mistakes else RIGHT


def story_of(mistakes: tuple[str, ...]) -> Story:
    """How the rules with these mistakes in them are told."""
    return _changed(Story(), mistakes, "tells")


def lines_of(mistakes: tuple[str, ...]) -> Lines:
    """How the rules with these mistakes in them are written in NumPy."""
    return _changed(Lines(), mistakes, "writes")


# What can be made together --------------------------------------------------------------------------------------------


def reason_against(mistakes: tuple[str, ...], sizes: tuple[int, ...], loss: str) -> SetupError | None:
    """Why these mistakes cannot be made together in a network of these sizes with this loss; None if they can."""
    made = [mistake_named(name) for name in mistakes]
    if len(set(mistakes)) < len(mistakes):
        return SetupError("mistake", f"The mistake {mistakes[0]} is named twice.", "Name each mistake once.")
    for one, other in combinations(made, 2):
        if one.rule == other.rule and one.replaces and other.replaces:
            return SetupError(
                "mistake",
                f"The mistakes {one.name} and {other.name} both stand in for the same factor, the {one.rule}.",
                "Name one of them.",
            )
    for mistake in made:
        if mistake.square_from is not None and len(set(sizes[mistake.square_from :])) > 1:
            ahead, whose = (
                ("where every layer after the first hidden one is square", "all layers after the input")
                if mistake.square_from
                else ("where every layer is square", "all layers, the input included,")
            )
            return SetupError(
                "mistake", f"The mistake {mistake.name} works only {ahead}.", f"Give {whose} the same size."
            )
        if mistake.needs_own_loss and LOSSES[loss].error is None:
            return SetupError(
                "mistake",
                f"The mistake {mistake.name} works only where the output's error signal is ŷ − y; {loss} has another.",
                "Take binary_cross_entropy with a sigmoid output, or cross_entropy with a softmax output.",
            )
    return None


def applicable(sizes: tuple[int, ...], loss: str) -> tuple[str, ...]:
    """The names of the mistakes that could be made in such a network; some of them may change nothing there."""
    return tuple(name for name in MISTAKES if reason_against((name,), sizes, loss) is None)
