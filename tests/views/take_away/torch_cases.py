"""Walks whose PyTorch script a real PyTorch has run: torch_figures.py runs them, test_torch_script.py looks at them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from app.engine.equations.mistakes import MISTAKES
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.losses import LOSSES
from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from tests.engine.cases import HIDDEN, OWN_LOSS, PAIRINGS, random_setup
from tests.views.updates import VARIANTS, varied

WIDTHS = (1, 3)
RANDOM = 30


def cases() -> dict[str, TrainingSession]:
    """Every lesson, place, optimizer, activation, loss, rounding and mistake, and any of them together, by a name."""
    return dict([*_lessons(), *_optimizers(), *_networks(), *_mistakes(), *_random()])


def _lessons() -> Iterator[tuple[str, TrainingSession]]:
    for lesson in LESSONS:
        for as_published in (True, False):
            start = TrainingSession.of_lesson(lesson, as_published).at_first_example()
            name = f"{lesson.slug} {'as published' if as_published else 'put right'}"
            yield f"{name}, under way", start.step("phase").step("layer").step("equation")
            yield f"{name}, one iteration", start.step("iteration")
            yield f"{name}, six", start.train(iterations=5).step("iteration")


def _optimizers() -> Iterator[tuple[str, TrainingSession]]:
    for i, (optimizer, schedule) in enumerate(VARIANTS[::5]):
        start = TrainingSession.of_setup(varied(optimizer, schedule, examples=3).completed())
        yield f"{optimizer.kind} {schedule.kind} {i}, one", start.step("iteration")
        yield f"{optimizer.kind} {schedule.kind} {i}, four", start.train(iterations=3).step("iteration")


def _networks() -> Iterator[tuple[str, TrainingSession]]:
    hidden = [HIDDEN[i % len(HIDDEN)] for i in range(100)]
    for i, (output, loss) in enumerate((a, b) for a in ACTIVATIONS for b in LOSSES if LOSSES[b].output in (None, a)):
        for outputs in WIDTHS:
            setup = random_setup(2, (2, 3, outputs), (hidden[i], output), loss, 4).completed()
            yield f"{hidden[i]} {output} {loss} {outputs}", TrainingSession.of_setup(setup).step("iteration")
    for output, loss in (*OWN_LOSS, ("tanh", "half_squared_error")):
        setup = replace(random_setup(5, (2, 3, 3), ("sigmoid", output), loss, 4), decimals=4).completed()
        yield f"{output} {loss} by hand", TrainingSession.of_setup(setup).step("iteration")


def _mistakes() -> Iterator[tuple[str, TrainingSession]]:
    for mistake in MISTAKES:
        own = mistake == "slope_after_softmax"
        output, loss = ("softmax", "cross_entropy") if own else ("sigmoid", "half_squared_error")
        setup = random_setup(3, (3, 3, 3, 3), ("tanh", "tanh", output), loss, 4)
        yield mistake, TrainingSession.of_setup(replace(setup, mistakes=(mistake,)).completed()).step("iteration")


def _random() -> Iterator[tuple[str, TrainingSession]]:
    """Networks of any sizes, functions, batches, optimizers and schedules with any settings, by chance."""
    for seed in range(RANDOM):
        rng = np.random.default_rng(seed)
        sizes = tuple(map(int, rng.integers(1, 5, rng.integers(2, 6))))
        output, loss = PAIRINGS[rng.integers(len(PAIRINGS))]
        hidden = [HIDDEN[i] for i in rng.integers(len(HIDDEN), size=len(sizes) - 2)]
        optimizer, schedule = VARIANTS[rng.integers(len(VARIANTS))]
        momentum, decay, beta1, beta2 = map(float, rng.uniform(0.1, 0.999, 4))
        setup = replace(
            random_setup(seed, sizes, (*hidden, output), loss, int(rng.integers(1, 6))),
            batch_size=int(rng.integers(1, 4)),
            optimizer=replace(optimizer, momentum=momentum, decay=decay, beta1=beta1, beta2=beta2),
            schedule=schedule,
            learning_rate=float(rng.uniform(0.01, 0.5)),
        )
        walk = TrainingSession.of_setup(setup.completed())
        for _ in range(rng.integers(0, 4)):
            walk = walk.step("iteration")
        yield f"random {seed}", walk.step("iteration")


def code_of(script: str) -> str:
    """What of a script is run: without its comments and empty lines."""
    return "\n".join(line for line in script.split("\n") if line and not line.startswith("#"))
