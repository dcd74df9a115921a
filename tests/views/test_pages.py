"""The pages around the explorer: what their classes say, and that their templates use nothing else."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, nodes

from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.settings import STATIC, TEMPLATES
from app.views.network.thumbnail import thumbnail
from app.views.pages import (
    Chrome,
    LessonPage,
    LessonsPage,
    ProblemPage,
    broken,
    lesson_page,
    lessons_page,
    not_found,
    session_gone,
    stale,
)
from app.views.text.facts import network_facts
from app.web.http.templating import Assets, Templates

TEMPLATES_OF = {"lessons/page": LessonsPage, "lessons/lesson": LessonPage, "problem": ProblemPage}


def rendered(name: str, page: object, **chrome: Any) -> BeautifulSoup:
    text = Templates(TEMPLATES, Assets(STATIC)).render(
        f"{name}.html", page=page, chrome=replace(Chrome.of("/", "lessons"), **chrome)
    )
    return BeautifulSoup(text, "html5lib")


def one(soup: Tag, selector: str) -> Tag:
    tag = soup.select_one(selector)
    assert tag is not None
    return tag


def test_the_lessons_stand_in_teaching_order_with_what_each_network_is() -> None:
    page = lessons_page()
    assert page.counted == "Five notebooks, five small networks."
    assert lessons_page(LESSONS[:1]).counted == "One notebook, one small network."
    assert [card.slug for card in page.lessons] == [lesson.slug for lesson in LESSONS]
    assert page.lessons[0].summary == "2–2–1 · sigmoid · binary cross-entropy · one example at a time"


@pytest.mark.parametrize(
    ("slug", "batch"),
    [
        ("two-outputs-two-paths", "one example"),
        ("softmax-and-dead-units", "all six examples at once"),
        ("a-slope-too-many", "all 100 examples at once"),
    ],
)
def test_a_summary_says_how_many_examples_an_iteration_takes(slug: str, batch: str) -> None:
    assert network_facts(lesson_named(slug).published).endswith(batch)


def test_a_summary_counts_a_part_of_the_examples() -> None:
    setup = replace(lesson_named("a-slope-too-many").published, batch_size=10)
    assert network_facts(setup).endswith("10 examples at a time")


def test_each_lesson_card_starts_its_own_lesson_by_the_right_rule_from_the_notebooks_own_start() -> None:
    forms = rendered("lessons/page", lessons_page()).select("form.starts")
    assert [one(form, "[name=lesson]")["value"] for form in forms] == [lesson.slug for lesson in LESSONS]
    for form, lesson in zip(forms, LESSONS, strict=True):
        begun = lesson.setup(one(form, "[name=as_published]")["value"] == "true")
        assert begun.mistakes == ()
        assert begun.start is lesson.published.start
        assert begun.data is lesson.published.data
    assert all(form["action"] == "/sessions" and form["method"] == "post" for form in forms)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_begins_with_its_first_act_and_can_begin_with_its_second(lesson: Lesson) -> None:
    page = rendered("lessons/lesson", lesson_page(lesson))
    first, second = ("false", "true") if lesson.mistaken else ("true", "false")
    assert [button["value"] for button in page.select("form.ways button")] == [first, second]
    assert one(page, "form.ways .primary").text == "Start walking"
    assert lesson.hides in page.text
    assert lesson.right_note in page.text


def test_an_expired_session_offers_to_start_its_lesson_again() -> None:
    page = rendered("problem", session_gone("hours-of-study"))
    assert one(page, "main .primary")["href"] == "/lessons/hours-of-study"
    assert not rendered("problem", session_gone()).select("main .primary")


@pytest.mark.parametrize("problem", [not_found(), session_gone(), stale(), broken()])
def test_every_problem_says_what_happened_and_what_to_do(problem: ProblemPage) -> None:
    text = one(rendered("problem", problem), "main").text
    assert problem.happened in text
    assert problem.remedy in text
    assert str(problem.status) in text


def test_without_a_choice_the_page_follows_the_system() -> None:
    html = one(rendered("lessons/page", lessons_page()), "html")
    assert "data-theme" not in html.attrs
    assert "data-motion" not in html.attrs


def test_a_chosen_theme_and_motion_stand_on_the_root_and_in_the_selects() -> None:
    page = rendered("lessons/page", lessons_page(), theme="dark", motion="reduced", digits=3)
    assert (one(page, "html")["data-theme"], one(page, "html")["data-motion"]) == ("dark", "reduced")
    chosen = [option["value"] for option in page.select("#preferences option[selected]")]
    assert chosen == ["3", "dark", "reduced", "1000", ""]


@pytest.mark.parametrize(
    ("name", "page"),
    [("lessons/page", lessons_page()), ("lessons/lesson", lesson_page(LESSONS[0])), ("problem", not_found())],
)
def test_no_page_has_inline_code_or_styles_or_an_id_twice(name: str, page: object) -> None:
    soup = rendered(name, page)
    assert not [tag for tag in soup.find_all() if any(a == "style" or a.startswith("on") for a in tag.attrs)]
    assert all(script.get("src") and not script.text for script in soup.find_all("script"))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", TEMPLATES_OF)
def test_a_template_uses_every_field_of_its_page_and_no_other(name: str) -> None:
    used = _fields_used(TEMPLATES / f"{name}.html", "page") | {"title"}
    assert used == {field.name for field in fields(TEMPLATES_OF[name])}


def test_the_base_uses_only_what_chrome_has() -> None:
    chrome = Chrome.of("/")
    assert is_dataclass(chrome)
    assert all(hasattr(chrome, name) for name in _fields_used(TEMPLATES / "base.html", "chrome"))


def _fields_used(template: Path, variable: str) -> set[str]:
    tree = Environment().parse(template.read_text())
    return {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == variable
    }


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 4, 2), (1, 1), (8, 32, 32, 4)])
def test_a_thumbnail_holds_every_unit_inside_its_frame(sizes: tuple[int, ...]) -> None:
    drawing = thumbnail(sizes)
    _, _, width, height = map(float, drawing.view_box.split())
    radius = float(drawing.radius)
    assert len(drawing.units) == sum(sizes)
    assert all(radius <= float(x) <= width - radius for x, _ in drawing.units)
    assert all(radius <= float(y) <= height - radius for _, y in drawing.units)


def test_the_scripts_of_our_own_stay_small() -> None:
    """Compressed, as they are sent: without indents and lines of comment, which no text in them may hold."""
    assets, sizes = Assets(STATIC), []
    for script in STATIC.glob("*.js"):
        assert all(line.count("`") % 2 == 0 for line in script.read_text().splitlines())
        assets.named(script.name)
        answer = assets._asset(script.name)
        assert b"\n//" not in answer.body
        sizes.append(len(answer.packed))
    assert sum(sizes) <= 6_000
