"""A walk's iteration as one file that needs no server: each step's drawing, equation, sentence and line of NumPy."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.engine.network.errors import SetupError
from app.sessions.walk.session import TrainingSession
from app.views.explorer.equation import equation_panel
from app.views.formulas.formulas import formula, maths
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import heading, orientation_of
from app.views.narration.narration import narrate, narrate_start
from app.views.network.diagram import Network, diagram
from app.views.pages import heading_of

MOST_STEPS = 200  # in one file; an iteration of 2-4-2 has 63
DIGITS = 5
# What leads from mark to mark on the page, what only a pointer meets, and what saves room in a narrow column; the file
# has a sentence for each step, and a wide one.
ON_PAGES = re.compile(
    r' (?:data-ref|role|tabindex|aria-label|aria-hidden|stretchy)="[^"]*"|(?<=<mrow) class="[tj]"'
    r'|(?<="al") displaystyle="true"|<path class="reach"[^>]*/>'
)
Draw = Callable[[Any], str]  # one part of a drawing


@dataclass(frozen=True)
class OneFilePage:
    """The file: the first drawing, and all steps as JSON; each has what changes of the drawing, by id."""

    title: str
    facts: str
    first: Network
    count: int
    steps: str


def one_file_page(session: TrainingSession, draw: Draw) -> OneFilePage:
    """The whole iteration in which a walk stands. SetupError where it is too long for one file."""
    count = len(session.equations)
    if count > MOST_STEPS:
        raise SetupError(
            "walk",
            f"One file holds at most {MOST_STEPS} steps; this iteration has {count:,}.",
            "Take a smaller network.",
        )
    start = replace(session, cursor=0, whole=False, by="equation", posed=False)
    walks = [replace(start, cursor=cursor) for cursor in range(count + 1)]
    drawings = [diagram(walk, DIGITS, equation_panel(walk, None, "", DIGITS).links) for walk in walks]
    steps = [_told(walk) for walk in walks]
    for step, before, now in zip(steps[1:], drawings, drawings[1:], strict=False):
        step["marks"] = {part.id: ON_PAGES.sub("", draw(part)) for part in _changed(before, now)}
    words = heading_of(session)
    text = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/").replace("<!", "\\u003c!")  # so that nothing in it ends the script
    return OneFilePage(words.title, words.facts, drawings[0], count, text)


def _changed(before: Network, now: Network) -> Sequence[Any]:
    """The marks of the drawing that look different; what travels in a film stays behind."""
    film = now.film.id
    pairs = [pair for groups in zip(before.parts(), now.parts(), strict=True) for pair in zip(*groups, strict=True)]
    return [part for was, part in pairs if was != part and part.id != film]


def _told(walk: TrainingSession) -> dict[str, Any]:
    """What stands beside the drawing."""
    equation, shape, orientation = walk.equation, walk.shape, orientation_of(walk)
    if equation is None:
        return {"phase": "start", "heading": "Ready to start", "say": narrate_start(shape), "maths": "", "code": ""}
    found = formula(equation, shape, walk.values, orientation, DIGITS)
    return {
        "phase": equation.phase,
        "heading": heading(equation, shape, orientation),
        "say": narrate(equation, shape, walk.values, DIGITS),
        "maths": ON_PAGES.sub("", "".join(markup for _, markup in maths(found))),
        "code": line_of_numpy(equation, shape, orientation),
    }
