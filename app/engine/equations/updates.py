"""The update told as expressions: beside each rule stands code of the same name in optimizers and schedules.

Symbols that all parameters share: eta (the learning rate in force) and eta_0 (the one that was chosen); norm (the
length of all gradients) and clip (the factor that shortens them); correction_m and correction_v; t (the number of the
update, from 1); the settings by their names, of a schedule also decays (how often the factor has come in) and passed
(how many of its iterations lie behind); pi. Of each parameter, with _W or _b at the end: g (the gradient as it is
taken), velocity, m and v with new_velocity, new_m and new_v, and m_hat and v_hat.
"""

from collections.abc import Callable, Iterator, Mapping

from app.engine.equations.expressions import (
    Apply,
    Expression,
    Minimum,
    Negative,
    Norm,
    Number,
    Power,
    Quotient,
    Root,
    Square,
    Sum,
    Symbol,
    product,
    total,
)
from app.engine.equations.rules import complement
from app.engine.equations.shape import Shape, Updating
from app.engine.learning.optimizers import OPTIMIZERS

Line = tuple[Symbol, Expression]

ETA, ETA_0, FACTOR, DECAYS = map(Symbol, ("eta", "eta_0", "factor", "decays"))
PI, PASSED, ITERATIONS, LOWEST = map(Symbol, ("pi", "passed", "iterations", "minimum"))
NORM, CLIP, CLIP_NORM, WEIGHT_DECAY = map(Symbol, ("norm", "clip", "clip_norm", "weight_decay"))
MOMENTUM, DECAY, BETA_1, BETA_2, EPSILON, T = map(Symbol, ("momentum", "decay", "beta1", "beta2", "epsilon", "t"))
CORRECTION_M, CORRECTION_V = map(Symbol, ("correction_m", "correction_v"))
CLIP_EPSILON = Power(Number(10), Negative(Number(6)))  # as in optimizers

OF_PARAMETERS = ("g", "velocity", "new_velocity", "m", "new_m", "v", "new_v", "m_hat", "v_hat")
_OWNERS = {
    name: kind
    for kind in ("W", "b")
    for name in (kind, f"new_{kind}", f"d{kind}", *(f"{state}_{kind}" for state in OF_PARAMETERS))
}


def parameter_of(symbol: Symbol) -> Symbol | None:
    """The weight or bias that a symbol belongs to: itself, its gradient, its m ...; None if it is of another kind."""
    kind = _OWNERS.get(symbol.kind)
    return None if kind is None else symbol._replace(kind=kind)


def own(state: str, w: Symbol) -> Symbol:
    """A parameter's own g, velocity, m ..."""
    return Symbol(f"{state}_{w.kind}", w.layer, w.j, w.k)


def gradient(w: Symbol) -> Symbol:
    """A parameter's gradient."""
    return Symbol(f"d{w.kind}", w.layer, w.j, w.k)


def updates(shape: Shape) -> Iterator[Line]:
    """Every line of the update phase: what all parameters share, then parameter by parameter from layer L to 1."""
    yield from _schedule(shape.updating)
    yield from _clipped(shape)
    yield from _corrected(shape.updating)
    move = MOVES[shape.updating.optimizer]
    for w in _parameters(shape):
        taken = _taken(shape.updating, w)
        if taken == gradient(w):
            yield from move(shape.updating, w, taken)
        else:
            yield own("g", w), taken
            yield from move(shape.updating, w, own("g", w))


def _parameters(shape: Shape) -> Iterator[Symbol]:
    """All weights of a layer, then its biases; the last layer first."""
    for l in range(shape.depth, 0, -1):
        units = range(shape.sizes[l])
        yield from (Symbol("W", l, j, k) for j in units for k in range(shape.sizes[l - 1]))
        yield from (Symbol("b", l, j) for j in units)


# What all parameters share --------------------------------------------------------------------------------------------


def _schedule(updating: Updating) -> Iterator[Line]:
    if updating.schedule in SCHEDULED:
        yield ETA, SCHEDULED[updating.schedule]


