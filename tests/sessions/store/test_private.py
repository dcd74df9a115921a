"""Every key lies in the store: its directory and files are closed to other users, also those that were there before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sessions.store.backup import back_up
from app.sessions.store.private import HAS_MODES, keep_private
from app.sessions.store.sqlite import FILE, SqliteStore
from app.sessions.store.startup import check_data_directory
from tests.sessions.clock import run
from tests.sessions.own_setups import own

pytestmark = pytest.mark.skipif(not HAS_MODES, reason="there are no modes of files here")
NAMES = {FILE, f"{FILE}-wal", f"{FILE}-shm"}


def modes(directory: Path) -> dict[str, str]:
    """The mode of a directory, by the name ".", and of each file in it."""
    paths = {".": directory} | {path.name: path for path in directory.iterdir()}
    return {name: f"{stat.S_IMODE(path.stat().st_mode):o}" for name, path in paths.items()}


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """Whoever starts the program lets everybody read and write what they make."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("checked", [True, False])
def test_a_new_store_is_closed_to_others_with_its_log_and_what_it_shares(tmp_path: Path, checked: bool) -> None:
    directory = tmp_path / "data"
    if checked:
        assert check_data_directory(directory, 0.0) == ""
    else:
        directory.mkdir(0o700)
    store = SqliteStore(directory)
    run(store.create(own()))
    assert modes(directory) == {".": "700"} | dict.fromkeys(NAMES, "600")
    run(store.close())


def test_a_store_that_was_open_to_others_is_closed_to_them_while_another_process_uses_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    store = SqliteStore(tmp_path)
    run(store.create(own()))
    old = tmp_path / f"{FILE}.before-the-holidays"
    old.write_bytes(b"a backup")
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    assert check_data_directory(tmp_path, 0.0) == ""
    assert modes(tmp_path) == {".": "700"} | dict.fromkeys(NAMES | {old.name}, "600")
    run(store.close())


def test_a_backup_is_closed_to_others_wherever_it_is_put(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    run(SqliteStore(tmp_path).close())
    back_up(tmp_path, tmp_path / "copy")
    assert modes(tmp_path)["copy"] == "600"


def test_a_directory_that_holds_other_things_stays_open_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "homework").write_text("mine")
    for path in (tmp_path, tmp_path / "homework"):
        path.chmod(0o755)
    said = check_data_directory(tmp_path, 0.0)
    assert f"{tmp_path} is open to other users of this machine: it holds other things too, such as homework." in said
    assert f"chmod 700 {tmp_path}" in said
    found = modes(tmp_path)
    assert (found["."], found["homework"], found[FILE]) == ("755", "755", "600")
    tmp_path.chmod(0o700)
    assert check_data_directory(tmp_path, 0.0) == ""


@pytest.mark.skipif(not HAS_MODES or os.geteuid() != 0, reason="only root can give a file to another user")
def test_what_belongs_to_another_user_is_left_and_said(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    for path in (tmp_path, tmp_path / FILE):
        path.chmod(0o777)
        os.chown(path, 1, 1)
    said = keep_private(tmp_path, FILE).splitlines()
    assert len(said) == 2
    assert all("it belongs to another user. Close it: chmod" in line for line in said)
    assert modes(tmp_path) == {".": "777", FILE: "777"}
