"""Every gradient told as its links: their names and numbers, the ways that add up, the error signal that they share."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from app.engine.data.split import Examples
from app.engine.equations.trace import Equation, found_at
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import formula
from app.views.formulas.symbols import orientation_of
from app.views.narration.mistakes import follows_chain_rule
from app.views.paths.links import Chain, chain
from tests.engine.cases import PAIRS, SINGLE, random_setup
from tests.views.claims.links import claims_of_chain
from tests.views.claims.walks import TIMES, Walk, walks
from tests.views.mathml import as_text


def at(session: TrainingSession, kind: str, layer: int, j: int, k: int | None = None) -> Equation:
    return session.equations[found_at(session.shape)[Symbol(kind, layer, j, k)]]


def links(session: TrainingSession, *symbol: str | int | None, digits: int = 5) -> Chain:
    found = chain(at(session, *symbol), session.shape, session.values, orientation_of(session), digits)  # type: ignore[arg-type]
    assert found is not None
    return found


def told(found: Chain) -> list[str]:
    """A line for each way: via o₁: ∂ℒ/∂ŷ_1 0.7469 · ... = +0.000663."""
    lines = []
    for way in found.ways:
        parts = [f"{as_text(link.name)} {link.number}" for link in way.links]
        lines.append(f"{way.via}: {' · '.join(parts)} = {way.share.text}".removeprefix(": "))
    return lines


def right(slug: str) -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published=False)


def test_an_output_weight_is_three_links_and_the_first_two_are_its_error_signal() -> None:
    found = links(TrainingSession.of_lesson(lesson_named("one-example-at-a-time")), "dW", 2, 0, 0)
    assert told(found) == ["(∂ℒ)/(∂ŷ) 2.11348 · (∂ŷ)/(∂z[2]_1) 0.24928 · (∂z[2]_1)/(∂w[2]_11) 0.53743 = +0.28314"]
    assert (found.shared, as_text(found.error), found.total) == (2, "δ[2]_1=0.52685", None)


def test_a_hidden_weight_ends_in_the_shares_of_both_ways() -> None:
    found = links(right("two-outputs-two-paths"), "dW", 1, 0, 0)
    assert told(found) == [
        "via o₁: (∂ℒ)/(∂ŷ_1) 0.7469 · (∂ŷ_1)/(∂z[2]_1) 0.18400 · (∂z[2]_1)/(∂a[1]_1) 0.4 · "
        "(∂a[1]_1)/(∂z[1]_1) 0.24107 · (∂z[1]_1)/(∂w[1]_11) 0.05 = +0.000663",
        "via o₂: (∂ℒ)/(∂ŷ_2) −0.2223 · (∂ŷ_2)/(∂z[2]_2) 0.17834 · (∂z[2]_2)/(∂a[1]_1) 0.45 · "
        "(∂a[1]_1)/(∂z[1]_1) 0.24107 · (∂z[1]_1)/(∂w[1]_11) 0.05 = −0.000215",
    ]
    assert found.total is not None
    assert found.total.text == "+0.000448"
    assert (found.shared, as_text(found.error)) == (4, "δ[1]_1=0.00895")
    assert found.ways[0].share.d == "M0 5H100"
    assert found.ways[1].share.sign == "neg"


def test_each_link_lights_its_stretch_of_the_drawing() -> None:
    first, _ = links(right("two-outputs-two-paths"), "dW", 1, 0, 0).ways
    assert [link.ref for link in first.links] == ["u-2-0 y-0", "u-2-0", "w-2-0-0", "u-1-0", "u-0-0 w-1-0-0"]
    (bias,) = links(right("two-outputs-two-paths"), "db", 1, 1).ways[:1]
    assert bias.links[-1].ref == "b-1-1"


def test_a_bias_carries_one() -> None:
    assert told(links(right("two-outputs-two-paths"), "db", 2, 0))[0].endswith("(∂z[2]_1)/(∂b[2]_1) 1 = +0.13743")


def test_a_share_of_softmax_hears_every_sum_and_its_error_signal_is_told_through_all_of_them() -> None:
    session = right("softmax-and-dead-units")
    first, second = told(links(session, "delta", 2, 0))
    assert first.startswith("via ŷ₁: (∂ℒ)/(∂ŷ_1)")
    assert second.startswith("via ŷ₂: (∂ℒ)/(∂ŷ_2)")
    assert told(links(session, "dW", 2, 0, 0))[0].startswith("(∂ℒ)/(∂z[2]_1) ")


def test_an_identity_s_link_is_1() -> None:
    found = links(right("hours-of-study"), "dW", 1, 0, 0)
    assert [link.number for link in found.ways[0].links][1::2] == ["1", "1"]


def test_in_a_deep_network_the_ways_are_told_by_the_next_layer_and_the_smallest_stand_together() -> None:
    setup = random_setup(3, (2, 3, 6, 2), ("tanh", "relu", "identity"), "mean_squared_error", 1)
    found = links(TrainingSession.of_setup(setup), "dW", 1, 0, 1)
    assert [as_text(name) for name in found.names] == [
        "(∂ℒ)/(∂z[2]_i)",
        "(∂z[2]_i)/(∂a[1]_1)",
        "(∂a[1]_1)/(∂z[1]_1)",
        "(∂z[1]_1)/(∂w[1]_12)",
    ]
    assert [way.via for way in found.ways][-1] == "3 others"
    assert len(found.ways) == 4


def test_where_a_prediction_is_1_to_the_last_bit_the_links_begin_at_its_sum() -> None:
    start = Parameters((np.array([[40.0]]),), (np.zeros(1),))
    data = Examples(np.array([[1.0]]), np.array([[0.0]]))
    session = TrainingSession.of_setup(Setup((1, 1), data, ("sigmoid",), "binary_cross_entropy", start))
    assert chain(at(session, "delta", 1, 0), session.shape, session.values, "fan_out_fan_in", 5) is None
    assert told(links(session, "dW", 1, 0, 0)) == ["(∂ℒ)/(∂z[1]_1) 1 · (∂z[1]_1)/(∂w[1]_11) 1 = +1"]


def test_only_gradients_have_links() -> None:
    session = right("two-outputs-two-paths")
    for kind in ("z", "a"):
        assert chain(at(session, kind, 1, 0), session.shape, session.values, "fan_out_fan_in", 5) is None


@settings(max_examples=150 * TIMES)
@given(walks())
def test_every_link_is_the_slope_that_it_names_and_all_come_to_the_gradient(walk: Walk) -> None:
    world, tried = walk.world(), 0
    for equation in walk.equations:
        if equation.phase != "backward" or not follows_chain_rule(equation, walk.shape):
            continue
        found = chain(equation, walk.shape, walk.values, walk.orientation, walk.digits)
        if found is not None:
            for claim in claims_of_chain(equation, found, world):
                assert claim.holds, f"{claim}\nin {told(found)}"
            tried += 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_by_the_right_rule_every_gradient_of_every_lesson_has_its_links(lesson: Lesson) -> None:
    session = TrainingSession.of_lesson(lesson, as_published=False)
    for equation in session.equations:
        if equation.phase == "backward":
            assert chain(equation, session.shape, session.values, lesson.orientation, 5) is not None, equation


@pytest.mark.parametrize("mistakes", [*SINGLE, *PAIRS], ids="+".join)
@pytest.mark.parametrize("examples", [1, 3])
def test_links_are_told_only_where_the_walk_finds_what_the_chain_rule_gives(
    mistakes: tuple[str, ...], examples: int
) -> None:
    setup = random_setup(4, (2, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", examples)
    session = TrainingSession.of_setup(replace(setup, mistakes=mistakes))
    for equation in session.equations:
        if equation.phase == "backward" and follows_chain_rule(equation, session.shape):
            assert session.values[equation.symbol] == pytest.approx(session.right_values[equation.symbol], rel=1e-12)


def test_the_slope_has_a_line_of_its_own() -> None:
    def slope(slug: str, layer: int) -> list[str]:
        session = right(slug)
        equation = at(session, "delta", layer, 0)
        rows = formula(equation, session.shape, session.values, orientation_of(session), 4).slope
        return [as_text(row.left) + row.sign + as_text(row.right) for row in rows]

    assert slope("two-outputs-two-paths", 2) == ["ŷ_1·(1−ŷ_1)=0.7569·0.2431", "=0.1840"]
    assert slope("one-example-at-a-time", 2)[0] == "σ′(z[2]_1)=ŷ·(1−ŷ)"
    assert slope("a-slope-too-many", 1)[0] == "tanh′(z[1]_1)=1−(a[1]_1)^2"
    assert slope("softmax-and-dead-units", 1)[0] in ("ReLU′(z[1]_1)=1", "ReLU′(z[1]_1)=0")
    assert slope("hours-of-study", 1) == []
