"""What one address may take: never all, and enough for a class behind it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from random import Random
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.lessons.starting_points import STARTING_POINTS
from app.main import create_app
from app.sessions.setups.draft import draft_of
from app.settings import Settings
from app.web.http.rates import address_of
from app.web.http.work import BusyError, Lines, Pool
from tests.benchmarks.in_process import FORM, Answer, Browser, browser
from tests.sessions.clock import Clock
from tests.web.talk import LESSON, act, begin

From = Callable[[str], TestClient]  # a client at an address, of one server


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.168.1.7", 1), "192.168.1.7"),
        (("::ffff:192.168.1.7", 1), "192.168.1.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::"),
        (("2001:db8:1:2:ffff::9", 1), "2001:db8:1:2::"),
        (("2001:db8:1:3::1", 1), "2001:db8:1:3::"),
        (("fe80::1%eth0", 1), "fe80::"),
        (("no address: a proxy's word", 0), "no address: a proxy's word"),
        (None, ""),
    ],
)
def test_whoever_has_one_address_of_ipv6_counts_as_one_with_all_of_its_64_bits(
    client: tuple[str, int] | None, address: str
) -> None:
    assert address_of({"type": "http", "client": client}) == address


@pytest.fixture
def limited(settings: Settings) -> Iterator[Callable[..., From]]:
    """A server with the settings named, whose clock stands, and clients of it at any address."""
    with ExitStack() as stack:

        def opened(**limits: object) -> From:
            app = create_app(settings.model_copy(update=limits), clock=Clock())
            stack.enter_context(TestClient(app))
            return lambda address: TestClient(app, client=(address, 50_000), follow_redirects=False)

        yield opened


def test_one_network_of_ipv6_cannot_begin_walks_without_end_and_another_one_begins(
    limited: Callable[..., From],
) -> None:
    at = limited(joining_burst=30, joining_rate=0.01)
    found = [at(f"2001:db8::{i:x}").post("/api/sessions", json=LESSON).status_code for i in range(32)]
    assert found == [201] * 30 + [429] * 2
    assert at("2001:db8:0:1::1").post("/api/sessions", json=LESSON).status_code == 201


def test_two_thousand_joins_of_one_address_shut_nobody_out(limited: Callable[..., From]) -> None:
    at = limited(joining_burst=2_500)
    calm, greedy = at("192.168.1.7"), at("192.168.1.8")
    walk = begin(calm)
    for _ in range(2_200):
        assert greedy.post("/api/sessions", json=LESSON).status_code == 201
    assert act(calm, walk, "step")["cursor"] == 1
    assert calm.get(f"/sessions/{walk['id']}").status_code == 200
    begin(calm)
    assert calm.get("/readyz").status_code == 200


def table(rows: int) -> dict[str, object]:
    random = Random(1)
    numbers = [[random.uniform(-1, 1) for _ in range(4)] for _ in range(rows)]
    return {"sizes": [4, 2, 4], "data": {"X": numbers, "Y": numbers}}


def test_one_address_cannot_fill_the_store_and_its_own_walks_go_on(limited: Callable[..., From]) -> None:
    at = limited(max_store_megabytes=4)
    calm, greedy = at("192.168.1.7"), at("192.168.1.8")
    answers = [greedy.post("/api/sessions", json=table(300)) for _ in range(80)]
    begun = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers[len(begun) :]} == {507}
    assert 10 <= len(begun) <= 70  # of 4 MB a quarter
    assert "begun from this address take up its share of the 4 MB" in answers[-1].json()["detail"]
    assert int(answers[-1].headers["Retry-After"]) > 0
    act(greedy, begun[0].json(), "step")
    begin(calm)
    assert "limit" not in calm.get("/readyz").json()


# A class behind one address -------------------------------------------------------------------------------------------


def test_a_line_refuses_nobody_and_takes_no_more_of_the_pool_than_others() -> None:
    async def crowd() -> None:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        lines, done = Lines(pool, 300, 1_000), []
        one_class = [asyncio.create_task(lines.run("class", lambda: gate.wait() and 1)) for _ in range(300)]
        await asyncio.sleep(0)

        async def other() -> None:
            await lines.run("other", lambda: 1)
            done.append(sum(job.done() for job in one_class))

        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.01)
        gate.set()
        assert await asyncio.gather(*one_class) == [1] * 300
        await waiting
        assert done[0] <= 3
        assert not vars(lines)["_lines"]  # nothing is left of a line that has gone

    asyncio.run(crowd())


def test_no_line_is_longer_or_heavier_than_it_may_be_and_the_others_stay_open() -> None:
    async def crowd() -> None:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        lines = Lines(pool, 12, 1_000)
        heavy = [asyncio.create_task(lines.run("heavy", gate.wait, 100)) for _ in range(10)]
        long = [asyncio.create_task(lines.run("long", gate.wait)) for _ in range(12)]
        await asyncio.sleep(0)
        for address, size in (("heavy", 1), ("long", 0), ("other", 1_001)):
            with pytest.raises(BusyError):
                await lines.run(address, gate.wait, size)
        other = asyncio.create_task(lines.run("other", lambda: 7, 1_000))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):  # all together are as heavy as they may be
            await lines.run("one more", gate.wait, 1)
        gate.set()
        assert await other == 7
        await asyncio.gather(*heavy, *long)
        assert await lines.run("heavy", lambda: 7, 1_000) == 7

    asyncio.run(crowd())


async def cases(learner: Browser, i: int) -> Answer:
    """A case of the bug lab."""
    return await learner.ask("POST", "/bug-lab", urlencode({"level": i % 3 + 1}).encode(), content_type=FORM)


async def own_tables(learner: Browser, i: int) -> Answer:
    """A network of one's own, for a table of one's own."""
    random = Random(i)
    rows = (",".join(f"{random.gauss(0, 1):.3f}" for _ in range(4)) for _ in range(300))
    draft = draft_of(STARTING_POINTS[0].setup).with_table("\n".join(("a,b,c,y", *rows)))
    form = draft.changed({"output": "identity", "loss": "mean_squared_error"}).texts
    return await learner.ask("POST", "/build", urlencode({**form, "do": "start"}).encode(), content_type=FORM)


@pytest.mark.parametrize("begins", [cases, own_tables])
def test_thirty_learners_behind_one_address_begin_at_once(
    settings: Settings, begins: Callable[[Browser, int], Awaitable[Answer]]
) -> None:
    async def all_at_once() -> list[Answer]:
        async with browser(settings.data_directory) as learner:
            return await asyncio.gather(*(begins(learner, i) for i in range(30)))

    answers = asyncio.run(all_at_once())
    assert [answer.status for answer in answers] == [303] * 30
    assert len({answer.headers["location"] for answer in answers}) == 30
