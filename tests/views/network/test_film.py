"""The film of a step: what travels has the numbers of the equation, and has arrived before the result is there."""

import re
from dataclasses import replace

import pytest

from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.network.diagram import diagram
from app.views.network.film import RESULT, Actor, Film
from app.views.network.layout import HEIGHT, WIDTH, layout
from tests.views.walking import at, lesson, walk


def film(session: TrainingSession) -> Film:
    return diagram(session, 5).film


def told(session: TrainingSession) -> list[str]:
    """The numbers that travel, or wait to be taken up."""
    return [actor.text for actor in film(session).actors if actor.text]


def stops(actor: Actor) -> list[tuple[float, float, float]]:
    return [(x, y, time) for x, y, time in (map(float, stop.split()) for stop in actor.way.split(","))]


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_all_that_travels_has_arrived_when_the_result_appears(lesson: Lesson, as_published: bool) -> None:
    session = TrainingSession.of_lesson(lesson, as_published)
    for by in ("equation", "layer"):
        now = replace(session, by=by)
        for _ in range(len(session.equations)):
            now = now.step()
            shown = film(now)
            assert (shown.iteration, shown.end) == now.place
            for actor in (actor for actor in shown.actors if actor.looks != "light"):
                times = [time for _, _, time in stops(actor)]
                assert times == sorted(times)
                assert 0 <= times[0] < times[-1] <= 100
                assert actor.looks.startswith("ghost") or times[-1] <= shown.then
                assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y, _ in stops(actor))


def test_a_weighted_sum_takes_what_comes_in_and_adds_up_the_products() -> None:
    assert told(at(lesson("two-outputs-two-paths"), "z", 2, 0)) == ["0.5945", "0.2378", "0.5963", "0.2982", "0.6"]


def test_the_shares_of_an_error_signal_come_back_and_the_slope_waits_for_them() -> None:
    session = at(lesson("two-outputs-two-paths"), "delta", 1, 0)
    assert told(session) == ["0.1374", "0.0550", "−0.0396", "−0.0178", "· 0.2411"]


def test_by_a_wrong_rule_the_wrong_shares_come_back() -> None:
    session = at(lesson("two-outputs-two-paths", as_published=True), "delta", 1, 0)
    assert told(session) == ["0.1374", "0.0550", "−0.0396", "−0.0198", "· 0.2411"]


def test_the_activation_and_the_error_signal_meet_on_the_connection() -> None:
    session = at(lesson("two-outputs-two-paths"), "dW", 1, 0, 0)
    assert told(session) == ["0.05", "0.00895"]
    ends = {stops(actor)[-1][:2] for actor in film(session).actors if actor.text}
    assert len(ends) == 1


def test_the_slope_of_the_loss_comes_back_to_an_output() -> None:
    assert told(at(lesson("two-outputs-two-paths"), "delta", 2, 0)) == ["0.7469", "· 0.1840"]


def test_where_the_two_slopes_make_a_difference_the_target_comes() -> None:
    assert told(at(lesson("one-example-at-a-time"), "delta", 2, 0)) == ["0"]


def test_what_comes_to_a_dead_unit_stays_outside() -> None:
    session = at(lesson("softmax-and-dead-units", as_published=True), "delta", 1, 0)
    unit, radius = layout((2, 4, 2)).units[1, 0], layout((2, 4, 2)).radius
    arrived = [stops(actor)[-1] for actor in film(session).actors if actor.looks.startswith("chip")]
    assert len(arrived) == 4
    assert all((x - unit.x) ** 2 + (y - unit.y) ** 2 > radius**2 for x, y, _ in arrived)


def test_what_comes_to_a_saturated_unit_goes_in_dimmed() -> None:
    session = at(lesson("a-slope-too-many"), "delta", 1, 2)
    unit = layout((2, 4, 1)).units[1, 2]
    share, dimmed = (actor for actor in film(session).actors if actor.text == "−0.0469")
    assert (share.looks, dimmed.looks) == ("chip neg", "chip neg dim")
    assert stops(share)[-1][:2] == stops(dimmed)[0][:2] != (unit.x, unit.y)
    assert stops(dimmed)[-1][:2] == tuple(map(round, unit))
    assert not any("dim" in actor.looks for actor in film(at(lesson("a-slope-too-many"), "delta", 1, 0)).actors)


def test_an_update_brings_the_change_and_slides_the_old_number() -> None:
    assert told(at(lesson("two-outputs-two-paths"), "W", 2, 0, 0)) == ["−0.00817", "0.4"]


def test_the_result_of_an_activation_waits_for_its_sum() -> None:
    shown = film(at(lesson("two-outputs-two-paths"), "a", 1, 0))
    assert shown.then == RESULT
    assert "#u-1-0 .v" in shown.results.split(",")


def test_gradients_travel_only_along_the_layer_of_the_equation() -> None:
    start = replace(lesson("two-outputs-two-paths"), by="layer")
    assert len(film(at(start, "z", 1, 1)).actors) == 4
    assert len(film(at(start, "delta", 1, 1)).actors) == 4
    assert film(start.update()).actors == ()
    assert '[id^="row-w-1-"] td:nth-of-type(2)' in film(at(start, "dW", 1, 1, 0)).results.split(",")
    assert (film(at(start, "a", 1, 1)).start, film(at(start, "a", 1, 1)).end) == (0, 4)


def test_a_phase_is_acted_layer_by_layer_and_its_results_wait_for_the_last() -> None:
    start = replace(lesson("two-outputs-two-paths"), by="phase")
    for session, columns in ((start.forward(), (0, 1)), (start.backward(), (3, 2))):
        shown, drawing = film(session), layout((2, 2, 2))
        ways = [stops(actor) for actor in shown.actors]
        halves = [[way for way in ways if way[0][2] < 39], [way for way in ways if way[0][2] >= 39]]
        places = (*drawing.columns, drawing.loss.x)
        for half, column in zip(halves, columns, strict=True):
            assert half
            assert all(abs(way[0][0] - places[column]) <= drawing.radius for way in half)
        assert max(way[-1][2] for way in ways) <= shown.then
        assert {'#units [id^="u-1-"]', '#units [id^="u-2-"]'} <= {
            one.rpartition(" ")[0] for one in shown.results.split(",")
        }
    by_equation = lesson("two-outputs-two-paths").forward()
    assert diagram(by_equation, 5, pressed="forward").film == film(start.forward())
    assert film(start.forward()).start == 0
    assert film(start.backward()).start == start.forward().cursor + 1


def test_of_a_whole_layer_the_strongest_forty_travel() -> None:
    session = replace(walk((9, 9, 1)).step("layer"), by="layer")
    assert len(film(session).actors) == 40


def test_a_film_names_no_number_where_there_is_no_room() -> None:
    assert told(at(walk((6, 6, 2)), "z", 1, 0)) == []
    assert all(re.match("chip|light", actor.looks) for actor in film(at(walk((2, 2, 1)), "z", 1, 0)).actors)
