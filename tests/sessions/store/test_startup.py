"""Before the program starts: a directory where sessions cannot be kept is refused with what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.sessions.store.places import CannotKeepSessionsError
from app.sessions.store.sqlite import FILE, SqliteStore, connect
from app.sessions.store.startup import (
    check_data_directory,
    check_file_system,
    check_free_space,
    check_log,
    file_system,
)
from tests.sessions.clock import run
from tests.sessions.own_setups import own

MOUNTS = r"""
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/disk1 rw
36 22 0:31 / /srv/people rw,relatime shared:2 - nfs4 server:/export rw,vers=4.2
37 36 254:2 / /srv/people/local rw,relatime - xfs /dev/disk2 rw
38 22 0:40 / /srv/my\040share rw - cifs //server/share rw
""".strip()


def refusal(directory: Path, free_megabytes: float = 0.0) -> str:
    with pytest.raises(CannotKeepSessionsError) as caught:
        check_data_directory(directory, free_megabytes)
    return str(caught.value)


def test_a_new_directory_is_made_ready_and_a_used_one_stays_as_it_was(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "down"
    check_data_directory(directory, 0.0)
    store = SqliteStore(directory)
    kept = run(store.create(own()))
    check_data_directory(directory, 0.0)  # while another process is at work
    assert run(store.load(kept.id)).rev == 1
    run(store.close())
    check_data_directory(directory, 0.0)


def test_a_file_in_the_place_of_the_directory_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be made" in refusal(tmp_path / "file" / "below")


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"these are not sessions" * 500)
    said = refusal(tmp_path)
    assert "is damaged" in said
    assert "Put a backup in its place, or move it away" in said


def test_damage_in_the_middle_of_a_file_is_found(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for _ in range(30):
        run(store.create(own()))
    run(store.close())
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 2 * 4096)
    assert "is damaged" in refusal(tmp_path)


def test_a_newer_file_is_explained(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert "newer version of the program" in refusal(tmp_path)


def test_a_directory_that_takes_no_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    said = refusal(tmp_path)
    assert "cannot be written to" in said
    assert "--data DIRECTORY" in said


def test_a_disk_with_little_space_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CannotKeepSessionsError, match=r"1,000,000,000 MB are needed. Free some space"):
        check_free_space(tmp_path, 1e9)


def test_a_file_without_a_write_ahead_log_is_explained(tmp_path: Path) -> None:
    with closing(connect(tmp_path / FILE)) as connection:
        check_log(connection, tmp_path)
        connection.execute("PRAGMA journal_mode = DELETE")
        with pytest.raises(CannotKeepSessionsError, match=r"write-ahead log. Name another"):
            check_log(connection, tmp_path)


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/var/lib/explorer", "ext4"),
        ("/srv/people/ada", "nfs4"),
        ("/srv/people/local/explorer", "xfs"),
        ("/srv/my share/explorer", "cifs"),
        ("/srv/peopleless", "ext4"),
    ],
)
def test_the_file_system_of_a_directory_is_that_of_the_nearest_mount(directory: str, kind: str) -> None:
    assert file_system(Path(directory), MOUNTS) == kind


def test_a_network_file_system_is_explained_and_a_disk_is_not() -> None:
    with pytest.raises(CannotKeepSessionsError, match=r"network file system \(nfs4\).* this computer's own disk"):
        check_file_system(Path("/srv/people/ada"), MOUNTS)
    check_file_system(Path("/var/lib/explorer"), MOUNTS)
    check_file_system(Path("/var/lib/explorer"), "")  # nothing is known: the other checks decide
