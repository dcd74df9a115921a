"""The words of the bug lab: what speaks against an accusation, and what a mistake was measured to do."""

from collections.abc import Iterator

from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import Impact, Learned
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.sessions.bug_lab.bug_lab import Contradiction
from app.sessions.walk.hunt import Accusation
from app.views.text.naming import parameter_name
from app.views.text.numbers import number
from app.views.text.words import listed


def what_does_not_fit(part: Contradiction, accusation: Accusation, setup: Setup, digits: int) -> str:
    """One or two sentences on one part of an accusation."""
    if part.symbol is None:
        return _impossible(accusation, setup)
    name, found = parameter_name(setup.shape(1), part.symbol), number(part.found, digits)
    gradient = f"the gradient of the {name}"
    if part.about == "nearer":
        expected = number(part.expected, digits)
        return f"Nearer to the loss, in iteration 1, {gradient} is {found} already, and it should be {expected}."
    if part.about == "clean":
        return (
            f"In iteration 1 {gradient} is {found}, and that is right, as is every other of layer {accusation.layer}."
        )
    made = "Together they" if len(accusation.mistakes) > 1 else "This mistake"
    return f"{made} would make {gradient} {number(part.expected, digits)} in iteration 1. The program finds {found}."


def _impossible(accusation: Accusation, setup: Setup) -> str:
    made = [MISTAKES[name] for name in accusation.mistakes]
    if any(mistake.needs_own_loss for mistake in made) and LOSSES[setup.loss].error is None:
        return "That cannot be made here: with this loss the output's error signal is not ŷ − y alone."
    if any(mistake.square_from is not None and len(set(setup.sizes[mistake.square_from :])) > 1 for mistake in made):
        return "That cannot be made here: the layers differ in size, the shapes would not fit, and NumPy would say so."
    return "These two cannot be made together: both stand in for the same factor."


# Facts ----------------------------------------------------------------------------------------------------------------


def facts_told(facts: Impact, digits: int) -> Iterator[str]:
    """What was measured, one sentence or two a fact."""
    yield f"Of all gradients of this run, {_percent(facts.wrong_signs)} had the wrong sign."
    start, end, right = (number(loss, digits) for loss in (facts.start, facts.end, facts.right_end))
    verb = "falls" if facts.falls else "rises"
    yield f"The loss {verb} from {start} to {end}. With the right rule it ends at {right}."
    yield _xor(facts.xor)


def _percent(share: float) -> str:
    if share == 0:
        return "none"
    return "less than 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"


def _xor(xor: Learned) -> str:
    network = "–".join(map(str, xor.sizes))
    learned = listed([f"{xor.mistaken} learn it with the mistake", f"{xor.right} with the right rule"])
    return f"XOR, in a {network} network from {xor.runs} different starts: {learned}."
