"""Whatever learners do, and whatever happens to the process: the store holds what a plain session in memory would."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import CONSTANT, Schedule
from app.engine.network.expressions import Symbol
from app.limits import StoreLimits
from app.sessions.compare.counterpart import counterpart
from app.sessions.store.sqlite import FILE
from app.sessions.store.store import Kept, StaleRevisionError, UnknownSessionError
from app.sessions.store.texts import fixed_text, moving_text
from app.sessions.training import begun_run, stopped_run
from app.sessions.walk.position import MEASURES, Measure
from app.sessions.walk.session import Fork, TrainingSession
from tests.redis_server import PROGRAM, RedisServer, redis_server, with_redis
from tests.sessions.clock import run
from tests.sessions.own_setups import bits, own
from tests.sessions.stores import Kind, Redis, Sqlite


@dataclass
class Model:
    """A session as it should be: how often it was saved, and the session itself, kept in memory."""

    rev: int
    session: TrainingSession


Verb = Callable[..., TrainingSession]


def moved(session: TrainingSession, verb: str | Verb, *given: object, **named: object) -> TrainingSession:
    """What a verb, one of the session's own by its name, makes of a session."""
    found: TrainingSession = getattr(session, verb)(*given, **named) if isinstance(verb, str) else verb(session, *given)
    return found


def undone_is_as_it_was(before: TrainingSession, after: TrainingSession) -> None:
    """Where a verb can be undone, undoing it leads back to the last bit."""
    if len(after.marks) > len(before.marks):
        undone = after.undo()
        assert bits(undone) == bits(before)
        assert (undone.marks, undone.timeline.changes) == (before.marks, before.timeline.changes)


def same(one: TrainingSession, other: TrainingSession) -> None:
    """Both show the same numbers, can be undone alike, have the same goal, and the same walk beside them."""
    assert bits(one) == bits(other)
    assert (one.marks, one.goal, one.forks) == (other.marks, other.goal, other.forks)
    left, right = (beside and bits(beside) for beside in map(counterpart, (one, other)))
    assert left == right


class Way(NamedTuple):
    """How a walk is made, besides its examples: what remembers, what changes on its way, what stands beside it."""

    optimizer: Optimizer
    schedule: Schedule = CONSTANT
    fork: Fork | None = None


WAYS = (
    Way(Optimizer()),
    Way(Optimizer("momentum", momentum=0.8, clip_norm=0.5)),
    Way(Optimizer("adam", weight_decay=0.01), Schedule("step", every=4)),
    Way(Optimizer("rmsprop"), Schedule("cosine", iterations=15), Fork("optimizer", "adamw")),
    Way(Optimizer(), CONSTANT, Fork("learning_rate", "0.05")),
)
EXAMPLES = (Symbol("x", 0, 0, 1), Symbol("x", 0, 4, 0), Symbol("y", 2, 3, 1))


