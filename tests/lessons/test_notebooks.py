"""Each notebook, walked as published, gives every figure that it printed."""

import numpy as np
import pytest

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.layers import Layer
from app.engine.network.propagation import forward
from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession
from tests.lessons.printed import assert_printed, is_printed, notebook


def begun(slug: str, as_published: bool = True) -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published)


def in_rows(W: Array) -> list[float]:
    """W, stored (fan_out, fan_in), read as a notebook that writes X @ W prints it."""
    values: list[float] = W.T.ravel().tolist()
    return values


def assert_parameters_in_rows(printed: dict[str, object], layers: tuple[Layer, ...], end: str, what: str) -> None:
    for l, layer in enumerate(layers, start=1):
        assert_printed(printed[f"W{l}{end}"], in_rows(layer.W), f"{what} W{l}")
        assert_printed(printed[f"b{l}{end}"], layer.b, f"{what} b{l}")


def outputs_after(it: Iteration) -> tuple[Array, ...]:
    return forward(it.after, it.X).A


def test_one_example_at_a_time_gives_the_three_single_updates() -> None:
    session = begun("one-example-at-a-time")
    for printed in notebook("0_")["walk"]:
        session = session.update()
        it, what = session.current, f"example {printed['example']}"
        assert session.example == printed["example"] - 1
        assert_printed(printed["hidden"], it.forward.A[1][0], what)
        assert_printed(printed["output"], it.forward.A[2][0], what)
        assert_printed(printed["loss"], [it.loss], what)
        assert_parameters_in_rows(printed, session.network.layers, "_after", what)
        _, hidden, output = outputs_after(it)
        assert_printed(printed["hidden_after"], hidden[0], what)
        assert_printed(printed["output_after"], output[0], what)
        assert_printed(printed["loss_after"], [it.loss_after], what)


@pytest.mark.parametrize("epoch", [0, 1])
def test_one_example_at_a_time_gives_the_epochs_after_them(epoch: int) -> None:
    printed = notebook("0_")["epochs"][f"epoch_{epoch}"]
    session = begun("one-example-at-a-time")
    for _ in range(epoch + 1):
        session = session.step("epoch")
    history = session.losses()
    assert session.epoch == epoch
    assert_printed(printed["losses"], history.iterations[-6:], "losses")
    assert_printed(printed["mean_loss"], [history.epochs[epoch]], "mean loss")
    assert_parameters_in_rows(printed, session.network.layers, "", f"epoch {epoch}")


def test_two_outputs_two_paths_gives_the_hand_calculation() -> None:
    (printed,) = notebook("1_")["walk"]
    session = begun("two-outputs-two-paths").update()
    it = session.current
    delta2 = it.backward.delta[1][0]
    came_back = delta2 @ it.before.layers[1].W.T  # what the notebook calls hiddenUnitGrad: W2 @ delta2
    found = {
        "hidden": it.forward.A[1],
        "output": it.forward.A[2],
        "loss": np.array([it.loss]),
        "dL_doutput": it.forward.A[2] - it.Y,
        "delta2": delta2,
        "dW2": it.backward.dW[1],
        "dL_dhidden": came_back,
        "delta1": it.backward.delta[0],
        "dW1": it.backward.dW[0],
        "W1_after": session.network.layers[0].W,
        "b1_after": session.network.layers[0].b,
        "W2_after": session.network.layers[1].W,
        "b2_after": session.network.layers[1].b,
    }
    assert set(printed) == {"example", *found}
    for name, values in found.items():
        assert_printed(printed[name], values.ravel(), name)


def test_two_outputs_two_paths_put_right_gives_the_chain_rule() -> None:
    backward = begun("two-outputs-two-paths", as_published=False).backward().current.backward
    assert_printed(["0.00895156", "0.0112928"], backward.delta[0][0], "delta1")
    assert_printed(["0.00044758", "0.00089516", "0.00056464", "0.00112928"], backward.dW[0].ravel(), "dW1")


def test_softmax_and_dead_units_gives_the_loss_and_every_gradient() -> None:
    (printed,) = notebook("2_")["walk"]
    it = begun("softmax-and-dead-units").backward().current
    assert is_printed(printed["loss"], it.loss)
    for l in (1, 2):
        assert_printed(printed[f"dW{l}"], in_rows(it.backward.dW[l - 1]), f"dW{l}")
        assert_printed(printed[f"db{l}"], it.backward.db[l - 1], f"db{l}")


def test_softmax_and_dead_units_has_three_dead_units_and_none_when_put_right() -> None:
    def dead(as_published: bool) -> int:
        Z = begun("softmax-and-dead-units", as_published).current.forward.Z[0]
        return int((Z <= 0).all(axis=0).sum())

    assert (dead(True), dead(False)) == (3, 0)


def costs(as_published: bool) -> tuple[float, ...]:
    """The cost before each of 10,000 iterations."""
    return begun("a-slope-too-many", as_published).train(iterations=10_000).losses().iterations


def test_a_slope_too_many_rises_as_published_and_never_when_put_right() -> None:
    published, right = costs(True), costs(False)
    assert int((np.diff(published[::100]) > 0).sum()) == 26  # sampled every hundredth time, as the notebook prints it
    assert not (np.diff(right) > 0).any()
    assert is_printed("0.66131", published[9900])
    assert is_printed("0.64876", right[9900])


def test_a_slope_too_many_says_what_its_seed_shows() -> None:
    lesson = lesson_named("a-slope-too-many")
    assert "seed 0" in lesson.computed
    assert "26 times" in lesson.computed
    assert "0.64876" in lesson.right_note
    assert "0.66131" in lesson.right_note


def test_hours_of_study_gives_the_losses_and_the_predictions() -> None:
    printed = notebook("4_")["printed"]
    session = begun("hours-of-study").train(epochs=1000)
    assert_printed(printed["loss_every_100_epochs"], session.losses().epochs[::100], "losses")
    assert_printed(printed["final_predictions"], outputs_after(session.current)[-1].ravel(), "predictions")


def test_hours_of_study_descends_half_of_the_gradient() -> None:
    published, right = (begun("hours-of-study", way).current.backward for way in (True, False))
    for wrong, true in zip(published.dW + published.db, right.dW + right.db, strict=True):
        np.testing.assert_allclose(2.0 * wrong, true, rtol=1e-12)


def test_one_example_at_a_time_keeps_its_twins_and_parts_them_when_put_right() -> None:
    published, right = (begun("one-example-at-a-time", way).train(epochs=3).network.layers[0] for way in (True, False))
    assert (published.W[0] == published.W[1]).all()
    assert not np.isclose(right.W[0], right.W[1]).any()
