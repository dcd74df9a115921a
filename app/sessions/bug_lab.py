"""The bug lab: cases of a level and a seed, whose loss falls although a rule is wrong, and what a learner does."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from app.engine.check.gradient_check import check_one
from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES, reason_against, rules_of
from app.engine.impact import gradient_symbols, gradients, impact_of, iterations_of, losses_of, right_backward
from app.engine.learning.iteration import Iteration
from app.engine.memory import kept
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.propagation import backward
from app.engine.setup import Parameters, Setup
from app.lessons.bug_lab import (
    DAILY,
    EPOCHS,
    EVERY_PAIR,
    EVERY_SINGLE,
    EXAMPLES,
    FAMILIES,
    MOST_SEED,
    PAIRS,
    SINGLES,
    TAUGHT,
    TAUGHT_ON,
    TEN,
    Family,
    Names,
)
from app.sessions.walk.hunt import Accusation, Hunt, Spent
from app.sessions.walk.session import TrainingSession

TRIES = 12  # networks that are drawn for the same mistakes before others are
PARTED = 1e-3  # relative: from which difference on a gradient is another one in a case, so that its digits show it
WRONG = 1e-6  # relative: from which difference on a gradient is wrong, as the gradient check has it
NOTHING = 1e-9  # two gradients that differ by less are the same
STRIDE = 7_919  # from one day's case to the next day's; prime, so that each comes once in 2,700 years
FALLEN = 0.9  # a loss that looks plausible ends below this share of its start


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


@kept
def case_of(level: int, seed: int) -> Case:
    """The case of a level, 0 to 3, and a seed, 0 to 999,999: the same for ever. It takes about a tenth of a second."""
    rng = np.random.default_rng((level, seed))
    chances = {0: (TAUGHT,), 3: PAIRS}.get(level, SINGLES)
    kinds = FAMILIES if level else TAUGHT_ON
    while True:
        mistakes = chances[rng.integers(len(chances))]
        families = [family for family in kinds if reason_against(mistakes, family.sizes, family.loss) is None]
        for _ in range(TRIES if families else 0):
            setup = _drawn(families[rng.integers(len(families))], mistakes, rng)
            if (
                changes(setup)
                and first_wrong_layer(setup, PARTED) == first_wrong_layer(setup)  # it goes wrong visibly there
                and has_one_answer(setup)
                and is_plausible(losses_of(setup, run_length(setup)))
            ):
                return Case(level, seed, setup)


def cases_of_set(number: int) -> tuple[tuple[int, int], ...]:
    """The ten cases of a set, as (level, seed): each belongs to one set alone."""
    return tuple((level, len(TEN) * number + place) for place, level in enumerate(TEN))


def case_of_day(day: date) -> tuple[int, int]:
    """The level and the seed of a day's case."""
    return DAILY, day.toordinal() * STRIDE % (MOST_SEED + 1)


@kept
def study_of(setup: Setup) -> Study:
    """The study of a case's setup."""
    iterations = run_length(setup)
    return Study(iterations, first_wrong_layer(setup), losses_of(setup, iterations))


@kept
def losses_put_right(setup: Setup) -> tuple[float, ...]:
    """The losses of the same run with the right rules."""
    return losses_of(replace(setup, mistakes=()), run_length(setup))


def run_length(setup: Setup) -> int:
    """The iterations of a case's run."""
    return EPOCHS * setup.iterations_per_epoch


def _drawn(family: Family, mistakes: Names, rng: np.random.Generator) -> Setup:
    """A network, its start and its data, all of two decimals, so that a hand calculation begins with short numbers."""
    hidden = str(rng.choice(family.hidden))
    X, Y = Dataset(str(rng.choice(family.datasets)), EXAMPLES, 0.1, int(rng.integers(MOST_SEED))).draw()
    targets = np.hstack([1.0 - Y, Y]) if family.sizes[-1] == 2 else Y + family.raised  # each class has its column
    pairs = list(zip(family.sizes[1:], family.sizes, strict=False))
    W = tuple(np.round(rng.uniform(-1.0, 1.0, pair), 2) for pair in pairs)
    *b, last = (np.round(rng.uniform(-0.3, 0.3, out), 2) for out, _ in pairs)
    return Setup(
        sizes=family.sizes,
        data=Examples(np.round(X, 2) + 0.0, np.round(targets, 2) + 0.0),  # no −0
        activations=(*[hidden] * (len(family.sizes) - 2), family.output),
        loss=family.loss,
        start=Parameters(W, (*b, np.round(last + family.raised, 2))),
        learning_rate=float(rng.choice(family.rates)),
        batch_size=int(rng.choice(family.batches)),
        mistakes=mistakes,
    ).completed()


# What makes a case good -----------------------------------------------------------------------------------------------


def gradients_with(mistakes: Names, first: Iteration) -> Array:
    """Every gradient of an iteration, with these mistakes."""
    method = first.method
    rules = rules_of(mistakes, method.learning_rate)
    return gradients(backward(first.before, first.forward, first.Y, method.loss, rules))


