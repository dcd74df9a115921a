"""The SQLite store: what is saved is there again, after a restart too; nobody overwrites anybody."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from app.lessons import LESSONS
from app.sessions import SqliteStore, StaleRevisionError, StoreVersionError, TrainingSession, UnknownSessionError
from app.sessions.documents import moving_text
from app.sessions.sqlite import FILE
from tests.sessions.setups import bits, own


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def hours(self, hours: float) -> None:
        self.now += 3600 * hours


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], SqliteStore]]:
    """Opens the store of one directory, as often as asked: each one is another process, as far as the file knows."""
    stores: list[SqliteStore] = []

    def opened() -> SqliteStore:
        stores.append(SqliteStore(tmp_path, 24.0, clock))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


Opened = Callable[[], SqliteStore]


T = TypeVar("T")


def run(awaitable: Awaitable[T]) -> T:
    async def awaited() -> T:
        return await awaitable

    return asyncio.run(awaited())


WALKS = [
    own().step("epoch").step(),
    own(batch_size=None, decimals=4).with_learning_rate(0.7).train(iterations=30).back(),
    own(batch_size=1, shuffle_seed=4).focus(2).with_parameter(1, "W", 2, 1, 0.1).step("layer"),
    TrainingSession.of_lesson(LESSONS[2], as_published=False).train(iterations=9).back("phase"),
]


@pytest.mark.parametrize("session", WALKS)
def test_a_session_comes_back_with_the_same_bits_after_a_restart(opened: Opened, session: TrainingSession) -> None:
    kept = run(opened().create(session))
    again = run(opened().load(kept.id))
    assert (again.rev, bits(again.session), again.session.by) == (1, bits(session), session.by)
    assert (again.session.lesson, again.session.as_published) == (session.lesson, session.as_published)
    assert again.session.example == session.example
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


def test_a_session_that_nobody_touches_is_forgotten(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    clock.hours(25)
    with pytest.raises(UnknownSessionError):
        run(store.load(kept.id))


def test_looking_at_a_session_keeps_it(opened: Opened, clock: Clock) -> None:
    store = opened()
    kept = run(store.create(own()))
    for _ in range(3):
        clock.hours(20)
        assert run(store.load(kept.id)).rev == 1


def test_expired_sessions_are_swept_when_a_new_one_begins(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    store = opened()
    for _ in range(3):
        run(store.create(own()))
    clock.hours(25)
    kept = run(store.create(own()))
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("SELECT id FROM session").fetchall() == [(kept.id,)]
    connection.close()


def test_ids_are_long_and_all_different(opened: Opened) -> None:
    store = opened()
    ids = {run(store.create(own())).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 24  # of 64 signs: 144 bits


def test_a_session_whose_lesson_is_no_longer_taught_is_unknown(opened: Opened, tmp_path: Path) -> None:
    kept = run(opened().create(TrainingSession.of_lesson(LESSONS[0])))
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE session SET fixed = replace(fixed, 'one-example', 'no-example')")
    connection.close()
    with pytest.raises(UnknownSessionError):
        run(opened().load(kept.id))


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreVersionError, match="another directory"):
        SqliteStore(tmp_path, 24.0)


def test_the_file_is_written_ahead_and_survives_a_process_that_is_killed(opened: Opened, tmp_path: Path) -> None:
    opened()
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_what_is_saved_at_each_step_stays_small() -> None:
    session = own(batch_size=1).with_learning_rate(0.01).train(iterations=3000)
    assert len(session.timeline.checkpoints) >= 4
    assert len(moving_text(session)) < 4096


def test_the_store_says_whether_it_answers(opened: Opened) -> None:
    store = opened()
    run(store.check())
    store.close()
    with pytest.raises(sqlite3.Error):
        run(store.check())
