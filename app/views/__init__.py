"""What is shown: numbers become text, formulas, positions and words. Pure functions; no HTTP, no templates."""

from app.views.api_docs import api_docs
from app.views.code import line_of_numpy
from app.views.explorer import SPEEDS, ExplorerPage, Look, Play, explorer
from app.views.formulas import latex, symbol_text, text
from app.views.pages import (
    Chrome,
    ProblemPage,
    broken,
    lesson_page,
    lessons_page,
    not_found,
    refused,
    session_gone,
    stale,
)
from app.views.paths import Opened

__all__ = [
    "SPEEDS",
    "Chrome",
    "ExplorerPage",
    "Look",
    "Opened",
    "Play",
    "ProblemPage",
    "api_docs",
    "broken",
    "explorer",
    "latex",
    "lesson_page",
    "lessons_page",
    "line_of_numpy",
    "not_found",
    "refused",
    "session_gone",
    "stale",
    "symbol_text",
    "text",
]
