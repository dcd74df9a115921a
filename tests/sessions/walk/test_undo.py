"""Back undoes exactly: whatever was done, the same place has the same bits again."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sessions.walk.checkpoints import MOST_CHECKPOINTS
from app.sessions.walk.position import MEASURES, START
from app.sessions.walk.session import TrainingSession
from tests.sessions.own_setups import bits, own

measures = st.sampled_from(MEASURES)
moves = st.one_of(
    st.tuples(st.just("step"), measures),
    st.tuples(st.just("back"), measures),
    st.tuples(st.sampled_from(["forward", "backward", "update"])),
    st.tuples(st.just("go"), st.integers(0, 50)),
    st.tuples(st.just("train"), st.integers(1, 30)),
)
walks = st.lists(moves, max_size=12)
setups = st.sampled_from(
    [{"batch_size": 1}, {"batch_size": 2}, {"batch_size": None}, {"batch_size": 2, "shuffle_seed": 5},
     {"batch_size": 1, "warm_up": (4, 2)}]
)  # fmt: skip


def moved(session: TrainingSession, move: tuple[Any, ...]) -> TrainingSession:
    verb, *what = move
    if verb == "train":
        return session.train(iterations=what[0])
    after: TrainingSession = getattr(session, verb)(*what)
    return after


@given(setups, walks)
@settings(max_examples=60)
def test_back_to_the_start_equals_the_start(setup: dict[str, Any], walk: list[tuple[Any, ...]]) -> None:
    session = start = own(**setup)
    for move in walk:
        session = moved(session, move)
    while session.place != START:
        session = session.back("iteration")
    assert bits(session) == bits(start)


@given(setups, walks, measures)
@settings(max_examples=60)
def test_forward_again_after_back_gives_the_same_bits(
    setup: dict[str, Any], walk: list[tuple[Any, ...]], by: Any
) -> None:
    session = own(**setup).with_learning_rate(0.2)
    for move in walk:
        session = moved(session, move)
    place, seen = session.place, bits(session)
    again = session.step("iteration").with_parameter(1, "b", 0, None, 0.1).back("iteration")
    for _ in range(3):
        again = again.back(by)
    assert bits(again.moved_to(place)) == seen


@given(setups, st.integers(1, 40))
@settings(max_examples=30)
def test_training_is_walking(setup: dict[str, Any], iterations: int) -> None:
    walked = own(**setup)
    for _ in range(iterations):
        walked = walked.update()
    assert bits(own(**setup).train(iterations=iterations)) == bits(walked)


def test_changes_made_on_the_way_come_again() -> None:
    way = [own().step("iteration")]
    way.append(way[-1].with_learning_rate(0.05).step("iteration"))
    way.append(way[-1].with_parameter(2, "W", 1, 2, 0.4).step("iteration"))
    way.append(way[-1].step("iteration"))
    session = way[-1]
    for earlier in reversed(way[:-1]):
        session = session.back("iteration")
        assert session.current.after.flat().tobytes() == earlier.current.after.flat().tobytes()
    assert bits(session.moved_to(way[-1].place)) == bits(way[-1])


def test_checkpoints_stay_few_however_far_a_walk_goes() -> None:
    session = own(batch_size=1)
    for _ in range(600):
        session = session.step("iteration")
    assert len(session.timeline.checkpoints) <= MOST_CHECKPOINTS
    far = own(batch_size=1).train(iterations=5000)
    ages = [far.iteration - checkpoint.iteration for checkpoint in far.timeline.checkpoints]
    assert ages == sorted(ages, reverse=True)
    assert ages[-1] == 0
    assert len(ages) <= MOST_CHECKPOINTS
    assert ages[0] >= 512  # so that going far back need not begin at the very start
