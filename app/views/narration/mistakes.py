"""What the sentences say of a mistake where it is at work, and where it leaves a gradient's sign without meaning."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import isclose

from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.shape import Shape, Updating
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import evaluate
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.losses import LOSSES
from app.engine.network.propagation import true_slope
from app.views.narration.teller import Teller
from app.views.text.activations import activation_word
from app.views.text.records import complete
from app.views.text.words import counted, with_article

PLAIN = Updating()
SAME = 1e-12  # relative: numbers that differ by their rounding alone


def has_slope(shape: Shape, layer: int) -> bool:
    """Whether the chain rule multiplies the layer's error signal by a slope other than 1."""
    return _takes_slope(shape, layer) and not ACTIVATIONS[shape.activation(layer)].passes_on


def _takes_slope(shape: Shape, layer: int) -> bool:
    """Hidden layers, and outputs of a squared error but for softmax, take their slope one unit at a time."""
    return layer < shape.depth or (
        LOSSES[shape.loss].error is None and not ACTIVATIONS[shape.activation(layer)].couples
    )


def has_wrong_slope(shape: Shape, layer: int) -> bool:
    """Whether the walk's slope of this layer is another than the chain rule's, or left out."""
    name = shape.activation(layer)
    if "sigmoid_slope" in shape.mistakes:
        return _takes_slope(shape, layer) and name != "sigmoid"
    if "missing_slope" in shape.mistakes:
        return has_slope(shape, layer)
    return "slope_of_activation" in shape.mistakes and has_slope(shape, layer) and not ACTIVATIONS[name].straight


def has_wrong_output_error(shape: Shape) -> bool:
    """Whether the output's error signal is not what the chain rule gives."""
    at_output = ("halved_gradient", "wrong_sign", "slope_after_softmax")
    return any(name in shape.mistakes for name in at_output) or has_wrong_slope(shape, shape.depth)


def _paths(t: Teller) -> str:
    count = t.shape.sizes[t.layer + 1]
    return "paths, of which there is one here," if count == 1 else counted(count, "path")


def _whose_update(t: Teller) -> str:
    """The mistake moves weights by gradient descent, whatever the optimizer makes of the gradient later."""
    moves_so = t.shape.updating._replace(schedule=PLAIN.schedule) == PLAIN
    return "their update" if moves_so else "a step of plain gradient descent"


@dataclass(frozen=True)
class MistakeWords:
    """What sentences say of a mistake: what "this rule" does, where it makes an error signal.

    `clause` is None where the sentence of a gradient tells it in other words. `keeps_signs`: it gives every gradient
    the same positive factor too much, so that its sign is still evidence. `told_at`: where it is told, if that is
    also where it changes nothing.
    """

    at_work: Callable[[Shape, int], bool]
    clause: Callable[[Teller], str] | None = None
    keeps_signs: bool = False
    told_at: Callable[[Shape, int], bool] | None = None


def _at_output(shape: Shape, layer: int) -> bool:
    return layer == shape.depth


def _in_hidden_layers(shape: Shape, layer: int) -> bool:
    return layer < shape.depth


def _nowhere(shape: Shape, layer: int) -> bool:
    """Error signals are right; what is made of them is not."""
    return False


