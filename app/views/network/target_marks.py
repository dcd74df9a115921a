"""The marks at the far right of the diagram: the targets beside the outputs, and the loss."""

from typing import NamedTuple

from app.engine.memory import kept_with
from app.engine.network.expressions import Symbol
from app.views.network.layout import (
    LOSS_RADIUS,
    Layout,
    Line,
    layout,
)
from app.views.network.scales import place
from app.views.network.units import SUBSCRIPTS
from app.views.network.visible import Sight, Texts

BOX_WIDTH, BOX_HEIGHT = 76.0, 22.0  # of a target, as its template draws it


class Target(NamedTuple):
    """The box beside an output with what it should say; `thread` leads from the unit to the box."""

    ref: str
    x: str
    y: str
    left: str
    top: str
    text: str
    thread: str


class LossMark(NamedTuple):
    """The loss at the far right; `value` is empty until it is known."""

    x: str
    y: str
    radius: str
    letter_y: str
    value_y: str
    classes: str
    value: str
    tab: str
    label: str

    @property
    def id(self) -> str:
        """The element."""
        return "u-loss"

    @property
    def template(self) -> str:
        """What draws it."""
        return "svg/loss.svg"


def targets(sight: Sight) -> tuple[Target, ...]:
    """What each drawn output should say."""
    return _targets(sight.texts, sight.shape.sizes)


@kept_with(most=4096)
def _targets(texts: Texts, sizes: tuple[int, ...]) -> tuple[Target, ...]:
    drawing, found = layout(sizes), []
    for line in drawing.to_loss:
        x, y = drawing.target(line.k)
        name = f"y{line.k + 1}".translate(SUBSCRIPTS)
        text = f"{name} = {texts[Symbol('y', len(sizes) - 1, line.k)]}"
        left, top = place(x - BOX_WIDTH / 2), place(y - BOX_HEIGHT / 2)
        found.append(Target(f"y-{line.k}", place(x), place(y + 4.5), left, top, text, _thread(drawing, line)))
    return tuple(found)


def _thread(drawing: Layout, line: Line) -> str:
    unit, box = drawing.units[line.l - 1, line.k], drawing.target(line.k)
    slant = 0.6 * drawing.radius * (1 if box.y > unit.y else -1)
    start = f"M{place(unit.x + 0.8 * drawing.radius)} {place(unit.y + slant)}"
    return f"{start}L{place(box.x - BOX_WIDTH / 2)} {place(box.y)}"


def loss_mark(sight: Sight, mark: str) -> LossMark:
    """The loss: of the example, or the mean over the batch."""
    x, y = sight.drawing.loss
    value = sight.text(Symbol("loss"))
    batch = f", the mean over {sight.shape.examples} examples" if sight.shape.examples > 1 else ""
    return LossMark(
        place(x),
        place(y),
        place(LOSS_RADIUS),
        place(y - 3 if value else y + 6),
        place(y + 14),
        "loss-mark current" if sight.phase == "loss" else "loss-mark",
        value,
        "0" if mark == "u-loss" else "-1",
        f"loss: {value}{batch}" if value else "loss: not known yet",
    )
