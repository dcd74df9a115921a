"""The panel of paths: what it says, term by term, in words and in bars."""

from math import prod

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.trace import found_at
from app.engine.network.expressions import Symbol
from app.engine.paths import paths_of
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import Look, explorer
from app.views.paths.paths import CLOSED, MOST_LISTED, Opened, PathRow, PathsPanel, Sum, has_come, paths_panel
from app.views.text.numbers import signed
from tests.views.mathml import as_text, calculated
from tests.views.walking import lesson, one_tanh, walk

WEIGHT = Symbol("W", 1, 0, 0)


def opened(session: TrainingSession, symbol: Symbol, via: tuple[int, ...] = (), digits: int = 5) -> Sum:
    panel = paths_panel(session.backward() if session.cursor == 0 else session, Opened(symbol, via), digits)
    assert panel.open is not None
    return panel.open


def written(row: PathRow) -> list[tuple[str, str]]:
    return [(as_text(f.symbol), as_text(f.number)) for f in row.factors]


def wide(outputs: int = 6, examples: int = 1) -> TrainingSession:
    """2-3-5-`outputs`: 5 times as many paths from a weight of the first layer as there are outputs."""
    rng = np.random.default_rng(3)
    data = Examples(rng.normal(size=(examples, 2)), rng.normal(size=(examples, outputs)))
    return TrainingSession.of_setup(Setup((2, 3, 5, outputs), data, ("tanh",) * 3, "half_squared_error").completed())


def test_the_panel_is_closed_until_something_is_opened() -> None:
    assert paths_panel(lesson("two-outputs-two-paths"), None, 5) is CLOSED
    assert CLOSED.said == ""


def test_each_path_stands_in_symbols_and_in_numbers_that_come_to_its_share() -> None:
    first, second = opened(lesson("two-outputs-two-paths"), WEIGHT).paths
    assert [first.name, second.name] == ["x₁ → h₁ → o₁", "x₁ → h₁ → o₂"]
    assert written(first) == [
        ("x_1", "0.05"),
        ("a[1]_1·(1−a[1]_1)", "0.24107"),
        ("w[2]_11", "0.4"),
        ("ŷ_1·(1−ŷ_1)", "0.18400"),
        ("∂ℒ/∂ŷ_1", "0.7469"),
    ]
    assert (first.bar.text, second.bar.text) == ("+0.000663", "−0.000215")
    for row, share in ((first, 0.000663), (second, -0.000215)):
        assert prod(calculated(("=", f.number)) for f in row.factors) == pytest.approx(share, rel=2e-3)
        assert row.factors[-1].product == row.bar.text.lstrip("+")


def test_the_sum_and_its_sentence_say_what_adds_up() -> None:
    found = opened(lesson("two-outputs-two-paths"), WEIGHT)
    assert found.total.text == "+0.000448"
    assert found.sentence == (
        "The weight from input 1 to hidden unit 1 reaches the loss along two paths: 0.000663 through output 1 and "
        "−0.000215 through output 2. The shares add up to 0.000448."
    )
    assert found.exact
    assert found.notes == ()


def test_each_path_is_spoken_in_order() -> None:
    first, _ = opened(lesson("two-outputs-two-paths"), WEIGHT).paths
    assert first.spoken == (
        "Path 1 of 2, from input 1 through hidden unit 1 to output 1: 0.05 times the slope 0.24107 times the weight "
        "0.4 times the slope 0.18400 times the loss’s slope 0.7469 is 0.000663."
    )


def test_a_path_lights_every_unit_and_connection_that_it_passes() -> None:
    _, second = opened(lesson("two-outputs-two-paths"), WEIGHT).paths
    assert second.refs.split() == ["w-1-0-0", "w-2-1-0", "u-0-0", "u-1-0", "u-2-1"]


def test_the_slope_of_an_identity_is_left_out() -> None:
    (path,) = opened(lesson("hours-of-study"), Symbol("b", 1, 0)).paths
    assert [symbol for symbol, _ in written(path)] == ["w[2]_11", "∂ℒ/∂ŷ"]


def test_a_published_mistake_is_told_beside_the_chain_rule() -> None:
    session = lesson("two-outputs-two-paths", as_published=True)
    behind = opened(session, WEIGHT).notes
    assert behind == (("The walk found 0.000424;", "along its paths the chain rule gives 0.000448."),)
    assert opened(session, Symbol("W", 2, 0, 0)).notes == ()


@pytest.mark.parametrize("one", LESSONS, ids=lambda one: one.slug)
@pytest.mark.parametrize("kind", ["W", "b", "z", "a"])
def test_the_printed_sum_is_the_gradient_in_every_lesson(one: Lesson, kind: str) -> None:
    session = TrainingSession.of_lesson(one, False)
    symbol = Symbol(kind, 1, 0, 0 if kind == "W" else None)
    found = paths_of(session.current, session.focus_row, symbol)
    panel = opened(session, symbol, digits=8)
    assert panel.total.text == signed(found.gradient, 8)
    assert len(panel.paths) == found.count


