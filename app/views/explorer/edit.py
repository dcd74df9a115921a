"""The panel that edits a value of the walk: a number field with steps down and up; what was edited; the way back."""

from dataclasses import dataclass
from math import floor, log10
from typing import ClassVar

from app.engine.network.expressions import Symbol
from app.sessions.setups.declaration import OptimizerGiven
from app.sessions.setups.setting import Setting
from app.sessions.walk.edits import SETTINGS
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import Script, in_html, orientation_of, reference
from app.views.paths.paths import Opened
from app.views.text.losses import LOSS_WORDS
from app.views.text.naming import parameter_name
from app.views.text.numbers import number
from app.views.text.words import counted, sentence

SMALLEST = 0.1  # a value is stepped by a tenth of its power of ten; one below this by a hundredth
MOST_DIGITS = 15
UNDO = {"edit": "Undo the edit", "run": "Undo the training", "reset": "Undo the reset", "past": "Undo the way back"}


@dataclass(frozen=True)
class Field:
    """The value that is edited: its name in the form, as HTML and in words, and what one step down or up makes of it.

    `hint` says what the loss asks of it, and from which iteration on it counts where that is the next one;
    `focused`: it takes the focus where it is shown.
    """

    of: str
    name: str
    words: str
    value: str
    less: str
    more: str
    hint: str
    focused: bool


@dataclass(frozen=True)
class Edit:
    """The panel: empty until a value is opened or something can be undone."""

    id: ClassVar[str] = "edit"
    template: ClassVar[str] = "explorer/edit.html"

    field: Field | None
    told: str
    undo: str


def edit_panel(session: TrainingSession, opened: Opened | None, digits: int) -> Edit:
    """What can be edited of what is opened, and what was. Nothing while a bug is hunted."""
    if session.hunt:
        return Edit(None, "", "")
    symbol = _edited_by(session, opened.symbol) if opened else None
    undo = UNDO[session.marks[-1].what] if session.marks and session.marks[-1].what != "reset" else ""
    field = _field(session, symbol, opened.focused) if opened and symbol else None
    return Edit(field, told_edits(session, digits), undo)


def undo_reset(session: TrainingSession) -> str:
    """The way back from a reset: it stands beside the buttons of the walk, as long as nothing was walked since."""
    fresh = session.place == (0, 0) and session.marks and session.marks[-1].what == "reset"
    return UNDO["reset"] if fresh else ""


def said(session: TrainingSession, panel: Edit) -> str:
    """What is spoken right after an edit: nothing once the walk has gone on."""
    fresh = session.marks and session.marks[-1].what == "edit" and session.marks[-1].place == session.place
    return panel.told if fresh else ""


# What is edited ------------------------------------------------------------------------------------------------------


def _edited_by(session: TrainingSession, symbol: Symbol) -> Symbol | None:
    """The value to edit where a mark is opened: a parameter, an input or target, for a unit its bias."""
    kind, l, j, _ = symbol
    if kind in ("W", "b", "x", "y"):
        return symbol
    if kind == "a" and l == 0:
        return Symbol("x", 0, session.example, j)
    return Symbol("b", l, j) if l else None


def _field(session: TrainingSession, symbol: Symbol, focused: bool) -> Field:
    """The value in force for the iteration that an edit would count for; of inputs and targets the column's name.

    The hint says from when on it counts, where this iteration is at its end, and what the loss asks of a target.
    """
    kind, l, j, k = symbol
    if kind in ("x", "y"):
        table = session.examples[kind == "y"]
        named = Symbol("a", 0, k or 0) if kind == "x" else Symbol("y", session.shape.depth, k or 0)
    else:
        layer, named = session.network.layers[l - 1], symbol
        table = layer.W if kind == "W" else layer.b
    value = float(table[j] if k is None else table[j, k])
    power = floor(log10(max(abs(value), SMALLEST)) + 1e-12) - 1
    near, decimals = round(value / 10.0**power), max(0, -power)
    less, more = (f"{count * 10.0**power:.{decimals}f}" for count in (near - 1, near + 1))
    when = f"Counts from iteration {session.iteration + 2:,} on." if session.finished else ""
    asked = LOSS_WORDS[session.shape.loss].target if kind == "y" else ""
    return Field(
        of=reference(symbol),
        name=in_html(named, Script(session.shape, orientation_of(session))),
        words=words_of(session, symbol),
        value=f"{value:.{MOST_DIGITS}g}",
        less=less if float(less) else "0",
        more=more if float(more) else "0",
        hint=" ".join(filter(None, (when, asked))),
        focused=focused,
    )


def words_of(session: TrainingSession, symbol: Symbol) -> str:
    """The weight from input 1 to hidden unit 2, the bias of the output, input 1 of example 3."""
    kind, _, j, k = symbol
    if kind in SETTINGS:
        return setting_label(kind)
    if kind == "x":
        return f"input {(k or 0) + 1} of example {j + 1}"
    if kind == "y":
        return f"target {(k or 0) + 1} of example {j + 1}"
    return f"the {parameter_name(session.shape, symbol)}"


def setting_label(name: str) -> str:
    """What a form calls a setting of the optimizer: beta 1."""
    return next(one.label for one in OptimizerGiven.model_fields[name].metadata if isinstance(one, Setting))


# What was edited -----------------------------------------------------------------------------------------------------


def told_edits(session: TrainingSession, digits: int) -> str:
    """How often the walk was edited, and the last edit; empty where nothing was."""
    edits = session.timeline.changes
    if not edits:
        return ""
    last = edits[-1]
    what = "the learning rate" if last.symbol.kind == "eta" else words_of(session, last.symbol)
    since = f"{sentence(what)} is {number(last.value, digits)} from iteration {last.iteration + 1:,} on."
    count = "Edited." if len(edits) == 1 else f"Edited: {counted(len(edits), 'value')}. The last:"
    return f"{count} {since}"
