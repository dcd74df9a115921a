"""What a page shows already is not sent again: only the panels, and the parts of panels, that look different now."""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar


class Panel(Protocol):
    """A swappable region: its element id and its template; two panels that are equal look the same.

    A panel of many parts, such as the rows of a table, also has `parts()`, in groups, and `frame()`: all that is no
    part. Panels with equal frames have the same groups.
    """

    id: ClassVar[str]
    template: ClassVar[str]


class Part(Protocol):
    """One element inside a panel: its id, and the template whose macro `part` draws it."""

    @property
    def id(self) -> str: ...
    @property
    def template(self) -> str: ...


class Named(Protocol):
    """Anything with the id of an element."""

    @property
    def id(self) -> str: ...


Drawn = TypeVar("Drawn", bound=Named)
Key = tuple[str, int, int, str]  # session, revision, digits, what is opened


class Renderer(Protocol):
    """How panels and parts become markup."""

    def panel(self, panel: Panel) -> str: ...
    def part(self, part: Part) -> str: ...


def fragment(render: Renderer, previous: Sequence[Panel] | None, current: Sequence[Panel]) -> str:
    """What turns the previous panels into the current ones: pieces that htmx morphs into the elements they name."""
    before, pieces = {panel.id: panel for panel in previous or ()}, []
    for panel in current:
        old = before.get(panel.id)
        if old != panel:
            different = changed_parts(old, panel)
            if different is None:
                pieces.append(_piece(panel.id, render.panel(panel)))
            else:
                pieces.extend(_part(part, render.part(part)) for part in different)
    return "".join(pieces)


def partials(panels: Iterable[Drawn], draw: Callable[[Drawn], str], anew: Container[str] = ()) -> str:
    """All panels as pieces that htmx morphs into the elements of their ids.

    Those whose ids are in `anew` are put in place instead: a field in which one has chosen keeps that through a morph.
    """
    swaps = ((panel, "innerHTML" if panel.id in anew else "innerMorph") for panel in panels)
    return "".join(_piece(panel.id, draw(panel), swap) for panel, swap in swaps)


def parts_of(parts: Iterable[Part], render: Renderer) -> str:
    """Parts of panels as pieces that htmx morphs into the elements of their ids."""
    return "".join(_part(part, render.part(part)) for part in parts)


def _piece(id: str, markup: str, swap: str = "innerMorph") -> str:
    return f'<hx-partial hx-target="#{id}" hx-swap="{swap}">{markup}</hx-partial>'


def _part(part: Part, markup: str) -> str:
    """SVG needs its own root to be read as SVG; htmx takes the part out of it again."""
    if part.template.endswith(".svg"):
        return _piece(part.id, f"<svg>{markup}</svg>", "outerMorph strip:true")
    return _piece(part.id, markup, "outerMorph")


def changed_parts(before: Any, panel: Any) -> list[Part] | None:
    """The parts that look different now; None where all is drawn anew: because it must be, or most of it changed."""
    if before is None or not hasattr(panel, "parts") or before.frame() != panel.frame():
        return None
    touched: list[tuple[Part, Part]] = []
    for old, new in zip(before.parts(), panel.parts(), strict=True):
        if old != new:
            if len(old) != len(new):
                return None
            touched.extend(pair for pair in zip(old, new, strict=True) if pair[0] is not pair[1])
    if any(was.id != now.id for was, now in touched):
        return None
    different = [now for was, now in touched if was != now]
    return different if 2 * len(different) <= sum(map(len, panel.parts())) else None
