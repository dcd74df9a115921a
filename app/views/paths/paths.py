"""The panel that shows a gradient as the sum over its paths."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.engine.equations.trace import found_at
from app.engine.network.expressions import Symbol
from app.engine.paths import (
    MOST_APART,
    Group,
    Paths,
    paths_of,
)
from app.lessons import lesson_named
from app.sessions.predict.questions import question_of
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import Script, in_html, script_of
from app.views.paths.path_rows import (
    Bar,
    PathRow,
    Writer,
    unit_mark,
    writer,
)
from app.views.paths.path_words import gradient_sentence
from app.views.paths.shares import Shares, shares_of
from app.views.text.naming import unit_name
from app.views.text.numbers import adds_up, number
from app.views.text.words import counted

PARTED = 1e-9  # relative difference from which the walk's own gradient is worth a note
KINDS = {"W": "Gradient of", "b": "Gradient of", "z": "Error signal of", "a": "Slope of the loss by"}
SHUT = "The bug of this walk is not found yet, and paths would give it away. They open when the hunt is over."
ASKED = "A question is open, and paths would answer it. They open when it is answered or skipped."


@dataclass(frozen=True)
class Opened:
    """The parameter or unit whose paths are open, and the units that an opened group goes through.

    `focused`: the field that edits its value takes the focus.
    """

    symbol: Symbol
    via: tuple[int, ...] = ()
    focused: bool = False

    @property
    def name(self) -> str:
        """One word for both, for a form field."""
        return "-".join(map(str, (*self.symbol, *self.via)))

    @property
    def query(self) -> str:
        """What stands in an address that opens it."""
        kind, layer, j, k = self.symbol
        if kind not in KINDS:  # an input or a target: there is no gradient of it, but it can be edited
            return f"of={kind}-{j}-{k}"
        places = f"kind={kind}&layer={layer}&j={j}" + ("" if k is None else f"&k={k}")
        return places + (f"&via={','.join(map(str, self.via))}" if self.via else "")


class Link(NamedTuple):
    """Words that open other paths."""

    text: str
    query: str


class GroupRow(NamedTuple):
    """All paths through one unit of the next layer, which open further; `refs` are the marks that they share."""

    refs: str
    name: str
    spoken: str
    bar: Bar
    query: str


@dataclass(frozen=True)
class Sum:
    """One gradient along its paths: `total` is of the rows shown; `shares` is there for a batch of several examples.

    `trail` leads back out of an opened group; `exact` is False where printed shares do not add up to the printed sum.
    """

    name: str
    heading: str
    sentence: str
    focus: str
    trail: tuple[Link, ...]
    paths: tuple[PathRow, ...]
    groups: tuple[GroupRow, ...]
    total: Bar
    exact: bool
    shares: Shares | None
    notes: tuple[tuple[str, str], ...]
    others: tuple[Link, ...]


@dataclass(frozen=True)
class PathsPanel:
    """The panel: closed, shut with a reason, or open."""

    id: ClassVar[str] = "paths"
    template: ClassVar[str] = "paths/paths.html"

    shut: str
    open: Sum | None

    @property
    def said(self) -> str:
        """What is spoken when it opens; empty while it is closed."""
        return self.open.sentence if self.open else self.shut


CLOSED = PathsPanel("", None)


def paths_panel(session: TrainingSession, opened: Opened | None, digits: int) -> PathsPanel:
    """Closed unless something is opened."""
    if opened is None or opened.symbol.kind not in KINDS:
        return CLOSED
    if session.hidden:
        return PathsPanel(SHUT, None)
    if question_of(session) is not None:
        return PathsPanel(ASKED, None)
    orientation = lesson_named(session.lesson).orientation if session.lesson else "fan_out_fan_in"
    script = script_of(session.shape, orientation)
    found = paths_of(session.current, session.focus_row, opened.symbol, opened.via, MOST_APART)
    return PathsPanel("", _sum(session, script, found, digits))


def _sum(session: TrainingSession, script: Script, found: Paths, digits: int) -> Sum:
    batch = len(session.batch) > 1
    parts = [group.sum for group in found.groups] or [path.product for path in found.paths]
    pen = writer(script, digits, [*parts, found.sum], () if found.groups else found.paths)
    places = counted_places(found)
    return Sum(
        name=Opened(found.symbol, found.via).name,
        heading=f"{KINDS[found.symbol.kind]} {in_html(found.symbol, script)}, along its paths",
        sentence=gradient_sentence(script, found, digits),
        focus=f"{session.example + 1}" if batch else "",
        trail=_trail(script, found),
        paths=() if found.groups else tuple(map(pen.row, found.paths, places, [batch] * len(places))),
        groups=tuple(_group(pen, found, group) for group in found.groups),
        total=pen.bar(found.sum),
        exact=adds_up(parts, found.sum, digits),
        shares=shares_of(session.batch, found, digits) if batch else None,
        notes=_notes(session, found, digits),
        others=_others(script, found.symbol),
    )


def counted_places(found: Paths) -> list[str]:
    """Path 1 of 2, Path 2 of 2."""
    return [f"Path {i} of {found.count}" for i in range(1, len(found.paths) + 1)]


def _group(pen: Writer, found: Paths, group: Group) -> GroupRow:
    l, j = group.unit
    unit, count = unit_name(pen.script.shape, *group.unit), counted(group.paths, "path")
    bar = pen.bar(group.sum)
    refs = (f"w-{l}-{j}-{found.units[-1][1]}", f"u-{l}-{j}", *(f"u-{a}-{b}" for a, b in found.units))
    name = f"through {unit_mark(pen.script.shape.sizes, l, j)} · {count}"
    spoken = f"{count[0].upper()}{count[1:]} through {unit}: together {bar.text}. Open them."
    return GroupRow(" ".join(refs), name, spoken, bar, Opened(found.symbol, (*found.via, j)).query)


def _notes(session: TrainingSession, found: Paths, digits: int) -> tuple[tuple[str, str], ...]:
    """Where the walk's own rule gives another gradient."""
    of_walk = {"W": "dW", "b": "db", "z": "delta"}.get(found.symbol.kind)
    if not session.shape.mistakes or of_walk is None:
        return ()
    symbol = found.symbol._replace(kind=of_walk)
    wanted = found.each[session.focus_row] if of_walk == "delta" else found.gradient
    walked = session.values[symbol]
    if abs(walked - wanted) <= PARTED * max(abs(wanted), abs(walked)):
        return ()
    verb = "found" if found_at(session.shape)[symbol] < session.cursor else "will find"
    right = f"along its paths the chain rule gives {number(wanted, digits)}."
    return ((f"The walk {verb} {number(walked, digits)};", right),)


# Ways on -------------------------------------------------------------------------------------------------------------


def _trail(script: Script, found: Paths) -> tuple[Link, ...]:
    """Back out of an opened group: all paths, then each unit that was opened but the last."""
    if not found.via:
        return ()
    units = found.units[-len(found.via) :]
    names = ("all paths", *(f"through {unit_mark(script.shape.sizes, *unit)}" for unit in units))
    return tuple(Link(name, Opened(found.symbol, found.via[:i]).query) for i, name in enumerate(names))


def _others(script: Script, symbol: Symbol) -> tuple[Link, ...]:
    """What else there is to open here: the units at both ends of a weight, a unit's error signal, its bias."""
    kind, l, j, k = symbol
    unit = unit_name(script.shape, l, j)
    delta, bias = (
        Link(f"error signal of {unit}", Opened(Symbol("z", l, j)).query),
        Link(f"bias of {unit}", Opened(Symbol("b", l, j)).query),
    )
    match kind:
        case "W":
            source = Symbol("z" if l > 1 else "a", l - 1, k or 0)
            return (delta, Link(unit_name(script.shape, source.layer, source.j), Opened(source).query))
        case "b":
            return (delta,)
        case "z":
            return (bias,)
    return (delta, bias) if l else ()
