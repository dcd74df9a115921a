"""The pages around the explorer, as frozen classes: exactly what their templates may use; what all pages wear."""

from dataclasses import dataclass
from typing import Self

from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.facts import network_facts
from app.views.text.words import counted, sentence

THEMES = (("", "system"), ("light", "light"), ("dark", "dark"))
MOTIONS = (("", "system"), ("full", "moving"), ("reduced", "still"))
DIGITS = range(2, 9)
SPEEDS = ((2000, "slow"), (1000, "steady"), (500, "quick"))  # milliseconds a step
KEYS = (("", "on"), ("off", "off"))


@dataclass(frozen=True)
class Option:
    """One entry of a select."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class NavItem:
    """A room of the program; `current` where the page belongs to it."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True)
class Chrome:
    """What every page wears: the reader's preferences and the way here. Empty theme or motion: as the system.

    `speed` is that of Play, in milliseconds a step; `keys` is off where no single key does anything.

    `framed`: inside of another site's page, where browsers keep no cookies of ours. `read_only`: the page shows a walk
    to somebody who may only look at it.
    """

    theme: str
    motion: str
    digits: int
    speed: int
    keys: str
    path: str
    nav: tuple[NavItem, ...]
    framed: bool = False
    read_only: bool = False

    @classmethod
    def of(
        cls,
        path: str,
        current: str = "",
        theme: str = "",
        motion: str = "",
        digits: int = 5,
        speed: int = 1000,
        keys: str = "",
    ) -> Self:
        """For the page at `path`; `current` is lessons, build, bug-lab, classroom or walks where it belongs there."""
        rooms = (
            ("Lessons", "/", "lessons"),
            ("Build", "/build", "build"),
            ("Bug lab", "/bug-lab", "bug-lab"),
            ("Classroom", "/classroom", "classroom"),
            ("My walks", "/walks", "walks"),
        )
        nav = tuple(NavItem(text, href, name == current) for text, href, name in rooms)
        return cls(theme, motion, digits, speed, keys, path, nav)

    @property
    def themes(self) -> tuple[Option, ...]:
        return _options(THEMES, self.theme)

    @property
    def motions(self) -> tuple[Option, ...]:
        return _options(MOTIONS, self.motion)

    @property
    def speeds(self) -> tuple[Option, ...]:
        return _options(tuple((str(period), name) for period, name in SPEEDS), str(self.speed))

    @property
    def keys_on(self) -> tuple[Option, ...]:
        return _options(KEYS, self.keys)

    @property
    def digit_counts(self) -> tuple[Option, ...]:
        """How many decimals a page may show."""
        return _options(tuple((str(n), str(n)) for n in DIGITS), str(self.digits))


def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, text, value == chosen) for value, text in choices)


# The pages of a walk --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """What stands at the top of a page of a walk: its title, and the facts of its network in one line."""

    eyebrow: str
    title: str
    facts: str


def heading_of(session: TrainingSession) -> Heading:
    """The heading of a walk, by its own name where it has one."""
    facts = network_facts(session.setup)
    if session.lesson is not None:
        lesson = lesson_named(session.lesson)
        return Heading(f"Notebook {lesson.number} of {len(LESSONS)}", session.name or lesson.title, facts)
    if session.hunt:
        return Heading("Bug lab", session.name or "Find the mistake", facts)
    return Heading("Your own network", session.name or "A network of your own", facts)


def room_of(session: TrainingSession) -> str:
    """The room of the program that a walk belongs to, as the navigation names it."""
    return "bug-lab" if session.hunt else "lessons" if session.lesson else "build"


# Lessons --------------------------------------------------------------------------------------------------------------


OWN_START = "The notebook’s rules are right. The walk has its data and its start."


@dataclass(frozen=True)
class LessonCard:
    """One lesson among the others; `act_one` is whether its act one walks it as published, as a form says it."""

    slug: str
    act_one: str
    href: str
    eyebrow: str
    title: str
    summary: str
    introduction: str
    drawing: Thumbnail


