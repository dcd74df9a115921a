"""What the page says of a loss."""

from dataclasses import dataclass

from app.engine.network.losses import LOSSES
from app.views.text.records import complete


@dataclass(frozen=True)
class LossWords:
    """Its `name`, and the sentence that works it out for an example.

    After "The loss" come `one`, `several` or `many`, by how many parts it has: {parts} are these with their numbers,
    {equals} leads on to the result, {n} is their count and {counted} the same with `part`, what one of them is called.
    `slope` is what the loss's slope over a prediction is, but for numbers: {difference} is prediction minus target, or
    the other way round where a mistake takes it so. `slopes`: what those of several predictions are called.
    `belongs`: why it goes with its own output alone. `target`: what it asks of a target.
    """

    name: str
    part: str
    one: str
    several: str
    many: str
    slope: str
    slopes: str
    belongs: str = ""
    target: str = ""


LOSS_WORDS = complete(
    "loss",
    LOSSES,
    {
        "binary_cross_entropy": LossWords(
            "binary cross-entropy",
            part="logarithm",
            one="is {parts}{equals}",
            several="is {parts}{equals}",
            many="adds up {counted}: ",
            slope="{difference}",
            slopes="differences",
            belongs=(
                "Binary cross-entropy takes the logarithms of ŷ and of 1 − ŷ, so that every output must lie between 0 "
                "and 1 on its own. Only the sigmoid keeps it there."
            ),
            target="From 0 to 1.",
        ),
        "cross_entropy": LossWords(
            "cross-entropy",
            part="logarithm",
            one="is {parts}{equals}",
            several="is {parts}{equals}",
            many="adds up {counted}: ",
            slope="{difference}",
            slopes="differences",
            belongs=(
                "Cross-entropy takes the logarithm of a probability, one of several that add up to 1. "
                "Only softmax makes such shares."
            ),
            target="1 makes this the right answer, and all others 0.",
        ),
        "half_squared_error": LossWords(
            "half squared error",
            part="squared difference",
            one="is half the squared difference: ½ × {parts}{equals}",
            several="is half the squared differences, added up: ½ × ({parts}){equals}",
            many="is half the sum of the {n} squared differences: ",
            slope="{difference}",
            slopes="differences",
        ),
        "mean_squared_error": LossWords(
            "mean squared error",
            part="squared difference",
            one="is the squared difference: {parts}{equals}",
            several="is the mean of the squared differences: ({parts}) / {n}{equals}",
            many="is the mean of the {n} squared differences: ",
            slope="{difference}",
            slopes="differences",
        ),
    },
)
