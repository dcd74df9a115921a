"""What is said of the way between a device and a class."""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Self

from app.views.qr import Qr
from app.views.text.words import counted

CLICKED = "Clicks come through."
NOT_CLICKED = "Not tried yet. If it stays so, something on the way takes no forms: try another browser."
NO_EVENTS = (
    "None has come yet. If it stays so, something holds them back, such as a virus scanner or a proxy. Pages of a "
    "class then ask every few seconds: nothing is lost, they are a little late."
)
SLOW = 400  # milliseconds
SKEWED = 120  # seconds
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


NO_TIME = "This device has told no time in milliseconds. Load the page again."


def clock(ahead: float) -> str:
    """By how many seconds a device's clock is ahead of the program's, and what that matters for."""
    if abs(ahead) <= SKEWED:
        return "This device’s clock is near enough to the program’s."
    told = f"{counted(round(abs(ahead) / 60), 'minute')} {'ahead' if ahead > 0 else 'behind'}"
    return (
        f"This device’s clock is {told}. A class does not mind: it goes by the program’s clock alone. But a browser "
        "may forget its seat too early, and refuse addresses with https. Let the device set its clock by itself."
    )


@dataclass(frozen=True)
class ConnectionPage:
    """What is tried, and what is known before: the host that was asked for, the program's clock, and the address for
    other devices.
    """

    title: str
    host: str
    click: str
    events: str
    clock: str
    address: str
    others: str
    qr: Qr | None

    def after_a_click(self) -> Self:
        """The same once a form has come through."""
        return replace(self, click=CLICKED)


def connection_page(host: str, clock: str, address: str, advice: str, picture: Qr | None) -> ConnectionPage:
    """The page; `address` is empty where other devices cannot reach the program: then `advice` says what to do."""
    others = advice if not address else ISOLATED
    return ConnectionPage("Is the way free?", _told(host), NOT_CLICKED, NO_EVENTS, clock, address, others, picture)


def _told(host: str) -> str:
    try:
        alone = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        alone = False
    return f"You asked for {host}{', which is this computer itself: no other device gets here by it' if alone else ''}."
