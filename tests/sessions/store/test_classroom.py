"""Classes in the store: swapped as a whole, votes taken once and only while their round is open."""

import asyncio

import pytest

from app.engine.network.expressions import Symbol
from app.sessions.classroom.classroom import TEMPO, Classroom, ClosedError
from app.sessions.store.classroom import MOST_VOTES, KeptClass, StaleClassError, UnknownClassError, Vote
from app.sessions.store.store import SessionStore
from tests.sessions.clock import run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import own
from tests.sessions.stores import Kind

SYMBOL = Symbol("delta", 1, 0, None)


def new_class() -> Classroom:
    return Classroom.opened("walk")[0]


def asking(store: SessionStore) -> KeptClass:
    """A class that takes first votes."""
    kept = run(store.classes.open(new_class()))
    return run(store.classes.save(kept, kept.classroom.ask("front", 0, SYMBOL, "value").next()))


def test_a_class_is_found_by_its_code_and_by_its_id_in_another_process_too(opened: Opened) -> None:
    kept = run(opened().classes.open(new_class()))
    other = opened().classes
    assert run(other.id_of(kept.classroom.code)) == kept.classroom.id
    assert run(other.load(kept.classroom.id)).classroom.host == kept.classroom.host


def test_of_two_who_change_a_class_the_second_learns_that_it_has_changed(opened: Opened) -> None:
    first, second = opened().classes, opened().classes
    kept = run(first.open(new_class()))
    seen = run(second.load(kept.classroom.id))
    run(first.save(kept, kept.classroom.lock(True)))
    with pytest.raises(StaleClassError):
        run(second.save(seen, seen.classroom.lock(False)))
    assert run(second.load(kept.classroom.id)).classroom.locked


def test_a_code_that_is_no_longer_in_force_leads_nowhere(opened: Opened) -> None:
    store = opened().classes
    kept = run(store.open(new_class()))
    run(store.save(kept, kept.classroom.rotated()))
    with pytest.raises(UnknownClassError):
        run(store.id_of(kept.classroom.code))


def test_no_two_classes_have_one_code(opened: Opened) -> None:
    store = opened().classes
    kept = run(store.open(new_class()))
    same = Classroom("x" * 16, kept.classroom.codes, "h", "p", "walk")
    with pytest.raises(StaleClassError):
        run(store.open(same))


def test_of_a_seat_the_last_vote_counts_and_one_sent_again_counts_for_nothing(opened: Opened) -> None:
    store = opened()
    id = asking(store).classroom.id
    for key, answer in (("1", "0.3"), ("2", "0.4"), ("1", "0.3"), ("1", "0.5")):
        run(store.classes.vote(id, Vote("1.1", "kind fox", key, answer)))
    run(opened().classes.vote(id, Vote("1.1", "calm owl", "1", "7")))
    assert run(store.classes.answers(id, "1.1")) == {"kind fox": "0.4", "calm owl": "7"}


def test_no_vote_is_taken_after_its_round_was_closed_and_an_acknowledged_one_stays_so(opened: Opened) -> None:
    store = opened()
    kept = asking(store)
    id = kept.classroom.id
    run(store.classes.vote(id, Vote("1.1", "kind fox", "1", "0.3")))
    run(opened().classes.save(kept, kept.classroom.next()))
    for late in (Vote("1.1", "kind fox", "2", "0.4"), Vote("1.2", "kind fox", "2", "0.4"), Vote("2.1", "a", "2", "1")):
        with pytest.raises(ClosedError):
            run(store.classes.vote(id, late))
    run(store.classes.vote(id, Vote("1.1", "kind fox", "1", "0.3")))
    assert run(store.classes.answers(id, "1.1")) == {"kind fox": "0.3"}


def test_a_seat_changes_its_mind_so_often_and_no_more(opened: Opened) -> None:
    store = opened()
    id = asking(store).classroom.id
    for key in range(MOST_VOTES):
        run(store.classes.vote(id, Vote("1.1", "kind fox", str(key), "0.3")))
    with pytest.raises(ClosedError):
        run(store.classes.vote(id, Vote("1.1", "kind fox", "more", "0.3")))


def test_a_deleted_class_leaves_nothing_behind(opened: Opened, kind: Kind) -> None:
    store = opened()
    id = asking(store).classroom.id
    run(store.classes.vote(id, Vote("1.1", "kind fox", "1", "0.3")))
    run(store.classes.delete(id))
    assert kind.names() == []
    with pytest.raises(UnknownClassError):
        run(store.classes.load(id))


def test_a_class_that_nobody_steers_for_a_day_is_over_and_goes_with_its_votes(opened: Opened, kind: Kind) -> None:
    store = opened()
    id = asking(store).classroom.id
    run(store.classes.vote(id, Vote("1.1", "kind fox", "1", "0.3")))
    kind.clock.hours(25)
    with pytest.raises(UnknownClassError):
        run(store.classes.load(id))
    other = run(store.classes.open(new_class())).classroom
    run(store.classes.vote(other.id, Vote(f"{TEMPO}0", "calm owl", "1", "fine")))
    run(store.sweep())
    assert not any(id in name for name in kind.names())
    assert run(opened().classes.answers(other.id, f"{TEMPO}0")) == {"calm owl": "fine"}


def test_where_nobody_comes_any_more_a_class_leaves_no_walk_behind_either(opened: Opened, kind: Kind) -> None:
    store = opened()
    walks = [run(store.create(own())).id for _ in range(3)]
    kept = run(store.classes.open(Classroom.opened(walks[0])[0]))
    for number, walk in enumerate(walks[1:]):
        kept = run(store.classes.save(kept, kept.classroom.joined(f"key {number}", walk, 2)[0]))
    run(store.load(walks[1]))
    kind.clock.hours(26)
    run(store.sweep())
    assert kind.names() == []


@pytest.mark.parametrize("far", [False, True])
def test_whoever_listens_hears_of_a_change_by_this_process_or_another(opened: Opened, far: bool) -> None:
    near = opened()
    kept, other = run(near.classes.open(new_class())), (opened() if far else near)

    async def heard() -> float:
        loop = asyncio.get_running_loop()
        with near.classes.listening(kept.classroom.id) as bell:
            await bell.heard(0.0)
            await bell.heard(1.0)  # of what was written before
            listening = asyncio.ensure_future(bell.heard(30.0))
            await asyncio.sleep(0)
            start = loop.time()
            await other.classes.save(kept, kept.classroom.lock(True))
            await listening
            return loop.time() - start

    assert run(heard()) < 5.0
