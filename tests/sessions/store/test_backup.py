"""A backup: all sessions of one moment in one file, never half of one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.sessions.store.backup import back_up
from app.sessions.store.places import BackupError
from app.sessions.store.sqlite import FILE, SqliteStore
from tests.sessions.clock import run
from tests.sessions.own_setups import bits, own


def test_a_backup_made_while_the_store_is_open_is_a_store_of_its_own(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    kept = run(store.create(own().step("phase")))
    restored = tmp_path / "restored"
    restored.mkdir()
    assert back_up(tmp_path, restored / FILE) == 1
    run(store.save(kept, kept.session.step()))
    run(store.close())
    assert [file.name for file in restored.iterdir()] == [FILE]  # whole without a log beside it
    again = SqliteStore(restored)
    found = run(again.load(kept.id))
    run(again.close())
    assert (found.rev, bits(found.session)) == (1, bits(kept.session))


def test_what_was_not_committed_is_not_in_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    run(store.create(own()))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM session")
        assert back_up(tmp_path, tmp_path / "copy") == 1
        other.execute("ROLLBACK")
    run(store.close())


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BackupError, match=r"exists already. Name a file that does not"):
        back_up(tmp_path, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_directory_without_sessions_is_explained(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"no sessions in .* --data DIRECTORY"):
        back_up(tmp_path, tmp_path / "copy")


def test_a_backup_that_cannot_be_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"damaged" * 2000)
    with pytest.raises(BackupError, match="cannot be made"):
        back_up(tmp_path, tmp_path / "copy")
    assert [file.name for file in tmp_path.iterdir()] == [FILE]
