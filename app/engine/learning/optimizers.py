"""Optimizers, one record each: how gradients move the parameters, on arrays, as formulas and as lines of NumPy.

Each as `torch.optim` defines it, on flat vectors of all P parameters in the order of `Network.flat`. Polyak 1964
(momentum), Nesterov 1983, Tieleman and Hinton 2012 (RMSProp), Kingma and Ba 2015 (Adam), Loshchilov and Hutter 2019
(AdamW), Pascanu et al. 2013 (clipping by norm).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np

from app.engine.learning.settings import Bounds, check_settings, setting
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Expression, Power, Quotient, Root, Square, Sum, Symbol, complement, product

CLIP_EPSILON = 1e-6  # in the divisor, as torch.nn.utils.clip_grad_norm_ has it

Move = Callable[[Array, int, float], None]  # gradient (P,), which is used up; t, from 1; the learning rate in force


Own = Callable[[str], Symbol]  # of one parameter: g, the gradient as it is taken; m before an update and new_m after it


@dataclass(frozen=True, kw_only=True)
class State:
    """What an update finds of each parameter before it moves it, from the parameter's own symbols and from settings.

    `kept`: a row of the memory, which is `name` before the update and new_`name` after it. The line of NumPy may hold
    {w}, the name of the parameters, and {g}, that of their gradients.
    """

    name: str
    told: Callable[[Own], Expression]
    code: str
    kept: bool = True


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What an update finds once for all parameters, from settings and t, the number of the update, from 1."""

    name: str
    told: Expression
    code: str


@dataclass(frozen=True, kw_only=True)
class OptimizerKind:
    """All that the mathematics knows of one kind of optimizer.

    `settings` are the names of those that it has. `shared` and `states` come first, in this order; then a parameter
    moves by the learning rate times `step`, whose code is `step_code`. `bound` does the same on arrays: it gives the
    Move for parameters (P,) and memory (slots, P), which it changes in place. `decouples`: weight decay shrinks the
    weights themselves instead of adding to the gradient.
    """

    name: str
    settings: tuple[str, ...]
    shared: tuple[Shared, ...]
    states: tuple[State, ...]
    step: Callable[[Own], Expression]
    step_code: str
    bound: "Callable[[Optimizer, Array, Array], Move]"
    decouples: bool = False


_SHARE = Bounds(ge=0, lt=1, problem="{name} lies outside of 0 to 1.", remedy="Give 0 or more, below 1: try 0.9.")


