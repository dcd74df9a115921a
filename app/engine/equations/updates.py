"""The update told as expressions, from the records of the optimizer and of the schedule.

Symbols that all parameters share: eta (the learning rate in force) and eta_0 (the one that was chosen); norm (the
length of all gradients) and clip (the factor that shortens them); correction_m and correction_v; t (the number of the
update, from 1); the settings by their names, of a schedule also decays (how often the factor has come in) and passed
(how many of its iterations lie behind); pi. Of each parameter, with _W or _b at the end: g (the gradient as it is
taken), velocity, m and v with new_velocity, new_m and new_v, and m_hat and v_hat.
"""

from collections.abc import Iterator

from app.engine.equations.shape import Shape, Updating
from app.engine.learning.optimizers import ETA, OPTIMIZERS, WEIGHT_DECAY
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.expressions import (
    Expression,
    Minimum,
    Negative,
    Norm,
    Number,
    Power,
    Quotient,
    Sum,
    Symbol,
    complement,
    product,
    total,
)

Line = tuple[Symbol, Expression]

NORM, CLIP, CLIP_NORM = map(Symbol, ("norm", "clip", "clip_norm"))
CLIP_EPSILON = Power(Number(10), Negative(Number(6)))  # as in optimizers

_STATES = [state for kind in OPTIMIZERS.values() for state in kind.states]
KEPT = tuple(dict.fromkeys(state.name for state in _STATES if state.kept))
DERIVED = tuple(dict.fromkeys(state.name for state in _STATES if not state.kept))
_OWN = ("g", *KEPT, *(f"new_{name}" for name in KEPT), *DERIVED)
_OWNERS = {
    name: kind for kind in ("W", "b") for name in (kind, f"new_{kind}", f"d{kind}", *(f"{own}_{kind}" for own in _OWN))
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


def updated(shape: Shape) -> Iterator[Symbol]:
    """What the lines of the update phase find: what all parameters share, then parameter by parameter from layer L to
    1.
    """
    yield from _shared(shape)
    kinds = {kind: [symbol.kind for symbol, _ in _update(shape.updating, Symbol(kind, 1, 0))] for kind in ("W", "b")}
    for w in _parameters(shape):
        for kind in kinds[w.kind]:
            yield Symbol(kind, w.layer, w.j, w.k)


def update_of(shape: Shape, symbol: Symbol) -> Expression:
    """The line of the update phase that finds this symbol."""
    w = parameter_of(symbol)
    return dict(_update(shape.updating, w))[symbol] if w else _shared(shape)[symbol]


def _shared(shape: Shape) -> dict[Symbol, Expression]:
    """The lines that all parameters share, in order."""
    updating, lines = shape.updating, dict[Symbol, Expression]()
    if (rate := SCHEDULES[updating.schedule].told) is not None:
        lines[ETA] = rate
    if updating.clips:
        lines[NORM] = Norm(tuple(map(gradient, _parameters(shape))))
        lines[CLIP] = Minimum((Number(1), Quotient(CLIP_NORM, Sum((NORM, CLIP_EPSILON)))))
    for shared in OPTIMIZERS[updating.optimizer].shared:
        lines[Symbol(shared.name)] = shared.told
    return lines


def _parameters(shape: Shape) -> Iterator[Symbol]:
    """All weights of a layer, then its biases; the last layer first."""
    for l in range(shape.depth, 0, -1):
        units = range(shape.sizes[l])
        yield from (Symbol("W", l, j, k) for j in units for k in range(shape.sizes[l - 1]))
        yield from (Symbol("b", l, j) for j in units)


def _update(updating: Updating, w: Symbol) -> Iterator[Line]:
    """The gradient as it is taken, where it is not as it was found; what the optimizer keeps; and the move."""
    kind, g = OPTIMIZERS[updating.optimizer], gradient(w)
    shortened = product(CLIP, g) if updating.clips else g
    adds = updating.decays and not kind.decouples
    taken = total(shortened, *([product(WEIGHT_DECAY, w)] if adds else []))
    if taken != g:
        g = own("g", w)
        yield g, taken

    def of(name: str) -> Symbol:
        return g if name == "g" else own(name, w)

    for state in kind.states:
        yield of(f"new_{state.name}" if state.kept else state.name), state.told(of)
    shrinks = updating.decays and kind.decouples
    kept = product(complement(product(ETA, WEIGHT_DECAY)), w) if shrinks else w
    yield Symbol(f"new_{w.kind}", w.layer, w.j, w.k), Sum((kept, Negative(product(ETA, kind.step(of)))))
