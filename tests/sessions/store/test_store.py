"""The SQLite store: what is saved is there again, after a restart too; nobody overwrites anybody."""

import inspect
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from secrets import token_hex

import pytest

from app.engine.memory import MEMORY
from app.lessons import LESSONS
from app.sessions.store.sqlite import FILE, INSERT, SqliteStore
from app.sessions.store.store import (
    NotWritableError,
    StaleRevisionError,
    StoreError,
    StoreFullError,
    UnknownSessionError,
)
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


def ids_in(directory: Path) -> set[str]:
    with closing(sqlite3.connect(directory / FILE)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM session")}


def test_what_is_forgotten_can_be_deleted_shared_and_given_another_id_no_more(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    clock.hours(25)
    for refused in (store.delete(kept.id), store.revoke(kept.id, "a" * 24), store.share(kept.id)):
        with pytest.raises(UnknownSessionError):
            run(refused)


def test_expired_sessions_are_swept_in_small_batches_and_never_one_in_use(
    opened: Opened, clock: Clock, tmp_path: Path
) -> None:
    store, other = opened(), opened()
    used = run(store.create(own()))
    for _ in range(120):
        run(store.create(own()))
    clock.hours(23)
    run(other.load(used.id))
    clock.hours(3)
    left = []
    for _ in range(4):
        run(store.create(own()))
        left.append(len(ids_in(tmp_path)))
    assert left == [1 + 70 + 1, 1 + 20 + 2, 1 + 3, 1 + 4]
    assert run(store.load(used.id)).rev == 1


def test_no_number_of_new_sessions_shuts_out_one_that_is_there_or_one_more(opened: Opened) -> None:
    store = opened()
    first = run(store.create(own()))

    async def crowd() -> None:
        for _ in range(2_500):
            await store.create(own())

    run(crowd())
    assert MEMORY.bytes <= MEMORY.most
    assert run(store.save(run(store.load(first.id)), first.session.step())).rev == 2
    run(store.create(own()))


def test_a_process_serves_sessions_that_are_live_in_another(opened: Opened) -> None:
    kept = run(opened().create(own()))
    assert run(opened().load(kept.id)).rev == 1


# Its size -------------------------------------------------------------------------------------------------------------


def fill(store: SqliteStore, of_those_there: bool = False) -> None:
    """Keep sessions until the store refuses; or what only those that are there may write."""
    while True:
        if of_those_there:
            run(store._writer.write(INSERT, token_hex(9), "x" * 50_000, "", 0.0, 0.0, 1e9))
        else:
            run(store.create(own()))


def test_a_full_store_begins_no_session_and_those_that_are_there_go_on(opened: Opened, tmp_path: Path) -> None:
    store = opened(max_store_megabytes=0.5)
    kept = run(store.create(own()))
    with pytest.raises(StoreFullError, match=r"the 0\.5 MB that this server keeps"):
        fill(store)
    for _ in range(30):
        kept = run(store.save(kept, kept.session.step()))
    with pytest.raises(StoreFullError):
        run(store.check())
    run(store._writer.write("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert 0.4e6 < (tmp_path / FILE).stat().st_size <= 0.5e6


def test_sessions_that_expire_make_room_in_a_full_store(opened: Opened, clock: Clock) -> None:
    store = opened(max_store_megabytes=0.5)
    with pytest.raises(StoreFullError):
        fill(store)
    clock.hours(26)
    assert run(store.create(own())).rev == 1
    run(store.check())


def test_those_that_are_there_cannot_make_it_larger_than_it_may_be(opened: Opened, tmp_path: Path) -> None:
    store = opened(max_store_megabytes=0.5)
    kept = run(store.create(own()))
    with pytest.raises(NotWritableError, match="as large as it may be"):
        fill(store, of_those_there=True)
    assert run(store.load(kept.id)).rev == 1
    assert (tmp_path / FILE).stat().st_size <= 0.5e6


# Time -----------------------------------------------------------------------------------------------------------------


def test_no_date_is_looked_at() -> None:
    assert inspect.signature(SqliteStore).parameters["clock"].default is time.monotonic


@pytest.mark.parametrize("start", [0.0, 5e6])
def test_a_machine_that_starts_anew_makes_no_session_older(opened: Opened, clock: Clock, start: float) -> None:
    store = opened()
    kept = run(store.create(own()))
    clock.hours(20)
    store.close()
    clock.now = start  # a clock that begins again at any number, after any time
    store = opened()
    clock.hours(3)
    assert run(store.load(kept.id)).rev == 1
    clock.hours(20)
    run(store.check())
    store.close()
    clock.now = start
    store = opened()
    clock.hours(5)
    with pytest.raises(UnknownSessionError):
        run(store.load(kept.id))


def test_a_process_that_is_killed_has_noted_how_late_it_is(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept, other = run(store.create(own())), run(store.create(own()))
    for _ in range(50):
        clock.hours(0.5)
        run(store.load(other.id))
    with pytest.raises(UnknownSessionError):
        run(opened().load(kept.id))


# Whether it answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["", "-wal", "-shm"])
def test_a_file_that_was_removed_is_noticed_and_nothing_is_answered_that_would_be_lost(
    opened: Opened, tmp_path: Path, gone: str
) -> None:
    store = opened()
    kept = run(store.create(own()))
    away = (tmp_path / f"{FILE}{gone}").rename(tmp_path / "away")
    for refused in (store.save(kept, kept.session.step()), store.create(own()), store.check()):
        with pytest.raises(NotWritableError, match="was removed, or another put in its place"):
            run(refused)
    assert run(store.load(kept.id)).rev == 1  # it can be looked at
    away.rename(tmp_path / f"{FILE}{gone}")
    assert run(store.save(kept, kept.session.step())).rev == 2


def test_another_file_in_its_place_is_noticed(opened: Opened, tmp_path: Path) -> None:
    store = opened()
    kept = run(store.create(own()))
    shutil.copy(tmp_path / FILE, tmp_path / "backup")
    (tmp_path / "backup").rename(tmp_path / FILE)
    with pytest.raises(NotWritableError, match="another put in its place"):
        run(store.save(kept, kept.session.step()))


def test_ids_are_long_and_all_different(opened: Opened) -> None:
    store = opened()
    ids = {run(store.create(own())).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 24  # of 64 signs: 144 bits


def test_a_session_whose_lesson_is_no_longer_taught_is_unknown(opened: Opened, tmp_path: Path) -> None:
    kept = run(opened().create(TrainingSession.of_lesson(LESSONS[0])))
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE session SET fixed = replace(fixed, 'one-example', 'no-example')")
    with pytest.raises(UnknownSessionError):
        run(opened().load(kept.id))


def test_what_is_saved_at_each_step_stays_small() -> None:
    session = own(batch_size=1).with_learning_rate(0.01).train(iterations=3000)
    assert len(session.timeline.checkpoints) >= 4
    assert len(moving_text(session)) < 4096


def test_the_store_says_whether_it_answers(opened: Opened) -> None:
    store = opened()
    run(store.check())
    store.close()
    with pytest.raises(StoreError):
        run(store.check())
    with pytest.raises(StoreError):
        run(store.load("nobody"))


@pytest.mark.parametrize(("synchronous", "at_once"), [("NORMAL", True), ("FULL", False)])
def test_where_each_commit_waits_for_the_disk_only_the_thread_writes(
    opened: Opened, synchronous: str, at_once: bool
) -> None:
    store = opened(synchronous=synchronous)
    kept = run(store.create(own()))
    assert run(store.save(kept, kept.session.step())).rev == 2
    assert (store._writer._prompt is not None) == at_once
