"""What is shown: numbers become text, formulas, positions and words. Pure functions; no HTTP, no templates."""

from app.views.advice import output_advice
from app.views.api_docs import api_docs
from app.views.bug_lab import bug_lab_page
from app.views.build import build_page
from app.views.build_panels import FORM_PANELS, Manner, TextPanel, build_panels
from app.views.built import Built
from app.views.closed import is_closed
from app.views.code import line_of_numpy
from app.views.compare_page import compare_page
from app.views.comparison import Comparison, Names, Seen, alone, comparison
from app.views.curves import Curves, curves
from app.views.explorer import SPEEDS, ExplorerPage, explorer
from app.views.forks import both_losses, names_of_fork
from app.views.formulas import latex, symbol_text, text
from app.views.headings import room_of
from app.views.look import Look, Play
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
from app.views.pairings import pairing_problems
from app.views.paths import Opened
from app.views.pictures import PICTURES, ChosenPicture, chosen_picture, looked_over, pictures_page
from app.views.printed import RunPanel, printed_here, run_panel
from app.views.training import Asked, training
from app.views.verdicts import proof_of, verdict, work_of_check

__all__ = [
    "FORM_PANELS",
    "PICTURES",
    "SPEEDS",
    "Asked",
    "Built",
    "ChosenPicture",
    "Chrome",
    "Comparison",
    "Curves",
    "ExplorerPage",
    "Look",
    "Manner",
    "Names",
    "Opened",
    "Play",
    "ProblemPage",
    "RunPanel",
    "Seen",
    "TextPanel",
    "alone",
    "api_docs",
    "both_losses",
    "broken",
    "bug_lab_page",
    "build_page",
    "build_panels",
    "chosen_picture",
    "compare_page",
    "comparison",
    "curves",
    "explorer",
    "is_closed",
    "latex",
    "lesson_page",
    "lessons_page",
    "line_of_numpy",
    "looked_over",
    "names_of_fork",
    "not_found",
    "output_advice",
    "pairing_problems",
    "pictures_page",
    "printed_here",
    "proof_of",
    "refused",
    "room_of",
    "run_panel",
    "session_gone",
    "stale",
    "symbol_text",
    "text",
    "training",
    "verdict",
    "work_of_check",
]
