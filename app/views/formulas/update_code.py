"""The lines of NumPy of an update: one for each equation's whole layer, for weights and biases apart.

They take eta, or eta0 where a schedule makes it; t, the number of the update, from 1; the settings of the optimizer and
of the schedule by their names; and of each parameter what the optimizer remembers: uW1, mW1, vW1, ub1 ...
"""

from app.engine.equations.shape import Shape, Updating
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES


def line_of_update(kind: str, l: int, shape: Shape) -> str:
    """The statement for an equation's kind: what all parameters share, or the W or b of layer l with its states."""
    optimizer, shared = OPTIMIZERS[shape.updating.optimizer], _shared(shape)
    if kind in shared:
        return shared[kind]
    state, _, owner = kind.rpartition("_")
    name, g = f"{owner}{l}", _taken(shape.updating, f"{owner}{l}")
    if not state:
        return f"{name} = {_kept(shape.updating, name)} - eta * {optimizer.step_code.format(w=name, g=g)}"
    if state == "g":
        return _gradient(shape.updating, name, g)
    return next(one.code for one in optimizer.states if one.name == state).format(w=name, g=g)


def _norm(shape: Shape) -> str:
    gradients = ", ".join(f"dW{l}, db{l}" for l in range(1, shape.depth + 1))
    return f"norm = np.sqrt(sum(np.sum(d**2) for d in ({gradients})))"


def _shared(shape: Shape) -> dict[str, str]:
    """The lines that all parameters share, by the kind of their equation."""
    return {
        "eta": SCHEDULES[shape.updating.schedule].code,
        "norm": _norm(shape),
        "clip": "clip = min(1, clip_norm / (norm + 1e-6))",
        **{one.name: one.code for one in OPTIMIZERS[shape.updating.optimizer].shared},
    }


def _adds_decay(updating: Updating) -> bool:
    return updating.decays and not OPTIMIZERS[updating.optimizer].decouples


def _taken(updating: Updating, name: str) -> str:
    """The name of the gradient that the update takes."""
    return f"g{name}" if updating.clips or _adds_decay(updating) else f"d{name}"


def _gradient(updating: Updating, name: str, g: str) -> str:
    shortened = f"clip * d{name}" if updating.clips else f"d{name}"
    return f"{g} = {shortened}" + (f" + weight_decay * {name}" if _adds_decay(updating) else "")


def _kept(updating: Updating, name: str) -> str:
    """What stays of the parameter: all of it, but for decoupled weight decay."""
    decouples = updating.decays and OPTIMIZERS[updating.optimizer].decouples
    return f"(1 - eta * weight_decay) * {name}" if decouples else name
