"""What an optimizer, a schedule and the mistakes of a setup must be; each error names the field and the remedy."""

from itertools import combinations
from math import inf

from app.engine.equations.mistakes import MISTAKES, Mistake, mistake_named
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.losses import LOSSES


def check_optimizer(optimizer: Optimizer, schedule: Schedule) -> None:
    """Names that exist and settings in their bounds."""
    for field, name, known in (
        ("optimizer.kind", optimizer.kind, OPTIMIZERS),
        ("optimizer.schedule.kind", schedule.kind, SCHEDULES),
    ):
        if name not in known:
            raise UnknownNameError(field, tuple(known))
    for name in ("momentum", "decay", "beta1", "beta2"):
        if not 0 <= getattr(optimizer, name) < 1:
            raise SetupError(
                f"optimizer.{name}", f"{name} lies outside of 0 to 1.", "Give 0 or more, below 1: try 0.9."
            )
    if not 0 < optimizer.epsilon < inf:
        raise SetupError("optimizer.epsilon", "epsilon is not above 0.", "Try 1e-8.")
    if not 0 <= optimizer.weight_decay < inf:
        raise SetupError("optimizer.weight_decay", "The weight decay is below 0.", "Give 0 for none, or try 0.01.")
    if optimizer.clip_norm is not None and not 0 < optimizer.clip_norm < inf:
        raise SetupError("optimizer.clip_norm", "The norm to clip at is not above 0.", "Try 1, or null for none.")
    _check_schedule(schedule)


def _check_schedule(schedule: Schedule) -> None:
    for name in ("every", "iterations"):
        if getattr(schedule, name) < 1:
            raise SetupError(f"optimizer.schedule.{name}", f"{name} counts no iteration.", "Give 1 or more.")
    if not 0 < schedule.factor <= 1:
        raise SetupError("optimizer.schedule.factor", "The factor lies outside of 0 to 1.", "Try 0.5.")
    if not 0 <= schedule.minimum < inf:
        raise SetupError("optimizer.schedule.minimum", "The smallest learning rate is below 0.", "Try 0.")


# Mistakes -------------------------------------------------------------------------------------------------------------


def reason_against(mistakes: tuple[str, ...], sizes: tuple[int, ...], loss: str) -> SetupError | None:
    """Why these mistakes cannot be made together in a network of these sizes with this loss; None if they can."""
    made = [mistake_named(name) for name in mistakes]
    if len(set(mistakes)) < len(mistakes):
        return SetupError("mistake", f"The mistake {mistakes[0]} is named twice.", "Name each mistake once.")
    for one, other in combinations(made, 2):
        if one.rule == other.rule and one.replaces and other.replaces:
            return SetupError(
                "mistake",
                f"The mistakes {one.name} and {other.name} both stand in for the same factor, the {one.rule}.",
                "Name one of them.",
            )
    return next((reason for mistake in made if (reason := _does_not_fit(mistake, sizes, loss))), None)


def _does_not_fit(mistake: Mistake, sizes: tuple[int, ...], loss: str) -> SetupError | None:
    if mistake.square_from is not None and len(set(sizes[mistake.square_from :])) > 1:
        ahead, whose = (
            ("where every layer after the first hidden one is square", "all layers after the input")
            if mistake.square_from
            else ("where every layer is square", "all layers, the input included,")
        )
        return SetupError("mistake", f"The mistake {mistake.name} works only {ahead}.", f"Give {whose} the same size.")
    if mistake.needs_own_loss and LOSSES[loss].error is None:
        return SetupError(
            "mistake",
            f"The mistake {mistake.name} works only where the output's error signal is ŷ − y; {loss} has another.",
            "Take binary_cross_entropy with a sigmoid output, or cross_entropy with a softmax output.",
        )
    return None


def applicable(sizes: tuple[int, ...], loss: str) -> tuple[str, ...]:
    """The names of the mistakes that could be made in such a network; some of them may change nothing there."""
    return tuple(name for name in MISTAKES if reason_against((name,), sizes, loss) is None)
