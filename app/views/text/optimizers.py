"""What the page says of an optimizer, of what it keeps of each parameter, and of a schedule for its learning rate."""

from dataclasses import dataclass

from app.engine.equations.updates import DERIVED, KEPT
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.views.text.records import complete


@dataclass(frozen=True)
class OptimizerWords:
    """Its `name`, and what a parameter moves `against`.

    `scaled`: what is divided by `size` first, in a sentence of its own; it is then called "it". {noun} is the
    parameter, {size} the number. `plain`: what moves a parameter is called its gradient, not a step.
    """

    name: str
    against: str = "it"
    scaled: str = ""
    size: str = ""
    plain: bool = False


@dataclass(frozen=True)
class StateWords:
    """What an update finds of each parameter before it moves it: the `title` and the `letter` of its equation.

    `says` is its sentence up to the sum of its terms; {keeps} and {takes} are the first factors of these two. Empty
    where narration/update tells more of it.
    """

    letter: str
    title: str
    says: str = ""


@dataclass(frozen=True)
class ScheduleWords:
    """Its `name` as a choice, and its part of a network's line of facts; empty where it has none."""

    name: str
    summary: str = ""


USUAL = "the usual size of this {noun}'s gradients, {size},"
OPTIMIZER_WORDS = complete(
    "optimizer",
    OPTIMIZERS,
    {
        "gradient_descent": OptimizerWords("gradient descent", "the gradient", plain=True),
        "momentum": OptimizerWords("momentum", "the velocity"),
        "nesterov": OptimizerWords("Nesterov momentum", "the gradient and what the velocity will keep of itself"),
        "rmsprop": OptimizerWords("RMSProp", scaled="gradient", size="√v + ε = {size}, where v began at 0,"),
        "adam": OptimizerWords("Adam", scaled="corrected first moment", size=USUAL),
        "adamw": OptimizerWords("AdamW", scaled="corrected first moment", size=USUAL),
    },
)
STATE_WORDS = complete(
    "state",
    ("g", *KEPT, *DERIVED),
    {
        "g": StateWords("g", "Gradient as taken"),
        "velocity": StateWords("u", "Velocity"),
        "m": StateWords(
            "m",
            "First moment",
            "The first moment m is a running mean of gradients: it keeps {keeps} of what it was and takes in "
            "{takes} of the new gradient",
        ),
        "v": StateWords(
            "v",
            "Second moment",
            "The second moment v is a running mean of squared gradients: it keeps {keeps} of what it was and takes in "
            "{takes} of the new squared gradient",
        ),
        "m_hat": StateWords("m̂", "Corrected first moment"),
        "v_hat": StateWords("v̂", "Corrected second moment"),
    },
)
SCHEDULE_WORDS = complete(
    "schedule",
    SCHEDULES,
    {
        "constant": ScheduleWords("constant"),
        "step": ScheduleWords("step by step", "learning rate by steps"),
        "cosine": ScheduleWords("cosine", "learning rate by a cosine"),
    },
)
