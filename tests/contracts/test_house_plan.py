"""README's house plan is the tree, and its commands are the Makefile's."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def planned() -> dict[str, str]:
    """Path -> what README says of it, read off the indented plan."""
    block = README.split("## The house")[1].split("```")[1]
    found: dict[str, str] = {}
    room = ""
    for line in filter(None, block.splitlines()):
        name, _, words = line.strip().partition(" ")
        path = f"{room}{name}" if line.startswith("  ") else name
        room = name if not line.startswith("  ") else room
        found[path.removesuffix("/")] = words.strip()
    return found


def test_every_room_of_the_plan_exists_and_says_what_it_is_for() -> None:
    for path, words in planned().items():
        assert (ROOT / path).exists(), path
        assert words or path in ("app",), path


def test_every_room_of_the_tree_stands_in_the_plan() -> None:
    plan = planned()
    rooms = {f"app/{entry.name}" for entry in (ROOT / "app").iterdir() if not entry.name.startswith("__")}
    assert rooms <= set(plan) | {"app/__init__.py"}
    for folder in ("templates", "static", "tests", "docs"):
        assert folder in plan


def test_a_room_has_one_level_of_packages_and_each_says_what_it_is_for() -> None:
    packages = [path.parent for path in (ROOT / "app").rglob("__init__.py")]
    assert max(len(package.relative_to(ROOT / "app").parts) for package in packages) <= 2
    for package in packages:
        assert ast.get_docstring(ast.parse((package / "__init__.py").read_text())), package


def test_every_make_target_that_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert named >= {"run", "test", "lint", "bench"}
    assert named <= targets


def test_every_picture_that_readme_shows_exists() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_every_lesson_stands_in_readme_by_its_title() -> None:
    from app.lessons import LESSONS

    for lesson in LESSONS:
        assert f"| {lesson.title} |" in README


def test_the_api_calls_that_readme_shows_are_documented() -> None:
    from app.main import create_app
    from app.settings import Settings

    documented = set(create_app(Settings()).openapi()["paths"])
    shown = set(re.findall(r"localhost:8000(/api/[\w/-]+)", README))
    assert {re.sub(r"/ID\b", "/{session_id}", path) for path in shown} <= documented
