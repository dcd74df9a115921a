"""How a setup's updates are called in its line of facts."""

from app.engine.setup import Setup

OPTIMIZER_WORDS = {
    "gradient_descent": "gradient descent",
    "momentum": "momentum",
    "nesterov": "Nesterov momentum",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
}
SCHEDULE_WORDS = {"step": "learning rate by steps", "cosine": "learning rate by a cosine"}


def optimizer_summary(setup: Setup) -> tuple[str, ...]:
    """Optimizer, weight decay, clipping and schedule as parts of the line; none for gradient descent by itself."""
    kind, decays, clips, schedule = setup.updating
    extras = ("weight decay" if decays else "", "clipping" if clips else "", SCHEDULE_WORDS.get(schedule, ""))
    told = ", ".join(filter(None, extras))
    if kind == "gradient_descent" and not told:
        return ()
    return (f"{OPTIMIZER_WORDS[kind]} with {told}" if told else OPTIMIZER_WORDS[kind],)
