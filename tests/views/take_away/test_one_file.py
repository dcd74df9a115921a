"""The slides hold every step of an iteration, and each mark that a step changes is in the first drawing."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from app.engine.data.datasets import Dataset
from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.settings import STATIC, TEMPLATES
from app.views.take_away.one_file import MOST_STEPS, one_file_page
from app.web.http.templating import Assets, Templates
from app.web.pages.take_away import SHEETS, SLIDES

TEMPLATE = Templates(TEMPLATES, Assets(STATIC))


def file_of(walk: TrainingSession) -> str:
    """The whole file."""
    page = one_file_page(walk, lambda part: TEMPLATE.part(part.template, part, ""))
    return TEMPLATE.one_file(SLIDES, page.first, SHEETS, page.steps, page)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_step_is_there_and_every_mark_that_it_changes_is_in_the_first_drawing(lesson: Lesson) -> None:
    walk = TrainingSession.of_lesson(lesson)
    page = one_file_page(walk, lambda part: TEMPLATE.part(part.template, part, ""))
    steps = json.loads(page.steps)
    assert len(steps) == page.count + 1 == len(walk.equations) + 1
    ids = set(re.findall(r'\sid="([^"]+)"', file_of(walk)))
    assert {mark for step in steps[1:] for mark in step["marks"]} <= ids
    assert all(step["maths"] and step["code"] and step["say"] for step in steps[1:])


def test_its_own_policy_lets_its_style_and_its_script_and_nothing_else() -> None:
    text = file_of(TrainingSession.of_lesson(LESSONS[1]))
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[0]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        assert f"{directive} 'sha256-{b64encode(sha256(inside[0].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert not re.search(r"\s(?:href|src|style|on[a-z]+)=", text)


def test_what_it_holds_stays_below_300_kb_and_says_where_it_would_not() -> None:
    assert max(len(file_of(TrainingSession.of_lesson(lesson)).encode()) for lesson in LESSONS) <= 300_000
    with pytest.raises(SetupError, match=f"at most {MOST_STEPS} steps"):
        file_of(TrainingSession.of_setup(Setup((2, 12, 12, 1), Dataset("xor")).completed()))
