"""A session takes a bounded part of the store, a small one less than 4 kB; a larger one is refused with a sentence."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.engine.data.split import Data, Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.limits import Limits, StoreLimits
from app.sessions.setups.table import read_table
from app.sessions.store.sqlite import FILE
from app.sessions.store.store import SessionTooLargeError
from app.sessions.store.texts import Packed, fixed_text, pack, packed_fixed, packed_moving, session_of, unpacked
from app.sessions.walk.session import TrainingSession
from tests.sessions.clock import run
from tests.sessions.conftest import Opened
from tests.sessions.own_setups import bits
from tests.sessions.stores import Sqlite

MOST = 64_000
RNG = np.random.default_rng(5)


@pytest.fixture
def kind(tmp_path: Path) -> Sqlite:
    return Sqlite(tmp_path)


def session(*sizes: int, examples: int = 4) -> TrainingSession:
    data = Examples(RNG.normal(size=(examples, sizes[0])), RNG.uniform(0.1, 0.9, size=(examples, sizes[-1])))
    start = Initializer("xavier_normal", seed=1)
    return TrainingSession.of_setup(Setup(sizes, data, start=start, batch_size=None, learning_rate=0.01))


def packed(walk: TrainingSession) -> tuple[Packed, Packed]:
    fixed = packed_fixed(walk, MOST)
    return fixed, packed_moving(walk, MOST, len(fixed))


def document_bytes(directory: Path) -> list[int]:
    """What each row takes, without its id and numbers."""
    with closing(sqlite3.connect(directory / FILE)) as connection:
        query = "SELECT length(CAST(fixed AS BLOB)) + length(CAST(moving AS BLOB)) + length(operations) FROM session"
        return [size for (size,) in connection.execute(query)]


def test_a_2_4_3_1_session_takes_less_than_4_kb_after_long_training_too(opened: Opened, tmp_path: Path) -> None:
    store = opened()
    kept = run(store.create(session(2, 4, 3, 1)))
    kept = run(store.save(kept, kept.session.train(iterations=3000), "k" * 18))
    for i in range(20):
        kept = run(store.save(kept, kept.session.step(), f"{i:018}"))
    assert len(kept.session.timeline.checkpoints) >= 4
    assert len(kept.operations) == 16
    assert document_bytes(tmp_path)[0] < 4_000


def test_the_largest_network_takes_at_most_what_a_session_may_and_comes_back_with_the_same_bits(
    opened: Opened, tmp_path: Path
) -> None:
    store = opened()
    kept = run(store.create(session(8, 32, 32, 32, 32, 32, 32)))
    for _ in range(3):
        kept = run(store.save(kept, kept.session.train(iterations=9).step(), f"{_:018}"))
    assert 20_000 < document_bytes(tmp_path)[0] <= StoreLimits().max_session_bytes
    again = run(opened().load(kept.id))
    assert bits(again.session) == bits(kept.session)
    assert bits(again.session.back("iteration")) == bits(kept.session.back("iteration"))


def test_of_the_checkpoints_the_youngest_is_the_last_to_be_left_out() -> None:
    walk = session(4, 20, 20, 4).train(iterations=600)
    assert len(walk.timeline.checkpoints) == 5
    whole = len(packed_moving(walk, MOST, 0))
    for fewer, most in ((5, whole), (3, whole - 1), (2, whole // 2), (1, whole // 3)):
        left = session_of(packed_fixed(walk, MOST), packed_moving(walk, most, 0))
        assert len(left.timeline.checkpoints) == fewer
        assert left.timeline.checkpoints[-1].iteration == walk.timeline.checkpoints[-1].iteration
        assert bits(left) == bits(walk)


def test_beside_the_largest_table_the_largest_network_keeps_where_it_stands(opened: Opened, tmp_path: Path) -> None:
    """1,000 rows with 32 targets, six layers of 32, Adam: what a request of 512 kB can hold."""
    X, Y = np.round(RNG.normal(size=(1000, 8)), 9), np.round(RNG.uniform(0.1, 0.9, size=(1000, 32)), 9)
    setup = Setup(
        (8, 32, 32, 32, 32, 32, 32), Examples(X, Y), batch_size=10, learning_rate=1e-3, optimizer=Optimizer("adam")
    )
    walk = TrainingSession.of_setup(setup)
    assert len(fixed_text(walk)) > Limits().max_data_bytes * 0.85
    store = opened()
    kept = run(store.create(walk))
    kept = run(store.save(kept, kept.session.train(iterations=60), "k" * 18))
    assert document_bytes(tmp_path)[0] <= StoreLimits().max_session_bytes
    again = run(opened().load(kept.id)).session
    assert again.timeline.distance(again.iteration) == 0
    assert bits(again) == bits(kept.session)


def test_a_session_in_which_no_checkpoint_has_room_does_not_begin() -> None:
    walk = session(4, 20, 20, 4)
    fixed = len(packed_fixed(walk, MOST))
    checkpoint = walk.train(iterations=20).timeline.checkpoints[-1].parameters.nbytes
    with pytest.raises(SessionTooLargeError):
        packed_fixed(walk, fixed + checkpoint)
    packed_fixed(walk, fixed + round(1.1 * checkpoint))


def test_the_youngest_checkpoint_is_never_left_out() -> None:
    walk = session(4, 20, 20, 4).train(iterations=600)
    with pytest.raises(SessionTooLargeError):
        packed_moving(walk, len(packed_moving(walk, MOST, 0)) // 6, 0)


def test_a_thousand_examples_fit_and_many_more_numbers_are_refused_with_the_bound() -> None:
    assert sum(map(len, packed(session(4, 3, 1, examples=1000)))) <= MOST
    with pytest.raises(SessionTooLargeError, match=r"at most 64 kB are kept of one. Give fewer examples"):
        packed(session(8, 3, 8, examples=1000))


def test_the_largest_table_of_a_learner_takes_less_than_45_kb() -> None:
    text = "\n".join(",".join(f"{number:.4f}" for number in row) for row in RNG.normal(0, 100, size=(1000, 9)))
    labelled = read_table(text, Limits()).labelled(8, "regression")
    data = Data(labelled.examples, "standard", test_share=0.2, columns=labelled.columns, names=labelled.names)
    walk = TrainingSession.of_setup(Setup((8, 8, 1), data))
    assert len(packed_fixed(walk, MOST)) < 45_000
    assert bits(session_of(*packed(walk))) == bits(walk)


def test_a_session_that_grows_too_large_is_refused_and_stays_as_it_was(opened: Opened) -> None:
    store = opened(max_session_bytes=1_500)
    kept = run(store.create(session(2, 4, 3, 1)))
    edited = kept.session
    for i in range(40):
        edited = edited.with_parameter(1, "W", i % 4, 0, 0.123456789).step("iteration")
    with pytest.raises(SessionTooLargeError):
        run(store.save(kept, edited))
    assert run(store.load(kept.id)).session.cursor == 0


@pytest.mark.parametrize("text", ["", "{}", "x" * 7_999, "0.12345, " * 5_000])
def test_packing_is_undone_exactly(text: str) -> None:
    assert unpacked(pack(text)) == text
    assert len(pack(text)) <= len(text)
