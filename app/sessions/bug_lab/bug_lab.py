"""What a learner does in the bug lab, as verbs that return the next session: begin, check, accuse, apply the rule."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from app.engine.check.gradient_check import check_one
from app.engine.equations.mistakes import MISTAKES, reason_against
from app.engine.impact import (
    gradient_symbols,
    gradients,
    impact_of,
    iterations_of,
    right_backward,
)
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons.bug_lab import RULES
from app.sessions.bug_lab.cases import (
    NOTHING,
    case_of,
    first_gradients,
    study_of,
)
from app.sessions.walk.hunt import Accusation, Hunt, Spent
from app.sessions.walk.session import TrainingSession


def begun(level: int, seed: int) -> TrainingSession:
    """The walk of a case, at its very start."""
    return replace(TrainingSession.of_setup(case_of(level, seed).setup), hunt=Hunt(level, seed))


def checked(session: TrainingSession, symbol: Symbol) -> TrainingSession:
    """With one gradient (dW or db) of this iteration checked; one that was checked already costs nothing."""
    hunt = _open_hunt(session)
    if symbol not in gradient_symbols(session.setup.sizes):
        raise SetupError("symbol", "There is no such parameter in this network.", "Choose one of the list.")
    if any((spent.symbol, spent.iteration) == (symbol, session.iteration) for spent in hunt.checks):
        return session
    found = check_one(session.current, symbol)
    spent = Spent(symbol, session.iteration, found.analytic, found.numeric, found.ok)
    return replace(session, hunt=replace(hunt, checks=(*hunt.checks, spent)))


def accused(session: TrainingSession, accusation: Accusation, rules: tuple[str, ...]) -> TrainingSession:
    """Solved where the accusation holds; else with one more wrong accusation, the same one twice counted once.

    SetupError, and so no change, where it does not hang together: the mistakes are not those of the marked rules.
    """
    hunt = _open_hunt(session)
    named = _in_order(accusation.mistakes)
    _check_accusation(session.setup, hunt.level, replace(accusation, mistakes=named), rules)
    said = Accusation(accusation.layer, named)
    if said == Accusation(study_of(session.setup).layer, _in_order(session.setup.mistakes)):
        return replace(session, hunt=replace(hunt, solved=True))
    if said in hunt.wrong:
        return session
    return replace(session, hunt=replace(hunt, wrong=(*hunt.wrong, said)))


def put_right(session: TrainingSession) -> TrainingSession:
    """With the facts of what the mistake does, measured now: it takes a good part of a second."""
    if session.hunt is None or not session.hunt.solved:
        raise SetupError("hunt", "The right rule is not known yet.", "Find the mistake first.")
    if session.hunt.facts is not None:
        return session
    facts = impact_of(session.setup, study_of(session.setup).iterations)
    return replace(session, hunt=replace(session.hunt, facts=facts))


def _open_hunt(session: TrainingSession) -> Hunt:
    if session.hunt is None:
        raise SetupError("hunt", "This walk is no case of the bug lab.", "Start one at /bug-lab.")
    if session.hunt.solved:
        raise SetupError("hunt", "This case is solved.", "Start another one at /bug-lab.")
    return session.hunt


# Accusations ----------------------------------------------------------------------------------------------------------


def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in MISTAKES if name in names)


def _check_accusation(setup: Setup, level: int, accusation: Accusation, rules: tuple[str, ...]) -> None:
    wanted = 2 if level == 3 else 1
    if not 1 <= accusation.layer < len(setup.sizes):
        raise SetupError("layer", "No layer is marked.", f"Choose one from 1 to {len(setup.sizes) - 1}.")
    if len(accusation.mistakes) != wanted:
        raise SetupError("mistake", f"{len(accusation.mistakes)} mistakes are named.", f"Name exactly {wanted}.")
    if {MISTAKES[name].rule for name in accusation.mistakes} != set(rules):
        told = "; ".join(f"“{MISTAKES[name].title}” is in {RULES[MISTAKES[name].rule]}" for name in accusation.mistakes)
        raise SetupError("rule", f"The rule that is marked is not the one of the mistake: {told}.", "Mark that rule.")


@dataclass(frozen=True)
class Contradiction:
    """Why an accusation does not hold, by one gradient of the first iteration.

    `about` is nearer (a gradient nearer to the loss is wrong already), clean (none of the marked layer is wrong),
    impossible (the mistakes cannot be made here), or mistake: it would make `expected` of what the program found.
    """

    about: str
    symbol: Symbol | None = None
    found: float = 0.0
    expected: float = 0.0

    @property
    def differs(self) -> bool:
        """Whether the two numbers are not the same."""
        return abs(self.found - self.expected) > NOTHING


@lru_cache(maxsize=1024)
def contradictions(setup: Setup, accusation: Accusation) -> tuple[Contradiction, ...]:
    """All that does not fit: of the layer, then of the mistakes."""
    first = next(iterations_of(setup))
    found, right = gradients(first.backward), gradients(right_backward(first))
    parts: list[Contradiction] = []
    guilty = study_of(setup).layer
    if accusation.layer != guilty:
        parts.append(_against_layer(setup, accusation.layer, guilty, found, right))
    if accusation.mistakes != _in_order(setup.mistakes):
        parts.append(_against_names(setup, accusation.mistakes, found))
    return tuple(parts)


def _against_layer(setup: Setup, marked: int, guilty: int, found: Array, right: Array) -> Contradiction:
    """Nearer to the loss the next layer tells most, and as little as can be of where the first wrong one is."""
    if marked > guilty:
        return _largest("clean", setup, found, np.zeros_like(found), marked)
    beside = _largest("nearer", setup, found, right, marked + 1)
    return beside if beside.differs else _largest("nearer", setup, found, right, guilty)


def _against_names(setup: Setup, names: tuple[str, ...], found: Array) -> Contradiction:
    if reason_against(names, setup.sizes, setup.loss) is not None:
        return Contradiction("impossible")
    return _largest("mistake", setup, found, first_gradients(setup, names))


def _largest(about: str, setup: Setup, found: Array, expected: Array, layer: int | None = None) -> Contradiction:
    """The gradient, of one layer or of all, in which two backward passes differ most."""
    symbols = gradient_symbols(setup.sizes)
    apart = [
        -1.0 if layer not in (None, symbol.layer) else abs(one - other)
        for symbol, one, other in zip(symbols, found, expected, strict=True)
    ]
    place = int(np.argmax(apart))
    return Contradiction(about, symbols[place], float(found[place]), float(expected[place]))
