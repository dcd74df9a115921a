"""How much one request may ask for; the error says the limit and what to do."""

from app.engine.network.errors import SetupError
from app.settings import Settings


def check_train(measure: str, count: int, per_epoch: int, settings: Settings) -> None:
    """SetupError where a request asks for no iterations, or for more than this server makes in one.

    `measure` is epochs or iterations, `per_epoch` how many iterations an epoch has.
    """
    each = per_epoch if measure == "epochs" else 1
    most = settings.max_iterations_per_request
    if not 1 <= count * each <= most:
        raise SetupError(
            measure,
            f"One request trains 1 to {most:,} iterations; an epoch has {per_epoch:,} here.",
            f"Ask for 1 to {most // each:,}." if each <= most else "Train by iterations instead.",
        )
