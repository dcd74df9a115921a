"""Everything that a learner takes away of a walk: each form by its name, what it is for, and how it is made."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.sessions.take_away.link import MOST_IN_ADDRESS, SUFFIX, check_may_leave, file_of, link_of
from app.sessions.walk.session import TrainingSession
from app.views.pages import heading_of
from app.views.take_away.notebook import notebook
from app.views.take_away.questions import gift, moodle
from app.views.take_away.script import numpy_script
from app.views.take_away.tables import equations_in_latex, equations_table, losses_table, parameters_table
from app.views.take_away.torch_script import torch_script
from app.views.take_away.worked import worked
from app.views.text.words import counted, sentence
from app.views.walks.walks import WalkCard, walk_card

CSV = "text/csv"
PREVIEWED = 24  # lines


@dataclass(frozen=True)
class Form:
    """One form: its name, which ends as its file does; its title; what it is for; its media type; what makes it."""

    name: str
    title: str
    words: str
    media: str
    make: Callable[[TrainingSession], str]


class UnknownFormError(LookupError):
    """There is no form of this name; says which there are."""

    def __init__(self) -> None:
        super().__init__(f"There is no such form. Choose one of: {', '.join(FORMS)}.")


CODE = (
    Form(
        "numpy.py", "NumPy script", "Every line of this iteration, with an assert for each number that you have seen.",
        "text/x-python", lambda session: numpy_script(worked(session)),
    ),
    Form(
        "pytorch.py", "PyTorch script", "The same numbers found by autograd and torch.optim.",
        "text/x-python", torch_script,
    ),
    Form(
        "notebook.ipynb", "Notebook", "The NumPy script with its sentences and formulas, cell by cell.",
        "application/x-ipynb+json", lambda session: notebook(worked(session)),
    ),
)  # fmt: skip
TABLES = (
    Form("equations.csv", "Equations", "Each step: its symbol, formula and value.", CSV, equations_table),
    Form("parameters.csv", "Parameters", "Values, gradients and their numerical checks.", CSV, parameters_table),
    Form("losses.csv", "Losses", "One for each iteration so far.", CSV, losses_table),
    Form("equations.tex", "Equations in LaTeX", "Those so far, with their values.", "text/x-tex", equations_in_latex),
)
QUESTIONS = (
    Form(
        "moodle.xml", "Questions for Moodle",
        "Ten variants of each number of an iteration; a wrong answer is named for its mistake.",
        "application/xml", moodle,
    ),
    Form("gift.txt", "The same in GIFT", "For Moodle and for others that read it.", "text/plain", gift),
)  # fmt: skip
GROUPS = (
    ("Code that checks itself", CODE),
    ("For tables and papers", TABLES),
    ("Questions for a school’s own system", QUESTIONS),
)
WALK = Form(f"again{SUFFIX}", "Walk", "The whole walk as a file, to open again.", "application/json", file_of)
FORMS = {form.name: form for form in (*CODE, *TABLES, *QUESTIONS, WALK)}
MEDIA = tuple(dict.fromkeys(form.media for form in FORMS.values()))


@dataclass(frozen=True)
class Export:
    """One form of a walk, made: as a file of this name."""

    text: str
    media: str
    file: str


def export_of(session: TrainingSession, name: str) -> Export:
    """A walk in the form of this name. UnknownFormError where there is none; NotYetError where it would tell what the
    learner is to find out.
    """
    if name not in FORMS:
        raise UnknownFormError
    check_may_leave(session)
    form = FORMS[name]
    return Export(form.make(session), form.media, f"{_file_name(session)}-{name}")


def _file_name(session: TrainingSession) -> str:
    """The walk's title in small ASCII letters."""
    words = re.findall("[a-z0-9]+", heading_of(session).title.lower())
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


def take_away_page(session: TrainingSession, id: str, root: str, preview: str = "") -> TakeAwayPage:
    """The page; `root` is the address of the program. Errors as of `export_of`."""
    shown = FORMS[preview] if preview in FORMS else CODE[0]
    lines = export_of(session, shown.name).text.split("\n")
    rest = len(lines) - PREVIEWED
    text = "\n".join(lines[:PREVIEWED]) + (f"\n… and {rest} lines more" if rest > 1 else "")
    path = f"/w/{link_of(session)}"
    link = f"{root}{path}" if len(path) <= MOST_IN_ADDRESS else ""
    return TakeAwayPage("Take away", walk_card(session, id, False), link, GROUPS, WALK, shown, text)


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
