"""The configurations of deploy/ in the proxies that they are for: a lesson is walked through them."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.main import larger_bodies
from app.settings import Settings
from app.web.http.broadcast import BEAT, HEARTBEAT
from app.web.pages import connection
from tests.deploy.proxies import (
    DEPLOY,
    LOG,
    caddy,
    caddy_below,
    free_port,
    installed,
    messages,
    nginx,
    nginx_below,
    trusting,
)
from tests.test_serving import Server, serving

BELOW = "/explorer"
ID = "mJ4-kQ_x9ZtLr0aVbN2cWd8e"


class Visitor:
    """A browser without JavaScript that keeps its cookies."""

    def __init__(self, port: int, secure: bool) -> None:
        self.host, self.secure = f"localhost:{port}", secure
        self.cookies: dict[str, str] = {}
        self.at = "/"  # the page that it shows

    def ask(self, method: str, path: str, **form: str) -> tuple[HTTPResponse, str]:
        """An answer and its text."""
        secured = HTTPSConnection(self.host, timeout=100, context=trusting())
        connection = secured if self.secure else HTTPConnection(self.host, timeout=100)
        headers = {
            "Origin": f"http{'s' if self.secure else ''}://{self.host}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": "192.0.2.99",
            "X-Forwarded-Proto": "gopher",
            "Referer": f"http{'s' if self.secure else ''}://{self.host}{self.at}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")  # a font is no text
        self.at = path if answer.status == 200 else self.at
        connection.close()
        for cookie in answer.headers.get_all("set-cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, text

    def walk(self, root: str) -> str:
        """Walk a lesson's first steps; its address."""
        answer, _ = self.ask("POST", f"{root}/sessions", lesson="two-outputs-two-paths", ask="0")
        assert answer.status == 303
        at = answer.headers["location"]
        assert at.startswith(f"{root}/sessions/")
        for _ in range(8):
            _, page = self.ask("GET", at)
            rev = re.search(r'name="rev"[^>]*value="(\d+)"', page)
            assert rev, page
            step, _ = self.ask("POST", f"{at}/step", rev=rev[1], by="equation")
            assert (step.status, step.headers["location"]) == (303, at)
        return str(at)


@contextmanager
def behind(data: Path, root: str = "") -> Iterator[Server]:
    """The program, as it is to be started beside a proxy."""
    with serving(data, ROOT_PATH=root, FORWARDED_ALLOW_IPS="127.0.0.1", EXPLORER_METRICS="1") as server:
        yield server


