"""The bug lab: cases of a level and a seed, whose loss falls although a rule is wrong, and what a learner does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from app.engine.check.gradient_check import check_one
from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES, reason_against
from app.engine.impact import gradient_symbols, gradients, impact_of, iterations_of, losses_of, right_backward
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons.bug_lab import (
    EPOCHS,
    EVERY_PAIR,
    EVERY_SINGLE,
    EXAMPLES,
    FAMILIES,
    MOST_SEED,
    PAIRS,
    RULES,
    SINGLES,
    Family,
    Names,
)
from app.sessions.walk.bug_lab import Accusation, Hunt, Spent
from app.sessions.walk.session import TrainingSession

TRIES = 12  # networks that are drawn for the same mistakes before others are
PARTED = 1e-3  # relative: from which difference on a gradient is another one in a case, so that its digits show it
WRONG = 1e-6  # relative: from which difference on a gradient is wrong, as the gradient check has it
NOTHING = 1e-9  # two gradients that differ by less are the same
FALLEN = 0.9  # a loss that looks plausible ends below this share of its start

Rng = np.random.Generator


@dataclass(frozen=True)
class Study:
    """What there is to know of a case without its mistakes.

    `iterations` is the length of its run; `layer` is where gradients first go wrong on the way back from the loss;
    `losses` are the means over all examples before each epoch and after the last.
    """

    iterations: int
    layer: int
    losses: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """A hidden mistake, two at level 3: they stand in the setup."""

    level: int
    seed: int
    setup: Setup


@lru_cache(maxsize=512)
def case_of(level: int, seed: int) -> Case:
    """The case of a level, 1 to 3, and a seed, 0 to 999,999: the same for ever. It takes about a tenth of a second."""
    return Case(level, seed, next(_setups(level, np.random.default_rng((level, seed)))))


@lru_cache(maxsize=512)
def study_of(setup: Setup) -> Study:
    """The study of a case's setup."""
    iterations = run_length(setup)
    return Study(iterations, first_wrong_layer(setup), losses_of(setup, iterations))


@lru_cache(maxsize=512)
def losses_put_right(setup: Setup) -> tuple[float, ...]:
    """The losses of the same run with the right rules."""
    return losses_of(replace(setup, mistakes=()), run_length(setup))


def run_length(setup: Setup) -> int:
    """The iterations of a case's run."""
    return EPOCHS * setup.iterations_per_epoch


def _setups(level: int, rng: Rng) -> Iterator[Setup]:
    chances = PAIRS if level == 3 else SINGLES
    while True:
        mistakes = chances[rng.integers(len(chances))]
        families = [family for family in FAMILIES if reason_against(mistakes, family.sizes, family.loss) is None]
        for _ in range(TRIES if families else 0):
            setup = _drawn(families[rng.integers(len(families))], mistakes, rng)
            if (
                changes(setup)
                and has_a_clear_layer(setup)
                and has_one_answer(setup)
                and is_plausible(losses_of(setup, run_length(setup)))
            ):
                yield setup


# A network, its start and its data ------------------------------------------------------------------------------------


def _drawn(family: Family, mistakes: Names, rng: Rng) -> Setup:
    hidden = str(rng.choice(family.hidden))
    return Setup(
        sizes=family.sizes,
        data=_examples(family, rng),
        activations=(*[hidden] * (len(family.sizes) - 2), family.output),
        loss=family.loss,
        start=_start(family, rng),
        learning_rate=float(rng.choice(family.rates)),
        batch_size=int(rng.choice([1, 2, 4])),
        mistakes=mistakes,
    ).completed()


def _start(family: Family, rng: Rng) -> Parameters:
    """Weights and biases of two decimals, so that a hand calculation begins with short numbers."""
    pairs = list(zip(family.sizes[1:], family.sizes, strict=False))
    W = tuple(np.round(rng.uniform(-1.0, 1.0, pair), 2) for pair in pairs)
    *b, last = (np.round(rng.uniform(-0.3, 0.3, out), 2) for out, _ in pairs)
    return Parameters(W, (*b, np.round(last + family.raised, 2)))


def _examples(family: Family, rng: Rng) -> Examples:
    """Two decimals each; a class has a column of its own where there are two outputs."""
    data = Dataset(str(rng.choice(family.datasets)), EXAMPLES, 0.1, int(rng.integers(MOST_SEED)))
    X, Y = data.draw()
    targets = np.hstack([1.0 - Y, Y]) if family.sizes[-1] == 2 else Y + family.raised
    return Examples(np.round(X, 2) + 0.0, np.round(targets, 2) + 0.0)  # no −0


# What makes a case good -----------------------------------------------------------------------------------------------


def first_gradients(setup: Setup, mistakes: Names) -> Array:
    """Every gradient of the first iteration, with these mistakes."""
    return gradients(next(iterations_of(replace(setup, mistakes=mistakes))).backward)


def differs(found: Array, other: Array, by: float) -> bool:
    """Whether a gradient of one is another one in the other, by so much relative; both are whole vectors."""
    scale = np.maximum(np.abs(found), np.abs(other))
    return bool((np.abs(found - other) > np.maximum(by * scale, NOTHING)).any())


def changes(setup: Setup) -> bool:
    """Whether the mistakes change a gradient of the first iteration, each of them one that the others leave."""
    found = first_gradients(setup, setup.mistakes)
    parts = {tuple(name for name in setup.mistakes if name != left_out) for left_out in setup.mistakes}
    return all(differs(found, first_gradients(setup, names), PARTED) for names in {(), *parts})


def is_plausible(losses: tuple[float, ...]) -> bool:
    """Whether the loss falls as a learner would expect, and does not climb again at the end."""
    return bool(np.isfinite(losses).all()) and losses[-1] < FALLEN * losses[0] and losses[-1] < 1.1 * min(losses)


def has_one_answer(setup: Setup) -> bool:
    """Whether no other mistakes, as many as these, give the same first gradients."""
    found = first_gradients(setup, setup.mistakes)
    others = EVERY_PAIR if len(setup.mistakes) == 2 else EVERY_SINGLE
    able = (names for names in others if reason_against(names, setup.sizes, setup.loss) is None)
    return all(
        differs(found, first_gradients(setup, names), PARTED) for names in able if set(names) != set(setup.mistakes)
    )


def has_a_clear_layer(setup: Setup) -> bool:
    """Whether gradients go wrong visibly where they first go wrong at all."""
    return first_wrong_layer(setup, PARTED) == first_wrong_layer(setup)


def first_wrong_layer(setup: Setup, by: float = WRONG) -> int:
    """The layer where gradients first go wrong, by so much relative, on the way back in the first iteration; else 0."""
    first = next(iterations_of(setup))
    found, right = first.backward, right_backward(first)
    layers = range(len(setup.sizes) - 1, 0, -1)
    pairs = ((l, (found.dW[l - 1], right.dW[l - 1]), (found.db[l - 1], right.db[l - 1])) for l in layers)
    return next((l for l, W, b in pairs if differs(*W, by) or differs(*b, by)), 0)


# What a learner does in the bug lab, as verbs that return the next session -------------------------------------------


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
