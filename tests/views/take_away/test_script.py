"""The script that a learner takes away runs on NumPy alone, and every number that the page has shown is asserted."""

import re
import subprocess
import sys
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.take_away.script import numpy_script
from app.views.take_away.worked import worked
from tests.engine.cases import OWN_LOSS, mistaken, random_setup, updated
from tests.views.updates import VARIANTS, varied

PLACES = (0.0, 0.3, 0.7, 1.0)  # parts of an iteration
NUMBER = re.compile(r"^(close\([^,]+(?:\[[^\]]*\])?, \[*)(-?\d[\d.e+-]*)", re.MULTILINE)


def script_of(session: TrainingSession) -> str:
    return numpy_script(worked(session))


def run(script: str) -> dict[str, object]:
    """Runs it; AssertionError where a number is another one."""
    names: dict[str, object] = {}
    exec(compile(script, "script", "exec"), names)
    return names


def at_part(session: TrainingSession, part: float) -> TrainingSession:
    """The walk so far into its iteration."""
    cursor = round(part * len(session.equations))
    return session if cursor == session.cursor or not cursor else session.go(cursor)


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_script_of_a_lesson_runs_at_every_place(lesson: Lesson, as_published: bool) -> None:
    walk = TrainingSession.of_lesson(lesson, as_published).at_first_example()
    for part in PLACES:
        run(script_of(at_part(walk, part)))
    later = walk.train(iterations=5).step()
    for part in PLACES:
        run(script_of(at_part(later, part)))


@pytest.mark.parametrize(("optimizer", "schedule"), VARIANTS[::3], ids=str)
def test_the_script_of_every_optimizer_runs(optimizer: Optimizer, schedule: Schedule) -> None:
    walk = TrainingSession.of_setup(varied(optimizer, schedule, examples=3).completed())
    run(script_of(walk.step("iteration")))
    run(script_of(walk.train(iterations=3).step("iteration")))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_as_published_and_put_right_are_two_sections_and_the_wrong_line_is_marked(mistake: str) -> None:
    at_softmax = mistake == "slope_after_softmax"
    output, loss = ("softmax", "cross_entropy") if at_softmax else ("sigmoid", "half_squared_error")
    setup = random_setup(3, (3, 3, 3, 3), ("tanh", "tanh", output), loss, 4)
    walk = TrainingSession.of_setup(replace(setup, mistakes=(mistake,)).completed()).step("iteration")
    script = script_of(walk)
    published, right = script.split("# Put right -")
    assert "# not by the chain rule: see below" in published
    assert "# by the chain rule" in right
    run(script)


def test_every_output_with_every_loss_runs() -> None:
    for (output, loss), outputs in product(OWN_LOSS, (1, 3)):
        walk = TrainingSession.of_setup(random_setup(2, (2, 3, outputs), ("relu", output), loss, 4).completed())
        run(script_of(walk.step("iteration")))


@settings(max_examples=50)
@given(st.one_of(mistaken(), updated()), st.sampled_from([None, 3]), st.integers(0, 4), st.floats(0, 1))
def test_the_script_of_any_network_runs(setup: Setup, decimals: int | None, iterations: int, part: float) -> None:
    by_hand = decimals is not None and LOSSES[setup.loss].output is not None  # a rounded 0 has no logarithm in NumPy
    walk = TrainingSession.of_setup(replace(setup, decimals=None if by_hand else decimals).completed())
    for _ in range(iterations):
        walk = walk.step("iteration")
    run(script_of(at_part(walk.step(), part)))


def test_all_that_the_page_has_shown_is_asserted_and_nothing_else() -> None:
    walk = TrainingSession.of_lesson(LESSONS[1])
    for _ in range(len(walk.equations)):
        walk = walk.step()
        compared = "\n".join(
            page for section in worked(walk).sections[:5] for block in section.blocks for _, page in block.shown
        )
        assert len(re.findall(r"-?\d[\d.e+-]*", compared)) == walk.cursor
    assert worked(walk).sections[5].blocks[0].shown == (("loss", repr(walk.current.loss_after)),)
    assert "close(" not in script_of(walk.reset()).split("# What is given")[1]


def test_a_planted_wrong_number_makes_it_fail() -> None:
    script = script_of(TrainingSession.of_lesson(LESSONS[1]).train(iterations=3).step("iteration"))
    places = list(NUMBER.finditer(script))
    assert len(places) > 20
    for place in places:
        planted = float(place[2]) * (1 + 1e-5) + 1e-8
        wrong = f"{script[: place.start(2)]}{planted!r}{script[place.end(2) :]}"
        with pytest.raises(AssertionError):
            run(wrong)


def test_a_longer_run_with_edits_on_the_way_is_trained_again() -> None:
    setup = Setup((2, 4, 1), Dataset("moons", 30, 0.2, 5), batch_size=7, shuffle_seed=4, warm_up=(3, 1)).completed()
    walk = TrainingSession.of_setup(setup).train(iterations=9)
    walk = walk.edited(Symbol("W", 1, 2, 1), 0.75).step("iteration").edited(Symbol("eta"), 0.4)
    walk = walk.step("iteration").edited(Symbol("x", 0, 4, 1), -2.0).edited(Symbol("b", 2, 0), 0.5).train(epochs=3)
    script = script_of(walk)
    run(script)
    assert "if iteration == 9:\n        W1[2, 1] = 0.75" in script
    assert script.count("close(losses[") == 8


HOSTILE = ("a\nimport os", '"""', "\\N{BULLET} \\x", "# x", "é\u2028raise", "]]></script>", "=cmd()")


def test_names_of_columns_stay_words() -> None:
    data = Data(Examples(np.eye(7), np.ones((7, 1))), columns=HOSTILE, names=('y"""\\N{',))
    walk = TrainingSession.of_setup(Setup((7, 2, 1), data).completed()).step("iteration")
    run(script_of(walk))


def test_the_script_runs_as_a_file_of_its_own() -> None:
    script = script_of(TrainingSession.of_lesson(LESSONS[4]).train(iterations=30))
    done = subprocess.run([sys.executable, "-I", "-"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("all as on the page.\n")
