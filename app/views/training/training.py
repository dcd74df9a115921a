"""The panel that trains: how long, how far it has come, pause and stop, and what became of the loss."""

from dataclasses import dataclass
from typing import ClassVar

from app.sessions.walk.session import TrainingSession
from app.views.explorer.edit import UNDO
from app.views.text.numbers import number
from app.views.text.words import COUNTS, counted, sentence


@dataclass(frozen=True)
class Progress:
    """How far a run has come: `share` of `whole`, both whole numbers as texts; empty where it has no end."""

    words: str
    share: str
    whole: str


@dataclass(frozen=True)
class Asked:
    """What the page is: its own word, sent back by its form; whether it asks for more; what must be said.

    `pressed` is the verb of the button that asked; `count` and `measure` are the form's: how long its last run was.
    """

    op: str = ""
    running: bool = False
    message: str = ""
    pressed: str = ""
    count: str = "100"
    measure: str = "epochs"


QUIET = Asked()


@dataclass(frozen=True)
class Training:
    """The panel: a form for the next run, or the run that is under way; `running` while the page asks for more.

    `period` is how often it asks, in milliseconds; `undo` leads back to before the last run or edit. `spoken` is said
    where something begins or ends; `focused`: the button that was pressed is gone, the first one takes its focus.
    """

    id: ClassVar[str] = "training"
    template: ClassVar[str] = "training/training.html"
    period: ClassVar[int] = 400
    measures: ClassVar[tuple[str, ...]] = ("epochs", "iterations")

    asked: Asked
    progress: Progress | None
    running: bool
    told: str
    spoken: str
    undo: str
    at_start: bool
    focused: bool
    learning_rate: str


def training(session: TrainingSession, asked: Asked, digits: int) -> Training:
    """The panel of a walk."""
    goal, progress = session.goal, None
    if goal and goal.is_ahead(session.updates):
        done = max(0, session.updates - goal.start)
        progress = Progress(f"{_counted(done)} made, until you stop.", "", "")
        if goal.end is not None:
            whole = goal.end - goal.start
            progress = Progress(f"{done:,} of {whole:,} iterations.", str(done), str(whole))
    running = progress is not None and asked.running and not asked.message
    told = _told(session, digits)
    undo = UNDO[session.marks[-1].what] if session.marks and progress is None else ""
    return Training(
        asked,
        progress,
        running,
        told,
        "" if running else asked.message or (told if progress is None else f"Paused. {progress.words}"),
        undo,
        at_start=session.iteration == 0 and session.cursor == 0,
        focused={"run": running, "stop": True, "reset": True, "undo": not undo}.get(asked.pressed, False),
        learning_rate=f"{session.learning_rate:.15g}",
    )


def _counted(count: int) -> str:
    """one update, 1,200 updates."""
    return counted(count, "update") if count < len(COUNTS) else f"{count:,} updates"


def _told(session: TrainingSession, digits: int) -> str:
    if not session.updates:
        return "Nothing is trained yet."
    it = session.current
    loss = number(it.loss_after if session.finished else it.loss, digits)
    return f"{sentence(_counted(session.updates))} made. The loss of this batch is {loss}."
