"""Whatever learners do, and whatever happens to the process: the store holds what a plain session in memory would."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from app.sessions import (
    MEASURES,
    Bounds,
    Kept,
    Measure,
    SqliteStore,
    StaleRevisionError,
    TrainingSession,
    UnknownSessionError,
)
from app.sessions.database import FILE
from tests.sessions.clock import Clock
from tests.sessions.setups import bits, own


@dataclass
class Model:
    """A session as it should be: how often it was saved, and the session itself, kept in memory."""

    rev: int
    session: TrainingSession


class StoreMachine(RuleBasedStateMachine):
    """Learners with several tabs each, on two processes that share a file and may crash."""

    tabs = Bundle("tabs")  # what a tab shows: a session at the revision at which it was loaded

    @initialize()
    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.directory = Path(tempfile.mkdtemp())
        self.stores: list[SqliteStore] = [self.opened(), self.opened()]
        self.models: dict[str, Model] = {}
        self.clicks = 0

    def opened(self) -> SqliteStore:
        return SqliteStore(self.directory, Bounds(), self.clock)

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.loop.close()
        shutil.rmtree(self.directory)

    @rule(target=tabs, batch_size=st.sampled_from([None, 1, 2]), where=st.booleans())
    def begin(self, batch_size: int | None, where: bool) -> Kept:
        kept = self.loop.run_until_complete(self.stores[where].create(own(batch_size)))
        self.models[kept.id] = Model(1, own(batch_size))
        return kept

    @rule(target=tabs, tab=tabs, where=st.booleans())
    def open_another_tab_or_reload(self, tab: Kept, where: bool) -> Kept:
        if tab.id not in self.models:
            with pytest.raises(UnknownSessionError):
                self.loop.run_until_complete(self.stores[where].load(tab.id))
            return tab
        return self.loop.run_until_complete(self.stores[where].load(tab.id))

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

    def move(self, tab: Kept, where: bool, verb: str, *given: object, **named: object) -> None:
        """One click in a tab, sent twice, as after a lost answer."""
        self.clicks += 1
        key, session = f"click{self.clicks}", getattr(tab.session, verb)(*given, **named)
        model = self.models.get(tab.id)
        if model is None:
            with pytest.raises(UnknownSessionError):
                self.loop.run_until_complete(self.stores[where].save(tab, session, key))
            return
        if tab.rev != model.rev:
            with pytest.raises(StaleRevisionError) as caught:
                self.loop.run_until_complete(self.stores[where].save(tab, session, key))
            assert caught.value.current.rev == model.rev > tab.rev
            return
        model.session, model.rev = getattr(model.session, verb)(*given, **named), model.rev + 1
        for store in (self.stores[where], self.stores[not where]):
            assert self.loop.run_until_complete(store.save(tab, session, key)).rev == model.rev

    @rule(which=st.booleans())
    def restart_a_process(self, which: bool) -> None:
        self.stores[which].close()
        self.stores[which] = self.opened()

    @rule()
    def crash_and_reopen(self) -> None:
        """What a killed process leaves behind: the file and its log as they lie there, and nothing else."""
        left = Path(tempfile.mkdtemp())
        for name in (FILE, f"{FILE}-wal"):
            shutil.copy(self.directory / name, left)
        for store in self.stores:
            store.close()
        shutil.rmtree(self.directory)
        self.directory = left
        self.stores = [self.opened(), self.opened()]

    @rule(tab=consumes(tabs))
    def expire_all_but_one(self, tab: Kept) -> None:
        self.clock.hours(23)
        if tab.id in self.models:
            self.loop.run_until_complete(self.stores[0].load(tab.id))
        self.clock.hours(2)
        self.models = {id: model for id, model in self.models.items() if id == tab.id}

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        for id, model in self.models.items() if hasattr(self, "models") else ():
            for store in self.stores:
                kept = self.loop.run_until_complete(store.load(id))
                assert kept.rev == model.rev
                assert bits(kept.session) == bits(model.session)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
