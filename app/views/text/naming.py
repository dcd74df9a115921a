"""What the inputs, outputs and classes of a walk are called: by their columns where these have names."""

from app.engine.equations.expressions import Symbol
from app.engine.equations.shape import Shape
from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession
from app.views.text.words import unit_name


def input_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each input."""
    given = lesson_named(session.lesson).columns if session.lesson else session.setup.prepared.columns
    return tuple(given) or tuple(f"x{i + 1}" for i in range(session.setup.sizes[0]))


def output_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each output."""
    count = session.setup.sizes[-1]
    given = lesson_named(session.lesson).targets if session.lesson else session.setup.prepared.names
    return tuple(given) or (("y",) if count == 1 else tuple(f"y{i + 1}" for i in range(count)))


def class_names(session: TrainingSession) -> tuple[str, ...]:
    """One for each class: of a single output, whether it is 0 or 1."""
    names = output_names(session)
    return (f"{names[0]} = 0", f"{names[0]} = 1") if len(names) == 1 else names


def parameter_name(shape: Shape, symbol: Symbol) -> str:
    """weight from input 1 to hidden unit 2; bias of the output. Of a gradient, whose parameter."""
    _, layer, j, k = symbol
    unit = unit_name(shape, layer, j)
    if k is None:
        return f"bias of {unit}"
    return f"weight from {f'input {k + 1}' if layer == 1 else unit_name(shape, layer - 1, k)} to {unit}"


def layer_names(shape: Shape) -> tuple[str, ...]:
    """layer 1, layer 2, ..., output."""
    return (*(f"layer {l}" for l in range(1, shape.depth)), "output")
