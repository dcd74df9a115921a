"""What things are called: inputs, outputs and classes by their columns, units, parameters, and what equations find."""

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.updates import parameter_of
from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.lessons.bug_lab import TEN
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.session import TrainingSession
from app.views.text.optimizers import STATE_WORDS

TEACHING = "How to hunt"  # what the case of level 0 is called


def input_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each input."""
    given = lesson_named(session.lesson).columns if session.lesson else session.setup.prepared.columns
    return tuple(given) or tuple(f"x{i + 1}" for i in range(session.setup.sizes[0]))


def output_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each output."""
    count = session.setup.sizes[-1]
    given = lesson_named(session.lesson).targets if session.lesson else session.setup.prepared.names
    return tuple(given) or (("y",) if count == 1 else tuple(f"y{i + 1}" for i in range(count)))


def given_names(session: TrainingSession) -> dict[tuple[int, int], str]:
    """What the columns and classes of the data are called, by layer and unit; empty where they have no names."""
    if session.lesson:
        lesson = lesson_named(session.lesson)
        columns, names = lesson.columns, lesson.targets
    else:
        columns, names = session.setup.prepared.columns, session.setup.prepared.names
    last = len(session.setup.sizes) - 1
    return {(l, j): name for l, given in ((0, columns), (last, names)) for j, name in enumerate(given)}


def class_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each class: of a single output, whether it is 0 or 1."""
    names = output_names(session)
    return (f"{names[0]} = 0", f"{names[0]} = 1") if len(names) == 1 else names


# Units and parameters -------------------------------------------------------------------------------------------------


def unit_name(shape: Shape, layer: int, j: int) -> str:
    """input 1; hidden unit 1 with one hidden layer, unit 2 of layer 1 with several; the output, or output 2."""
    if layer == 0:
        return f"input {j + 1}"
    if layer == shape.depth:
        return "the output" if shape.sizes[-1] == 1 else f"output {j + 1}"
    return f"hidden unit {j + 1}" if shape.depth == 2 else f"unit {j + 1} of layer {layer}"


def parameter_name(shape: Shape, symbol: Symbol) -> str:
    """weight from input 1 to hidden unit 2; bias of the output. Of a gradient, whose parameter."""
    _, layer, j, k = symbol
    unit = unit_name(shape, layer, j)
    return f"bias of {unit}" if k is None else f"weight from {unit_name(shape, layer - 1, k)} to {unit}"


def layer_names(shape: Shape) -> tuple[str, ...]:
    """layer 1, layer 2, ..., output."""
    return (*(f"layer {l}" for l in range(1, shape.depth)), "output")


# Cases of the bug lab -----------------------------------------------------------------------------------------------


def case_name(hunt: Hunt) -> str:
    """Level 2, case 17; Set 1, case 8 of 10; for the case that teaches, what it teaches."""
    if hunt.in_set:
        number, place = divmod(hunt.seed, len(TEN))
        return f"Set {number}, case {place + 1} of {len(TEN)}"
    return f"Level {hunt.level}, case {hunt.seed}" if hunt.level else TEACHING


# On the drawing -----------------------------------------------------------------------------------------------------

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unit_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit as the drawing calls it: x₁, h₂, o₁."""
    return f"{_letter(sizes, l)}{j + 1}".translate(SUBSCRIPTS)


def target_mark(j: int) -> str:
    """What an output should say, as the drawing calls it: y₁."""
    return f"y{j + 1}".translate(SUBSCRIPTS)


def spoken_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit of the drawing as it is spoken: x1, h2, o1; with several hidden layers h1 of layer 2."""
    letter = _letter(sizes, l)
    layer = f" of layer {l}" if letter == "h" and len(sizes) > 3 else ""
    return f"{letter}{j + 1}{layer}"


def _letter(sizes: tuple[int, ...], l: int) -> str:
    return "x" if l == 0 else "o" if l == len(sizes) - 1 else "h"


# What equations find --------------------------------------------------------------------------------------------------

PHASE_TITLES = {"forward": "Forward", "loss": "Loss", "backward": "Backward", "update": "Update"}
# Of an update: what all parameters share. What each has of its own stands with the optimizers' words.
SHARED = {
    "eta": "Learning rate",
    "norm": "Length of all gradients",
    "clip": "Clipping factor",
    "correction_m": "Correction of the first moment",
    "correction_v": "Correction of the second moment",
}
FOUND = {
    "z": "Weighted sum",
    "a": "Activation",
    "delta": "Error signal",
    "dW": "Gradient",
    "db": "Gradient",
    "W": "Update",
    "b": "Update",
    **{f"{state}_{kind}": words.title for state, words in STATE_WORDS.items() for kind in ("W", "b")},
}
KINDS = ("loss", *FOUND, *SHARED)  # of equations


def what_is_found(equation: Equation, shape: Shape) -> str:
    """What an equation finds, by name: Gradient of the weight from input 1 to hidden unit 2."""
    kind, symbol = equation.kind, equation.symbol
    if kind == "loss":
        return "Loss"
    if kind in SHARED:
        return SHARED[kind]
    if parameter_of(symbol) is None:
        return f"{FOUND[kind]} of {unit_name(shape, symbol.layer, symbol.j)}"
    return f"{FOUND[kind]} of the {parameter_name(shape, symbol)}"
