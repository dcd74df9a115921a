"""The address at which other devices reach this program: as it is set, as it was asked for, or found by trying."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from starlette.requests import Request

from app.settings import Settings
from app.web.http.dependencies import services
from app.web.http.page import root_of

ELSEWHERE = ("10.255.255.255", "172.31.255.255", "192.168.255.255", "8.8.8.8")  # nothing is sent there
TRIED = 1.0  # seconds
CONTAINER = ("/.dockerenv", "/run/.containerenv")
ONLY_HERE = (
    "Only this computer reaches the program. Start it with --host 0.0.0.0, in the same network as the learners, and "
    "open this page again."
)
IN_CONTAINER = (
    "The program runs in a container and cannot tell how others reach it. Open this page by the computer's address in "
    "numbers, such as http://192.168.1.20:8000, or start it with EXPLORER_PUBLIC_URL set to that."
)


@dataclass(frozen=True)
class Reachable:
    """The address, without a / at its end; where there is none, what to do."""

    url: str
    advice: str = ""

    @property
    def short(self) -> str:
        """Where one joins, as it is typed."""
        return f"{self.url}/join"


async def reachable(request: Request) -> Reachable:
    """How others reach this program."""
    settings, root = services(request).settings, root_of(request)
    if settings.public_url:
        return Reachable(settings.public_url)
    contained, own = any(Path(mark).exists() for mark in CONTAINER), own_addresses()
    if is_for_others(request.url.hostname or "", settings, own if contained else ()):
        return Reachable(f"{request.url.scheme}://{request.url.netloc}{root}")
    if contained:
        return Reachable("", IN_CONTAINER)
    port = (request.scope.get("server") or ("", settings.port))[1]
    for address in own:
        if await answers(address, port, root):
            return Reachable(f"http://{address}:{port}{root}")
    return Reachable("", ONLY_HERE)


def is_for_others(host: str, settings: Settings, not_these: tuple[str, ...]) -> bool:
    """Whether others can ask for this host, too: it is a private address, or a name that is set."""
    if host in settings.allowed_hosts:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_private and not address.is_loopback and not address.is_unspecified and host not in not_these


def own_addresses() -> tuple[str, ...]:
    """The addresses of this machine in networks, by which way a packet would leave it; none of itself alone."""
    found = []
    for there in ELSEWHERE:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((there, 9))
            found.append(probe.getsockname()[0])
    return tuple(address for address in dict.fromkeys(found) if not ip_address(address).is_loopback)


async def answers(address: str, port: int, root: str) -> bool:
    """Whether the program answers there."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(TRIED):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(f"GET {root}/healthz HTTP/1.1\r\nHost: {address}:{port}\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    return False