MISTAKE_WORDS = complete(
    "mistake",
    MISTAKES,
    {
        "untransposed_weights": MistakeWords(
            lambda shape, l: l < shape.depth and shape.sizes[l] > 1,
            lambda t: "takes the weights of the wrong unit: a row of W where the chain rule takes a column",
            told_at=_in_hidden_layers,
        ),
        "updated_weights": MistakeWords(
            _in_hidden_layers,
            lambda t: f"takes the weights after {_whose_update(t)}, not those of the forward pass",
        ),
        "one_path_only": MistakeWords(
            lambda shape, l: l < shape.depth and shape.sizes[l + 1] > 1,
            lambda t: f"keeps only the last of the {_paths(t)} that the chain rule adds up",
            told_at=_in_hidden_layers,
        ),
        "sigmoid_slope": MistakeWords(
            has_wrong_slope,
            lambda t: f"takes the {activation_word('sigmoid')}'s slope where the unit is {with_article(t.function)}",
        ),
        "missing_slope": MistakeWords(has_wrong_slope, lambda t: f"leaves out the {t.function}'s slope"),
        "slope_of_activation": MistakeWords(
            has_wrong_slope,
            lambda t: (
                f"takes the slope at the activation {t.says(t.value('a'))}, "
                f"where the chain rule takes it at the sum {t.says(t.value('z'))}"
            ),
        ),
        "halved_gradient": MistakeWords(
            _at_output, lambda t: "takes half of what the chain rule gives", keeps_signs=True
        ),
        "wrong_sign": MistakeWords(
            _at_output, lambda t: "turns the difference round: the chain rule takes prediction minus target"
        ),
        "slope_after_softmax": MistakeWords(
            _at_output,
            lambda t: f"multiplies by the {t.function}'s slope, which has cancelled already with this loss",
        ),
        "bias_times_fan_in": MistakeWords(_nowhere),
        "summed_not_averaged": MistakeWords(_nowhere, lambda t: "adds the examples up, where the loss is their mean"),
        "wrong_layer_input": MistakeWords(_nowhere),
    },
)


def what_is_wrong(t: Teller) -> str:
    """One clause on each wrong rule that is at work in this error signal."""
    made = ((name, words) for name, words in MISTAKE_WORDS.items() if name in t.shape.mistakes)
    return clauses(
        words.clause(t) + (IN_VAIN if _changes_nothing(t, name) else "")
        for name, words in made
        if words.clause and (words.told_at or words.at_work)(t.shape, t.layer)
    )


IN_VAIN = "; here it changes nothing"


def _changes_nothing(t: Teller, mistake: str) -> bool:
    """Whether this error signal is the same without the mistake, all that comes to it being as it is."""
    if MISTAKES[mistake].rule == "slope":
        it, layer = t.values.iteration, t.layer
        slope = true_slope(ACTIVATIONS[t.shape.activation(layer)], it.forward.at(layer))
        taken = t.value("slope")
        return t.result == 0 or isclose(float(slope[t.values.focus, t.equation.symbol.j]), taken, rel_tol=SAME)
    shape = replace(t.shape, mistakes=tuple(name for name in t.shape.mistakes if name != mistake))
    right = trace(shape)[t.equation.index].expression
    return isclose(evaluate(right, t.values), t.result, rel_tol=SAME)


def what_is_summed(t: Teller) -> str:
    """The same in the gradients of a batch, where its examples are added up."""
    clause = MISTAKE_WORDS["summed_not_averaged"].clause
    in_vain = IN_VAIN if t.shape.examples == 1 or t.result == 0 else ""
    return clauses([clause(t) + in_vain] if clause and "summed_not_averaged" in t.shape.mistakes else [])


def clauses(told: Iterable[str]) -> str:
    """Sentences on what this rule does, each after a space; nothing if there is nothing to say."""
    return "".join(f" {'It also' if place else 'This rule'} {what}." for place, what in enumerate(told))


def follows_chain_rule(equation: Equation, shape: Shape) -> bool:
    """Whether no wrong rule is at work in this equation of the way back, nor in the error signals behind it."""
    if not shape.mistakes:
        return True
    at_work = (
        MISTAKE_WORDS[name].at_work(shape, l)
        for name in shape.mistakes
        for l in range(equation.symbol.layer, shape.depth + 1)
    )
    right = trace(replace(shape, mistakes=()))[equation.index]
    return not any(at_work) and right.expression == equation.expression


def is_misled(shape: Shape, layer: int) -> bool:
    """Whether a wrong rule lies between the loss and this layer's error signal, so that its sign proves nothing."""
    return any(
        MISTAKE_WORDS[name].at_work(shape, l)
        for name in shape.mistakes
        if not MISTAKE_WORDS[name].keeps_signs
        for l in range(layer, shape.depth + 1)
    )
