"""A session as it lies in a row: two texts, what never changes and where it stands, compressed where they are long.

Read again, it is the same to the last bit.
"""

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import astuple, replace
from itertools import takewhile
from typing import Any

import numpy as np

from app.engine.memory import kept
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.setups.document import Document, setup_document, setup_of
from app.sessions.store.store import SessionTooLargeError
from app.sessions.walk.answers import answers_of, answers_text
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.edits import Change, Changes, Mark
from app.sessions.walk.hunt import hunt_of
from app.sessions.walk.position import Place
from app.sessions.walk.session import Fork, Goal, TrainingSession
from app.sessions.walk.timeline import Timeline

LONG = 8_000  # characters; most steps have a shorter text, which is kept as it is
LEVEL = 1  # of zlib: numbers hardly get smaller with more
PACKED = 1.05  # bytes that a byte of a checkpoint takes here: its text is a third longer, and packed a quarter shorter
Packed = str | bytes


def fixed_text(session: TrainingSession) -> str:
    """What never changes of a session: its lesson, or its setup."""
    if session.lesson is None:
        return json.dumps({"setup": setup_document(session.setup)})
    return json.dumps({"lesson": session.lesson, "as_published": session.as_published})


def moving_text(session: TrainingSession) -> str:
    """What changes of a session: where it stands, what was changed, and the checkpoints of the way."""
    timeline = session.timeline
    always = {
        "place": session.place,
        "by": session.by,
        "wanted": session.wanted,
        "changes": _changes_document(timeline.changes),
        "checkpoints": [(c.iteration, b64encode(c.parameters.tobytes()).decode()) for c in timeline.checkpoints],
    }
    sometimes = {
        "whole": session.whole,
        "asking": session.asking,
        "posed": session.posed,
        "proving": session.checking,
        "answers": answers_text(session.answers) if session.answers else "",
        "hunt": session.hunt and astuple(session.hunt),
        "fork": session.fork and astuple(session.fork),
        "others": [astuple(fork) for fork in session.others],
        "goal": session.goal and astuple(session.goal),
        "marks": [_mark_document(mark, timeline.changes) for mark in session.marks],
        "name": session.name,
    }
    used = {name: value for name, value in sometimes.items() if value}
    return json.dumps(always | used, separators=(",", ":"))


def _changes_document(changes: Changes) -> list[tuple[int, Symbol, float]]:
    return [(change.iteration, change.symbol, change.value) for change in changes]


def _mark_document(mark: Mark, changes: Changes) -> Document:
    """A mark by how many of the session's changes it begins with, and the others that it has."""
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(mark.changes, changes, strict=False))))
    others = _changes_document(mark.changes[same:])
    return {"place": mark.place, "same": same, "others": others, "what": mark.what}


def _changes_of(document: list[tuple[int, list[Any], float]]) -> Changes:
    return tuple(Change(first, Symbol(*symbol), value) for first, symbol, value in document)


def _mark_of(document: Document, changes: Changes) -> Mark:
    before = changes[: document["same"]] + _changes_of(document["others"])
    return Mark(Place(*document["place"]), before, document["what"])


def session_of(fixed: Packed, moving: Packed) -> TrainingSession:
    """The session of both texts, the same to the last bit. UnknownLessonError where its lesson is no longer taught."""
    setup, lesson, as_published = _fixed_of(unpacked(fixed))
    document = json.loads(unpacked(moving))
    iteration, cursor = document["place"]
    changes = _changes_of(document["changes"])
    timeline = Timeline(
        setup,
        iteration,
        changes,
        tuple(Checkpoint(first, np.frombuffer(b64decode(text))) for first, text in document["checkpoints"]),
    )
    return TrainingSession(
        timeline,
        lesson=lesson,
        as_published=as_published,
        cursor=cursor,
        by=document["by"],
        whole=document.get("whole", False),
        wanted=document["wanted"],
        asking=document.get("asking", ""),
        posed=document.get("posed", False),
        answers=answers_of(document["answers"]) if "answers" in document else (),
        checking=document.get("proving", False),
        hunt=hunt_of(*document["hunt"]) if "hunt" in document else None,
        marks=tuple(_mark_of(mark, changes) for mark in document.get("marks", ())),
        fork=Fork(*document["fork"]) if "fork" in document else None,
        others=tuple(Fork(*fork) for fork in document.get("others", ())),
        goal=Goal(*document["goal"]) if "goal" in document else None,
        name=document.get("name", ""),
    )


@kept
def _fixed_of(text: str) -> tuple[Setup, str | None, bool]:
    """(setup, lesson, as_published): kept in memory, for a setup with a thousand examples takes long to read."""
    document = json.loads(text)
    if "setup" in document:
        return setup_of(document["setup"]), None, True
    lesson, as_published = document["lesson"], document["as_published"]
    return lesson_named(lesson).setup(as_published), lesson, as_published


def pack(text: str) -> Packed:
    """The text, compressed where that pays."""
    return text if len(text) < LONG else zlib.compress(text.encode(), LEVEL)


def unpacked(packed: Packed) -> str:
    """The inverse of `pack`."""
    return packed if isinstance(packed, str) else zlib.decompress(packed).decode()


def packed_fixed(session: TrainingSession, most: int) -> Packed:
    """What never changes of a session. SessionTooLargeError where no checkpoint has room beside it in `most` bytes."""
    packed = pack(fixed_text(session))
    size = len(packed) + round(PACKED * Checkpoint.start(session.setup).parameters.nbytes)
    if size > most:
        raise SessionTooLargeError(size, most)
    return packed


def packed_moving(session: TrainingSession, most: int, fixed_bytes: int) -> Packed:
    """What changes of a session, so that both parts take at most `most` bytes: with fewer checkpoints if need be.

    A checkpoint that is missing only makes going back slower; the youngest stays, or whoever looks at the walk would go
    its whole way again. SessionTooLargeError where there is no room for it.
    """
    while len(packed := pack(moving_text(session))) + fixed_bytes > most:
        checkpoints = session.timeline.checkpoints
        if len(checkpoints) < 2:
            raise SessionTooLargeError(len(packed) + fixed_bytes, most)
        fewer = checkpoints[(len(checkpoints) - 1) % 2 :: 2]  # the youngest among them
        session = replace(session, timeline=replace(session.timeline, checkpoints=fewer))
    return packed
