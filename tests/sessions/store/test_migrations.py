"""Files of older versions are brought forward, with all that is in them; a newer one is refused and left alone."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from app.lessons import LESSONS
from app.sessions.store.migrations import VERSION, StoreVersionError, migrate, version_of
from app.sessions.store.sqlite import FILE, SqliteStore, connect
from app.sessions.walk.session import TrainingSession
from tests.sessions.clock import run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import arrays, own
from tests.sessions.stores import Sqlite

FIRST_VERSION = Path(__file__).parent / "fixtures" / "first-version.db"  # written by version 1 at the clock's start


@pytest.fixture
def kind(tmp_path: Path) -> Sqlite:
    return Sqlite(tmp_path)


def ids_by_revision(file: Path) -> dict[int, str]:
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute("SELECT rev, id FROM session").fetchall())


def assert_same_walk(one: TrainingSession, other: TrainingSession) -> None:
    """The same place and numbers, but for the last digits: the first version rounded after other operations."""
    assert (one.place, one.batch, one.learning_rate, one.epoch) == (
        other.place,
        other.batch,
        other.learning_rate,
        other.epoch,
    )
    for found, expected in zip(arrays(one.current), arrays(other.current), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_the_first_versions_sessions_are_there_with_their_numbers_and_can_be_walked_on(
    opened: Opened, tmp_path: Path
) -> None:
    shutil.copy(FIRST_VERSION, tmp_path / FILE)
    ids = ids_by_revision(tmp_path / FILE)
    expected = {
        2: TrainingSession.of_lesson(LESSONS[2], as_published=False).train(iterations=9).back("phase"),
        3: own(batch_size=1, shuffle_seed=4)
        .with_parameter(1, "W", 2, 1, 0.1)
        .step("layer")
        .with_learning_rate(0.7)
        .train(iterations=12)
        .step(),
    }
    store = opened()
    for rev, session in expected.items():
        kept = run(store.load(ids[rev]))
        assert (kept.rev, kept.operations) == (rev, ())
        assert_same_walk(kept.session, session)
        assert run(store.save(kept, kept.session.step(), "key")).rev == rev + 1


def schema(file: Path) -> set[tuple[str, str]]:
    """Every table's and index's columns."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {(name, row[1]) for name in names for row in connection.execute(f"PRAGMA table_info({name})")}


def test_a_file_brought_forward_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    shutil.copy(FIRST_VERSION, tmp_path / "old.db")
    for name in ("old.db", "new.db"):
        with closing(connect(tmp_path / name)) as connection:
            migrate(connection)
            assert version_of(connection) == VERSION
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_of_several_processes_that_start_on_an_old_file_one_brings_it_forward(tmp_path: Path) -> None:
    shutil.copy(FIRST_VERSION, tmp_path / FILE)
    stores: list[SqliteStore] = []
    threads = [Thread(target=lambda: stores.append(SqliteStore(tmp_path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 6
    for store in stores:
        run(store.close())


def test_a_newer_file_is_refused_with_a_sentence_and_not_touched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match=r"version 99.* up to 6\. Start the newer program, or .* --data"):
        SqliteStore(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    shutil.copy(FIRST_VERSION, tmp_path / FILE)
    with closing(connect(tmp_path / FILE)) as connection:
        connection.execute("CREATE TABLE pulse (in_the_way)")
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            migrate(connection)
        assert version_of(connection) == 1
    assert ("session", "operations") not in schema(tmp_path / FILE)
