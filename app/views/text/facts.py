"""What a network is, in a line of facts."""

from app.engine.setup import Setup
from app.views.text.activations import activation_word
from app.views.text.losses import LOSS_WORDS
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS
from app.views.text.words import counted


def network_facts(setup: Setup) -> str:
    """What a setup is, in a line: 2–2–1 · sigmoid · binary cross-entropy · one example at a time."""
    activations = " and ".join(dict.fromkeys(map(activation_word, setup.activations)))
    parts = ("–".join(map(str, setup.sizes)), activations, LOSS_WORDS[setup.loss].name, _batches(setup))
    return " · ".join((*parts, *_updates(setup)))


def _batches(setup: Setup) -> str:
    """How many examples an iteration takes."""
    examples = len(setup.examples[0])
    taken = examples if setup.batch_size is None else min(setup.batch_size, examples)
    if examples == 1:
        return "one example"
    if taken == 1:
        return "one example at a time"
    return f"all {counted(examples, 'example')} at once" if taken == examples else f"{taken} examples at a time"


def _updates(setup: Setup) -> tuple[str, ...]:
    """Optimizer, weight decay, clipping and schedule as parts of the line; none for gradient descent by itself."""
    kind, decays, clips, schedule = setup.updating
    extras = ("weight decay" if decays else "", "clipping" if clips else "", SCHEDULE_WORDS[schedule].summary)
    told, words = ", ".join(filter(None, extras)), OPTIMIZER_WORDS[kind]
    if words.plain and not told:
        return ()
    return (f"{words.name} with {told}" if told else words.name,)
