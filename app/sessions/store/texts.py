"""A session as two texts: what never changes of it, and where it stands. Read again, it is the same to the last bit."""

import json
from base64 import b64decode, b64encode
from dataclasses import astuple
from functools import lru_cache
from typing import Any

import numpy as np

from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.setups.document import Document, setup_document, setup_of
from app.sessions.walk.answers import answers_of, answers_text
from app.sessions.walk.bug_lab import hunt_of
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.edits import Change, Changes, Mark
from app.sessions.walk.position import Place
from app.sessions.walk.session import Fork, Goal, TrainingSession
from app.sessions.walk.timeline import Timeline


def fixed_text(session: TrainingSession) -> str:
    """What never changes of a session: its lesson, or its setup."""
    if session.lesson is None:
        return json.dumps({"setup": setup_document(session.setup)})
    return json.dumps({"lesson": session.lesson, "as_published": session.as_published})


def moving_text(session: TrainingSession) -> str:
    """What changes of a session: where it stands, what was changed, and the checkpoints of the way."""
    timeline = session.timeline
    return json.dumps(
        {
            "place": session.place,
            "by": session.by,
            "wanted": session.wanted,
            "changes": list(map(_change_document, timeline.changes)),
            "checkpoints": [_checkpoint_document(checkpoint) for checkpoint in timeline.checkpoints],
            **_kept_apart(session),
        },
        separators=(",", ":"),
    )


def _kept_apart(session: TrainingSession) -> Document:
    """What most sessions have nothing of: switches, answers, a hunt."""
    parts = {
        "asking": session.asking,
        "proving": session.checking,
        "answers": answers_text(session.answers) if session.answers else "",
        "hunt": session.hunt and astuple(session.hunt),
        "fork": session.fork and astuple(session.fork),
        "goal": session.goal and astuple(session.goal),
        "marks": [_mark_document(mark, session.timeline.changes) for mark in session.marks],
    }
    return {name: value for name, value in parts.items() if value}


def _change_document(change: Change) -> tuple[int, Symbol, float]:
    return change.iteration, change.symbol, change.value


def _mark_document(mark: Mark, changes: Changes) -> Document:
    """A mark by how many of the session's changes it begins with, and the others that it has."""
    shared = next((i for i, pair in enumerate(zip(mark.changes, changes, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(mark.changes), len(changes)) if shared is None else shared
    return {
        "place": mark.place,
        "same": same,
        "others": list(map(_change_document, mark.changes[same:])),
        "what": mark.what,
    }


def _changes_of(document: list[tuple[int, list[Any], float]]) -> Changes:
    return tuple(Change(first, Symbol(*symbol), value) for first, symbol, value in document)


def _mark_of(document: Document, changes: Changes) -> Mark:
    before = changes[: document["same"]] + _changes_of(document["others"])
    return Mark(Place(*document["place"]), before, document["what"])


@lru_cache(maxsize=1024)
def _checkpoint_document(checkpoint: Checkpoint) -> tuple[int, str]:
    """(iteration, parameters in base 64): the same through all steps of an iteration."""
    return checkpoint.iteration, b64encode(checkpoint.parameters.tobytes()).decode()


def session_of(fixed: str, moving: str) -> TrainingSession:
    """The session of both texts, the same to the last bit. UnknownLessonError where its lesson is no longer taught."""
    setup, lesson, as_published = _fixed_of(fixed)
    document = json.loads(moving)
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
        wanted=document["wanted"],
        asking=document.get("asking", ""),
        answers=answers_of(document["answers"]) if "answers" in document else (),
        checking=document.get("proving", False),
        hunt=hunt_of(*document["hunt"]) if "hunt" in document else None,
        marks=tuple(_mark_of(mark, changes) for mark in document.get("marks", ())),
        fork=Fork(*document["fork"]) if "fork" in document else None,
        goal=Goal(*document["goal"]) if "goal" in document else None,
    )


@lru_cache(maxsize=128)
def _fixed_of(text: str) -> tuple[Setup, str | None, bool]:
    """(setup, lesson, as_published): kept in memory, for a setup with a thousand examples takes long to read."""
    document = json.loads(text)
    if "setup" in document:
        return setup_of(document["setup"]), None, True
    lesson, as_published = document["lesson"], document["as_published"]
    return lesson_named(lesson).setup(as_published), lesson, as_published
