"""The page on which a network of one's own is built: starting points, and a form with its panels."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.views.build.built import Built
from app.views.build.panels import BuildPanel, Manner, build_panels
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.summary import network_summary


@dataclass(frozen=True)
class PointCard:
    """One starting point."""

    name: str
    title: str
    summary: str
    watch: str
    drawing: Thumbnail


@dataclass(frozen=True)
class BuildPage:
    """The page: starting points, where the data come from, given starting values, the panels by their ids.

    `note` says what of a walk is not taken over.
    """

    title: str
    points: tuple[PointCard, ...]
    source: str
    parameters: str
    note: str
    panels: Mapping[str, BuildPanel]


def build_page(built: Built, manner: Manner) -> BuildPage:
    """The page with this draft in its form."""
    draft = built.draft
    return BuildPage(
        title="Build",
        points=tuple(map(_card, STARTING_POINTS)),
        source=draft["source"],
        parameters=draft["parameters"],
        note=manner.note,
        panels={panel.id: panel for panel in build_panels(built, manner)},
    )


def _card(point: StartingPoint) -> PointCard:
    return PointCard(point.name, point.title, network_summary(point.setup), point.watch, thumbnail(point.setup.sizes))
