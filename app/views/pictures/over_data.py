"""What a network, or one of its units, says over the inputs, with the examples over it: a map, or curves."""

from dataclasses import dataclass
from typing import ClassVar

from app.views.charts.lines import Plot
from app.views.charts.map import Grid, Map
from app.views.pictures.choices import Choices


@dataclass(frozen=True)
class OverData:
    """One of `map`, with some of its numbers in `grid`, and `plot`; `notes` are what must be said beside it."""

    template: ClassVar[str] = "pictures/over-data.html"

    title: str
    choices: Choices
    notes: tuple[str, ...]
    map: Map | None = None
    grid: Grid | None = None
    plot: Plot | None = None
