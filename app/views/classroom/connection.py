"""What is said of the way between a device and a class."""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Self

from app.views.classroom.qr import Qr

CLICKED = "Clicks come through."
NOT_CLICKED = "Not tried yet. If it stays so, something on the way takes no forms: try another browser."
NO_EVENTS = (
    "None has come yet. If it stays so, something holds them back, such as a virus scanner or a proxy. Pages of a "
    "class then ask every few seconds: nothing is lost, they are a little late."
)
SLOW = 400  # milliseconds
ISOLATED = (
    "Open this address on another device. If nothing comes there, the network keeps its devices apart (“client "
    "isolation”), as guest networks do: ask for another network, or let the teacher’s computer or phone open one."
)


@dataclass(frozen=True)
class Said:
    """A sentence in the place of the element `id`."""

    id: str
    text: str


EVENTS_COME = Said("events", "Events come as they happen.")


def latency(milliseconds: float) -> str:
    """How long an answer takes, and what to do where that is long."""
    told = f"An answer takes about {max(1, round(milliseconds))} ms."
    if milliseconds < SLOW:
        return told
    return f"{told} That is long: come nearer to the access point, or let fewer devices use the network."


@dataclass(frozen=True)
class ConnectionPage:
    """What is tried, and what is known before: the host that was asked for, and the address for other devices."""

    title: str
    host: str
    click: str
    events: str
    address: str
    others: str
    qr: Qr | None

    def after_a_click(self) -> Self:
        """The same once a form has come through."""
        return replace(self, click=CLICKED)


def connection_page(host: str, address: str, advice: str, picture: Qr | None) -> ConnectionPage:
    """The page; `address` is empty where other devices cannot reach the program: then `advice` says what to do."""
    others = advice if not address else ISOLATED
    return ConnectionPage("Is the way free?", _told(host), NOT_CLICKED, NO_EVENTS, address, others, picture)


def _told(host: str) -> str:
    try:
        alone = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        alone = False
    return f"You asked for {host}{', which is this computer itself: no other device gets here by it' if alone else ''}."