@dataclass(frozen=True)
class LessonsPage:
    """The first page: all lessons in teaching order, and how many they are."""

    title: str
    counted: str
    lessons: tuple[LessonCard, ...]


@dataclass(frozen=True)
class LessonPage:
    """One lesson, read before it is walked: what each of its acts walks.

    Act two says in its button what it walks, and as a form says it whether that is as published.
    """

    title: str
    card: LessonCard
    notebook: str
    computed: str
    first_act: str
    second_act: str
    other_way: str
    act_two: str


def lessons_page(lessons: tuple[Lesson, ...] = LESSONS) -> LessonsPage:
    """The page of all lessons."""
    many = counted(len(lessons), "notebook"), counted(len(lessons), "small network")
    return LessonsPage("Lessons", f"{sentence(many[0])}, {many[1]}.", tuple(map(lesson_card, lessons)))


def lesson_page(lesson: Lesson) -> LessonPage:
    """The page of one lesson."""
    if lesson.mistaken:
        acts = lesson.right_note, lesson.hides, "Walk by the notebook’s rule", "true"
    else:
        acts = OWN_START, f"{lesson.hides} {lesson.right_note}", "Walk from another start", "false"
    return LessonPage(lesson.title, lesson_card(lesson), lesson.notebook, lesson.computed, *acts)


def lesson_card(lesson: Lesson) -> LessonCard:
    """A lesson as a card."""
    return LessonCard(
        slug=lesson.slug,
        act_one="false" if lesson.mistaken else "true",
        href=f"/lessons/{lesson.slug}",
        eyebrow=f"Notebook {lesson.number} of {len(LESSONS)}",
        title=lesson.title,
        summary=network_facts(lesson.published),
        introduction=lesson.introduction,
        drawing=thumbnail(lesson.published.sizes),
    )


# What is kept ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PrivacyPage:
    """What the program keeps of whoever uses it, and for how many hours."""

    title: str
    walk_hours: str
    class_hours: str


def privacy_page(walk_hours: float, class_hours: float) -> PrivacyPage:
    """The page that says so."""
    return PrivacyPage("What is kept of you", f"{walk_hours:g}", f"{class_hours:g}")


# What did not work ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProblemPage:
    """Something that did not work: what happened, and what to do. `lesson` is a slug to start again, or empty.

    `request` is what the server's log calls the request that did not work.
    """

    status: int
    title: str
    happened: str
    remedy: str
    lesson: str = ""
    request: str = ""


def not_found() -> ProblemPage:
    """There is no such page."""
    return ProblemPage(
        404,
        "This page does not exist",
        "There is nothing at this address.",
        "Check the address, or go to the lessons.",
    )


def session_gone(lesson: str = "") -> ProblemPage:
    """The session is unknown or has expired; `lesson` is a slug to start again with, where it is known."""
    return ProblemPage(
        404,
        "This walk is no longer here",
        "The address names a walk that this program does not hold: it was never here, it was deleted or has another "
        "address now, or it was left unused so long that it was let go.",
        "Start again: the same lesson begins with the same numbers.",
        lesson,
    )


def stale() -> ProblemPage:
    """The form was sent from an older state of the page."""
    return ProblemPage(
        412,
        "The walk has moved on",
        "This page was older than the walk: it went on in another tab or window. Nothing was changed.",
        "Go back and load the page again to see where the walk stands.",
    )


def broken() -> ProblemPage:
    """The program itself failed."""
    return ProblemPage(
        500,
        "Something broke on our side",
        "The program met a case that it does not know. Your walk is kept as it was.",
        "Go back and try again. If it happens again, start a new walk from the lessons.",
    )


def refused(status: int, happened: str, remedy: str) -> ProblemPage:
    """A request that cannot be done, with the reason and the remedy in words."""
    return ProblemPage(status, "That did not work", happened, remedy)
