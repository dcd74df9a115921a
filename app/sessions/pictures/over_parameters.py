"""The loss of the iteration's batch over one or two of its parameters, and what the walk has shown of these."""

from dataclasses import dataclass
from math import isqrt

import numpy as np

from app.engine.check.gradient_check import Checked, check_one
from app.engine.equations.trace import found_at
from app.engine.landscape import Secant, affordable, losses_along, losses_over, place_of, reach, secant
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.walk.history import Stop, trail_of
from app.sessions.walk.session import TrainingSession

POINTS, FEWEST = 161, 21  # of a curve, its middle the value itself
COUNT, FEWEST_ALONG = 48, 12  # places of a grid along each parameter
NEAREST = 1e-11  # of a number: nearer to it, two places are hardly two


@dataclass(frozen=True)
class Known:
    """A parameter W or b in this iteration: its value, its gradient, where the update takes it; None: not shown yet."""

    symbol: Symbol
    value: float
    gradient: float | None
    after: float | None

    @property
    def step(self) -> float | None:
        """How far the update moves it."""
        return None if self.after is None else self.after - self.value


def known_of(session: TrainingSession, symbol: Symbol) -> Known:
    """As far as the walk is."""
    kind, found, values = symbol.kind, found_at(session.shape), session.values
    gradient, after = symbol._replace(kind=f"d{kind}"), symbol._replace(kind=f"new_{kind}")
    shown = [values[one] if found[one] < session.cursor else None for one in (gradient, after)]
    return Known(symbol, values[symbol], *shown)


def reach_of(session: TrainingSession, symbol: Symbol) -> float:
    """How far to either side of a parameter's value its loss shows a shape."""
    return reach(session.current, symbol)


# Over one parameter ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slope:
    """The loss at places around a parameter's value, the same number to either side; at the value, and where the
    update leads. `secant` and `checked` are the numerical check's, None where the gradient is not shown.
    """

    places: tuple[float, ...]
    losses: tuple[float, ...]
    loss: float
    loss_after: float
    secant: Secant | None
    checked: Checked | None


def slope_of(session: TrainingSession, known: Known, half: float) -> Slope:
    """As far as `half` to either side."""
    it, symbol, here = session.current, known.symbol, known.value
    count = max(FEWEST, affordable(it, [symbol], POINTS)) | 1
    places = here + half * np.linspace(-1.0, 1.0, count)
    at = np.array([*places, here, here if known.after is None else known.after])
    *losses, loss, after = losses_along(it, symbol, at).tolist()
    shown = known.gradient is not None
    return Slope(
        tuple(places.tolist()),
        tuple(losses),
        loss,
        after,
        secant(it, symbol) if shown else None,
        check_one(it, symbol) if shown else None,
    )


# Over two parameters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Way:
    """The way of a training in two parameters: (n, 2), at these iterations; which place of it is now."""

    points: Array
    iterations: tuple[int, ...]
    now: int

    @property
    def moves(self) -> bool:
        """Whether it leads anywhere."""
        return bool(np.ptp(self.points, axis=0).any())


def way_of(session: TrainingSession, symbols: tuple[Symbol, Symbol]) -> Way:
    """From the start to where the walk stands, what its last update has led to included."""
    stops: tuple[Stop, ...] = trail_of(session)
    places = [place_of(session.setup.network, symbol) for symbol in symbols]
    points = np.array([stop.parameters[places] for stop in stops])
    return Way(points, tuple(stop.iteration for stop in stops), len(stops) - 1 - session.finished)


def surface_of(
    session: TrainingSession, symbols: tuple[Symbol, Symbol], ends: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[tuple[Array, Array], Array]:
    """Places of both parameters between these ends, (count,) each, and the loss over them, (count up, count across).

    There are fewer of them where each is much work.
    """
    count = max(FEWEST_ALONG, isqrt(affordable(session.current, symbols, COUNT * COUNT)))
    across, up = (np.linspace(*both, count) for both in ends)
    return (across, up), losses_over(session.current, symbols, across, up)
