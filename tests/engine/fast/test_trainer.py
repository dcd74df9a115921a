"""Training against the walk: the same bits, whatever the network, the optimizer and the batches; and where it ends."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.fast.trainer import CHUNK, Batch, Trainer
from app.engine.learning.divergence import first_not_finite
from app.engine.learning.iteration import Past, run_iteration
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.arrays import Array
from app.engine.network.errors import DivergedError
from app.engine.network.layers import Network
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from tests.engine.cases import HIDDEN, PAIRINGS, mistaken, optimizers, random_setup, schedules, updated

WIDE = (3, 5, 4, 2)


def batches(setup: Setup, again: bool = True) -> Iterator[Batch]:
    """A setup's batches without end; the same arrays for the same examples."""
    X, Y = setup.examples
    known: dict[tuple[int, ...], tuple[Array, Array]] = {}
    for iteration in range(1_000_000):
        rows = setup.batch(iteration)
        if rows not in known or not again:
            known[rows] = X[list(rows)], Y[list(rows)]
        yield Batch(*known[rows], setup.schedule.rate(setup.learning_rate, iteration), again)


def trainer_of(setup: Setup) -> Trainer:
    return Trainer(setup.method(setup.learning_rate), setup.network)


def walked(setup: Setup, iterations: int) -> tuple[list[float], Network, Past, str | None]:
    """Losses, network and past after so many iterations; and what of the next one is not finite, if it ends there."""
    network, past = setup.network, None
    losses: list[float] = []
    for number, batch in enumerate(islice(batches(setup), iterations)):
        record = run_iteration(setup.method(setup.learning_rate, number), network, batch.X, batch.Y, past)
        what = first_not_finite(record)
        if what is not None:
            return losses, network, past or Past(0, setup.optimizer.fresh(network.size)), what
        losses.append(record.loss)
        network, past = record.after, record.next
    assert past is not None
    return losses, network, past, None


def assert_same_bits(setup: Setup, iterations: int, again: bool = True) -> None:
    losses, network, past, what = walked(setup, iterations)
    trainer = trainer_of(setup)
    if what is None:
        assert trainer.run(islice(batches(setup, again), iterations)).tolist() == losses
    else:
        with pytest.raises(DivergedError) as caught:
            trainer.run(islice(batches(setup, again), iterations))
        assert caught.value.iteration == len(losses)
    assert trainer.iteration == past.iteration
    assert trainer.parameters.tolist() == network.flat().tolist()
    assert trainer.memory.tolist() == past.memory.tolist()


@settings(max_examples=100)
@given(updated(), st.booleans())
def test_training_finds_the_bits_of_walking(setup: Setup, again: bool) -> None:
    assert_same_bits(setup, 12, again)


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.sampled_from(PAIRINGS), optimizers(), schedules(), st.sampled_from([None, 1, 3]))
def test_a_thousand_iterations_of_training_are_those_of_walking(
    seed: int, pairing: tuple[str, str], optimizer: Optimizer, schedule: Schedule, batch_size: int | None
) -> None:
    rng = np.random.default_rng(seed)
    hidden = rng.choice(HIDDEN, 2).tolist()
    setup = random_setup(seed, WIDE, (*hidden, pairing[0]), pairing[1], 7)
    setup = replace(setup, optimizer=optimizer, schedule=schedule, batch_size=batch_size, shuffle_seed=seed % 5 or None)
    assert_same_bits(replace(setup, learning_rate=0.01), 1_000)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_every_activation_and_loss_is_trained(hidden: str, output: str, loss: str) -> None:
    for decimals, batch_size in ((None, 2), (None, None), (3, 1)):
        setup = random_setup(3, WIDE, (hidden, hidden, output), loss, 5)
        assert_same_bits(replace(setup, decimals=decimals, batch_size=batch_size), 20)


@settings(max_examples=150)
@given(mistaken())
def test_mistakes_are_trained_as_they_are_walked(setup: Setup) -> None:
    """To 1e-12: where a rule turns a matrix round, BLAS may add up in another order, and the last bit differs."""
    losses, network, past, what = walked(setup, 5)
    trainer = trainer_of(setup)
    if what is not None:
        with pytest.raises(DivergedError):
            trainer.run(islice(batches(setup), 5))
        return
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-12)
    close(trainer.run(islice(batches(setup), 5)), losses)
    close(trainer.parameters, network.flat())
    close(trainer.memory, past.memory)


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_lessons_are_trained_as_they_are_walked(lesson: object, as_published: bool) -> None:
    setup = next(known for known in LESSONS if known is lesson).setup(as_published)
    assert_same_bits(setup, CHUNK + 50)


