"""The film of walks that are trained side by side: what changes of their numbers, curves and pictures, and no more."""

import re

from app.sessions.walk.session import TrainingSession
from app.views.compare.outcomes import Compared, each_chart, picture_of, title_of
from app.views.pictures.film import Frame, Lines, Part, picture_parts
from app.views.training.training import Training

TURN = re.compile("[0-9]")


def frame(session: TrainingSession, found: Compared, panel: Training, digits: int, has: str) -> Frame:
    """The next picture for a page that has `has`. Of the walks' own pictures each frame shows another one anew: `has`
    tells whose turn it was, and the lines that the page has.
    """
    turn, _, had = has.partition("|")
    lines, which = Lines(tuple(each_chart(found.walked, digits)), had), 0
    if TURN.fullmatch(turn):
        which = (int(turn) + 1) % len(found.walked)
    seen = picture_of(found.walked, which, digits)
    heading = Part(f".seen > :nth-child({which + 1}) .hint", "text", seen.picture.title)
    parts = [Part(".far", "far", panel.progress), Part("#outcomes h2", "text", title_of(found.walked, digits))]
    for i, walk in enumerate(found.told, start=1):
        cells = enumerate(walk.numbers, start=1)
        parts += [Part(f".became tbody tr:nth-child({i}) td:nth-of-type({k})", "text", text) for k, text in cells]
    picture = [heading, *list(picture_parts(seen.picture))[1:]]
    return Frame((*parts, *lines.parts(), *picture), tuple(lines.more()), f"{which}|{lines.has}")
