"""The panel that trains: how long, how far it has come, pause and stop, and what became of the loss."""

from dataclasses import dataclass
from typing import ClassVar

from app.sessions.training import risen_loss, smaller_rate
from app.sessions.walk.session import TrainingSession
from app.views.explorer.edit import UNDO, setting_label, told_edits
from app.views.pages import Option
from app.views.text.numbers import number
from app.views.text.words import COUNTS, counted, sentence

MEASURES = (("epochs", "epochs"), ("iterations", "iterations"), ("loss", "until loss below"))
PACES = (("fast", "fast"), ("slow", "each epoch"))


@dataclass(frozen=True)
class Progress:
    """How far a run has come: `share` of `whole`, both whole numbers as texts; empty where it has no end."""

    words: str
    share: str
    whole: str


@dataclass(frozen=True)
class Asked:
    """What the page is: its own word, sent back by its form; whether it asks for more; what must be said.

    `pressed` is the verb of the button that asked; `measure`, `count` and `pace` are the form's: how long its last run
    was. `diverged`: what must be said is that the numbers ran away.
    """

    op: str = ""
    running: bool = False
    message: str = ""
    pressed: str = ""
    count: str = "100"
    measure: str = "epochs"
    pace: str = "fast"
    diverged: bool = False


QUIET = Asked()


@dataclass(frozen=True)
class Field:
    """A setting that can be changed, also while a training runs: its name in the form, its label, its value."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Training:
    """The panel: a form for the next run, or the run that is under way; `running` while the page asks for more.

    `warning` is what must be said, or that the last run has made the loss larger. `undo` leads back to before the last
    run or edit. `spoken` is said where something begins or ends; `focused`: the
    button that was pressed is gone, the first one takes its focus. `calmer` is the learning rate to try where this one
    was too large, empty where it was not.
    """

    id: ClassVar[str] = "training"
    template: ClassVar[str] = "training/training.html"

    asked: Asked
    measures: tuple[Option, ...]
    paces: tuple[Option, ...]
    progress: Progress | None
    running: bool
    told: str
    warning: str
    spoken: str
    undo: str
    at_start: bool
    focused: bool
    settings: tuple[Field, ...]
    calmer: str


def training(session: TrainingSession, asked: Asked, digits: int) -> Training:
    """The panel of a walk."""
    progress = _progress(session, digits)
    running = progress is not None and asked.running and not asked.message
    told = " ".join(filter(None, (_told(session, digits), told_edits(session, digits))))
    undo = UNDO[session.marks[-1].what] if session.marks and progress is None else ""
    risen = "" if asked.message or progress else _risen(session, digits)
    warning = asked.message or risen
    return Training(
        asked,
        tuple(Option(value, text, value == asked.measure) for value, text in MEASURES),
        tuple(Option(value, text, value == asked.pace) for value, text in PACES),
        progress,
        running,
        told,
        warning,
        "" if running else warning or (told if progress is None else f"Paused. {progress.words}"),
        undo,
        at_start=session.iteration == 0 and session.cursor == 0,
        focused={"run": running, "stop": True, "reset": True, "undo": not undo}.get(asked.pressed, False),
        settings=(
            Field("learning_rate", "learning rate η", f"{session.learning_rate:.15g}"),
            *(
                Field(name, setting_label(name), f"{getattr(session.optimizer, name):.15g}")
                for name in session.optimizer.adjustable
            ),
        ),
        calmer=f"{smaller_rate(session):.15g}" if (asked.diverged or risen) and undo else "",
    )


def _progress(session: TrainingSession, digits: int) -> Progress | None:
    """How far the run under way has come; None where none is."""
    goal = session.goal
    if goal is None or not session.trains:
        return None
    done = max(0, session.updates - goal.start)
    if goal.below is not None:
        return Progress(f"{_counted(done)} made, until the loss is below {number(goal.below, digits)}.", "", "")
    if goal.end is None:
        return Progress(f"{_counted(done)} made, until you stop.", "", "")
    whole = goal.end - goal.start
    return Progress(f"{done:,} of {whole:,} iterations.", str(done), str(whole))


def _counted(count: int) -> str:
    """one update, 1,200 updates."""
    return counted(count, "update") if count < len(COUNTS) else f"{count:,} updates"


def _risen(session: TrainingSession, digits: int) -> str:
    """That the last run has made the loss larger, and why that may be; nothing where its own mistakes may do that."""
    risen = None if session.setup.mistakes else risen_loss(session)
    if risen is None:
        return ""
    began, ended = (number(loss, digits) for loss in risen)
    return f"Over this run the training loss has risen from {began} to {ended}: the learning rate may be too large."


def _told(session: TrainingSession, digits: int) -> str:
    if not session.updates:
        return "Nothing is trained yet."
    it = session.current
    loss = number(it.loss_after if session.finished else it.loss, digits)
    return f"{sentence(_counted(session.updates))} made. The loss of this batch is {loss}."
