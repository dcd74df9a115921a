"""The question on the wall in words, what became of an answer, and the histogram of all."""

from dataclasses import replace

from app.sessions.classroom.classroom import Asked
from app.sessions.classroom.questions import question_of
from app.sessions.walk.session import TrainingSession
from app.views.predict.predict import Predict, asking
from app.views.text.naming import what_is_found


def question_told(asked: Asked, walk: TrainingSession, digits: int) -> Predict:
    """The question with its formula and rule, as one learner is asked it; `walk` stands in front of it."""
    told = asking(walk, question_of(asked), digits)
    if asked.part != "loss":
        return told
    name = what_is_found(walk.equations[walk.cursor], walk.told_shape).removeprefix("Gradient of ")
    text = f"What happens to the loss if {name} goes up a little: does it grow, fall or stay?"
    return replace(told, question=text)
