"""The panel that asks before the walk shows, and that tells afterwards what was behind the answer."""

from dataclasses import dataclass
from typing import ClassVar

from app.sessions import TrainingSession


@dataclass(frozen=True)
class Prediction:
    """The panel, closed."""

    id: ClassVar[str] = "prediction"
    template: ClassVar[str] = "panels/prediction.html"

    open: bool


CLOSED = Prediction(False)


def prediction_panel(session: TrainingSession, digits: int, moment: float) -> Prediction:
    """Closed unless the walk asks or has been answered."""
    return CLOSED