def differs(found: Array, other: Array, by: float) -> bool:
    """Whether a gradient of one is another one in the other, by so much relative; both are whole vectors."""
    scale = np.maximum(np.abs(found), np.abs(other))
    return bool((np.abs(found - other) > np.maximum(by * scale, NOTHING)).any())


def changes(setup: Setup) -> bool:
    """Whether the mistakes change a gradient of the first iteration, each of them one that the others leave."""
    first = next(iterations_of(setup))
    found = gradients(first.backward)
    parts = {tuple(name for name in setup.mistakes if name != left_out) for left_out in setup.mistakes}
    return all(differs(found, gradients_with(names, first), PARTED) for names in {(), *parts})


def is_plausible(losses: tuple[float, ...]) -> bool:
    """Whether the loss falls as a learner would expect, and does not climb again at the end."""
    return bool(np.isfinite(losses).all()) and losses[-1] < FALLEN * losses[0] and losses[-1] < 1.1 * min(losses)


def has_one_answer(setup: Setup) -> bool:
    """Whether no other mistakes, as many as these, give the same first gradients."""
    first = next(iterations_of(setup))
    found = gradients(first.backward)
    others = EVERY_PAIR if len(setup.mistakes) == 2 else EVERY_SINGLE
    able = (names for names in others if reason_against(names, setup.sizes, setup.loss) is None)
    return all(
        differs(found, gradients_with(names, first), PARTED) for names in able if set(names) != set(setup.mistakes)
    )


def first_wrong_layer(setup: Setup, by: float = WRONG) -> int:
    """The layer where gradients first go wrong, by so much relative, on the way back in the first iteration; else 0."""
    first = next(iterations_of(setup))
    found, right = first.backward, right_backward(first)
    layers = range(len(setup.sizes) - 1, 0, -1)
    pairs = ((l, (found.dW[l - 1], right.dW[l - 1]), (found.db[l - 1], right.db[l - 1])) for l in layers)
    return next((l for l, W, b in pairs if differs(*W, by) or differs(*b, by)), 0)


# What a learner does in the bug lab, as verbs that return the next session -------------------------------------------


def begun(level: int, seed: int, in_set: bool = False) -> TrainingSession:
    """The walk of a case, at its very start; SetupError where it is none of a set but should be."""
    if in_set and level != TEN[seed % len(TEN)]:
        raise SetupError("level", f"Case {seed} of its set has another level.", f"Give level={TEN[seed % len(TEN)]}.")
    return replace(TrainingSession.of_setup(case_of(level, seed).setup), hunt=Hunt(level, seed, in_set=in_set))


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


def accused(session: TrainingSession, accusation: Accusation) -> TrainingSession:
    """Solved where the accusation holds; else with one more wrong accusation, the same one twice counted once.

    SetupError, and so no change, where it is none: no layer, or too few mistakes.
    """
    hunt = _open_hunt(session)
    named, layers = _in_order(accusation.mistakes), len(session.setup.sizes) - 1
    wanted = 2 if hunt.level == 3 else 1
    if not 1 <= accusation.layer <= layers:
        raise SetupError("layer", "No layer is marked.", f"Choose one from 1 to {layers}.")
    if len(named) != wanted:
        raise SetupError("mistake", f"Mistakes chosen: {len(named)} of {wanted}.", "Choose each from its list.")
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


@kept
def contradictions(setup: Setup, accusation: Accusation) -> tuple[Contradiction, ...]:
    """All that does not fit: of the layer, then of the mistakes."""
    first = next(iterations_of(setup))
    found, right = gradients(first.backward), gradients(right_backward(first))
    parts: list[Contradiction] = []
    marked, names, guilty = accusation.layer, accusation.mistakes, study_of(setup).layer
    if marked > guilty:
        parts.append(_largest("clean", setup, found, np.zeros_like(found), marked))
    elif marked < guilty:  # the next layer tells most, and as little as can be of where the first wrong one is
        beside = _largest("nearer", setup, found, right, marked + 1)
        parts.append(beside if beside.differs else _largest("nearer", setup, found, right, guilty))
    if names != _in_order(setup.mistakes):
        if reason_against(names, setup.sizes, setup.loss) is None:
            parts.append(_largest("mistake", setup, found, gradients_with(names, first)))
        else:
            parts.append(Contradiction("impossible"))
    return tuple(parts)


def _largest(about: str, setup: Setup, found: Array, expected: Array, layer: int | None = None) -> Contradiction:
    """The gradient, of one layer or of all, in which two backward passes differ most."""
    symbols = gradient_symbols(setup.sizes)
    apart = [
        -1.0 if layer not in (None, symbol.layer) else abs(one - other)
        for symbol, one, other in zip(symbols, found, expected, strict=True)
    ]
    place = int(np.argmax(apart))
    return Contradiction(about, symbols[place], float(found[place]), float(expected[place]))
