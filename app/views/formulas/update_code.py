"""The lines of NumPy of an update: one for each equation's whole layer, for weights and biases apart.

They take eta, or eta0 where a schedule makes it; t, the number of the update, from 1; the settings of the optimizer and
of the schedule by their names; and of each parameter what the optimizer remembers: uW1, mW1, vW1, ub1 ...
"""

from collections.abc import Callable, Mapping

from app.engine.equations.shape import Shape, Updating
from app.engine.learning.optimizers import OPTIMIZERS

SCHEDULES = {
    "step": "eta = eta0 * factor**((t - 1) // every)",
    "cosine": "eta = minimum + (eta0 - minimum) * (1 + np.cos(np.pi * min(t - 1, iterations) / iterations)) / 2",
}


def line_of_update(kind: str, l: int, shape: Shape) -> str:
    """The statement for an equation's kind: what all parameters share, or the W or b of layer l with its states."""
    if kind in _SHARED:
        return _SHARED[kind](shape)
    state, _, owner = kind.rpartition("_")
    name, g = f"{owner}{l}", _taken(shape.updating, f"{owner}{l}")
    if not state:
        return f"{name} = {_kept(shape.updating, name)} - eta * {_STEPS[shape.updating.optimizer](name, g)}"
    return _STATES[state](shape.updating, name, g)


def _norm(shape: Shape) -> str:
    gradients = ", ".join(f"dW{l}, db{l}" for l in range(1, shape.depth + 1))
    return f"norm = np.sqrt(sum(np.sum(d**2) for d in ({gradients})))"


_SHARED: Mapping[str, Callable[[Shape], str]] = {
    "eta": lambda shape: SCHEDULES[shape.updating.schedule],
    "norm": _norm,
    "clip": lambda shape: "clip = min(1, clip_norm / (norm + 1e-6))",
    "correction_m": lambda shape: "correction_m = 1 - beta1**t",
    "correction_v": lambda shape: "correction_v = 1 - beta2**t",
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


def _mean(state: str, share: str, new: str) -> str:
    return f"{state} = {share} * {state} + (1 - {share}) * {new}"


_STATES: Mapping[str, Callable[[Updating, str, str], str]] = {
    "g": _gradient,
    "velocity": lambda updating, name, g: f"u{name} = momentum * u{name} + {g}",
    "m": lambda updating, name, g: _mean(f"m{name}", "beta1", g),
    "v": lambda updating, name, g: _mean(
        f"v{name}", "decay" if updating.optimizer == "rmsprop" else "beta2", f"{g}**2"
    ),
    "m_hat": lambda updating, name, g: f"m{name}_hat = m{name} / correction_m",
    "v_hat": lambda updating, name, g: f"v{name}_hat = v{name} / correction_v",
}


def _over_size(above: str, v: str) -> str:
    return f"{above} / (np.sqrt({v}) + epsilon)"


_STEPS: Mapping[str, Callable[[str, str], str]] = {
    "gradient_descent": lambda name, g: g,
    "momentum": lambda name, g: f"u{name}",
    "nesterov": lambda name, g: f"({g} + momentum * u{name})",
    "rmsprop": lambda name, g: _over_size(g, f"v{name}"),
    "adam": lambda name, g: _over_size(f"m{name}_hat", f"v{name}_hat"),
    "adamw": lambda name, g: _over_size(f"m{name}_hat", f"v{name}_hat"),
}
