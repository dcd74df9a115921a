"""`python -m app` starts, says where it is, stops when asked to, and explains in a sentence why it cannot start."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.__main__ import announce, another, check_place, keep_to_one_thread, parse, read_settings
from app.settings import Settings

ROOT = Path(__file__).parent.parent
PATIENCE = 100.0  # seconds, on a machine that does other things too


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "app", *options]


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    """The explorer in a process of its own, killed at the end if it is still there."""
    with subprocess.Popen(
        command(*options), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address_printed_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    return found.group()


def failure(*options: str, environment: dict[str, str] | None = None, code: int = 2) -> str:
    """What the command says on standard error when it cannot start, and exits with `code`."""
    answer = subprocess.run(
        command(*options),
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert answer.returncode == code, answer
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_it_answers_at_the_address_that_it_prints(tmp_path: Path) -> None:
    with (
        running("--port", "0", "--data", str(tmp_path), "--no-open") as process,
        urlopen(address_printed_by(process) + "/healthz", timeout=PATIENCE) as answer,
    ):
        assert isinstance(answer, HTTPResponse)
        assert answer.status == 200
        assert "server" not in {name.lower() for name in answer.headers}


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_quietly_and_at_once(tmp_path: Path, which: signal.Signals) -> None:
    with running("--port", "0", "--data", str(tmp_path)) as process:
        address_printed_by(process)
        process.send_signal(which)
        remaining_output, complaints = process.communicate(timeout=PATIENCE)
        assert (remaining_output, complaints) == ("", "")
        assert process.returncode in (0, -signal.SIGTERM)


def test_it_makes_the_data_directory(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "down"
    with running("--port", "0", "--data", str(directory)) as process:
        address_printed_by(process)
        assert directory.is_dir()


def test_a_taken_port_is_named_together_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = failure("--port", str(port), "--data", str(tmp_path))
    assert f"port {port} of 127.0.0.1" in said
    assert "already in use" in said
    assert f"--port {another(port)}" in said


def test_an_unknown_host_is_explained(tmp_path: Path) -> None:
    assert "203.0.113.1" in failure("--host", "203.0.113.1", "--port", "0", "--data", str(tmp_path))


def test_a_data_directory_that_cannot_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = failure("--port", "0", "--data", str(tmp_path / "file" / "below"), code=78)
    assert str(tmp_path / "file" / "below") in said
    assert "--data DIRECTORY" in said


def test_damaged_sessions_and_a_full_disk_are_explained_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "explorer.sqlite3").write_bytes(b"damaged" * 2000)
    assert "Put a backup in its place" in failure("--port", "0", "--data", str(tmp_path), code=78)
    little = {"EXPLORER_MIN_FREE_MEGABYTES": "1e12"}
    assert "Free some space" in failure("--port", "0", "--data", str(tmp_path / "new"), environment=little, code=78)


def test_a_backup_is_made_while_the_program_runs_and_never_over_another_file(tmp_path: Path) -> None:
    with running("--port", "0", "--data", str(tmp_path)) as process:
        address_printed_by(process)
        made = subprocess.run(
            command("backup", str(tmp_path / "copy"), "--data", str(tmp_path)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    assert made.stdout.startswith("0 sessions are in")
    assert (tmp_path / "copy").read_bytes().startswith(b"SQLite format 3")
    assert "exists already" in failure("--data", str(tmp_path), "backup", str(tmp_path / "copy"))


def test_a_wrong_environment_variable_is_explained(tmp_path: Path) -> None:
    said = failure("--port", "0", "--data", str(tmp_path), environment={"EXPLORER_MAX_UNITS": "none"})
    assert said.startswith("The setting max_units cannot be used")


def test_an_unknown_option_or_command_is_explained() -> None:
    assert "--colour" in failure("--colour", "blue")
    assert "give `backup FILE`" in failure("back-up", "file")
    assert "give `backup FILE`" in failure("backup")


def test_options_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_PORT", "9000")
    monkeypatch.setenv("EXPLORER_HOST", "0.0.0.0")
    settings = read_settings(parse(["--port", "9001"]))
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_the_proposed_port_can_be_used_by_anyone() -> None:
    assert [another(port) for port in (80, 1023, 1024, 8000, 65534, 65535)] == [
        8000, 8000, 1025, 8001, 65535, 8000,
    ]  # fmt: skip


def test_a_browser_is_shown_the_address_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[str] = []
    announce("http://127.0.0.1:8000", shown.append)
    assert shown == ["http://127.0.0.1:8000"]
    assert "http://127.0.0.1:8000 " in capsys.readouterr().out


def test_no_browser_is_opened_where_none_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    announce("http://127.0.0.1:8000", None)
    assert "http://127.0.0.1:8000 " in capsys.readouterr().out


def test_numpy_is_kept_to_one_thread_unless_the_user_chose_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    keep_to_one_thread()
    assert (os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]) == ("2", "1")


def test_numpy_is_not_imported_before_its_threads_are_set() -> None:
    check = "import sys, app.__main__; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="there are no modes of files here")
def test_a_data_directory_that_stays_open_to_others_is_said_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_directory=tmp_path)
    check_place(settings)
    assert capsys.readouterr().err == ""
    (tmp_path / "homework").touch()
    tmp_path.chmod(0o755)
    check_place(settings)
    assert f"{tmp_path} is open to other users of this machine" in capsys.readouterr().err
