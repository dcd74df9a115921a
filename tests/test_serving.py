"""The server as a process: how it starts, ends, and shares its work; who it believes where a request comes from."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.browser.server import environment

ROOT = Path(__file__).parents[1]
PATIENCE = 100.0  # seconds that an answer, or the end, may take on a machine that does other things too


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def connect(self) -> closing[HTTPConnection]:
        """A new connection, to be closed."""
        return closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE))

    def ask(self, method: str, path: str, given: object = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer, on a connection of its own."""
        with self.connect() as connection:
            return asked(connection, method, path, given, **headers)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Told to end: the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def heard(self) -> None:
        """Return when it has handled the signal: it is not ready any more."""
        while self.ask("GET", "/readyz")[1] != {"status": "not ready", "reason": "The program is ending."}:
            time.sleep(0.01)


def asked(connection: HTTPConnection, method: str, path: str, given: object = None, **headers: str) -> tuple[int, Any]:
    body = None if given is None else json.dumps(given)
    connection.request(method, path, body, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, json.loads(text) if answer.headers["content-type"].endswith("json") else text


@contextmanager
def serving(data: Path, *options: str, **settings: str) -> Iterator[Server]:
    """A server that answers, killed at the end if it is still there."""
    command = [sys.executable, "-m", "app", "--no-open", "--port", "0", "--data", str(data), *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout
            said = process.stdout.readline()
            found = re.search(r":(\d+) ", said)
            assert found, (said, process.stderr and process.stderr.read())
            yield Server(process, int(found[1]))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its workers too


@contextmanager
def under_way(server: Server, path: str, given: object) -> Iterator[HTTPConnection]:
    """A connection whose POST the server has begun to work on; its answer is still to come."""
    with server.connect() as connection:
        connection.request("POST", path, json.dumps(given), {"Content-Type": "application/json"})
        for _ in range(2):  # who came later is answered: the first one was read, and its work is begun
            server.ask("GET", "/healthz")
        yield connection


# End ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["1", "2"])
def test_told_to_end_it_ends_with_code_0_and_its_log_is_in_the_file(tmp_path: Path, workers: str) -> None:
    with serving(tmp_path, "--workers", workers) as server:
        state = server.ask("POST", "/api/sessions", {"lesson": "hours-of-study"})[1]
        for _ in range(5):
            server.ask("POST", f"/api/sessions/{state['id']}/step")
        assert server.ask("GET", "/readyz")[0] == 200
        assert server.end() == 0
        assert server.process.communicate() == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == ["explorer.sqlite3"]


def test_workers_end_with_what_started_them_however_that_ends_so_that_it_can_be_started_again(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        server.ask("GET", "/healthz")
        server.end(signal.SIGKILL)
        with suppress(ConnectionRefusedError):
            while True:
                socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE).close()
                time.sleep(0.01)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_while_it_ends_it_is_not_ready_but_answers_and_told_twice_it_ends_at_once(tmp_path: Path, workers: str) -> None:
    with serving(tmp_path, "--workers", workers, EXPLORER_DRAIN_SECONDS="3600") as server:
        state = server.ask("POST", "/api/sessions", {"lesson": "hours-of-study"})[1]
        server.process.send_signal(signal.SIGTERM)
        server.heard()
        assert server.ask("GET", "/healthz")[0] == 200
        assert server.ask("POST", f"/api/sessions/{state['id']}/step")[1]["rev"] == 2
        assert server.end() == 128 + signal.SIGTERM
    with serving(tmp_path) as server:
        assert server.ask("GET", f"/api/sessions/{state['id']}")[1]["rev"] == 2


def test_what_runs_is_finished_and_kept(tmp_path: Path) -> None:
    """A training of some hundredths of a second is under way when the signal comes."""
    with serving(tmp_path, EXPLORER_DRAIN_SECONDS="0") as server:
        session = server.ask("POST", "/api/sessions", {"lesson": "softmax-and-dead-units"})[1]["id"]
        with under_way(server, f"/api/sessions/{session}/train", {"iterations": 300}) as training:
            code = server.end()
            answer = training.getresponse()
            state = json.loads(answer.read())
    assert (code, answer.status, state["rev"], state["iteration"]) == (0, 200, 2, 299)
    with serving(tmp_path) as server:
        assert server.ask("GET", f"/api/sessions/{session}")[1]["rev"] == 2


def test_a_long_computation_does_not_keep_it(tmp_path: Path) -> None:
    """It is cut off and told so, and nothing of it is kept; alone it would go on for many seconds."""
    data = {"X": [[0.1] * 8] * 500, "Y": [[1, 0]] * 500}
    with serving(tmp_path, EXPLORER_WORK_SECONDS="3600") as server:
        session = server.ask("POST", "/api/sessions", {"sizes": [8, 32, 32, 2], "data": data})[1]["id"]
        with under_way(server, f"/api/sessions/{session}/train", {"iterations": 10_000}) as training:
            assert server.end() == 0
            answer = training.getresponse()
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
            assert "Traceback" not in server.process.communicate()[1]
    with serving(tmp_path) as server:
        assert server.ask("GET", f"/api/sessions/{session}")[1]["rev"] == 1


def test_told_to_end_before_it_serves_it_ends(tmp_path: Path) -> None:
    """As process 1 of a container has no handler but its own, it must have one from the start: when it looks how many
    workers there will be, it is told.
    """
    code = (
        "import os, signal, socket, app.serving as s; from app.settings import Settings\n"
        "class Told(Settings):\n"
        "    def __getattribute__(self, name):\n"
        "        name == 'workers' and os.kill(os.getpid(), signal.SIGTERM)\n"
        "        return super().__getattribute__(name)\n"
        f"s.serve(Told(data_directory={str(tmp_path)!r}), socket.create_server(('127.0.0.1', 0)), lambda: None)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=PATIENCE, check=False)
    assert done.returncode == 0


# Several processes --------------------------------------------------------------------------------------------------


def test_workers_share_one_file_and_no_click_is_lost_or_counted_twice(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "3", EXPLORER_SESSION_BURST="100000") as server:
        session = server.ask("POST", "/api/sessions", {"lesson": "softmax-and-dead-units"})[1]["id"]

        def clicks(_: int) -> list[int]:
            return [server.ask("POST", f"/api/sessions/{session}/step", {})[0] for _ in range(25)]

        with ThreadPoolExecutor(8) as threads:
            statuses = [status for found in threads.map(clicks, range(8)) for status in found]
        assert statuses == [200] * 200
        assert server.ask("GET", f"/api/sessions/{session}")[1]["rev"] == 201


def test_a_page_goes_on_in_whichever_process_its_click_lands(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "3", EXPLORER_METRICS="1") as server:
        _, headers, _ = posted(server, "/sessions", "lesson=hours-of-study&ask=0")
        for rev in range(1, 13):
            path = f"{headers['location']}/step"
            status, _, text = posted(server, path, f"rev={rev}&by=equation", HX_Request="true")
            assert (status, f'value="{rev + 1}"' in text) == (200, True)
        twelve = 'explorer_requests_total{method="POST",route="/sessions/{session_id}/step",status="200"} 12.0'
        while twelve not in server.ask("GET", "/metrics")[1]:  # a request is counted when its answer is on its way
            time.sleep(0.05)


def posted(server: Server, path: str, form: str, **headers: str) -> tuple[int, Message, str]:
    """Status, headers and body of the answer to a form, on a connection of its own."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with server.connect() as connection:
        connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded", **named})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        session = server.ask("POST", "/api/sessions", {"lesson": "hours-of-study"})[1]["id"]
        first = worker_pids(server)
        os.kill(first[0], signal.SIGKILL)
        late = time.monotonic() + PATIENCE
        while len(set(worker_pids(server)) - {first[0]}) < 2 and time.monotonic() < late:
            time.sleep(0.05)
        assert server.ask("POST", f"/api/sessions/{session}/step")[1]["rev"] == 2
        assert server.end() == 0


def worker_pids(server: Server) -> list[int]:
    """The processes that serve."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_no_part_of_the_server_is_installed_that_nothing_uses() -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert {"uvicorn", "uvloop", "h11"} <= locked
    assert not {"httptools", "pyyaml", "watchfiles", "websockets"} & locked


# Behind a proxy -----------------------------------------------------------------------------------------------------


def test_forwarded_headers_are_believed_from_the_proxies_that_were_named_alone(tmp_path: Path) -> None:
    for allowed, name in (("", "theme="), ("10.0.0.0/8", "theme="), ("127.0.0.1", "__Host-theme="), ("*", "__Host-")):
        with serving(tmp_path, FORWARDED_ALLOW_IPS=allowed) as server:
            _, headers, _ = posted(
                server, "/preferences", "theme=dark", X_Forwarded_Proto="https", X_Forwarded_For="::1"
            )
            assert headers["set-cookie"].startswith(name), allowed


NAMELESS = "FORWARDED_ALLOW_IPS names no proxy"


@pytest.mark.parametrize(
    ("host", "settings", "said"),
    [
        ("127.0.0.1", {"ALLOWED_HOSTS": "class.example.org"}, True),
        ("127.0.0.1", {"ROOT_PATH": "/explorer"}, True),
        ("127.0.0.1", {"ALLOWED_HOSTS": "class.example.org", "FORWARDED_ALLOW_IPS": "127.0.0.1"}, False),
        ("127.0.0.1", {}, False),
        ("0.0.0.0", {"ALLOWED_HOSTS": "class.example.org"}, False),  # a class that calls it by a name
    ],
)
def test_a_proxy_that_nobody_named_is_noticed_at_the_start(
    tmp_path: Path, host: str, settings: dict[str, str], said: bool
) -> None:
    with serving(tmp_path, "--host", host, **settings) as server:
        assert server.end() == 0
        assert (NAMELESS in server.process.communicate()[1]) == said


def test_a_proxy_that_nobody_named_is_noticed_by_what_it_adds_once(tmp_path: Path) -> None:
    for allowed, said in (("", 1), ("127.0.0.1", 0)):
        with serving(tmp_path, FORWARDED_ALLOW_IPS=allowed) as server:
            for _ in range(3):
                server.ask("GET", "/healthz", None, **{"X-Forwarded-For": "192.0.2.1"})
            assert server.end() == 0
            assert server.process.communicate()[1].count(NAMELESS) == said


def test_a_proxy_is_named_by_its_address_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1, 10.0.0.0/8")
    assert Settings().forwarded_allow_ips == ("127.0.0.1", "10.0.0.0/8")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "proxy.example.org")
    with pytest.raises(ValueError, match="is not an address in numbers"):
        Settings()
