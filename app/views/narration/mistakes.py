"""What the sentences say of a mistake where it is at work, and where it leaves a gradient's sign without meaning."""

from collections.abc import Callable, Iterable

from app.engine.equations.shape import Shape, Updating
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.losses import LOSSES
from app.views.text.words import Teller, counted, with_article

PLAIN = Updating()


def has_slope(shape: Shape, layer: int) -> bool:
    """Whether the chain rule multiplies the layer's error signal by a slope other than 1."""
    return _takes_slope(shape, layer) and not ACTIVATIONS[shape.activation(layer)].passes_on


def _takes_slope(shape: Shape, layer: int) -> bool:
    """Hidden layers, and outputs of a squared error but for softmax, take their slope one unit at a time."""
    return layer < shape.depth or (
        LOSSES[shape.loss].error is None and not ACTIVATIONS[shape.activation(layer)].couples
    )


def uses_slope(shape: Shape, layer: int) -> bool:
    """Whether the walk multiplies the layer's error signal by a slope."""
    if "missing_slope" in shape.mistakes:
        return False
    return has_slope(shape, layer) or ("sigmoid_slope" in shape.mistakes and _takes_slope(shape, layer))


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
    return counted(t.shape.sizes[t.layer + 1], "path")


def _whose_update(t: Teller) -> str:
    """The mistake moves weights by gradient descent, whatever the optimizer makes of the gradient later."""
    moves_so = t.shape.updating._replace(schedule=PLAIN.schedule) == PLAIN
    return "their update" if moves_so else "a step of plain gradient descent"


# The mistakes that change error signals: name -> whether it is at work in a layer, and what "this rule" does there.
_Where = Callable[[Shape, int], bool]
_CLAUSES: dict[str, tuple[_Where, Callable[[Teller], str]]] = {
    "untransposed_weights": (
        lambda shape, l: l < shape.depth and shape.sizes[l] > 1,
        lambda t: "takes the weights of the wrong unit: W where the chain rule needs its transpose",
    ),
    "updated_weights": (
        lambda shape, l: l < shape.depth,
        lambda t: f"takes the weights after {_whose_update(t)}, not those of the forward pass",
    ),
    "one_path_only": (
        lambda shape, l: l < shape.depth and shape.sizes[l + 1] > 1,
        lambda t: f"keeps only the last of the {_paths(t)} that the chain rule adds up",
    ),
    "sigmoid_slope": (
        has_wrong_slope,
        lambda t: f"takes the sigmoid's slope where the unit is {with_article(t.function)}",
    ),
    "missing_slope": (has_wrong_slope, lambda t: f"leaves out the {t.function}'s slope"),
    "slope_of_activation": (
        has_wrong_slope,
        lambda t: (
            f"takes the slope at the activation {t.says(t.value('a'))}, "
            f"where the chain rule takes it at the sum {t.says(t.value('z'))}"
        ),
    ),
    "halved_gradient": (
        lambda shape, l: l == shape.depth,
        lambda t: "takes half of what the chain rule gives",
    ),
    "wrong_sign": (
        lambda shape, l: l == shape.depth,
        lambda t: "turns the difference round: the chain rule takes prediction minus target",
    ),
    "slope_after_softmax": (
        lambda shape, l: l == shape.depth,
        lambda t: f"multiplies by the {t.function}'s slope, which has cancelled already with this loss",
    ),
}
_SCALES = ("halved_gradient",)  # every gradient by the same positive factor: its sign is still evidence


def what_is_wrong(t: Teller) -> str:
    """One clause on each wrong rule that is at work in this error signal."""
    return clauses(tells(t) for name, (works, tells) in _CLAUSES.items() if _made(name, t.shape, t.layer, works))


def clauses(told: Iterable[str]) -> str:
    """Sentences on what this rule does, each after a space; nothing if there is nothing to say."""
    return "".join(f" {'It also' if place else 'This rule'} {what}." for place, what in enumerate(told))


def _made(name: str, shape: Shape, layer: int, works: _Where) -> bool:
    return name in shape.mistakes and works(shape, layer)


def is_misled(shape: Shape, layer: int) -> bool:
    """Whether a wrong rule lies between the loss and this layer's error signal, so that its sign proves nothing."""
    return bool(shape.mistakes) and any(
        _made(name, shape, l, works)
        for name, (works, _) in _CLAUSES.items()
        for l in range(layer, shape.depth + 1)
        if name not in _SCALES
    )