@dataclass(frozen=True)
class Optimizer:
    """A kind with its settings; those that the kind does not have count for nothing.

    `weight_decay` adds so much of each parameter to its gradient (L2); for adamw see OptimizerKind. `clip_norm`:
    gradients together longer than this are shortened to it, before weight decay.
    """

    kind: str = "gradient_descent"
    momentum: float = setting(0.9, _SHARE)
    decay: float = setting(0.99, _SHARE)
    beta1: float = setting(0.9, _SHARE)
    beta2: float = setting(0.999, _SHARE)
    epsilon: float = setting(1e-8, Bounds(gt=0, lt=inf, problem="epsilon is not above 0.", remedy="Try 1e-8."))
    weight_decay: float = setting(
        0.0, Bounds(ge=0, lt=inf, problem="The weight decay is below 0.", remedy="Give 0 for none, or try 0.01.")
    )
    clip_norm: float | None = setting(
        None, Bounds(gt=0, lt=inf, problem="The norm to clip at is not above 0.", remedy="Try 1, or null for none.")
    )

    @property
    def rule(self) -> OptimizerKind:
        """What its kind does."""
        return OPTIMIZERS[self.kind]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the rows of its memory."""
        return tuple(state.name for state in self.rule.states if state.kept)

    @property
    def adjustable(self) -> tuple[str, ...]:
        """The names of the settings that may change from one update to the next: those that have a part in it."""
        used = (("weight_decay", self.weight_decay > 0), ("clip_norm", self.clip_norm is not None))
        return (*self.rule.settings, *(name for name, counts in used if counts))

    def adjusted(self, name: str, value: float) -> "Optimizer":
        """With another value of one of these. SetupError where it cannot be, or would leave it without a part."""
        if name not in self.adjustable:
            raise SetupError(f"optimizer.{name}", "There is no such setting here.", f"Take one of: {self.adjustable}.")
        changed = replace(self, **{name: value})  # type: ignore[arg-type]
        check_settings("optimizer", changed)
        if name not in changed.adjustable:
            raise SetupError("optimizer.weight_decay", "It would end here.", "Give a number above 0, such as 1e-9.")
        return changed

    @property
    def adds_decay(self) -> bool:
        """Whether weight decay is added to the gradients."""
        return self.weight_decay > 0 and not self.rule.decouples

    def fresh(self, parameters: int) -> Array:
        """Its memory before the first update: zeros, (slots, P)."""
        return np.zeros((len(self.slots), parameters))

    def bound(self, w: Array, memory: Array) -> Move:
        """Moves w (P,) and memory (slots, P), in place, by one update at a time."""
        move = self.rule.bound(self, w, memory)
        if self.clip_norm is None and not self.adds_decay:
            return move

        def taken(g: Array, t: int, rate: float) -> None:
            self.take(g, w)
            move(g, t, rate)

        return taken

    def take(self, g: Array, w: Array) -> None:
        """The gradient g (P,) as the update takes it, in place: shortened, then with weight decay."""
        if self.clip_norm is not None:
            np.multiply(g, self.clip(norm(g)), g)
        if self.adds_decay:
            np.add(g, self.weight_decay * w, g)

    def clip(self, length: float) -> float:
        """The factor, at most 1, for gradients that together are so long; 1 where nothing is clipped."""
        return 1.0 if self.clip_norm is None else min(1.0, self.clip_norm / (length + CLIP_EPSILON))

    def correction(self, beta: float, t: int) -> float:
        """1 - beta^t: what a running mean that began at 0 is divided by after t updates."""
        return 1.0 - beta**t


def norm(g: Array) -> float:
    """The length of a vector of gradients."""
    return sqrt(float(np.dot(g, g)))


# On arrays ------------------------------------------------------------------------------------------------------------


def _gradient_descent(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _momentum(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (velocity,), momentum = memory, optimizer.momentum

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, g, velocity)
        np.multiply(velocity, rate, g)
        np.subtract(w, g, w)

    return move


def _nesterov(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (velocity,), momentum, ahead = memory, optimizer.momentum, np.empty_like(w)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, g, velocity)
        np.multiply(velocity, momentum, ahead)
        np.add(g, ahead, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _running_mean(mean: Array, share: float, new: Array, scratch: Array) -> None:
    """mean <- share * mean + (1 - share) * new, in place; `scratch` may be `new` itself."""
    np.multiply(mean, share, mean)
    np.multiply(new, 1.0 - share, scratch)
    np.add(mean, scratch, mean)


def _rmsprop(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (v,), decay, epsilon, scratch = memory, optimizer.decay, optimizer.epsilon, np.empty_like(w)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, g, scratch)
        _running_mean(v, decay, scratch, scratch)
        np.sqrt(v, scratch)
        np.add(scratch, epsilon, scratch)
        np.divide(g, scratch, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _adam(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (m, v), scratch = memory, np.empty_like(w)
    beta1, beta2, epsilon = optimizer.beta1, optimizer.beta2, optimizer.epsilon

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, g, scratch)
        _running_mean(v, beta2, scratch, scratch)
        _running_mean(m, beta1, g, g)
        np.divide(v, optimizer.correction(beta2, t), scratch)
        np.sqrt(scratch, scratch)
        np.add(scratch, epsilon, scratch)
        np.divide(m, optimizer.correction(beta1, t), g)
        np.divide(g, scratch, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _adamw(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    adam = _adam(optimizer, w, memory)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(w, 1.0 - rate * optimizer.weight_decay, w)
        adam(g, t, rate)

    return move


# As formulas and lines ------------------------------------------------------------------------------------------------

ETA, T, WEIGHT_DECAY = map(Symbol, ("eta", "t", "weight_decay"))
MOMENTUM, DECAY, BETA_1, BETA_2, EPSILON = map(Symbol, ("momentum", "decay", "beta1", "beta2", "epsilon"))
CORRECTION_M, CORRECTION_V = map(Symbol, ("correction_m", "correction_v"))


def _running(share: Symbol, old: Symbol, new: Expression) -> Expression:
    return Sum((product(share, old), product(complement(share), new)))


def _over_size(above: Symbol, v: Symbol) -> Expression:
    """A mean of gradients in units of their usual size."""
    return Quotient(above, Sum((Root(v), EPSILON)))


_VELOCITY = State(
    name="velocity",
    told=lambda own: Sum((product(MOMENTUM, own("velocity")), own("g"))),
    code="u{w} = momentum * u{w} + {g}",
)
_CORRECTIONS = (
    Shared(name="correction_m", told=complement(Power(BETA_1, T)), code="correction_m = 1 - beta1**t"),
    Shared(name="correction_v", told=complement(Power(BETA_2, T)), code="correction_v = 1 - beta2**t"),
)
_MEANS = (
    State(
        name="m",
        told=lambda own: _running(BETA_1, own("m"), own("g")),
        code="m{w} = beta1 * m{w} + (1 - beta1) * {g}",
    ),
    State(
        name="v",
        told=lambda own: _running(BETA_2, own("v"), Square(own("g"))),
        code="v{w} = beta2 * v{w} + (1 - beta2) * {g}**2",
    ),
    State(
        name="m_hat",
        told=lambda own: Quotient(own("new_m"), CORRECTION_M),
        code="m{w}_hat = m{w} / correction_m",
        kept=False,
    ),
    State(
        name="v_hat",
        told=lambda own: Quotient(own("new_v"), CORRECTION_V),
        code="v{w}_hat = v{w} / correction_v",
        kept=False,
    ),
)
_ADAM = OptimizerKind(
    name="adam",
    settings=("beta1", "beta2", "epsilon"),
    shared=_CORRECTIONS,
    states=_MEANS,
    step=lambda own: _over_size(own("m_hat"), own("v_hat")),
    step_code="m{w}_hat / (np.sqrt(v{w}_hat) + epsilon)",
    bound=_adam,
)

_TABLE = (
    OptimizerKind(
        name="gradient_descent",
        settings=(),
        shared=(),
        states=(),
        step=lambda own: own("g"),
        step_code="{g}",
        bound=_gradient_descent,
    ),
    OptimizerKind(
        name="momentum",
        settings=("momentum",),
        shared=(),
        states=(_VELOCITY,),
        step=lambda own: own("new_velocity"),
        step_code="u{w}",
        bound=_momentum,
    ),
    OptimizerKind(
        name="nesterov",
        settings=("momentum",),
        shared=(),
        states=(_VELOCITY,),
        step=lambda own: Sum((own("g"), product(MOMENTUM, own("new_velocity")))),
        step_code="({g} + momentum * u{w})",
        bound=_nesterov,
    ),
    OptimizerKind(
        name="rmsprop",
        settings=("decay", "epsilon"),
        shared=(),
        states=(
            State(
                name="v",
                told=lambda own: _running(DECAY, own("v"), Square(own("g"))),
                code="v{w} = decay * v{w} + (1 - decay) * {g}**2",
            ),
        ),
        step=lambda own: _over_size(own("g"), own("new_v")),
        step_code="{g} / (np.sqrt(v{w}) + epsilon)",
        bound=_rmsprop,
    ),
    _ADAM,
    replace(_ADAM, name="adamw", bound=_adamw, decouples=True),
)
OPTIMIZERS = {kind.name: kind for kind in _TABLE}
