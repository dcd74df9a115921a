"""One learner's work: a walk with its verbs, and where walks are kept."""

from app.sessions.answers import Answer, Asking
from app.sessions.changes import Changes, examples_with
from app.sessions.classes import accuracy, classes_of, classifies
from app.sessions.csv_rows import TableError, TableLimits
from app.sessions.curves import followed, points_of
from app.sessions.data_documents import data_of
from app.sessions.documents import AMOUNTS, setup_document, setup_of
from app.sessions.draft_tables import examples_in, kind_of, target_of, uses_of
from app.sessions.drafts import GIVEN, TABLE, Draft, draft_of
from app.sessions.forks import CHANGED, Fork, forked, now_of
from app.sessions.hunt import Hunt
from app.sessions.migrations import StoreVersionError
from app.sessions.operations import led_to, operation_key
from app.sessions.pairs import both_followed, counterpart, differ, first_difference, parting, same_place
from app.sessions.places import MEASURES, START, Measure, Place
from app.sessions.questions import (
    SIGNS,
    Question,
    QuestionError,
    Reply,
    answer,
    asked,
    asking_first,
    case_of,
    check_not_asked,
    given,
    open_part,
    parts_of,
    question_of,
    sign_of,
    unless_asked,
    up_to_question,
)
from app.sessions.running import StoppedError, Stretch, before_divergence, begun_run, stopped_run, stretches
from app.sessions.runs import Run, is_quick, run_of
from app.sessions.slices import epoch_back, epoch_on, in_slices
from app.sessions.sqlite import Bounds, SqliteStore
from app.sessions.standing import Goal, History
from app.sessions.store import (
    Kept,
    NotWritableError,
    SessionStore,
    SessionTooLargeError,
    StaleRevisionError,
    TooManySessionsError,
    UnknownSessionError,
)
from app.sessions.tables import TARGET_KINDS, Column, Labelled, Table, read_table
from app.sessions.timeline import Moment
from app.sessions.tracks import Point, Score
from app.sessions.trails import Stop, trail_of, trailed
from app.sessions.training import TrainingSession

__all__ = [
    "AMOUNTS",
    "CHANGED",
    "GIVEN",
    "MEASURES",
    "SIGNS",
    "START",
    "TABLE",
    "TARGET_KINDS",
    "Answer",
    "Asking",
    "Bounds",
    "Changes",
    "Column",
    "Draft",
    "Fork",
    "Goal",
    "History",
    "Hunt",
    "Kept",
    "Labelled",
    "Measure",
    "Moment",
    "NotWritableError",
    "Place",
    "Point",
    "Question",
    "QuestionError",
    "Reply",
    "Run",
    "Score",
    "SessionStore",
    "SessionTooLargeError",
    "SqliteStore",
    "StaleRevisionError",
    "Stop",
    "StoppedError",
    "StoreVersionError",
    "Stretch",
    "Table",
    "TableError",
    "TableLimits",
    "TooManySessionsError",
    "TrainingSession",
    "UnknownSessionError",
    "accuracy",
    "answer",
    "asked",
    "asking_first",
    "before_divergence",
    "begun_run",
    "both_followed",
    "case_of",
    "check_not_asked",
    "classes_of",
    "classifies",
    "counterpart",
    "data_of",
    "differ",
    "draft_of",
    "epoch_back",
    "epoch_on",
    "examples_in",
    "examples_with",
    "first_difference",
    "followed",
    "forked",
    "given",
    "in_slices",
    "is_quick",
    "kind_of",
    "led_to",
    "now_of",
    "open_part",
    "operation_key",
    "parting",
    "parts_of",
    "points_of",
    "question_of",
    "read_table",
    "run_of",
    "same_place",
    "setup_document",
    "setup_of",
    "sign_of",
    "stopped_run",
    "stretches",
    "target_of",
    "trail_of",
    "trailed",
    "unless_asked",
    "up_to_question",
    "uses_of",
]
