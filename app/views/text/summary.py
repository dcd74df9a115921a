"""What a network is, in a line of facts."""

from app.engine.setup.setup import Setup
from app.views.text.optimizer_words import optimizer_summary
from app.views.text.words import activation_word, counted

LOSS_WORDS = {
    "binary_cross_entropy": "binary cross-entropy",
    "cross_entropy": "cross-entropy",
    "half_squared_error": "half squared error",
    "mean_squared_error": "mean squared error",
}


def network_summary(setup: Setup) -> str:
    """What a setup is, in a line: 2–2–1 · sigmoid · binary cross-entropy · one example at a time."""
    activations = " and ".join(dict.fromkeys(map(activation_word, setup.activations)))
    parts = ("–".join(map(str, setup.sizes)), activations, LOSS_WORDS[setup.loss], batch_summary(setup))
    return " · ".join((*parts, *optimizer_summary(setup)))


def batch_summary(setup: Setup) -> str:
    """How many examples an iteration takes."""
    examples = len(setup.examples[0])
    taken = examples if setup.batch_size is None else min(setup.batch_size, examples)
    if examples == 1:
        return "one example"
    if taken == 1:
        return "one example at a time"
    return f"all {counted(examples, 'example')} at once" if taken == examples else f"{taken} examples at a time"
