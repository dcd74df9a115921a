"""The configurations of deploy/ in the proxies that they are for: a lesson is walked through them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.main import larger_bodies
from app.settings import Settings
from tests.deploy.proxies import DEPLOY, caddy, nginx, nginx_below, trusting
from tests.test_serving import Server, serving

BELOW = "/explorer"


class Visitor:
    """A browser without JavaScript that keeps its cookies."""

    def __init__(self, port: int, secure: bool) -> None:
        self.host, self.secure = f"localhost:{port}", secure
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, **form: str) -> tuple[HTTPResponse, str]:
        """An answer and its text."""
        secured = HTTPSConnection(self.host, timeout=100, context=trusting())
        connection = secured if self.secure else HTTPConnection(self.host, timeout=100)
        headers = {
            "Origin": f"http{'s' if self.secure else ''}://{self.host}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": "192.0.2.99",
            "X-Forwarded-Proto": "gopher",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
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


def check(visitor: Visitor, root: str) -> None:
    """All that a class needs comes through; what is ours does not."""
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


def test_through_nginx_by_https_at_a_host_name_of_its_own(tmp_path: Path) -> None:
    with behind(tmp_path) as server, nginx(tmp_path, server.port) as port:
        check(Visitor(port, secure=True), "")


def test_through_nginx_below_a_path(tmp_path: Path) -> None:
    with behind(tmp_path, BELOW) as server, nginx_below(tmp_path, server.port) as port:
        check(Visitor(port, secure=False), BELOW)
        assert Visitor(port, secure=False).ask("GET", BELOW)[0].status == 308


@pytest.mark.parametrize(("site", "root"), [("class.example.org", ""), ("school.example.org", BELOW)])
def test_through_caddy(tmp_path: Path, site: str, root: str) -> None:
    with behind(tmp_path, root) as server, caddy(tmp_path, server.port, site) as port:
        check(Visitor(port, secure=False), root)


def test_each_configuration_says_how_to_start_the_program_beside_it() -> None:
    for file in DEPLOY.iterdir():
        commands = re.findall(r"^# The program beside it: (.*)", file.read_text(), re.MULTILINE)
        assert commands
        for command in commands:
            assert "FORWARDED_ALLOW_IPS=127.0.0.1" in command
            assert "ALLOWED_HOSTS=" in command
            assert command.endswith("python -m app --no-open")


def test_nginx_lets_through_all_that_the_program_takes() -> None:
    largest = max(larger_bodies(Settings()).values())
    for file in DEPLOY.glob("nginx*.conf"):
        found = re.search(r"client_max_body_size (\d+)m;", file.read_text())
        assert found
        assert int(found[1]) * 1024 * 1024 >= largest
