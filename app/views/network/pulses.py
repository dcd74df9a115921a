"""Pulses: what travels along the active layer, forward values to the right, gradients back to the left."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from app.engine.network.expressions import Symbol
from app.views.network.layout import Line
from app.views.network.marks import Still, Wire
from app.views.network.scales import share, sign_class
from app.views.network.visible import Visible

TRAVELLING = ("z", "loss", "delta", "dW")  # what an equation brings along its lines; the others stay in their unit
MOST_SINGLE = 64  # beyond, one path for each bin: drawing more single ones costs frames
THIN, THICK, SIZES = 4.0, 10.0, 3


class Pulse(NamedTuple):
    """A path along which dots run; `length` is "1" for one line, empty for a bin of lines of many lengths."""

    d: str
    width: str
    classes: str
    length: str


class Wave(NamedTuple):
    """All that travels now; each step's wave has a name of its own, so that it starts anew."""

    name: str
    view_box: str
    pulses: tuple[Pulse, ...]

    @property
    def id(self) -> str:
        """The element."""
        return "pulses"

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/pulse.svg"


def pulses(now: Visible, drawn: Still) -> Iterator[Pulse]:
    """One for each connection that the equation uses, or its layer where the learner steps by more; none in updates."""
    carried = [(wire.path, _carried(now, wire.line)) for wire in _active(now, drawn)]
    largest = max((abs(value) for _, value in carried), default=0.0)
    way = "pulse" if now.phase in ("forward", "loss") else "pulse bwd"
    looks = sorted((_size(value, largest), sign_class(value), path) for path, value in carried)
    if len(looks) <= MOST_SINGLE:
        yield from (Pulse(d, _width(size), f"{way} {tone}", "1") for size, tone, d in looks)
        return
    for (size, tone), members in groupby(looks, key=lambda look: look[:2]):
        yield Pulse("".join(d for _, _, d in members), _width(size), f"{way} bin {tone}", "")


def _active(now: Visible, drawn: Still) -> Iterator[Wire]:
    kind, layer, _, _ = now.about
    whole = {"forward": layer, "loss": len(now.shape.sizes), "backward": layer}.get(now.phase)
    for wire in (*drawn.connections, *drawn.to_loss):
        if now.whole_layer:
            if wire.line.l == whole:
                yield wire
        elif kind in TRAVELLING and now.standing(*wire.line[:3]) == "active":
            yield wire


def _carried(now: Visible, line: Line) -> float:
    """What runs along the line: a weighted input, a loss, an error signal or a gradient."""
    if now.phase == "forward":
        return now.values[Symbol("a", line.l - 1, line.k)] * now.values[Symbol("W", *line[:3])]
    if line.l > now.shape.depth:
        return now.values[Symbol("loss") if now.phase == "loss" else Symbol("delta", now.shape.depth, line.k)]
    return now.values[Symbol("dW", *line[:3])]


def _size(value: float, largest: float) -> int:
    return round(share(value, largest) * (SIZES - 1))


def _width(size: int) -> str:
    return f"{THIN + (THICK - THIN) * size / (SIZES - 1):g}"