def check(visitor: Visitor, root: str, log: Path) -> None:
    """All that a class needs comes through; what is ours does not; no key to a walk is written down."""
    at = visitor.walk(root)
    state = json.loads(visitor.ask("GET", f"{root}/api{at.removeprefix(root)}")[1])
    assert state["cursor"] == 8
    page, text = visitor.ask("GET", f"{root}/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for asset in re.findall(rf'="({root}/static/[^"]+)"', text):
        answer, _ = visitor.ask("GET", asset)
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    paths = ("healthz", "readyz", "metrics")
    assert [visitor.ask("GET", f"{root}/{path}")[0].status for path in paths] == [200, 404, 404]
    answer, _ = visitor.ask("POST", f"{root}/preferences", theme="dark")
    prefix = "__Host-" if visitor.secure and not root else "__Secure-" if visitor.secure else ""
    assert f"{prefix}theme" in visitor.cookies
    assert 'data-theme="dark"' in visitor.ask("GET", f"{root}/")[1]
    written = until_written(log, "preferences")
    assert f"{root}/sessions/ID/step" in written
    assert at.rpartition("/")[2] not in written


def test_caddy_writes_down_no_key_where_the_program_does_not_answer(tmp_path: Path) -> None:
    with caddy_below(tmp_path, free_port()) as port:
        assert Visitor(port, secure=False).ask("GET", f"{BELOW}/sessions/{ID}/step")[0].status == 502
        written = until_written(tmp_path / LOG, "refused")
        assert (f"{BELOW}/sessions/ID/step" in written, ID in written) == (True, False)


def until_written(log: Path, word: str) -> str:
    """What stands in the log as soon as it holds this word."""
    late = time.monotonic() + 10
    while time.monotonic() < late and not (log.exists() and word in log.read_text()):
        time.sleep(0.02)
    return log.read_text()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with behind(tmp_path_factory.mktemp("own")) as server:
        yield server


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with behind(tmp_path_factory.mktemp("below"), BELOW) as server:
        yield server


def test_through_nginx_by_https_at_a_host_name_of_its_own(tmp_path: Path, own: Server) -> None:
    with nginx(tmp_path, own.port) as port:
        check(Visitor(port, secure=True), "", tmp_path / LOG)
        assert protocol(port, "h2", "http/1.1") == "h2"
        assert protocol(port, "http/1.1") == "http/1.1"


def protocol(port: int, *spoken: str) -> str | None:
    """What a server agrees on with a browser that speaks these."""
    context = trusting()
    context.set_alpn_protocols(spoken)
    with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as secured:
        return secured.selected_alpn_protocol()


def test_through_nginx_below_a_path(tmp_path: Path, below: Server) -> None:
    with nginx_below(tmp_path, below.port) as port:
        check(Visitor(port, secure=False), BELOW, tmp_path / LOG)
        assert Visitor(port, secure=False).ask("GET", BELOW)[0].status == 308


def test_through_caddy_at_a_host_name_of_its_own(tmp_path: Path, own: Server) -> None:
    with caddy(tmp_path, own.port) as port:
        check(Visitor(port, secure=False), "", tmp_path / LOG)


def test_through_caddy_below_a_path(tmp_path: Path, below: Server) -> None:
    with caddy_below(tmp_path, below.port) as port:
        check(Visitor(port, secure=False), BELOW, tmp_path / LOG)


def test_each_event_and_each_beat_passes_nginx_and_caddy_as_it_comes(tmp_path: Path, own: Server) -> None:
    installed("nginx", "caddy")
    path = connection.ADDRESS + "/events"

    async def first_two(port: int) -> list[str]:
        coming = messages(port, path)
        async with asyncio.timeout(connection.LONGEST / 2):  # what is held back comes at the end
            return [await anext(coming), await anext(coming)]

    async def from_both(*ports: int) -> list[list[str]]:
        return await asyncio.gather(*map(first_two, ports))

    for name in ("nginx", "caddy"):
        (tmp_path / name).mkdir()
    with nginx(tmp_path / "nginx", own.port, secure=False) as one, caddy(tmp_path / "caddy", own.port) as other:
        for event, beat in asyncio.run(from_both(one, other)):
            assert (event[:5], beat) == ("id: 1", BEAT.decode().strip())
    timeout = re.search(r"proxy_read_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text())
    assert timeout
    assert int(timeout[1]) > 2 * HEARTBEAT


def test_each_configuration_says_how_to_start_the_program_beside_it() -> None:
    for file in set(DEPLOY.iterdir()) - {DEPLOY / "nginx-log.conf", DEPLOY / "compose.yaml"}:
        commands = re.findall(r"^# The program beside it: (.*)", file.read_text(), re.MULTILINE)
        assert commands
        for command in commands:
            assert "FORWARDED_ALLOW_IPS=127.0.0.1" in command
            assert "ALLOWED_HOSTS=" in command
            assert command.endswith("python -m app --no-open")


PATHS = {
    f"/sessions/{ID}": "/sessions/ID",
    f"/sessions/{ID}/compare/run": "/sessions/ID/compare/run",
    f"{BELOW}/api/sessions/{ID}/paths": f"{BELOW}/api/sessions/ID/paths",
    f"/host/{ID}/next": "/host/ID/next",
    f"{BELOW}/present/{ID}": f"{BELOW}/present/ID",
    "/lessons/hours-of-study": "/lessons/hours-of-study",
    "/sessions": "/sessions",
}


def test_nginx_writes_paths_without_ids_and_nothing_else_that_may_hold_one() -> None:
    log = (DEPLOY / "nginx-log.conf").read_text()
    found = re.search(r'"~(?P<pattern>[^"]+)" "(?P<written>[^"]+)";', log)
    assert found
    pattern = re.compile(found["pattern"].replace("(?<", "(?P<"))
    written = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", found["written"])
    assert {path: pattern.sub(written, path) for path in PATHS} == PATHS
    line = re.search(r"^log_format explorer (.*);$", log, re.MULTILINE)
    assert line
    harmless = {"remote_addr", "time_local", "request_method", "server_protocol", "status", "body_bytes_sent"}
    assert set(re.findall(r"\$(\w+)", line[1])) == harmless | {"explorer_path", "request_time"}
    for file in (DEPLOY / "nginx.conf", DEPLOY / "nginx-prefix.conf"):
        assert re.findall(r"^ *access_log (.*);", file.read_text(), re.MULTILINE) == [
            "/var/log/nginx/explorer.log explorer"
        ]


def test_caddy_writes_paths_without_ids_and_nothing_else_that_may_hold_one() -> None:
    sites = (DEPLOY / "Caddyfile").read_text()
    found = re.search(r'request>uri regexp "(?P<pattern>[^"]+)" "(?P<written>[^"]+)"', sites)
    assert found
    written = found["written"].replace("$", "\\")
    assert {path: re.sub(found["pattern"], written, path) for path in PATHS} == PATHS
    assert {"request>headers delete", "resp_headers delete"} <= set(map(str.strip, sites.splitlines()))
    for file in (DEPLOY / "Caddyfile", DEPLOY / "Caddyfile-prefix"):
        assert re.search(r"^\t?log$", file.read_text(), re.MULTILINE)


def test_nginx_lets_through_all_that_the_program_takes() -> None:
    largest = max(larger_bodies(Settings()).values())
    for file in (DEPLOY / "nginx.conf", DEPLOY / "nginx-prefix.conf"):
        found = re.search(r"client_max_body_size (\d+)m;", file.read_text())
        assert found
        assert int(found[1]) * 1024 * 1024 >= largest