class StoreMachine(RuleBasedStateMachine):
    """Learners with several tabs each, on two processes that share a store and may crash."""

    tabs = Bundle("tabs")  # what a tab shows: a session at the revision at which it was loaded

    @initialize()
    def start(self) -> None:
        self.kind = self.begin_place()
        self.stores = [self.kind.open(), self.kind.open()]
        self.models: dict[str, Model] = {}
        self.readers: dict[str, str] = {}  # whose key opens which session to be looked at
        self.clicks = 0

    def begin_place(self) -> Kind:
        """An empty place for a store."""
        raise NotImplementedError

    def crash(self) -> None:
        """All ends as when the machine loses its power, and is started again with what is left."""
        raise NotImplementedError

    def teardown(self) -> None:
        for store in self.stores:
            run(store.close())

    @rule(target=tabs, batch_size=st.sampled_from([None, 1, 2]), way=st.sampled_from(WAYS), where=st.booleans())
    def begin(self, batch_size: int | None, way: Way, where: bool) -> Kept:
        begun = own(batch_size, optimizer=way.optimizer, schedule=way.schedule)
        kept = run(self.stores[where].create(replace(begun, fork=way.fork)))
        self.models[kept.id] = Model(1, replace(begun, fork=way.fork))
        return kept

    @rule(target=tabs, tab=tabs, where=st.booleans())
    def open_another_tab_or_reload(self, tab: Kept, where: bool) -> Kept:
        if tab.id not in self.models:
            with pytest.raises(UnknownSessionError):
                run(self.stores[where].load(tab.id))
            return tab
        return run(self.stores[where].load(tab.id))

    @rule(tab=tabs, where=st.booleans(), by=st.sampled_from(MEASURES))
    def step(self, tab: Kept, where: bool, by: Measure) -> None:
        self.move(tab, where, "step", by)

    @rule(tab=tabs, where=st.booleans(), by=st.sampled_from(MEASURES))
    def back(self, tab: Kept, where: bool, by: Measure) -> None:
        self.move(tab, where, "back", by)

    @rule(tab=tabs, where=st.booleans())
    def reset(self, tab: Kept, where: bool) -> None:
        self.move(tab, where, "reset")

    @rule(tab=tabs, where=st.booleans(), rate=st.floats(0.001, 0.1))
    def edit_the_learning_rate(self, tab: Kept, where: bool, rate: float) -> None:
        self.move(tab, where, "with_learning_rate", rate)

    @rule(tab=tabs, where=st.booleans(), value=st.floats(-1.0, 1.0))
    def edit_a_weight(self, tab: Kept, where: bool, value: float) -> None:
        self.move(tab, where, "with_parameter", 1, "W", 2, 1, value)

    @rule(tab=tabs, where=st.booleans(), iterations=st.integers(1, 20))
    def train(self, tab: Kept, where: bool, iterations: int) -> None:
        self.move(tab, where, "train", iterations=iterations)

    @rule(tab=tabs, where=st.booleans(), symbol=st.sampled_from(EXAMPLES), value=st.floats(-2.0, 2.0))
    def edit_an_input_or_a_target(self, tab: Kept, where: bool, symbol: Symbol, value: float) -> None:
        self.move(tab, where, "edited", symbol, value)

    @rule(tab=tabs, where=st.booleans())
    def undo(self, tab: Kept, where: bool) -> None:
        if tab.session.marks:
            self.move(tab, where, "undo")

    @rule(tab=tabs, where=st.booleans(), updates=st.one_of(st.none(), st.integers(1, 30)))
    def begin_a_run(self, tab: Kept, where: bool, updates: int | None) -> None:
        self.move(tab, where, begun_run, updates)

    @rule(tab=tabs, where=st.booleans(), stretch=st.integers(1, 5))
    def go_on_with_a_run(self, tab: Kept, where: bool, stretch: int) -> None:
        """A stretch of so many updates: `stretches` makes as many as fit into its seconds."""
        if (goal := tab.session.goal) is not None and goal.is_ahead(tab.session.updates):
            updates = tab.session.updates + stretch
            self.move(tab, where, "after_updates", updates if goal.end is None else min(updates, goal.end))

    @rule(tab=tabs, where=st.booleans())
    def stop_a_run(self, tab: Kept, where: bool) -> None:
        self.move(tab, where, stopped_run)

    def move(self, tab: Kept, where: bool, verb: str | Verb, *given: object, **named: object) -> None:
        """One click in a tab, sent twice, as after a lost answer."""
        self.clicks += 1
        key, session = f"click{self.clicks}", moved(tab.session, verb, *given, **named)
        model = self.models.get(tab.id)
        if model is None:
            with pytest.raises(UnknownSessionError):
                run(self.stores[where].save(tab, session, key))
            return
        if tab.rev != model.rev:
            with pytest.raises(StaleRevisionError) as caught:
                run(self.stores[where].save(tab, session, key))
            assert caught.value.current.rev == model.rev > tab.rev
            return
        before, model.session = model.session, moved(model.session, verb, *given, **named)
        model.rev += 1
        undone_is_as_it_was(before, model.session)
        if (verb, given) == ("step", ("equation",)):
            assert bits(model.session.back("equation")) == bits(before)
        for store in (self.stores[where], self.stores[not where]):
            assert run(store.save(tab, session, key)).rev == model.rev

    @rule(tab=tabs, where=st.booleans())
    def delete(self, tab: Kept, where: bool) -> None:
        if self.models.pop(tab.id, None) is not None:
            run(self.stores[where].delete(tab.id))
        else:
            with pytest.raises(UnknownSessionError):
                run(self.stores[where].delete(tab.id))

    @rule(target=tabs, tab=tabs, where=st.booleans())
    def revoke_the_id(self, tab: Kept, where: bool) -> Kept:
        """One click, sent twice; the tab that shows the old id stays open."""
        if tab.id not in self.models:
            return tab
        self.clicks += 1
        new_id = f"{self.clicks:024}"
        for store in (self.stores[where], self.stores[not where]):
            run(store.revoke(tab.id, new_id))
        self.models[new_id] = self.models.pop(tab.id)
        self.readers = {key: new_id if id == tab.id else id for key, id in self.readers.items()}
        return run(self.stores[where].load(new_id))

    @rule(tab=tabs, where=st.booleans())
    def share(self, tab: Kept, where: bool) -> None:
        if tab.id in self.models:
            reader = run(self.stores[where].share(tab.id))
            assert self.readers.setdefault(reader, tab.id) == tab.id

    @rule(tab=tabs, where=st.booleans())
    def unshare(self, tab: Kept, where: bool) -> None:
        run(self.stores[where].unshare(tab.id))
        for key in [key for key, id in self.readers.items() if id == tab.id]:
            del self.readers[key]
            with pytest.raises(UnknownSessionError):
                run(self.stores[not where].load(key))

    @rule(which=st.booleans())
    def restart_a_process(self, which: bool) -> None:
        run(self.stores[which].close())
        self.stores[which] = self.kind.open()

    @rule()
    def crash_and_reopen(self) -> None:
        self.crash()

    @rule(tab=consumes(tabs))
    def expire_all_but_one(self, tab: Kept) -> None:
        self.kind.clock.hours(23)
        if tab.id in self.models:
            run(self.stores[0].load(tab.id))
        self.kind.clock.hours(2)
        for store in self.stores:  # as a balancer does: what a killed process has not noted of the time does not count
            run(store.check())
        self.models = {id: model for id, model in self.models.items() if id == tab.id}

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        for id, model in self.models.items() if hasattr(self, "models") else ():
            for store in self.stores:
                kept = run(store.load(id))
                assert kept.rev == model.rev
                same(kept.session, model.session)
                assert len(fixed_text(kept.session)) + len(moving_text(kept.session)) <= StoreLimits().max_session_bytes

    @invariant()
    def whoever_looks_sees_the_same(self) -> None:
        for key, id in self.readers.items() if hasattr(self, "readers") else ():
            if id in self.models:
                seen = run(self.stores[0].load(key))
                assert (seen.id, seen.read_only, seen.rev) == (key, True, self.models[id].rev)
            else:
                with pytest.raises(UnknownSessionError):
                    run(self.stores[0].load(key))


