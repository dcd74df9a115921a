"""A store: what is saved is there again, after a restart too; nobody overwrites anybody."""

import pytest

from app.engine.memory import MEMORY
from app.lessons import LESSONS
from app.sessions.store.store import SessionStore, StaleRevisionError, StoreFullError, UnknownSessionError
from app.sessions.store.texts import moving_text
from app.sessions.walk.session import TrainingSession
from tests.sessions.clock import Clock, run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import bits, own

WALKS = [
    own().step("epoch").step(),
    own(batch_size=None, decimals=4).with_learning_rate(0.7).train(iterations=30).back(),
    own(batch_size=1, shuffle_seed=4).focus(2).with_parameter(1, "W", 2, 1, 0.1).step("layer"),
    TrainingSession.of_lesson(LESSONS[2], as_published=False).train(iterations=9).back("phase"),
    TrainingSession.of_lesson(LESSONS[1]).cell(24),
]


@pytest.mark.parametrize("session", WALKS)
def test_a_session_comes_back_with_the_same_bits_after_a_restart(opened: Opened, session: TrainingSession) -> None:
    kept = run(opened().create(session))
    again = run(opened().load(kept.id))
    assert (again.rev, bits(again.session), again.session.by) == (1, bits(session), session.by)
    assert (again.session.lesson, again.session.as_published) == (session.lesson, session.as_published)
    assert (again.session.example, again.session.whole) == (session.example, session.whole)
    while session.iteration:
        session, restored = session.back("iteration"), again.session.back("iteration")
        again = type(again)(again.id, again.rev, restored)
        assert bits(restored) == bits(session)


def test_saving_counts_revisions(opened: Opened) -> None:
    store = opened()
    kept = run(store.create(own()))
    kept = run(store.save(kept, kept.session.step()))
    assert kept.rev == 2
    assert run(opened().load(kept.id)).session.cursor == 1


def test_of_two_who_save_the_same_revision_the_second_learns_how_it_stands(opened: Opened) -> None:
    first, second = opened(), opened()
    kept = run(first.create(own()))
    seen = run(second.load(kept.id))
    run(first.save(kept, kept.session.step("phase")))
    with pytest.raises(StaleRevisionError) as caught:
        run(second.save(seen, seen.session.step()))
    assert caught.value.current.rev == 2
    assert caught.value.current.session.cursor == 10
    assert run(first.load(kept.id)).session.cursor == 10


def test_what_another_process_saved_is_seen(opened: Opened) -> None:
    first, second = opened(), opened()
    kept = run(first.create(own()))
    run(second.save(run(second.load(kept.id)), kept.session.step("iteration")))
    assert run(first.load(kept.id)).session.finished


def test_an_unknown_session_says_so(opened: Opened) -> None:
    with pytest.raises(UnknownSessionError, match="Start a new one"):
        run(opened().load("nobody"))


def test_a_session_is_kept_for_24_hours_after_it_was_used_and_then_forgotten(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    clock.hours(0.4)
    run(store.load(kept.id))  # too soon after it was made to be noted
    clock.hours(24)
    assert run(store.load(kept.id)).rev == 1
    clock.hours(24.6)
    with pytest.raises(UnknownSessionError):
        run(store.load(kept.id))


def test_looking_at_a_session_keeps_it(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    for _ in range(3):
        clock.hours(20)
        assert run(store.load(kept.id)).rev == 1


def test_what_is_forgotten_can_be_deleted_shared_and_given_another_id_no_more(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    clock.hours(25)
    for refused in (store.delete(kept.id), store.revoke(kept.id, "a" * 24), store.share(kept.id)):
        with pytest.raises(UnknownSessionError):
            run(refused)


def test_no_number_of_new_sessions_shuts_out_one_that_is_there_or_one_more(opened: Opened) -> None:
    store = opened()
    session = own()
    first = run(store.create(session))

    async def crowd() -> None:
        for _ in range(2_500):
            await store.create(session)

    run(crowd())
    assert MEMORY.bytes <= MEMORY.most
    assert run(store.save(run(store.load(first.id)), first.session.step())).rev == 2
    run(store.create(own()))


def test_a_process_serves_sessions_that_are_live_in_another(opened: Opened) -> None:
    kept = run(opened().create(own()))
    assert run(opened().load(kept.id)).rev == 1


def fill(store: SessionStore) -> None:
    """Keep sessions until the store refuses."""
    session = own()

    async def create() -> None:
        while True:
            await store.create(session)

    run(create())


def test_a_full_store_begins_no_session_and_those_that_are_there_go_on(opened: Opened) -> None:
    store = opened(max_store_megabytes=1.0)
    kept = run(store.create(own()))
    with pytest.raises(StoreFullError, match=r"the 1 MB that this server keeps"):
        fill(store)
    for _ in range(30):
        kept = run(store.save(kept, kept.session.step()))
    with pytest.raises(StoreFullError):
        run(opened(max_store_megabytes=0.9).check())


def test_sessions_that_expire_make_room_in_a_full_store(opened: Opened, clock: Clock) -> None:
    store = opened(max_store_megabytes=1.0)
    with pytest.raises(StoreFullError):
        fill(store)
    clock.hours(26)
    run(store.sweep())
    assert run(store.create(own())).rev == 1
    run(store.check())


def test_ids_are_long_and_all_different(opened: Opened) -> None:
    store = opened()
    ids = {run(store.create(own())).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 24  # of 64 signs: 144 bits


def test_what_is_saved_at_each_step_stays_small() -> None:
    session = own(batch_size=1).with_learning_rate(0.01).train(iterations=3000)
    assert len(session.timeline.checkpoints) >= 4
    assert len(moving_text(session)) < 4096