def test_bars_grow_with_the_share_and_carry_its_sign() -> None:
    first, second = opened(lesson("two-outputs-two-paths"), WEIGHT).paths
    assert (first.bar.sign, second.bar.sign) == ("pos", "neg")
    long, short = (float(bar.d.removeprefix("M0 5H")) for bar in (first.bar, second.bar))
    assert long == 100
    assert short == pytest.approx(100 * 0.000215 / 0.000663, abs=0.2)


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_the_largest_share_has_the_longest_bar_whatever_its_last_digit(slug: str) -> None:
    walked = lesson(slug).step("iteration").step("iteration")
    for l, layer in enumerate(walked.network.layers, start=1):
        for j, k in np.ndindex(*layer.W.shape):
            panel = opened(walked, Symbol("W", l, j, k))
            drawn = [bar.d for bar in (panel.total, *(row.bar for row in panel.paths)) if bar.sign != "zero"]
            assert not drawn or "M0 5H100" in drawn


def test_the_trail_shrinks_by_a_sixth_for_each_power_of_ten() -> None:
    (path,) = opened(lesson("one-example-at-a-time"), Symbol("b", 1, 0)).paths
    lengths = [float(f.d.removeprefix("M0 5H")) for f in path.factors]
    assert lengths == sorted(lengths, reverse=True)
    values = [calculated(("=", f.number)) for f in path.factors]
    assert lengths[1] - lengths[0] == pytest.approx(100 / 6 * np.log10(abs(values[1])), abs=0.2)


# What kills a path ---------------------------------------------------------------------------------------------------


def test_a_dead_unit_is_named_and_its_factor_marked() -> None:
    session = lesson("softmax-and-dead-units", as_published=True)
    dead = next(j for j in range(4) if (session.current.forward.Z[0][:, j] <= 0).all())
    for row in opened(session, Symbol("b", 1, dead)).paths:
        assert row.killed == f"Hidden unit {dead + 1} is off: the ReLU’s slope there is 0, so nothing passes."
        assert [f.kills for f in row.factors] == [True, False, False]
        assert row.killed in row.spoken
        assert row.bar.d == ""


def test_a_saturated_unit_is_named() -> None:
    session = lesson("one-example-at-a-time").with_parameter(1, "b", 0, None, 9.0)
    (row,) = opened(session, WEIGHT).paths
    assert row.killed == "Hidden unit 1 lets almost nothing through: the sigmoid is nearly flat there."


@pytest.mark.parametrize(
    ("z", "decimals", "killed"),
    [
        (2.0, 1, "Hidden unit 1 lets nothing through: by its rounded activation the tanh’s slope is 0."),
        (2.178, 3, "Hidden unit 1 lets almost nothing through: by its rounded activation the tanh’s slope is 0.04938."),
        (4.0, 1, "Hidden unit 1 lets nothing through: the tanh is nearly flat there."),
        (800.0, None, "Hidden unit 1 lets nothing through: the tanh is nearly flat there."),
    ],
)
def test_a_slope_of_0_by_rounding_alone_is_not_called_off(z: float, decimals: int | None, killed: str) -> None:
    (row,) = opened(one_tanh(z, decimals), WEIGHT).paths
    assert row.killed == killed


def test_a_live_path_has_no_killer() -> None:
    assert [row.killed for row in opened(lesson("two-outputs-two-paths"), WEIGHT).paths] == ["", ""]


# Batches and groups --------------------------------------------------------------------------------------------------


def test_a_batch_lists_its_examples_the_largest_gradient_first() -> None:
    session = lesson("hours-of-study").focus(2)
    found = opened(session, WEIGHT)
    assert found.shares is not None
    assert found.focus == "3"
    values = [abs(float(share.text.replace("−", "-").replace("+", ""))) for share in found.shares.listed]
    assert values == sorted(values, reverse=True)
    assert sorted(share.number for share in found.shares.listed) == [1, 2, 3, 4]
    assert found.sentence.endswith(", the mean over the batch.")
    assert [row.own for row in found.paths] != [""]


def test_a_large_batch_folds_all_but_twelve_examples() -> None:
    found = opened(lesson("a-slope-too-many"), WEIGHT)
    assert found.shares is not None
    assert (len(found.shares.listed), len(found.shares.folded)) == (MOST_LISTED, 100 - MOST_LISTED)
    assert "100 examples from" in found.shares.words
    xs = [float(x) for x, _ in found.shares.ticks]
    assert min(xs) >= 0
    assert max(xs) <= 400


def test_one_example_has_no_chart() -> None:
    assert opened(lesson("two-outputs-two-paths"), WEIGHT).shares is None


