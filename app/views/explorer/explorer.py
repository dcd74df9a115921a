"""The explorer page: one frozen class per panel, each exactly what its template may use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from app.lessons import lesson_named
from app.sessions.walk.position import MEASURES
from app.sessions.walk.session import TrainingSession
from app.views.bug_lab.bug_lab import BugLab, Checks, bug_lab_panels, chosen_told
from app.views.check.check import Check, check_panel
from app.views.explorer.data import Data, data
from app.views.explorer.edit import Edit, edit_panel, undo_reset
from app.views.explorer.edit import said as edit_said
from app.views.explorer.end import End, end_card
from app.views.explorer.equation import EquationPanel, equation_panel, layer_name, sentence_without_rule
from app.views.explorer.parameters import Parameters, parameters
from app.views.explorer.timeline import Timeline, timeline
from app.views.formulas.symbols import orientation_of
from app.views.narration.narration import narrate, narrate_end, narrate_start
from app.views.network.diagram import Network, diagram
from app.views.pages import heading_of
from app.views.paths.paths import Opened, PathsPanel, paths_panel
from app.views.predict.predict import Predict, predict_panel
from app.views.text.naming import what_is_found
from app.views.text.numbers import number
from app.views.text.words import counted

# Whose a lesson was: by whether a rule of it is wrong, and whether it is walked as published. Each ends "is act two".
NOTEBOOKS = {
    (True, False): "after a published notebook; what it printed",
    (True, True): "by the notebook’s own rule; what is wrong with it",
    (False, True): "after a published notebook; what it hides",
    (False, False): "from another start than the notebook’s; why",
}
AGAIN = "\u00a0"  # is not heard, and makes another text of the same words


@dataclass(frozen=True)
class Play:
    """How the page walks by itself: `period` milliseconds a step while `on`."""

    on: bool = False
    period: int = 1000


@dataclass(frozen=True)
class Look:
    """How a reader looks at a walk: decimals, whether it plays, what must be said of the last request.

    `reply` is what must be said to the last answer of a question; `op` is the page's own word, sent back by its forms.
    `opened` is the parameter or unit whose paths are open; `nudged` is how far the parameter of the gradient in view is
    moved, to see what the loss does; `moment` is the time in seconds, of a clock of one's choice; `pressed` is the verb
    of the button that was pressed, empty where the page is only read. `read_only`: the reader may change nothing.
    """

    digits: int = 5
    play: Play = Play()
    message: str = ""
    opened: Opened | None = None
    moment: float = 0.0
    reply: str = ""
    op: str = ""
    pressed: str = ""
    nudged: float = 0.0
    read_only: bool = False


PLAIN = Look()


@dataclass(frozen=True)
class Headline:
    """What the network is: title, its facts in one line, of a lesson also whose it was."""

    id: ClassVar[str] = "headline"
    template: ClassVar[str] = "explorer/headline.html"

    title: str
    facts: str
    notebook: str


@dataclass(frozen=True)
class Asking:
    """The setting of the walk: when it asks before it shows, and what there is to choose from, as (value, text).

    Empty while a bug is hunted.
    """

    id: ClassVar[str] = "ask-me"
    template: ClassVar[str] = "explorer/ask-me.html"

    asking: str
    askings: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, session: TrainingSession) -> Self:
        """What is chosen for a walk."""
        if session.hunt:
            return cls("", ())
        chosen = (("1", "at times"),) if session.lesson else ()
        asking = {"": "0", "chosen": "1" if session.lesson else "always"}.get(session.asking, "always")
        return cls(asking, (("0", "never"), *chosen, ("always", "always")))


@dataclass(frozen=True)
class Loss:
    """The loss as far as it is known, and where in the training the walk stands."""

    id: ClassVar[str] = "loss"
    template: ClassVar[str] = "explorer/loss.html"

    value: str
    after: str
    place: str


@dataclass(frozen=True)
class Revision:
    """The revision that the page shows, and a word of this page's own: every form sends both back.

    By the word, `op`, the same click sent twice is known as one.
    """

    id: ClassVar[str] = "revision"
    template: ClassVar[str] = "explorer/revision.html"

    rev: int
    op: str


@dataclass(frozen=True)
class Controls:
    """The buttons of the walk: the measure of a step, what can be done now, whether it plays.

    `undo` leads back to where the walk stood before it was reset, while it still stands at its start.
    """

    id: ClassVar[str] = "controls"
    template: ClassVar[str] = "explorer/controls.html"

    by: str
    measures: tuple[str, ...]
    at_start: bool
    playing: bool
    undo: str


@dataclass(frozen=True)
class Ticker:
    """While the walk plays: the element that asks for the next step every `period` milliseconds; 0 when it rests."""

    id: ClassVar[str] = "ticker"
    template: ClassVar[str] = "explorer/ticker.html"

    period: int


@dataclass(frozen=True)
class Status:
    """The step in one spoken sentence, for screen readers."""

    id: ClassVar[str] = "status"
    template: ClassVar[str] = "explorer/status.html"

    sentence: str


@dataclass(frozen=True)
class Message:
    """What the learner must know of the last request: what was given, what is allowed, what to do. Empty if nothing."""

    id: ClassVar[str] = "message"
    template: ClassVar[str] = "explorer/message.html"

    text: str


Panel = (
    Headline
    | Asking
    | Loss
    | Revision
    | Controls
    | Ticker
    | Status
    | Message
    | Timeline
    | Network
    | EquationPanel
    | Parameters
    | Data
    | Predict
    | Edit
    | End
    | PathsPanel
    | Check
    | BugLab
    | Checks
)


@dataclass(frozen=True)
class ExplorerPage:
    """The whole page: its panels by name. `hunting`: a bug is looked for."""

    title: str
    session: str
    hunting: bool
    panels: tuple[Panel, ...]

    @property
    def resting(self) -> tuple[Panel, ...]:
        """The panels as they are known to be shown: none takes the focus, so that one that does is sent again."""
        return tuple(
            replace(panel, field=replace(panel.field, focused=False))
            if isinstance(panel, Edit) and panel.field
            else replace(panel, focused=False)
            if isinstance(panel, Checks)
            else panel
            for panel in self.panels
        )

    def after(self, before: Sequence[object]) -> Self:
        """The same page with a status that is another text than the one of the panels before: a text that stays as it
        is would not be spoken again.
        """
        if self["status"] not in before:
            return self
        anew = tuple(Status(panel.sentence + AGAIN) if isinstance(panel, Status) else panel for panel in self.panels)
        return replace(self, panels=anew)

    def __getitem__(self, id: str) -> Panel:
        return next(panel for panel in self.panels if panel.id == id)


def explorer(session: TrainingSession, session_id: str, rev: int, look: Look = PLAIN) -> ExplorerPage:
    """The page of one session at one revision."""
    digits = look.digits
    lesson = None if session.lesson is None else lesson_named(session.lesson)
    step, sentence = step_told(session, digits), told(session, digits)
    heading = heading_of(session)
    headline = Headline(
        title=heading.title,
        facts=heading.facts,
        notebook=NOTEBOOKS[lesson.mistaken, session.as_published] if lesson else "",
    )
    it, examples = session.current, len(session.setup.examples[0])
    loss = Loss(
        value=number(it.loss, digits) if session.phase_done("loss") else "",
        after=number(it.loss_after, digits) if session.finished else "",
        place=f"example {session.example + 1} of {examples} · "
        f"iteration {session.iteration + 1} · epoch {session.epoch + 1}",
    )
    paths = paths_panel(session, look.opened, digits)
    edit = edit_panel(session, look.opened, digits)
    equation = equation_panel(session, lesson, step, digits, look.nudged)
    felt = equation.nudge.spoken if equation.nudge else ""
    predict = predict_panel(session, digits, look.moment, look.reply)
    check = check_panel(session, digits)
    lab = bug_lab_panels(session, digits, *((look.opened.symbol, look.opened.focused) if look.opened else ()))
    # Aloud, what a step finds comes first, since two units may well do the same. A verdict comes before the step that
    # it is about; a question stands in the place of the next one.
    found = f"{what_is_found(session.equation, session.shape)}. " if session.equation else ""
    if len(session.shown) > 1:
        found = f"{layer_name(session)}: {counted(len(session.shown), 'equation')}. The last: {found}"
    parts = [predict.spoken] if predict.asks else [predict.spoken, found + sentence]
    panels: tuple[Panel, ...] = (
        Message(look.message),
        Status(
            look.message
            or outcome(session, look, step, equation, check)
            or edit_said(session, edit)
            or paths.said
            or (chosen_told(session, look.opened.symbol) if look.opened else "")
            or felt
            or " ".join(filter(None, parts))
        ),
        Revision(rev, look.op),
        headline,
        Asking.of(session),
        loss,
        Controls(session.by, MEASURES, session.place == (0, 0), look.play.on, undo_reset(session)),
        Ticker(look.play.period if look.play.on else 0),
        timeline(session),
        diagram(session, digits, () if predict.asks else equation.links, look.pressed),
        equation,
        parameters(session, orientation_of(session), digits),
        data(session, lesson, digits, not look.read_only),
        predict,
        edit,
        end_card(session, rev, digits),
        paths,
        check,
        *(lab or ()),
    )
    return ExplorerPage(headline.title, session_id, session.hunt is not None, panels)


def outcome(session: TrainingSession, look: Look, step: str, equation: EquationPanel, check: Check) -> str:
    """What is spoken of a button that shows no step: the check, another example, a training. Empty for all others."""
    match look.pressed:
        case "check" if session.checking:
            of_this = equation.badge.text if equation.badge else ""
            return f"{of_this} {check.verdict or check.refused}".strip()
        case "check":
            return "Gradients are no longer checked."
        case "focus":
            return f"Example {session.example + 1} is in focus. {step}"
        case "train":
            now = session.current
            made = f"{session.updates:,} update{'s' if session.updates > 1 else ''} made."
            return f"{made} {narrate_end(now.loss, now.loss_after, session.shape, look.digits)}"
    return ""


def told(session: TrainingSession, digits: int) -> str:
    """The step in plain sentences, with the end of an iteration said where it is reached."""
    step, now = step_told(session, digits), session.current
    if not session.finished:
        return step
    return f"{step} {narrate_end(now.loss, now.loss_after, session.shape, digits)}"


def step_told(session: TrainingSession, digits: int) -> str:
    """The step in plain sentences."""
    equation = session.equation
    if equation is None:
        return narrate_start(session.shape)
    if session.hides(equation):
        return sentence_without_rule(session, equation, digits)
    return narrate(equation, session.shape, session.values, digits)
