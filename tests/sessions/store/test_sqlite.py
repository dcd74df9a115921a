"""The store in a file of SQLite: its size, its time, and what becomes of it."""

import asyncio
import inspect
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from secrets import token_hex

import pytest

from app.lessons import LESSONS
from app.sessions.classroom.classroom import TEMPO, Classroom
from app.sessions.store.classroom import Vote
from app.sessions.store.sqlite import FILE, INSERT, SqliteStore
from app.sessions.store.store import NotWritableError, StoreError, StoreFullError, UnknownSessionError
from app.sessions.walk.session import TrainingSession
from tests.sessions.clock import Clock, run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import own
from tests.sessions.stores import Sqlite


@pytest.fixture
def kind(tmp_path: Path) -> Sqlite:
    return Sqlite(tmp_path)


def ids_in(directory: Path) -> set[str]:
    with closing(sqlite3.connect(directory / FILE)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM session")}


def test_all_expired_sessions_are_swept_in_small_batches_and_never_one_in_use(
    opened: Opened, clock: Clock, tmp_path: Path
) -> None:
    store, other = opened(), opened()
    used = run(store.create(own()))
    for _ in range(24):
        run(store.create(own()))
    clock.hours(23)
    run(other.load(used.id))
    clock.hours(3)
    new = run(store.create(own()))
    left: list[int] = []

    async def others() -> None:
        while len(left) < 4:
            left.append(len(ids_in(tmp_path)))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(store.sweep(), others())

    run(both())
    assert left == [16, 6, 2, 2]
    assert ids_in(tmp_path) == {used.id, new.id}
    assert run(store.load(used.id)).rev == 1


def test_what_was_swept_is_in_no_byte_of_the_file_any_more(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    store = opened()
    walk = run(store.create(own()))
    classroom, seat = Classroom.opened(walk.id)[0].joined("key", walk.id, 1)
    run(store.classes.open(classroom))
    for number in range(90):
        vote = Vote(f"{TEMPO}0", seat.label, str(number), f"said {number}")
        run(store.classes.vote(classroom.id, vote))
    clock.hours(26)
    run(store.sweep())
    run(store.close())
    left = (tmp_path / FILE).read_bytes()
    texts = (walk.id, classroom.id, classroom.code, seat.label, "said 1", "said 89")
    assert [text for text in texts if text.encode() in left] == []
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


# Its size -------------------------------------------------------------------------------------------------------------


def test_a_full_file_is_no_larger_than_it_may_be(opened: Opened, tmp_path: Path) -> None:
    store, session = opened(max_store_megabytes=0.5), own()

    async def fill() -> None:
        while True:
            await store.create(session)

    with pytest.raises(StoreFullError):
        run(fill())
    run(store._writer.write("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert 0.4e6 < (tmp_path / FILE).stat().st_size <= 0.5e6


def test_those_that_are_there_cannot_make_it_larger_than_it_may_be(opened: Opened, tmp_path: Path) -> None:
    store = opened(max_store_megabytes=0.5)
    kept = run(store.create(own()))

    async def fill() -> None:
        while True:
            await store._writer.write(INSERT, token_hex(9), "x" * 50_000, "", 0.0, 0.0, 1e9)

    with pytest.raises(NotWritableError, match="as large as it may be"):
        run(fill())
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
    run(store.close())
    clock.now = start  # a clock that begins again at any number, after any time
    store = opened()
    clock.hours(3)
    assert run(store.load(kept.id)).rev == 1
    clock.hours(20)
    run(store.check())
    run(store.close())
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
        run(store.sweep())
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


def test_a_session_whose_lesson_is_no_longer_taught_is_unknown(opened: Opened, tmp_path: Path) -> None:
    kept = run(opened().create(TrainingSession.of_lesson(LESSONS[0])))
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE session SET fixed = replace(fixed, 'one-example', 'no-example')")
    with pytest.raises(UnknownSessionError):
        run(opened().load(kept.id))


def test_the_store_says_whether_it_answers(opened: Opened) -> None:
    store = opened()
    run(store.check())
    run(store.close())
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
