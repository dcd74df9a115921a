"""The panel of a hunt in the bug lab."""

from dataclasses import dataclass
from typing import ClassVar

from app.sessions import TrainingSession


@dataclass(frozen=True)
class Lab:
    """The panel, closed."""

    id: ClassVar[str] = "lab"
    template: ClassVar[str] = "panels/lab.html"

    open: bool


CLOSED = Lab(False)


def lab_panel(session: TrainingSession, digits: int) -> Lab:
    """Closed outside of the bug lab."""
    return CLOSED
