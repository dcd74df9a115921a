"""The loss over parameters is the loss of a network that has them; nothing is told ahead of the walk."""

import numpy as np
import pytest

from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.sessions.pictures.over_parameters import known_of, slope_of, surface_of, way_of
from app.sessions.walk.session import TrainingSession

ONE, OTHER = Symbol("W", 2, 0, 1), Symbol("b", 1, 1)


def walk() -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named("hours-of-study"), as_published=False)


def loss_of(session: TrainingSession) -> float:
    return session.current.loss


def test_a_parameter_is_known_as_far_as_the_walk_is() -> None:
    known = [known_of(session, ONE) for session in (walk().forward(), walk().backward(), walk().update())]
    assert [(one.gradient is None, one.after is None) for one in known] == [(True, True), (False, True), (False, False)]
    assert known[0].step is None
    assert known[2].step == pytest.approx(-walk().learning_rate * (known[2].gradient or 0.0))


def test_the_loss_over_one_parameter_is_that_of_the_walk_with_it_edited() -> None:
    session = walk().backward()
    found = slope_of(session, known_of(session, ONE), 0.5)
    for place, loss in list(zip(found.places, found.losses, strict=True))[::40]:
        assert loss == pytest.approx(loss_of(session.with_parameter(2, "W", 0, 1, place)))
    assert found.loss == pytest.approx(loss_of(session))
    assert found.places[len(found.places) // 2] == session.values[ONE]
    assert found.secant is not None
    assert slope_of(walk(), known_of(walk(), ONE), 0.5).secant is None


def test_the_loss_over_two_parameters_has_rows_by_the_second() -> None:
    (across, up), losses = surface_of(walk(), (ONE, OTHER), ((-1.0, 1.0), (0.0, 3.0)))
    assert losses.shape == (len(up), len(across))
    edited = walk().with_parameter(2, "W", 0, 1, float(across[4])).with_parameter(1, "b", 1, None, float(up[9]))
    assert losses[9, 4] == pytest.approx(loss_of(edited))


def test_the_way_leads_from_the_start_to_what_the_last_update_has_led_to() -> None:
    session = walk().train(iterations=30)
    way = way_of(session, (ONE, OTHER))
    assert way.moves
    assert way.points[0].tolist() == [walk().values[ONE], walk().values[OTHER]]
    assert way.iterations[way.now] == session.iteration
    assert np.allclose(way.points[-1], [session.values[one._replace(kind=f"new_{one.kind}")] for one in (ONE, OTHER)])