_HALF_WAVE = Quotient(Sum((Number(1), Apply("cos", product(PI, Quotient(PASSED, ITERATIONS))))), Number(2))
SCHEDULED: Mapping[str, Expression] = {
    "step": product(ETA_0, Power(FACTOR, DECAYS)),
    "cosine": Sum((LOWEST, product(Sum((ETA_0, Negative(LOWEST))), _HALF_WAVE))),
}


def _clipped(shape: Shape) -> Iterator[Line]:
    if shape.updating.clips:
        yield NORM, Norm(tuple(map(gradient, _parameters(shape))))
        yield CLIP, Minimum((Number(1), Quotient(CLIP_NORM, Sum((NORM, CLIP_EPSILON)))))


def _corrected(updating: Updating) -> Iterator[Line]:
    if "m" in OPTIMIZERS[updating.optimizer].slots:
        yield CORRECTION_M, complement(Power(BETA_1, T))
        yield CORRECTION_V, complement(Power(BETA_2, T))


# Each parameter -------------------------------------------------------------------------------------------------------


def _taken(updating: Updating, w: Symbol) -> Expression:
    """The gradient as the update takes it: shortened, then with weight decay, where there is any."""
    shortened = product(CLIP, gradient(w)) if updating.clips else gradient(w)
    adds = updating.decays and not OPTIMIZERS[updating.optimizer].decouples
    return total(shortened, *([product(WEIGHT_DECAY, w)] if adds else []))


def _moved(w: Symbol, step: Expression, kept: Expression | None = None) -> Line:
    """The parameter, or what is kept of it, minus the learning rate times the step."""
    return Symbol(f"new_{w.kind}", w.layer, w.j, w.k), Sum((kept or w, Negative(product(ETA, step))))


def _gradient_descent(updating: Updating, w: Symbol, g: Symbol) -> Iterator[Line]:
    yield _moved(w, g)


def _velocity(w: Symbol, g: Symbol) -> Line:
    return own("new_velocity", w), Sum((product(MOMENTUM, own("velocity", w)), g))


def _momentum(updating: Updating, w: Symbol, g: Symbol) -> Iterator[Line]:
    yield _velocity(w, g)
    yield _moved(w, own("new_velocity", w))


def _nesterov(updating: Updating, w: Symbol, g: Symbol) -> Iterator[Line]:
    yield _velocity(w, g)
    yield _moved(w, Sum((g, product(MOMENTUM, own("new_velocity", w)))))


def _running_mean(name: str, w: Symbol, share: Symbol, new: Expression) -> Line:
    return own(f"new_{name}", w), Sum((product(share, own(name, w)), product(complement(share), new)))


def _over_size(above: Symbol, v: Symbol) -> Expression:
    """A mean of gradients in units of their usual size."""
    return Quotient(above, Sum((Root(v), EPSILON)))


def _rmsprop(updating: Updating, w: Symbol, g: Symbol) -> Iterator[Line]:
    yield _running_mean("v", w, DECAY, Square(g))
    yield _moved(w, _over_size(g, own("new_v", w)))


def _adam(updating: Updating, w: Symbol, g: Symbol, kept: Expression | None = None) -> Iterator[Line]:
    yield _running_mean("m", w, BETA_1, g)
    yield _running_mean("v", w, BETA_2, Square(g))
    yield own("m_hat", w), Quotient(own("new_m", w), CORRECTION_M)
    yield own("v_hat", w), Quotient(own("new_v", w), CORRECTION_V)
    yield _moved(w, _over_size(own("m_hat", w), own("v_hat", w)), kept)


def _adamw(updating: Updating, w: Symbol, g: Symbol) -> Iterator[Line]:
    kept = product(complement(product(ETA, WEIGHT_DECAY)), w) if updating.decays else None
    yield from _adam(updating, w, g, kept)


MOVES: Mapping[str, Callable[[Updating, Symbol, Symbol], Iterator[Line]]] = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
