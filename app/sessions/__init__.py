"""One learner's work: a walk with its verbs, and where walks are kept."""

from app.sessions.answers import Answer
from app.sessions.documents import setup_document, setup_of
from app.sessions.hunt import Hunt
from app.sessions.places import MEASURES, START, Measure, Place
from app.sessions.sqlite import SqliteStore, StoreVersionError
from app.sessions.store import Kept, SessionStore, StaleRevisionError, UnknownSessionError
from app.sessions.training import History, TrainingSession

__all__ = [
    "MEASURES",
    "START",
    "Answer",
    "History",
    "Hunt",
    "Kept",
    "Measure",
    "Place",
    "SessionStore",
    "SqliteStore",
    "StaleRevisionError",
    "StoreVersionError",
    "TrainingSession",
    "UnknownSessionError",
    "setup_document",
    "setup_of",
]