def test_more_than_24_paths_are_grouped_and_a_group_opens_further() -> None:
    session = wide()
    found = opened(session, WEIGHT)
    assert (found.paths, len(found.groups)) == ((), 5)
    assert found.groups[3].name == "through h₄ · six paths"
    assert found.groups[3].query == "kind=W&layer=1&j=0&k=0&via=3"
    assert found.groups[3].refs.split() == ["w-2-3-0", "u-2-3", "u-0-0", "u-1-0"]
    assert found.sentence.startswith("The weight from input 1 to unit 1 of layer 1 reaches the loss along 30 paths.")
    inside = opened(session, WEIGHT, (3,))
    assert (len(inside.paths), inside.groups) == (6, ())
    assert inside.total.text == found.groups[3].bar.text
    assert [(step.text, step.query) for step in inside.trail] == [
        ("all paths", "kind=W&layer=1&j=0&k=0"),
        ("through h₄", "kind=W&layer=1&j=0&k=0&via=3"),
    ]


def test_millions_of_paths_are_opened_without_walking_each() -> None:
    rng = np.random.default_rng(5)
    sizes = (8, 32, 32, 32, 32, 32, 32)
    data = Examples(rng.normal(size=(10, 8)), rng.normal(size=(10, 32)))
    session = TrainingSession.of_setup(Setup(sizes, data, ("tanh",) * 6, "half_squared_error").completed())
    found = opened(session, WEIGHT)
    assert len(found.groups) == 32
    assert "33554432 paths" in found.sentence


def test_24_paths_stand_one_by_one() -> None:
    rng = np.random.default_rng(4)
    setup = Setup((1, 2, 24), Examples(rng.normal(size=(1, 1)), rng.normal(size=(1, 24))), ("tanh", "identity"))
    found = opened(TrainingSession.of_setup(setup.completed()), WEIGHT)
    assert (len(found.paths), found.groups) == (24, ())
    assert "The largest share, " in found.sentence


@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 2, 4), (1, 4, 2, 3)], ids=str)
def test_long_numbers_of_unequal_layers_agree_with_the_engine(sizes: tuple[int, ...]) -> None:
    session = walk(sizes)
    symbol = Symbol("W", 1, sizes[1] - 1, sizes[0] - 1)
    for row, path in zip(opened(session, symbol).paths, paths_of(session.current, 0, symbol).paths, strict=True):
        product = prod(calculated(("=", f.number)) for f in row.factors)
        assert product == pytest.approx(path.own, rel=2e-2)


# Around it -----------------------------------------------------------------------------------------------------------


def test_other_gradients_of_the_same_place_are_one_click_away() -> None:
    links = [(link.text, link.query) for link in opened(lesson("two-outputs-two-paths"), WEIGHT).others]
    assert links == [("error signal of hidden unit 1", "kind=z&layer=1&j=0"), ("input 1", "kind=a&layer=0&j=0")]


def test_what_is_opened_is_spoken_in_the_status() -> None:
    page = explorer(lesson("two-outputs-two-paths").backward(), "id", 1, Look(opened=Opened(WEIGHT)))
    assert page["status"].sentence.startswith("The weight from input 1")  # type: ignore[union-attr]


def test_paths_stay_shut_while_a_bug_is_hunted() -> None:
    session = lesson("two-outputs-two-paths")
    hunted = TrainingSession(session.timeline, hunt=Hunt(1, 2))
    panel = paths_panel(hunted, Opened(Symbol("z", 1, 0)), 5)
    assert isinstance(panel, PathsPanel)
    assert panel.open is None
    assert "not found yet" in panel.said
    assert paths_panel(hunted, Opened(WEIGHT), 5) is CLOSED  # a click on it chooses it for a check


def test_digits_follow_the_pages_setting() -> None:
    assert opened(lesson("two-outputs-two-paths"), WEIGHT, digits=8).total.text == "+0.00044758"


def test_of_a_gradient_that_the_walk_has_not_come_to_nothing_is_said_but_how_many_paths_it_has() -> None:
    session = lesson("two-outputs-two-paths")
    for there in (session, session.forward(), session.go(17)):  # the last stands before the first hidden error signal
        panel = paths_panel(there, Opened(WEIGHT), 5)
        assert panel.open is None
        assert panel.said == (
            "The walk has not come to this gradient yet. Its two paths to the loss are lit in the drawing."
        )
        assert panel.name == "W-1-0-0"
        assert panel.refs.split() == ["u-0-0", "w-1-0-0", "u-1-0", "w-2-0-0", "w-2-1-0", "u-2-0", "u-2-1", "loss"]
    assert paths_panel(session.backward(), Opened(WEIGHT), 5).open is not None


def test_what_comes_back_to_an_activation_is_told_once_every_unit_that_it_feeds_has_its_error_signal() -> None:
    session, input_1, output_1 = lesson("two-outputs-two-paths"), Symbol("a", 0, 0), Symbol("a", 2, 0)
    last = found_at(session.shape)[Symbol("delta", 1, 1)]
    assert [has_come(session.go(last + i), input_1) for i in (0, 1)] == [False, True]
    first = found_at(session.shape)[Symbol("delta", 2, 0)]
    assert [has_come(session.go(first + i), output_1) for i in (0, 1)] == [False, True]
