"""What the walk has shown of one parameter: its value, its gradient, where the update takes it."""

from dataclasses import dataclass

from app.engine.equations.trace import found_at
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.text.naming import parameter_name


@dataclass(frozen=True)
class Known:
    """A parameter W or b in this iteration; what has not been shown yet is None."""

    symbol: Symbol
    words: str
    value: float
    gradient: float | None
    after: float | None


def known_of(session: TrainingSession, symbol: Symbol) -> Known:
    """As far as the walk is."""
    kind, found, values = symbol.kind, found_at(session.shape), session.values
    gradient, after = symbol._replace(kind=f"d{kind}"), symbol._replace(kind=f"new_{kind}")
    shown = [values[one] if found[one] < session.cursor else None for one in (gradient, after)]
    return Known(symbol, parameter_name(session.shape, symbol), values[symbol], *shown)
