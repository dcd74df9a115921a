"""A template and its view class hold the same fields: nothing is used that is missing, nothing is there unused."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from app.settings import STATIC, TEMPLATES
from app.views import pages
from app.views.api_docs import ApiDocsPage
from app.views.bug_lab.bug_lab import BugLabPage, SetPage
from app.views.build.build import (
    BuildPage,
    Field,
    FieldsPanel,
    LayersPanel,
    ProblemsPanel,
    Spoken,
    TablePanel,
    TextPanel,
)
from app.views.build.drawing import Drawing, Sketch, Sums
from app.views.build.examples import ExamplesPanel
from app.views.charts.axes import Ground
from app.views.charts.lines import Plot
from app.views.charts.map import Map
from app.views.charts.overlay import Marks
from app.views.charts.table import Table
from app.views.check.check import CheckRow
from app.views.classroom.classroom import Calm, ClassroomPage, JoinPage, Seats, Steering
from app.views.classroom.classroom import SurePage as SureDeletePage
from app.views.classroom.connection import ConnectionPage
from app.views.classroom.overview import OverviewPage
from app.views.classroom.question import Own, Wall
from app.views.compare.act_two import ActTwoPage
from app.views.compare.compare import ComparePage, Comparison, ForkPanel
from app.views.compare.marked import Drawing as Rule
from app.views.compare.outcomes import Outcomes
from app.views.compare.printed import RunPanel
from app.views.explorer.explorer import Panel
from app.views.explorer.parameters import ParameterRow
from app.views.explorer.timeline import Cell
from app.views.network.film import Film
from app.views.network.marks import Connection, Label, LossMark, Unit
from app.views.pictures.activity import Activations, Histogram
from app.views.pictures.choices import Choices
from app.views.pictures.contour import Contour, ContourDrawing
from app.views.pictures.curves import Curves
from app.views.pictures.gradients import Bars, GradientSizes
from app.views.pictures.landscape import Landscape, SlopeDrawing
from app.views.pictures.over_data import OverData
from app.views.pictures.pictures import ChosenPicture, PicturesPage
from app.views.pictures.units import UnitPictures
from app.views.take_away.forms import OpenedPage, TakeAwayPage
from app.views.take_away.one_file import OneFilePage
from app.views.take_away.worksheet import WorksheetPage
from app.views.training.training import Training
from app.views.walks.walks import NamePage, SharePage, SurePage, WalkCard, WalksPage
from app.web.http.templating import Assets, Templates

ENVIRONMENT = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
PANELS: tuple[Any, ...] = get_args(Panel)
PAGES: dict[str, type[Any]] = {
    "lessons/page.html": pages.LessonsPage,
    "lessons/lesson.html": pages.LessonPage,
    "problem.html": pages.ProblemPage,
    "docs.html": ApiDocsPage,
    "privacy.html": pages.PrivacyPage,
    "bug_lab/page.html": BugLabPage,
    "bug_lab/set.html": SetPage,
    "build/page.html": BuildPage,
    "compare/page.html": ComparePage,
    "compare/act-two.html": ActTwoPage,
    "pictures/page.html": PicturesPage,
    "classroom/page.html": ClassroomPage,
    "classroom/join.html": JoinPage,
    "classroom/sure.html": SureDeletePage,
    "classroom/overview.html": OverviewPage,
    "classroom/connection.html": ConnectionPage,
    "take_away/page.html": TakeAwayPage,
    "take_away/opened.html": OpenedPage,
    "take_away/walk.html": OneFilePage,
    "take_away/worksheet.html": WorksheetPage,
    "walks/page.html": WalksPage,
    "walks/name.html": NamePage,
    "walks/sure.html": SurePage,
    "walks/share.html": SharePage,
}
PASSED_ON = {"network": ("svg/network.svg",)}  # templates that draw a part of a panel, and are given all of it
STANDS_ALONE = ("summary.html", "walk.html", "worksheet.html")  # files with a policy of their own
DATA = '<script type="application/json" id="steps">'
MARKS: dict[str, tuple[type[Any], str]] = {
    "build/build-fields.html": (FieldsPanel, "panel"),
    "build/build-text.html": (TextPanel, "panel"),
    "build/build-table.html": (TablePanel, "panel"),
    "build/build-layers.html": (LayersPanel, "panel"),
    "build/build-drawing.html": (Drawing, "panel"),
    "build/build-sums.html": (Sums, "panel"),
    "build/build-examples.html": (ExamplesPanel, "panel"),
    "build/build-problems.html": (ProblemsPanel, "panel"),
    "build/build-status.html": (Spoken, "panel"),
    "macros/field.html": (Field, "f"),
    "svg/sketch.svg": (Sketch, "drawing"),
    "compare/comparison.html": (Comparison, "panel"),
    "compare/run.html": (RunPanel, "panel"),
    "svg/rule.svg": (Rule, "drawing"),
    "compare/fork.html": (ForkPanel, "panel"),
    "compare/outcomes.html": (Outcomes, "panel"),
    "training/training.html": (Training, "panel"),
    "pictures/curves.html": (Curves, "panel"),
    "pictures/picture.html": (ChosenPicture, "panel"),
    "pictures/landscape.html": (Landscape, "panel"),
    "pictures/contour.html": (Contour, "panel"),
    "pictures/gradients.html": (GradientSizes, "panel"),
    "pictures/activations.html": (Activations, "panel"),
    "svg/landscape.svg": (SlopeDrawing, "drawing"),
    "svg/contour.svg": (ContourDrawing, "drawing"),
    "svg/gradients.svg": (Bars, "bars"),
    "pictures/histogram.html": (Histogram, "layer"),
    "svg/ground.svg": (Ground, "ground"),
    "pictures/over_data.html": (OverData, "panel"),
    "pictures/units.html": (UnitPictures, "panel"),
    "svg/map.svg": (Map, "map"),
    "svg/marks.svg": (Marks, "mark"),
    "svg/plot.svg": (Plot, "plot"),
    "charts/table.html": (Table, "table"),
    "pictures/choices.html": (Choices, "choices"),
    "svg/connection.svg": (Connection, "mark"),
    "svg/label.svg": (Label, "mark"),
    "svg/unit.svg": (Unit, "mark"),
    "svg/loss.svg": (LossMark, "mark"),
    "explorer/film.html": (Film, "mark"),
    "check/row.html": (CheckRow, "row"),
    "explorer/parameter.html": (ParameterRow, "row"),
    "explorer/cell.html": (Cell, "cell"),
    "walks/card.html": (WalkCard, "walk"),
    "classroom/calm.html": (Calm, "panel"),
    "classroom/wall.html": (Wall, "panel"),
    "classroom/own.html": (Own, "panel"),
    "classroom/steering.html": (Steering, "panel"),
    "classroom/seats.html": (Seats, "panel"),
}


def tree(template: str) -> nodes.Template:
    return ENVIRONMENT.parse((TEMPLATES / template).read_text())


def used(template: str, name: str) -> set[str]:
    """The attributes of `name` that a template reads; for a tuple taken apart, the names it is taken apart into."""
    found = {
        node.attr
        for node in tree(template).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == name
    }
    for assign in tree(template).find_all(nodes.Assign):
        if isinstance(assign.node, nodes.Name) and assign.node.name == name and isinstance(assign.target, nodes.Tuple):
            found |= {item.name for item in assign.target.items if isinstance(item, nodes.Name)}
    return found


def declared(view: type[Any]) -> set[str]:
    """The fields of a view class, without those that only work out what is shown."""
    return {field.name for field in fields(view) if field.compare} if is_dataclass(view) else set(view._fields)


def readable(view: type[Any]) -> set[str]:
    """Fields, and what is computed from them."""
    return {name for name in dir(view) if not name.startswith("_")} | declared(view)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_each_panel_template_uses_the_fields_of_its_view_and_all_of_them(panel: Any) -> None:
    names = used(panel.template, "panel").union(*(used(part, "panel") for part in PASSED_ON.get(panel.id, ())))
    assert names <= readable(panel)
    assert declared(panel) <= names


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_each_panel_has_one_name_as_element_and_as_template(panel: Any) -> None:
    assert Path(panel.template).name == f"{panel.id}.html"
    assert f'id="{panel.id}"' in (TEMPLATES / "explorer" / "page.html").read_text()


@pytest.mark.parametrize(("template", "view"), PAGES.items())
def test_each_page_template_uses_the_fields_of_its_view_and_all_of_them(template: str, view: type[Any]) -> None:
    names = used(template, "page") | {"title"}  # the title stands in base.html
    assert names <= readable(view)
    assert declared(view) <= names


@pytest.mark.parametrize(("template", "view"), MARKS.items())
def test_each_mark_is_drawn_with_the_fields_of_its_view_and_all_of_them(
    template: str, view: tuple[type[Any], str]
) -> None:
    kind, name = view
    names = used(template, name)
    assert names <= readable(kind)
    assert declared(kind) - {"current"} <= names | {"ref"}


def test_every_template_is_the_page_panel_mark_or_macro_of_somebody() -> None:
    texts = {path: path.read_text() for path in TEMPLATES.rglob("*.*")}
    sources = "\n".join(texts.values()) + "\n".join(
        path.read_text() for path in (TEMPLATES.parent / "app").rglob("*.py")
    )
    for path in texts:
        assert f'"{path.relative_to(TEMPLATES)}"' in sources, path


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.*")), ids=lambda path: path.name)
def test_no_template_holds_what_the_content_security_policy_forbids(path: Path) -> None:
    text = path.read_text()
    if path.name in STANDS_ALONE:
        assert "default-src 'none'" in text
        text = text.replace("<style>", "").replace("<script>{{ script | safe }}", "").replace(DATA, "")
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|js:|javascript:|<script(?![^>]*src=)|<style", text)
    assert not re.search(r"https?://", text.replace("http://www.w3.org", ""))


@pytest.mark.parametrize("path", sorted((TEMPLATES / "svg").glob("*.svg")), ids=lambda path: path.name)
def test_what_a_drawing_is_called_stays_text(path: Path) -> None:
    """A title may hold the name of a learner's column, and nothing in an .svg is escaped by itself."""
    outputs = [node for output in tree(f"svg/{path.name}").find_all(nodes.Output) for node in output.nodes]
    bare = {node.attr for node in outputs if isinstance(node, nodes.Getattr)}
    assert not {name for name in bare if name.endswith("title")}


def test_the_titles_of_a_ground_stay_text() -> None:
    hostile = "<i id=zebra>&"
    ground = Ground("0 0 9 9", "M0 0", (), (), hostile, ("1", "2"), hostile)
    macros: Any = Templates(TEMPLATES, Assets(STATIC))._environment.get_template("svg/ground.svg").module
    drawn = macros.draw(ground)
    assert "<i" not in drawn
    assert drawn.count("&lt;i id=zebra&gt;&amp;") == 2
