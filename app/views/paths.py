"""The panel that shows a gradient as the sum over its paths."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine import Symbol
from app.sessions import TrainingSession


@dataclass(frozen=True)
class Opened:
    """The parameter or unit whose paths are open, and the units that an opened group goes through."""

    symbol: Symbol
    via: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """One word for both, for a form field."""
        return "-".join(map(str, (*self.symbol, *self.via)))


@dataclass(frozen=True)
class PathsPanel:
    """The panel, closed."""

    id: ClassVar[str] = "paths"
    template: ClassVar[str] = "panels/paths.html"

    open: bool


CLOSED = PathsPanel(False)


def paths_panel(session: TrainingSession, opened: Opened | None, digits: int) -> PathsPanel:
    """Closed unless something is opened."""
    return CLOSED
