"""A link is the walk: opened anywhere it stands at the same step with the same bits, and nothing else comes along."""

import json
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.lessons import LESSONS, UnknownLessonError, lesson_named
from app.limits import Limits
from app.sessions.bug_lab import begun
from app.sessions.take_away.link import (
    ADDRESS,
    MOST_IN_ADDRESS,
    NotYetError,
    document_of,
    file_of,
    link_of,
    opened,
    opened_file,
)
from app.sessions.walk.session import TrainingSession
from tests.engine.cases import mistaken, updated

LIMITS = Limits()


def again(link: str) -> TrainingSession:
    """The walk that a link leads to."""
    found = opened(link, LIMITS)
    return found.there(found.start)


def assert_same(one: TrainingSession, other: TrainingSession) -> None:
    """Both stand at the same place with the same numbers, to the bit."""
    kept = ("name", "place", "by", "whole", "wanted", "asking", "checking", "lesson", "as_published")
    assert [getattr(one, name) for name in kept] == [getattr(other, name) for name in kept]
    assert one.timeline.changes == other.timeline.changes
    assert one.network.flat().tobytes() == other.network.flat().tobytes()
    assert one.current.loss == other.current.loss
    assert one.learning_rate == other.learning_rate
    assert [one.examples[i].tobytes() for i in (0, 1)] == [other.examples[i].tobytes() for i in (0, 1)]


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_a_lesson_leads_back_to_its_step_within_300_characters(slug: str, as_published: bool) -> None:
    walk = TrainingSession.of_lesson(lesson_named(slug), as_published).at_first_example()
    for measure in ("equation", "layer", "phase", "iteration", "equation"):
        walk = walk.step(measure)
        link = link_of(walk)
        assert len(f"/w/{link}") <= 300
        assert_same(again(link), walk)


def test_an_own_network_on_a_built_in_data_set_stays_within_1500_characters() -> None:
    setup = Setup((2, 8, 8, 1), Dataset("spirals", 250, 0.1, 7), batch_size=10, shuffle_seed=3).completed()
    walk = TrainingSession.of_setup(setup).named("Spirals, é").train(epochs=2).edited(Symbol("W", 1, 0, 1), 0.1 + 0.2)
    assert len(f"/w/{link_of(walk)}") <= 1500
    assert_same(again(link_of(walk)), walk)


@settings(max_examples=60)
@given(st.one_of(mistaken(), updated()), st.integers(0, 3), st.data())
def test_any_walk_with_any_edits_leads_back_to_itself(setup: Setup, iterations: int, data: st.DataObject) -> None:
    walk = TrainingSession.of_setup(setup)
    for _ in range(iterations):
        walk = walk.step("iteration")
        kind = data.draw(st.sampled_from(["eta", "W", "b", "x", "y"]))
        wanted = LOSSES[setup.loss].targets
        symbol, value = {
            "eta": (Symbol("eta"), 0.3),
            "W": (Symbol("W", 1, 0, 0), -0.7),
            "b": (Symbol("b", 1, 0), 1 / 3),
            "x": (Symbol("x", 0, 0, 0), 1e-9),
            "y": (Symbol("y", walk.shape.depth, 0, 0), 1.0 if wanted == "shares" else 0.25),
        }[kind]
        walk = walk.edited(symbol, value)
    walk = walk.go(data.draw(st.integers(0 if walk.place == (0, 0) else 1, len(walk.equations))))
    assert_same(again(link_of(walk)), walk)
    held = opened_file(file_of(walk).encode(), LIMITS)
    assert_same(held.there(held.start), walk)


def test_what_a_learner_answered_and_the_checkpoints_stay_behind() -> None:
    walk = TrainingSession.of_lesson(LESSONS[1]).ask("always").train(iterations=40)
    held = document_of(walk)
    assert set(held) == {"lesson", "at", "asking"}


def test_nothing_leaves_while_it_would_tell_the_answer() -> None:
    hunted = begun(1, 1)
    with pytest.raises(NotYetError, match="bug is hunted"):
        link_of(hunted)
    with pytest.raises(NotYetError, match="question is open"):
        link_of(replace(TrainingSession.of_lesson(LESSONS[1]), posed=True))


# What is given from outside -------------------------------------------------------------------------------------------


