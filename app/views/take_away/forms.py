"""Everything that a learner takes away of a walk: each form by its name, what it is for, and how it is made."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.sessions.take_away.link import MOST_IN_ADDRESS, SUFFIX, NotYetError, check_may_leave, file_of, link_of
from app.sessions.walk.session import TrainingSession
from app.views.network.diagram import Network
from app.views.pages import heading_of
from app.views.take_away.notebook import notebook
from app.views.take_away.one_file import Draw, OneFilePage, one_file_page
from app.views.take_away.questions import gift, moodle
from app.views.take_away.script import numpy_script
from app.views.take_away.summary import SummaryPage, drawing_of, summary_page
from app.views.take_away.tables import equations_in_latex, equations_table, losses_table, parameters_table
from app.views.take_away.torch_script import torch_script
from app.views.take_away.worked import worked
from app.views.take_away.worksheet import LEVELS, WorksheetPage, sheet_of, worksheet_page
from app.views.text.words import counted, sentence
from app.views.walks.walks import WalkCard, walk_card

CSV = "text/csv"
PREVIEWED = 24  # lines


@dataclass(frozen=True)
class Wish:
    """What is asked for of a form: its options by name, the address of the walk as a link, empty for none, and what
    draws one part of a drawing.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    draw: Draw = str


Made = str | WorksheetPage | SummaryPage | Network | OneFilePage  # a text, or what a template shows
Make = Callable[[TrainingSession, Wish], Made]


@dataclass(frozen=True)
class Form:
    """One form: its name, which ends as its file does; its title; what it is for; its media type; what makes it."""

    name: str
    title: str
    words: str
    media: str
    make: Make


def _plainly(make: Callable[[TrainingSession], Made]) -> Make:
    """For a form without options."""
    return lambda session, wish: make(session)


def _sheet(is_key: bool) -> Make:
    return lambda session, wish: worksheet_page(session, sheet_of(wish.options), is_key, wish.link)


class UnknownFormError(LookupError):
    """There is no form of this name; says which there are."""

    def __init__(self) -> None:
        super().__init__(f"There is no such form. Choose one of: {', '.join(FORMS)}.")


CODE = (
    Form(
        "numpy.py", "NumPy script", "Every line of this iteration, with an assert for each number that you have seen.",
        "text/x-python", _plainly(lambda session: numpy_script(worked(session))),
    ),
    Form(
        "pytorch.py", "PyTorch script", "The same numbers found by autograd and torch.optim.",
        "text/x-python", _plainly(torch_script),
    ),
    Form(
        "notebook.ipynb", "Notebook", "The NumPy script with its sentences and formulas, cell by cell.",
        "application/x-ipynb+json", _plainly(lambda session: notebook(worked(session))),
    ),
)  # fmt: skip
TABLES = (
    Form("equations.csv", "Equations", "Each step: its symbol, formula and value.", CSV, _plainly(equations_table)),
    Form("parameters.csv", "Parameters", "Values, gradients, numerical checks.", CSV, _plainly(parameters_table)),
    Form("losses.csv", "Losses", "One for each iteration so far.", CSV, _plainly(losses_table)),
    Form(
        "equations.tex", "LaTeX", "The equations so far, with their values.", "text/x-tex", _plainly(equations_in_latex)
    ),
)
QUESTIONS = (
    Form(
        "moodle.xml", "Questions for Moodle",
        "Ten variants of each number of an iteration; a wrong answer is named for its mistake.",
        "application/xml", _plainly(moodle),
    ),
    Form("gift.txt", "The same in GIFT", "For Moodle and for others that read it.", "text/plain", _plainly(gift)),
)  # fmt: skip
PAPER = (
    Form(
        "worksheet.html", "Worksheet", "The network with blanks to fill by hand, to print.",
        "text/html", _sheet(is_key=False),
    ),
    Form(
        "key.html", "Answer key", "The same, filled, with the mistakes behind wrong numbers.",
        "text/html", _sheet(is_key=True),
    ),
)  # fmt: skip
PICTURES = (
    Form("drawing.svg", "Drawing", "The network as it stands, by itself.", "image/svg+xml", _plainly(drawing_of)),
    Form(
        "summary.html", "Summary", "The drawing, the equations so far and the parameters on one sheet, to print.",
        "text/html", _plainly(summary_page),
    ),
    Form(
        "walk.html", "Slides", "Every step of this iteration in one file, forward and back by keys.",
        "text/html", lambda session, wish: one_file_page(session, wish.draw),
    ),
)  # fmt: skip
GROUPS = (
    ("For slides and textbooks", PICTURES),
    ("Code that checks itself", CODE),
    ("For tables and papers", TABLES),
    ("Questions for a school’s own system", QUESTIONS),
)
WALK = Form(f"again{SUFFIX}", "Walk", "The whole walk as a file, to open again.", "application/json", _plainly(file_of))
FORMS = {form.name: form for form in (*CODE, *TABLES, *QUESTIONS, *PAPER, *PICTURES, WALK)}
PREVIEWS = tuple(form.name for form in (*CODE, *TABLES, *QUESTIONS))
MEDIA = tuple(dict.fromkeys(form.media for form in FORMS.values()))


