"""A fork: the same run with one thing changed, at the same place, whatever the optimizers tell."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.compare.counterpart import all_followed, counterpart, first_difference, parting, walk_beside
from app.sessions.compare.forks import THINGS, forked, with_beside, with_fork, without_fork
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.position import Place
from app.sessions.walk.session import Fork, TrainingSession
from tests.sessions.own_setups import own

SETUP = Setup(
    (2, 4, 4, 1), Dataset("moons", 12), start=Initializer("xavier_normal", 5), batch_size=5, learning_rate=0.2
).completed()
FORKS = {
    "learning_rate": "0.05",
    "optimizer": "adam",
    "units": "6",
    "layers": "1",
    "batch_size": "4",
    "weight_decay": "0.01",
    "activation": "relu",
    "loss": "half_squared_error",
    "initializer": "he_normal",
    "seed": "6",
}


def other_of(session: TrainingSession) -> TrainingSession:
    other = counterpart(session)
    assert other is not None
    return other


def fork_of(thing: str, value: str) -> TrainingSession:
    return replace(TrainingSession.of_setup(SETUP), fork=Fork(thing, value))


def test_everything_that_the_issue_of_a_run_can_be_is_tried_here() -> None:
    assert set(FORKS) == set(THINGS)


@pytest.mark.parametrize(("thing", "value"), FORKS.items())
def test_one_thing_is_changed_and_nothing_else(thing: str, value: str) -> None:
    other = forked(SETUP, Fork(thing, value))
    assert THINGS[thing].now(other) == value
    assert [name for name, one in THINGS.items() if one.now(SETUP) != one.now(other)] == [thing]
    assert np.array_equal(other.examples[0], SETUP.examples[0])
    assert other.sizes == SETUP.sizes or thing in ("units", "layers")


@pytest.mark.parametrize(("thing", "value"), FORKS.items())
@pytest.mark.parametrize("iteration", [0, 1, 70])
def test_the_walk_beside_is_that_setups_own_walk(thing: str, value: str, iteration: int) -> None:
    session = fork_of(thing, value).moved_to(Place(iteration, 9))
    alone = TrainingSession.of_setup(forked(SETUP, Fork(thing, value))).moved_to(Place(iteration, 9))
    other = other_of(session)
    assert other.place == session.place or thing in ("units", "layers")
    assert np.array_equal(other.network.flat(), alone.network.flat())


def test_a_loss_that_needs_another_output_brings_it() -> None:
    other = forked(replace(SETUP, loss="mean_squared_error", activations=("tanh", "tanh", "tanh")),
                   Fork("loss", "binary_cross_entropy"))  # fmt: skip
    assert other.activations == ("tanh", "tanh", "sigmoid")


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "gradient_descent"])
def test_both_stand_at_what_both_find_last(optimizer: str) -> None:
    session = fork_of("optimizer", optimizer)
    shared = {equation.symbol for equation in other_of(session).equations}
    found = [equation for equation in session.equations if equation.symbol in shared]
    for equation in found:
        other = other_of(session.go(equation.index + 1))
        assert other.equation is not None
        assert other.equation.symbol == equation.symbol or session.go(equation.index + 1).finished
    assert other_of(session.update()).finished


def test_a_walk_that_tells_more_waits_at_what_both_find_last() -> None:
    adam = TrainingSession.of_setup(forked(SETUP, Fork("optimizer", "adam")))
    session = replace(adam, fork=Fork("optimizer", "gradient_descent"))
    kinds: dict[str, set[str]] = {}
    for cursor in range(1, len(session.equations) + 1):
        ours, theirs = session.go(cursor).equation, other_of(session.go(cursor)).equation
        assert ours is not None
        assert theirs is not None
        kinds.setdefault(ours.kind, set()).add(theirs.kind)
    assert kinds["m_W"] == kinds["m_hat_W"] == {"db", "W", "b"}
    assert kinds["dW"] == {"dW"}


def test_the_first_difference_is_found_among_what_both_find() -> None:
    session = fork_of("optimizer", "adam").update()
    index = first_difference(session, other_of(session))
    assert index is not None
    assert session.equations[index].kind == "W"
    place = parting(session, other_of(session))
    assert place is not None
    assert place.iteration == 0


def test_edits_count_for_both_but_the_learning_rate_that_differs() -> None:
    session = fork_of("learning_rate", "0.05").with_parameter(1, "W", 0, 1, 0.5).with_learning_rate(0.7)
    other = other_of(session)
    assert other.values[Symbol("W", 1, 0, 1)] == 0.5
    assert (session.learning_rate, other.learning_rate) == (0.7, 0.05)


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        ("learning_rate", "0.2"),
        ("learning_rate", "0"),
        ("learning_rate", "-1"),
        ("learning_rate", "nan"),
        ("learning_rate", "inf"),
        ("learning_rate", "fast"),
        ("optimizer", "sgd"),
        ("optimizer", "gradient_descent"),
        ("activation", "softmax"),
        ("loss", "hinge"),
        ("loss", "cross_entropy"),  # with one output its targets do not add up to 1
        ("initializer", "zeros"),
        ("seed", "1.5"),
        ("seed", "99999999999"),
        ("depth", "3"),
        ("units", "4"),
        ("units", "0"),
        ("units", "2.5"),
        ("layers", "2"),
        ("layers", "-1"),
        ("layers", "99999999"),
        ("batch_size", "0"),
        ("batch_size", "13"),
        ("batch_size", "5"),
        ("weight_decay", "0"),
        ("weight_decay", "2"),
    ],
)
def test_what_cannot_be_forked_is_refused(thing: str, value: str) -> None:
    with pytest.raises(SetupError) as refused:
        forked(SETUP, Fork(thing, value))
    assert refused.value.remedy


@pytest.mark.parametrize("thing", ["seed", "units", "layers"])
def test_a_start_that_was_given_has_no_seed_and_no_other_size(thing: str) -> None:
    given = lesson_named("two-outputs-two-paths").published
    with pytest.raises(SetupError, match="initializer"):
        forked(given, Fork(thing, "3"))
    assert isinstance(forked(given, Fork("initializer", "he_normal")).start, Initializer)


def test_layers_are_taken_away_from_the_last_on_and_added_like_it() -> None:
    setup = replace(SETUP, sizes=(2, 3, 5, 1), activations=("relu", "tanh", "sigmoid")).completed()
    sizes = {count: forked(setup, Fork("layers", str(count))) for count in (0, 1, 4)}
    assert [one.sizes for one in sizes.values()] == [(2, 1), (2, 3, 1), (2, 3, 5, 5, 5, 1)]
    assert sizes[4].activations == ("relu", "tanh", "tanh", "tanh", "sigmoid")
    assert forked(sizes[0], Fork("layers", "1")).activations == ("tanh", "sigmoid")


@pytest.mark.parametrize(("thing", "value"), [("units", "2"), ("layers", "1"), ("batch_size", "12")])
def test_walks_of_other_sizes_stand_at_what_both_find_last_and_keep_what_is_there_of_the_edits(
    thing: str, value: str
) -> None:
    session = fork_of(thing, value).with_parameter(1, "W", 3, 0, 0.5).with_parameter(1, "W", 1, 0, 0.25)
    shared = {equation.symbol for equation in other_of(session).equations}
    for equation in (one for one in session.equations[:-1] if one.symbol in shared):
        other = other_of(session.go(equation.index + 1))
        assert other.equation is not None
        assert other.equation.symbol == equation.symbol
    assert other_of(session).values[Symbol("W", 1, 1, 0)] == 0.25
    assert other_of(session.update()).finished
    assert parting(session.update(), other_of(session.update())) is not None


# More than one --------------------------------------------------------------------------------------------------------


def test_up_to_four_walks_are_compared_and_one_of_them_stands_beside() -> None:
    one, two, three = (Fork("optimizer", "adam"), Fork("units", "6"), Fork("batch_size", "4"))
    session = with_fork(with_fork(replace(TrainingSession.of_setup(SETUP), fork=one), two), three).update()
    assert session.forks == (three, two, one)
    assert with_beside(session, 2).forks == (one, three, two)
    assert without_fork(session, 0).forks == (two, one)
    for fork in session.forks:
        alone = TrainingSession.of_setup(forked(SETUP, fork)).update()
        assert np.array_equal(walk_beside(session, fork).network.flat(), alone.network.flat())
    again = session_of(fixed_text(session), moving_text(session))
    assert again.forks == session.forks
    attempts: list[Callable[[], object]] = [
        partial(with_fork, session, Fork("seed", "9")),
        partial(with_fork, without_fork(session, 0), one),
        partial(with_fork, without_fork(session, 0), Fork("units", "4")),
        partial(with_beside, session, 3),
        partial(without_fork, session, -1),
        partial(without_fork, replace(session, others=()), 0),
    ]
    for attempt in attempts:
        with pytest.raises(SetupError) as why:
            attempt()
        assert why.value.remedy


def test_all_ways_are_followed_little_by_little() -> None:
    session = with_fork(fork_of("optimizer", "adam"), Fork("units", "7")).moved_to(Place(171, 0))
    *_, last = [0, *(i for i, _ in enumerate(all_followed(session), start=1))]
    assert last > 6
    assert walk_beside(session, Fork("units", "7")).iteration == 171


def test_a_fork_survives_in_a_document() -> None:
    session = replace(own(), fork=Fork("optimizer", "nesterov")).train(iterations=3)
    again = session_of(fixed_text(session), moving_text(session))
    assert again.fork == session.fork
    assert np.array_equal(other_of(again).network.flat(), other_of(session).network.flat())
