"""nginx and Caddy as processes of their own, with the configurations of deploy/ on ports of this machine."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import choice

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
NOT_BEGUN_FROM = range(15_000, 32_000)  # systems take higher ones where a program names none
LOG = "explorer.log"  # what a proxy writes down, in the directory that it is given
NGINX = """
daemon off; pid {here}/pid; error_log stderr warn;
events {{}}
http {{
  access_log off; types {{}}
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
  uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  {log}
  {site}
}}
"""
WITH_SBIN = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"}
CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {pem}"


def free_port() -> int:
    """A port that nobody listens on; no connection begins there of itself, which would keep the port from a proxy."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", choice(NOT_BEGUN_FROM))) as listener:
            port: int = listener.getsockname()[1]
            return port


def installed(*names: str) -> None:
    """Skip the test where one of these programs is missing, and say which."""
    for name in names:
        if shutil.which(name, path=WITH_SBIN["PATH"]) is None:
            pytest.skip(f"{name} is not installed here: on Debian or Ubuntu apt-get install {name}")


@contextmanager
def listening(command: list[str], port: int, given: Mapping[str, str] | None = None) -> Iterator[None]:
    """A proxy that runs until the end of the block, with these variables besides its own."""
    process = subprocess.Popen(command, env=WITH_SBIN | dict(given or {}), stderr=subprocess.PIPE, text=True)
    with process:
        try:
            late = time.monotonic() + 100
            while time.monotonic() < late and process.poll() is None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=100):
                    break
                time.sleep(0.02)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield
        finally:
            process.terminate()


def _certificate(here: Path) -> tuple[Path, Path]:
    pem, key = here / "site.pem", here / "site.key"
    subprocess.run(CERTIFICATE.format(key=key, pem=pem).split(), check=True, capture_output=True)
    return pem, key


@contextmanager
def nginx(here: Path, *backends: int, secure: bool = True) -> Iterator[int]:
    """The port at which nginx shows the program, one process or two, at a host name of its own: by https, or by http
    for those who speak nothing else.
    """
    installed("nginx", "openssl")
    port, (pem, key) = free_port(), _certificate(here)
    site = _named((DEPLOY / "nginx.conf").read_text(), *backends)
    if len(backends) > 1:
        site = site.replace("# server", "server")
    if not secure:
        site = re.sub(r"listen 443 ssl;\s*http2 on;.*|ssl_certificate.*", "", site)
        site = site.replace("server_name", f"listen 127.0.0.1:{port}; server_name")
    elif not knows_http2_on():  # then what stands beside it counts
        site = re.sub(r"listen 443 ssl;\s*http2 on;.*instead: (.*;)", r"\1", site)
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("class.example.org;", "localhost;")
    site = re.sub(r"ssl_certificate .*;", f"ssl_certificate {pem};", site)
    site = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", site)
    with listening(_nginx(here, site), port):
        yield port


def _named(rules: str, *backends: int) -> str:
    """A configuration in which processes listen on these ports, instead of on 8000 and 8001."""
    for usual, backend in zip((8000, 8001), backends, strict=False):
        rules = rules.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{backend}")
    return rules


def knows_http2_on() -> bool:
    """Whether this nginx is new enough for the directive of its own."""
    told = subprocess.run(["nginx", "-v"], env=WITH_SBIN, capture_output=True, text=True, check=True).stderr
    return tuple(map(int, re.findall(r"\d+", told)[:3])) >= (1, 25, 1)


@contextmanager
def nginx_below(here: Path, backend: int) -> Iterator[int]:
    """The port at which nginx shows the program by http, below /explorer."""
    installed("nginx")
    port = free_port()
    rules = _named((DEPLOY / "nginx-prefix.conf").read_text(), backend)
    with listening(_nginx(here, f"server {{ listen 127.0.0.1:{port};\n{rules}\n}}"), port):
        yield port


def _nginx(here: Path, site: str) -> list[str]:
    file = here / "nginx.conf"
    site = site.replace("/var/log/nginx", str(here))
    file.write_text(NGINX.format(here=here, site=site, log=(DEPLOY / "nginx-log.conf").read_text()))
    return ["nginx", "-c", str(file), "-e", "stderr", "-p", str(here)]


@contextmanager
def caddy(here: Path, *backends: int) -> Iterator[int]:
    """The port at which Caddy shows the program by http, one process or several, at a host name of its own."""
    port = free_port()
    upstreams = " ".join(f"127.0.0.1:{backend}" for backend in backends)
    given = {"SITE": f"http://localhost:{port}", "UPSTREAMS": upstreams}
    with _caddy(here, (DEPLOY / "Caddyfile").read_text(), port, given):
        yield port


@contextmanager
def caddy_below(here: Path, backend: int) -> Iterator[int]:
    """The port at which Caddy shows the program by http, below /explorer."""
    port = free_port()
    options = (DEPLOY / "Caddyfile").read_text().partition("\n{$SITE")[0]
    rules = _named((DEPLOY / "Caddyfile-prefix").read_text(), backend)
    with _caddy(here, f"{options}\nhttp://localhost:{port} {{\n{rules}\n}}\n", port, {}):
        yield port


@contextmanager
def _caddy(here: Path, rules: str, port: int, given: Mapping[str, str]) -> Iterator[None]:
    installed("caddy")
    file, once = here / "Caddyfile", f"admin off\n\tauto_https off\n\tlog {{\n\t\toutput file {here}/{LOG}"
    file.write_text(rules.replace("log {", once, 1))
    with listening(["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], port, given):
        yield


def trusting() -> ssl.SSLContext:
    """Trusts any certificate: it is the test's own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def messages(port: int, path: str, key: str = "") -> AsyncIterator[str]:
    """What a stream of events brings, one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        text = ""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            text += (await reader.readexactly(size + 2)).decode()[:-2]
            *whole, text = text.split("\n\n")
            for message in whole:
                yield message
    finally:
        writer.close()