def test_a_warm_up_and_a_smaller_last_batch_belong_to_it() -> None:
    setup = random_setup(5, WIDE, ("relu", "tanh", "sigmoid"), "binary_cross_entropy", 7)
    assert_same_bits(replace(setup, warm_up=(6, 0), batch_size=3), 40)
    assert_same_bits(replace(setup, warm_up=(6, 0), batch_size=3, shuffle_seed=2), 40)


def test_targets_of_0_and_1_and_targets_between_may_take_turns() -> None:
    setup = random_setup(5, WIDE, ("relu", "tanh", "sigmoid"), "binary_cross_entropy", 4)
    X, Y = setup.examples
    mixed = np.vstack([np.round(Y[:2]), np.clip(Y[2:], 0.2, 0.3)])
    assert_same_bits(replace(setup, data=Examples(X, mixed), batch_size=2), 30)


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_training_goes_on_from_anywhere(kind: str) -> None:
    setup = random_setup(8, WIDE, ("elu", "gelu", "softmax"), "cross_entropy", 6)
    setup = replace(setup, optimizer=Optimizer(kind, weight_decay=0.01, clip_norm=1.0), batch_size=4)
    whole, first = trainer_of(setup), trainer_of(setup)
    given = list(islice(batches(setup), 30))
    losses = whole.run(given).tolist()
    begun = first.run(given[:11]).tolist()
    second = Trainer(setup.method(setup.learning_rate), first.network, first.past.memory, first.iteration)
    assert begun + second.run(given[11:20]).tolist() + second.run(given[20:]).tolist() == losses
    assert second.parameters.tolist() == whole.parameters.tolist()
    assert (second.iteration, first.iteration) == (30, 11)


def test_numbers_beyond_all_bounds_say_where_and_leave_what_was_before() -> None:
    setup = random_setup(6, (2, 3, 1), ("identity", "identity"), "half_squared_error", 2)
    setup = replace(setup, learning_rate=40.0)
    losses, network, _, what = walked(setup, 3 * CHUNK)
    assert what is not None
    trainer = trainer_of(setup)
    with pytest.raises(DivergedError, match=f"In iteration {len(losses) + 1} "):
        trainer.run(islice(batches(setup), 3 * CHUNK))
    assert trainer.iteration == len(losses) > 3
    assert trainer.parameters.tolist() == network.flat().tolist()


def test_sums_that_overflow_unseen_are_found() -> None:
    """tanh makes 1 of an infinite sum: all that comes after it is finite."""
    start = Parameters((np.array([[1.0, 1.0]]), np.array([[0.3]])), (np.zeros(1), np.zeros(1)))
    data = Examples(np.array([[1.5e308, 1.5e308]]), np.array([[0.5]]))
    setup = Setup((2, 1, 1), data, ("tanh", "identity"), "half_squared_error", start).completed()
    with pytest.raises(DivergedError, match="In iteration 1 a weighted sum"):
        trainer_of(setup).run(islice(batches(setup), 3))


@pytest.mark.parametrize("z", [-800.0, 800.0])
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "softplus"])
def test_saturated_units_are_trained_as_they_are_walked(hidden: str, z: float) -> None:
    start = Parameters((np.array([[z], [0.5]]), np.array([[1.0, 0.3]])), (np.zeros(2), np.zeros(1)))
    data = Examples(np.array([[1.0], [0.5]]), np.array([[0.0], [1.0]]))
    assert_same_bits(Setup((1, 2, 1), data, (hidden, "sigmoid"), "binary_cross_entropy", start).completed(), 10)


def test_no_iteration_is_no_loss() -> None:
    assert trainer_of(random_setup(1, (2, 1), ("sigmoid",), "binary_cross_entropy", 2)).run([]).shape == (0,)


def test_networks_handed_out_stay_as_they_are() -> None:
    setup = random_setup(1, (2, 1), ("sigmoid",), "binary_cross_entropy", 2)
    trainer = trainer_of(setup)
    before = trainer.network
    trainer.run(islice(batches(setup), 3))
    assert before.flat().tolist() == setup.network.flat().tolist() != trainer.parameters.tolist()
