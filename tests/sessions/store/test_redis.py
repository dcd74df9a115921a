"""What only a Redis does: it goes away and comes back, is full, is a copy, is heard over one connection."""

import asyncio
import time
from collections.abc import Iterator
from secrets import token_bytes

import pytest

from app.limits import StoreLimits
from app.sessions.classroom.classroom import Classroom
from app.sessions.store.redis import SAVE, RedisStore
from app.sessions.store.store import (
    NotWritableError,
    StoreAwayError,
    StoreError,
    StoreFullError,
    UnknownSessionError,
)
from tests.redis_server import RedisServer, redis_server, with_redis
from tests.sessions.clock import run
from tests.sessions.own_setups import bits, own

pytestmark = with_redis


@pytest.fixture
def mine() -> Iterator[RedisServer]:
    """A server that the test may end, with a log that waits for the disk."""
    with redis_server("--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


def test_a_redis_that_is_away_is_said_to_be_and_all_goes_on_when_it_is_back(mine: RedisServer) -> None:
    store = RedisStore(mine.address)
    kept = run(store.create(own()))
    mine.kill()
    for refused in (store.load(kept.id), store.save(kept, kept.session.step()), store.create(own()), store.check()):
        with pytest.raises(StoreAwayError, match=r"its Redis cannot be reached\. Try again in a few seconds") as caught:
            run(refused)
        assert caught.value.wait == 5
    mine.start()
    assert run(store.save(run(store.load(kept.id)), kept.session.step())).rev == 2
    run(store.check())
    run(store.close())


def test_a_redis_that_is_started_anew_between_two_clicks_is_not_noticed(mine: RedisServer) -> None:
    store = RedisStore(mine.address)
    kept = run(store.create(own()))
    mine.kill()
    mine.start()
    assert run(store.save(kept, kept.session.step())).rev == 2
    run(store.close())


def test_a_redis_that_says_nothing_is_not_waited_for_long(mine: RedisServer) -> None:
    store = RedisStore(mine.address)
    kept = run(store.create(own()))
    with mine.client() as client:
        client.execute_command("CLIENT", "PAUSE", 4_000, "ALL")
    start = time.monotonic()
    with pytest.raises(StoreAwayError, match="says nothing for 2 seconds"):
        run(store.load(kept.id))
    assert time.monotonic() - start < 3.5
    run(store.close())


def test_what_a_redis_has_lost_is_not_shown_from_memory() -> None:
    with redis_server() as forgetful:
        store, other = RedisStore(forgetful.address), RedisStore(forgetful.address)
        kept = run(store.create(own()))
        with forgetful.client() as client:
            before = client.dump(f"explorer:walk:{kept.id}")
            run(store.save(kept, kept.session.step("phase")))
            client.restore(f"explorer:walk:{kept.id}", 0, before, replace=True)  # its last second is lost
        run(other.save(run(other.load(kept.id)), kept.session.step()))
        assert run(store.load(kept.id)).session.cursor == 1
        forgetful.kill()
        forgetful.start()
        with pytest.raises(UnknownSessionError):
            run(store.load(kept.id))
        run(store.close())
        run(other.close())


def test_a_save_that_is_sent_again_since_its_answer_was_lost_is_done_once(server: RedisServer) -> None:
    store = RedisStore(server.address)
    kept = run(store.create(own()))
    stamp = token_bytes(8)
    sent = kept.id, 1, 2, stamp, b"{}", "", "0.0", 10**9
    assert [run(store._server.run(SAVE, *sent)) for _ in range(2)] == [1, 1]
    assert run(store._server.run(SAVE, kept.id, 1, 2, token_bytes(8), *sent[4:])) == 0
    run(store.close())


def test_a_redis_that_may_hold_no_more_begins_no_walk_and_those_that_are_there_go_on() -> None:
    with redis_server("--maxmemory", "3mb") as small:
        store = RedisStore(small.address)
        kept = run(store.create(own()))

        async def fill() -> None:
            while True:
                await store.create(kept.session)

        with pytest.raises(StoreFullError, match=r"the 3\.1 MB"):
            run(fill())
        kept = run(store.save(kept, kept.session.step()))
        with small.client() as client:
            client.config_set("maxmemory", "2900kb")
            with pytest.raises(StoreFullError):
                run(store.check())
            client.config_set("maxmemory", "1mb")
        for refused in (store.check(), store.save(kept, kept.session.step())):
            with pytest.raises(NotWritableError, match=r"its Redis holds as much as it may\. .*\(maxmemory\)"):
                run(refused)
        assert run(store.load(kept.id)).rev == 2
        run(store.close())


def test_where_the_last_eighth_is_used_too_a_walk_may_still_become_shorter(server: RedisServer) -> None:
    store = RedisStore(server.address)
    kept = run(store.create(own()))
    longer, tiny = kept.session.train(iterations=9), RedisStore(server.address, StoreLimits(max_store_megabytes=0.1))
    with pytest.raises(NotWritableError, match="all of the room"):
        run(tiny.save(kept, longer))
    kept = run(store.save(kept, longer))
    assert run(tiny.save(kept, kept.session.reset())).rev == 3
    run(store.close())
    run(tiny.close())


def test_a_copy_that_is_only_read_can_be_looked_at(mine: RedisServer) -> None:
    store = RedisStore(mine.address)
    kept = run(store.create(own()))
    with mine.client() as client:
        client.replicaof("127.0.0.1", "1")
        for refused in (store.save(kept, kept.session.step()), store.create(own()), store.check()):
            with pytest.raises(NotWritableError, match=r"a copy that is only read\. Walks can be looked at"):
                run(refused)
        client.config_set("replica-serve-stale-data", "yes")
        assert bits(run(store.load(kept.id)).session) == bits(kept.session)
    run(store.close())


def test_neither_errors_nor_the_log_tell_the_password(caplog: pytest.LogCaptureFixture) -> None:
    with redis_server("--requirepass", "right") as guarded:
        address = guarded.address.replace("unix://", "unix://ada:wrong@")
        store = RedisStore(address)
        for trouble in ("neither this password nor none", "cannot be reached"):
            with pytest.raises(StoreError, match=trouble) as caught:
                run(store.create(own()))
            assert "wrong" not in f"{caught.value!r} {caught.value}"
            assert caught.value.__cause__ is None
            guarded.kill()
        run(store.close())
        allowed = RedisStore(address)
        assert "wrong" not in repr(allowed)
    assert "wrong" not in caplog.text


def test_however_many_listen_one_connection_hears_for_them(server: RedisServer) -> None:
    store = RedisStore(server.address)
    kept = [run(store.create(own())) for _ in range(5)]

    async def listened() -> None:
        with server.client() as client:
            followers = [store.classes.listening(one.id) for one in kept for _ in range(10)]
            bells = [follower.__enter__() for follower in followers]
            await asyncio.gather(*(bell.heard(10.0) for bell in bells))  # it hears them from now on
            assert len(client.client_list(_type="pubsub")) == 1
            await store.save(kept[0], kept[0].session.step())
            await asyncio.gather(*(bell.heard(10.0) for bell in bells[:10]))
            assert [bell.rung.is_set() for bell in bells] == 50 * [False]
            for follower in followers:
                follower.__exit__(None, None, None)
            while client.pubsub_channels("explorer:*"):
                await asyncio.sleep(0.01)
        with store.classes.listening(kept[1].id) as bell:  # after nobody listened for a while
            await bell.heard(10.0)
            await store.save(kept[1], kept[1].session.step())
            await bell.heard(10.0)

    run(asyncio.wait_for(listened(), 9.0))  # a bell that did not ring takes ten
    run(store.close())


def test_a_lost_connection_is_made_again_and_then_every_bell_rings(mine: RedisServer) -> None:
    store, other = RedisStore(mine.address), RedisStore(mine.address)
    kept = run(store.classes.open(Classroom.opened("walk")[0]))

    async def listened() -> list[float]:
        loop = asyncio.get_running_loop()
        with store.classes.listening(kept.classroom.id) as one, store.classes.listening("walk") as another:
            await asyncio.gather(one.heard(10.0), another.heard(10.0))
            mine.kill()
            await asyncio.sleep(0.3)
            mine.start()
            await other.classes.save(kept, kept.classroom.lock(True))  # most likely before it is heard again
            start = loop.time()
            await asyncio.gather(one.heard(20.0), another.heard(20.0))
            rung = loop.time()
            await one.heard(0.3)
            current = await other.classes.load(kept.classroom.id)
            await other.classes.save(current, current.classroom.lock(False))
            before = loop.time()
            await one.heard(20.0)
            return [rung - start, loop.time() - before]

    assert max(run(listened())) < 5.0
    run(store.close())
    run(other.close())
