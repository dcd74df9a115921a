"""nginx and Caddy as processes of their own, with the configurations of deploy/ on ports of this machine."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
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
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def installed(*names: str) -> None:
    """Skip the test where one of these programs is missing, and say which."""
    for name in names:
        if shutil.which(name, path=WITH_SBIN["PATH"]) is None:
            pytest.skip(f"{name} is not installed here: on Debian or Ubuntu apt-get install {name}")


@contextmanager
def listening(command: list[str], port: int) -> Iterator[None]:
    """A proxy that runs until the end of the block."""
    process = subprocess.Popen(command, env=WITH_SBIN, stderr=subprocess.PIPE, text=True)
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
def nginx(here: Path, backend: int) -> Iterator[int]:
    """The port at which nginx shows the program by https, at a host name of its own."""
    installed("nginx", "openssl")
    port, (pem, key) = free_port(), _certificate(here)
    site = (DEPLOY / "nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    if not knows_http2_on():  # then what stands beside it counts
        site = re.sub(r"listen 443 ssl;\s*http2 on;.*instead: (.*;)", r"\1", site)
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("class.example.org;", "localhost;")
    site = re.sub(r"ssl_certificate .*;", f"ssl_certificate {pem};", site)
    site = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", site)
    with listening(_nginx(here, site), port):
        yield port


def knows_http2_on() -> bool:
    """Whether this nginx is new enough for the directive of its own."""
    told = subprocess.run(["nginx", "-v"], env=WITH_SBIN, capture_output=True, text=True, check=True).stderr
    return tuple(map(int, re.findall(r"\d+", told)[:3])) >= (1, 25, 1)


@contextmanager
def nginx_below(here: Path, backend: int) -> Iterator[int]:
    """The port at which nginx shows the program by http, below /explorer."""
    installed("nginx")
    port = free_port()
    rules = (DEPLOY / "nginx-prefix.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    with listening(_nginx(here, f"server {{ listen 127.0.0.1:{port};\n{rules}\n}}"), port):
        yield port


def _nginx(here: Path, site: str) -> list[str]:
    file = here / "nginx.conf"
    site = site.replace("/var/log/nginx", str(here))
    file.write_text(NGINX.format(here=here, site=site, log=(DEPLOY / "nginx-log.conf").read_text()))
    return ["nginx", "-c", str(file), "-e", "stderr", "-p", str(here)]


@contextmanager
def caddy(here: Path, backend: int, site: str) -> Iterator[int]:
    """The port at which Caddy shows the program by http, by the part of its file for `site`."""
    installed("caddy")
    port, file = free_port(), here / "Caddyfile"
    whole = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    options, rules = (_block(whole, name) for name in ("", site))
    options = options.replace("log {", f"admin off\n\tauto_https off\n\tlog {{\n\t\toutput file {here}/{LOG}")
    file.write_text(f"{options}\n{rules.replace(site, f'http://localhost:{port}')}\n")
    with listening(["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], port):
        yield port


def _block(whole: str, name: str) -> str:
    """The site of this name in a Caddyfile; its options where the name is empty."""
    found = re.search(rf"^{re.escape(f'{name} '.lstrip())}\{{\n.*?^\}}", whole, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[0]


def trusting() -> ssl.SSLContext:
    """Trusts any certificate: it is the test's own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