def link_with(document: object) -> str:
    """A link of version 1 that holds this."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    packer = zlib.compressobj(9, wbits=-15)
    return "1" + urlsafe_b64encode(packer.compress(text) + packer.flush()).decode().rstrip("=")


SETUP = {"sizes": [2, 2, 1], "data": {"dataset": "xor"}}
HOSTILE = {
    "nothing": "",
    "another program's address": "https://example.org/w/1abc?x=1",
    "another version": "9abc",
    "cut off": link_with({"lesson": "two-outputs-two-paths"})[:-9],
    "no base64": "1" + "a",
    "no JSON": link_with(b"{"),
    "deep": link_with(b"[" * 100_000),
    "a bomb": link_with(b" " * 100_000_000),
    "neither": link_with({}),
    "both": link_with({"lesson": "two-outputs-two-paths", "setup": SETUP}),
    "an unknown field": link_with({"setup": SETUP, "answers": []}),
    "NaN": link_with(b'{"setup": {"sizes": [2, 1], "data": {"X": [[NaN, 1]], "Y": [[1]]}}}'),
    "1e999": link_with(b'{"setup": {"sizes": [2, 1], "data": {"X": [[1e999, 1]], "Y": [[1]]}}}'),
    "too many units": link_with({"setup": SETUP | {"sizes": [2, 33, 1]}}),
    "too many iterations": link_with({"setup": SETUP, "at": [10**12, 1]}),
    "a step that is not there": link_with({"setup": SETUP, "at": [0, 10_000]}),
    "a start within the walk": link_with({"setup": SETUP, "at": [3, 0]}),
    "an example that is not there": link_with({"setup": SETUP, "example": 9_999}),
    "a weight that is not there": link_with({"setup": SETUP, "changes": [[0, "W", 9, 0, 0, 1.0]]}),
    "a name that cannot be seen": link_with({"setup": SETUP, "name": "\u202e"}),
    "a rate of 0": link_with({"setup": SETUP, "changes": [[0, "eta", 0, 0, None, 0.0]]}),
    "a huge weight": link_with({"setup": SETUP, "changes": [[0, "W", 1, 0, 0, 1e300]]}),
}


@pytest.mark.parametrize("link", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_link_that_leads_nowhere_says_so(link: str) -> None:
    with pytest.raises(SetupError) as error:
        again(link)
    assert error.value.problem.endswith(".")
    assert error.value.remedy.endswith(".")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"lesson": "x"}', b'{"walk": 2}', b"[" * 100_000])
def test_a_file_that_holds_no_walk_says_so(content: bytes) -> None:
    with pytest.raises(SetupError):
        opened_file(content, LIMITS)


def test_a_lesson_that_is_not_taught_is_named() -> None:
    with pytest.raises(UnknownLessonError):
        again(link_with({"lesson": "no-such-lesson"}))


@settings(max_examples=300)
@given(st.text(alphabet="ABCabc019-_", max_size=60))
def test_whatever_is_typed_is_a_walk_or_a_sentence(text: str) -> None:
    with pytest.raises(SetupError):
        again(f"1{text}")


# Links of version 1, for ever -----------------------------------------------------------------------------------------

FOR_EVER = {
    ("1q1bKSS0uzs9TslIqKc_XzS8tKSgtKdYFsQsSSzKKlXSUEovjC0qTcjKLM1JTlKzSEnOKU4GCJUpW0QY6lrG1AA"): (
        "two-outputs-two-paths",
        (0, 9),
        0.30363845,
    ),
    (
        "1HcoxDoAgEAXRu_x6IUik8SIWhgIVtSCQuJpIjHd3tZ03N1JkLhkdtnLurMqi-DjnCkI40A3WUesJY5UjhRp3gWkLeY0s-jF6kCV"
        "DDRndWOfpjxckWYnKaOf98wI"
    ): ("hours-of-study", (25, 4), 0.049618183575450676),
    (
        "1XVDbboMwDP0XP2cTsEtXfqWaIgOmWM1NianKqv77nKK97Cm2c272HQrJmqC_Q-EfKtCfOvNh2m8DOApfUTiGOgXBsIBR1NlHnkA"
        "BLhb9gYED5s2OWVtLQXJMmwI5sDA6Fc1V_cJhUvANr0zZroHnmH3VI9J58zAwoWBF1ldDKdjH6m2AbuiTq-E-GwMhciGlvL79sd-"
        "VHZOw_2eGE1YLR5gDh7PNKE9ia2AgwbbWx73unvVRO0qFXQzQt_TSfKnygDIutl4H-oNaLus8O7K7dae5aWSPTtOF1TkDnovghfZ"
        "W-Sj1qAfTdnqzYdNcadEF4fEL"
    ): (None, (27, 12), 0.20982760816360635),
}


@pytest.mark.parametrize("link", FOR_EVER)
def test_links_of_version_1_lead_where_they_always_led(link: str) -> None:
    slug, place, loss = FOR_EVER[link]
    walk = again(link)
    assert (walk.lesson, tuple(walk.place)) == (slug, place)
    assert walk.current.loss == pytest.approx(loss, rel=1e-12)


def test_an_address_is_found_in_what_was_copied() -> None:
    link = link_of(TrainingSession.of_lesson(LESSONS[0]))
    for copied in (link, f"/w/{link}", f"http://192.168.0.7:8000/w/{link}", f"  https://x.org/explorer/w/{link}\n"):
        assert (found := ADDRESS.fullmatch(copied.strip()))
        assert found[1] == link


def test_what_is_too_long_for_an_address_is_a_file() -> None:
    rng = np.random.default_rng(1)
    data = {"X": rng.random((200, 2)).tolist(), "Y": rng.integers(0, 2, (200, 1)).astype(float).tolist()}
    found = opened(link_with({"setup": {"sizes": [2, 2, 1], "data": data}}), LIMITS)
    walk = found.there(found.start)
    assert len(link_of(walk)) > MOST_IN_ADDRESS
    held = opened_file(file_of(walk).encode(), LIMITS)
    assert_same(held.there(held.start), walk)