class OfSqlite(StoreMachine):
    """On a file, which is all that is left of a process that is killed."""

    kind: Sqlite

    def begin_place(self) -> Sqlite:
        return Sqlite(Path(tempfile.mkdtemp()))

    def crash(self) -> None:
        """The file and its log lie there as they are."""
        left = Path(tempfile.mkdtemp())
        for name in (FILE, f"{FILE}-wal"):
            shutil.copy(self.kind.directory / name, left)
        for store in self.stores:
            run(store.close())
        shutil.rmtree(self.kind.directory)
        self.kind.directory = left
        self.stores = [self.kind.open(), self.kind.open()]

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.kind.directory)


class OfRedis(StoreMachine):
    """On a server whose log waits for the disk, and which is killed too."""

    server: RedisServer
    kind: Redis

    def begin_place(self) -> Redis:
        return Redis(self.server)

    def crash(self) -> None:
        """The server's log lies there as it is; those who are connected find out by themselves."""
        self.server.kill()
        self.server.start()


@pytest.fixture(scope="module", autouse=True)
def lasting_server() -> Iterator[None]:
    if PROGRAM is None:
        yield
        return
    with redis_server("--appendonly", "yes", "--appendfsync", "always") as OfRedis.server:
        yield


TestOfSqlite = OfSqlite.TestCase
TestOfSqlite.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestOfRedis = with_redis(OfRedis.TestCase)
TestOfRedis.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