@dataclass(frozen=True)
class Export:
    """One form of a walk, made, as a file of this name; `title` is the walk's."""

    form: Form
    made: Made
    file: str
    title: str


def export_of(session: TrainingSession, name: str, wish: Wish) -> Export:
    """A walk in the form of this name. UnknownFormError where there is none; NotYetError where it would tell what the
    learner is to find out; SetupError for an option that does not fit, or a network that does not.
    """
    if name not in FORMS:
        raise UnknownFormError
    check_may_leave(session)
    form = FORMS[name]
    title = heading_of(session).title
    return Export(form, form.make(session, wish), f"{_file_name(title)}-{name}", title)


def _file_name(title: str) -> str:
    """The title in small ASCII letters."""
    words = re.findall("[a-z0-9]+", title.lower())
    return "-".join(words)[:60].strip("-") or "walk"


# The pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TakeAwayPage:
    """Everything that can be taken away of a walk: `link` is its address as a link, empty where it is too long for one;
    `preview` is how the form `shown` begins.
    """

    title: str
    walk: WalkCard
    link: str
    groups: tuple[tuple[str, tuple[Form, ...]], ...]
    file: Form
    shown: Form
    preview: str
    levels: tuple[str, ...] = LEVELS
    previews: tuple[str, ...] = PREVIEWS


def take_away_page(session: TrainingSession, id: str, root: str, preview: str = "") -> TakeAwayPage:
    """The page; `root` is the address of the program. Errors as of `export_of`."""
    shown = FORMS[preview] if preview in PREVIEWS else CODE[0]
    check_may_leave(session)
    lines = str(shown.make(session, Wish())).split("\n")
    rest = len(lines) - PREVIEWED
    text = "\n".join(lines[:PREVIEWED]) + (f"\n… and {rest} lines more" if rest > 1 else "")
    return TakeAwayPage("Take away", walk_card(session, id, False), link_in(session, root), GROUPS, WALK, shown, text)


def link_in(session: TrainingSession, root: str) -> str:
    """The walk as an address below `root`; empty where it is too long for one, or would tell too much."""
    try:
        path = f"/w/{link_of(session)}"
    except NotYetError:
        return ""
    return f"{root}{path}" if len(path) <= MOST_IN_ADDRESS else ""


@dataclass(frozen=True)
class OpenedPage:
    """A walk that a link leads to: what it is, how many values were changed in it, and where it starts."""

    title: str
    walk: WalkCard
    edits: str
    link: str


def opened_page(session: TrainingSession, link: str) -> OpenedPage:
    """The page of a link."""
    count = len(session.timeline.changes)
    edits = (
        f"{sentence(counted(count, 'value'))} {'was' if count == 1 else 'were'} changed on the way." if count else ""
    )
    return OpenedPage("A walk to start from", walk_card(session, "", False), edits, link)
