"""How much one client may ask of the server at once, and for how long: never at the cost of the others."""

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from functools import partial
from importlib import import_module
from inspect import unwrap
from operator import attrgetter
from types import CodeType, FrameType
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine.memory import MEMORY
from app.main import create_app
from app.sessions.setups.document import setup_of
from app.sessions.walk.chunks import in_slices
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.web.http.rates import TooFastError
from app.web.http.work import FEW, PIECE, BusyError, Pieces, Pool, TooLongError, WithinBytes
from tests.benchmarks.in_process import Browser, scope_of
from tests.sessions.clock import Clock
from tests.web.talk import BATCHES, HTMX, act, begin, read

BROWSER = {"Sec-Fetch-Site": "same-origin"}


# The pool -----------------------------------------------------------------------------------------------------------


def test_the_queue_is_bounded_and_takes_jobs_again_when_it_has_room() -> None:
    async def crowd() -> list[int]:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        waiting = [asyncio.create_task(pool.run(f"client {i}", gate.wait)) for i in range(65)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await pool.run("one more", gate.wait)
        gate.set()
        await asyncio.gather(*waiting)
        return [await pool.run("later", lambda: 7)]

    assert asyncio.run(crowd()) == [7]


def test_one_client_cannot_fill_the_queue() -> None:
    async def greed() -> int:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        jobs = [asyncio.create_task(pool.run("greedy", gate.wait)) for _ in range(60)]
        calm = asyncio.create_task(pool.run("calm", lambda: 7))
        await asyncio.sleep(0.01)
        gate.set()
        results = await asyncio.gather(*jobs, return_exceptions=True)
        assert sum(isinstance(result, TooFastError) for result in results) == 56
        return await calm

    assert asyncio.run(greed()) == 7


def test_one_address_that_fills_the_queue_gives_way_to_others() -> None:
    async def crowd() -> tuple[int, int]:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        jobs = [asyncio.create_task(pool.run(f"walk {i}", gate.wait, "greedy")) for i in range(65)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(pool.run(f"other {i}", lambda: 7, f"address {i}")) for i in range(20)]
        await asyncio.sleep(0)
        gate.set()
        results = await asyncio.gather(*jobs, return_exceptions=True)
        assert await asyncio.gather(*others) == [7] * 20
        return sum(isinstance(result, BusyError) for result in results), results.count(True)

    assert asyncio.run(crowd()) == (20, 45)


def test_one_who_comes_late_waits_for_one_job_of_an_address_that_has_many() -> None:
    done: list[str] = []

    async def crowd() -> None:
        pool, gate = Pool(threads=1, queue=64, seconds=10), threading.Event()
        first = asyncio.create_task(pool.run("first", gate.wait, "greedy"))
        await asyncio.sleep(0)
        names = [f"greedy {i}" for i in range(20)]
        jobs = [asyncio.create_task(pool.run(name, partial(done.append, name), "greedy")) for name in names]
        await asyncio.sleep(0)
        calm = asyncio.create_task(pool.run("calm", partial(done.append, "calm"), "another"))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, calm, *jobs)

    asyncio.run(crowd())
    assert done.index("calm") <= 1


def test_what_nobody_waits_for_any_more_is_not_computed() -> None:
    told: list[str] = []

    async def abandoned() -> None:
        clock, gate = Clock(), threading.Event()
        pool = Pool(threads=1, queue=66, seconds=1_000, clock=clock)
        busy = asyncio.create_task(pool.run("busy", gate.wait))
        await asyncio.sleep(0)
        steps = [slow_steps(f"walk {i}", told, 1_000_000, clock) for i in range(66)]
        jobs = [asyncio.create_task(pool.run_in_slices(f"walk {i}", -1, steps[i], "one")) for i in range(66)]
        await asyncio.sleep(0)
        for job in jobs:
            job.cancel()
        gate.set()
        await asyncio.gather(*jobs, return_exceptions=True)
        assert await pool.run_in_slices("calm", -1, slow_steps("calm", told, 3, clock)) == 2
        await busy

    asyncio.run(abandoned())
    assert told == ["calm"] * 3


def test_the_steps_of_a_job_that_is_given_up_end_at_once() -> None:
    told: list[str] = []

    def steps(gate: threading.Event) -> Iterator[int]:
        try:
            for step in range(1_000):
                gate.wait()
                yield step
        finally:
            told.append("ended")

    async def given_up() -> None:
        pool, gate = Pool(threads=1, queue=1, seconds=10), threading.Event()
        job = asyncio.create_task(pool.run_in_slices("a", -1, steps(gate)))
        await asyncio.sleep(0.01)
        job.cancel()
        gate.set()
        await asyncio.gather(job, return_exceptions=True)
        assert await pool.run("next", lambda: 7) == 7

    asyncio.run(given_up())
    assert told == ["ended"]


def test_a_thread_is_free_again_when_its_job_has_ended_whoever_waits_for_it() -> None:
    async def left() -> int:
        pool, gate = Pool(threads=1, queue=1, seconds=10), threading.Event()
        job = asyncio.create_task(pool.run("left", gate.wait))
        await asyncio.sleep(0.01)
        job.cancel()
        waits = asyncio.create_task(pool.run("next", lambda: 7))
        await asyncio.sleep(0.01)
        assert not waits.done()
        gate.set()
        return await waits

    assert asyncio.run(left()) == 7


def test_a_job_that_cannot_be_sliced_is_told_to_take_too_long() -> None:
    async def endless() -> None:
        pool, gate = Pool(threads=1, queue=1, seconds=0.2), threading.Event()
        try:
            with pytest.raises(TooLongError):
                await pool.run("a", gate.wait)
        finally:
            gate.set()

    asyncio.run(endless())


def test_one_who_waits_too_long_for_others_is_told_that_they_are_busy() -> None:
    async def endless() -> None:
        pool, gate = Pool(threads=1, queue=1, seconds=0.2), threading.Event()
        busy = asyncio.create_task(pool.run("busy", gate.wait))
        await asyncio.sleep(0)
        try:
            with pytest.raises(BusyError):
                await pool.run("waits", gate.wait)
        finally:
            gate.set()
        with pytest.raises(TooLongError):
            await busy

    asyncio.run(endless())


def slow_steps(name: str, told: list[str], count: int, clock: Clock) -> Iterator[int]:
    """Steps that each take longer than a slice, and note that they were made."""
    for step in range(count):
        clock.now += 0.003
        told.append(name)
        yield step


A_PAGE: Scope = {"type": "http", "client": ("10.0.0.1", 1)}
NO_RECEIVE: Any = None
NO_SEND: Any = None


class Loading:
    """An application whose requests hold a megabyte each until they are told to end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.held = 0
        self.end = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["client"][0])
        self.held += 1_000_000
        await self.end.wait()
        self.held -= 1_000_000


def test_while_much_memory_is_held_few_requests_are_begun_and_each_address_has_its_turn() -> None:
    async def asked() -> None:
        loading = Loading()
        within = WithinBytes(loading, most=8_000_000, seconds=10, held=lambda: loading.held)
        greedy, calm = ({**A_PAGE, "client": (address, 1)} for address in ("10.0.0.1", "10.0.0.2"))
        asking = [asyncio.create_task(within(scope, NO_RECEIVE, NO_SEND)) for scope in [greedy] * 40 + [calm]]
        await asyncio.sleep(0.5)
        assert loading.held == 9_000_000
        assert loading.begun[FEW:].index("10.0.0.2") < 2
        loading.end.set()
        await asyncio.gather(*asking)
        assert len(loading.begun) == 41

    asyncio.run(asked())


def test_however_much_memory_is_held_a_few_requests_are_begun_and_the_others_are_told_in_time() -> None:
    async def asked() -> None:
        loading = Loading()
        within = WithinBytes(loading, most=0, seconds=0.1, held=lambda: 1)
        asking = [asyncio.create_task(within(A_PAGE, NO_RECEIVE, NO_SEND)) for _ in range(FEW + 3)]
        await asyncio.sleep(0.3)
        assert len(loading.begun) == FEW
        loading.end.set()
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(one) for one in found] == [type(None)] * FEW + [BusyError] * 3

    asyncio.run(asked())


def test_whoever_left_when_its_turn_had_just_come_holds_no_place() -> None:
    async def asked() -> None:
        loading = Loading()
        within = WithinBytes(loading, most=0, seconds=10, held=lambda: 1)
        asking = [asyncio.create_task(within(A_PAGE, NO_RECEIVE, NO_SEND)) for _ in range(FEW + 2)]
        await asyncio.sleep(0)
        loading.end.set()
        while not asking[0].done():
            await asyncio.sleep(0)  # the next one's turn has come, and it has not begun
        asking[FEW].cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert len(loading.begun) == FEW + 1
        loading.end.clear()
        later = [asyncio.create_task(within(A_PAGE, NO_RECEIVE, NO_SEND)) for _ in range(FEW + 1)]
        await asyncio.sleep(0.1)
        assert len(loading.begun) == FEW + 1 + FEW
        loading.end.set()
        await asyncio.gather(*later)

    asyncio.run(asked())


def test_long_jobs_take_turns_so_that_a_short_one_need_not_wait_for_their_end() -> None:
    told: list[str] = []

    async def turns() -> None:
        clock = Clock()
        pool = Pool(threads=1, queue=64, seconds=10, clock=clock)
        begun, loop = asyncio.Event(), asyncio.get_running_loop()

        def first() -> Iterator[int]:
            for step in slow_steps("first", told, 40, clock):
                if step == 5:
                    loop.call_soon_threadsafe(begun.set)
                yield step

        long = [
            pool.run_in_slices("first", -1, first()),
            pool.run_in_slices("second", -1, slow_steps("second", told, 40, clock)),
        ]
        jobs = [asyncio.create_task(job) for job in long]
        await begun.wait()
        await pool.run_in_slices("short", -1, slow_steps("short", told, 2, clock))
        assert not any(job.done() for job in jobs)
        assert await asyncio.gather(*jobs) == [39, 39]

    asyncio.run(turns())
    assert told.index("second") < 3
    places = [place for place, name in enumerate(told) if name == "short"]
    assert places[1] - places[0] <= 4


def test_a_job_that_takes_longer_than_a_request_may_is_given_up() -> None:
    told: list[str] = []

    async def endless() -> None:
        clock = Clock()
        pool = Pool(threads=1, queue=1, seconds=0.05, clock=clock)
        await pool.run_in_slices("a", -1, slow_steps("a", told, 10_000, clock))

    with pytest.raises(TooLongError, match=r"more than the 0\.05 seconds"):
        asyncio.run(endless())
    assert 0.05 / 0.003 < len(told) < 20


@pytest.fixture
def full(settings: Settings) -> Iterator[TestClient]:
    """A server whose one thread is busy and whose queue is full."""
    small = settings.model_copy(update={"work_threads": 1, "work_queue": 1})
    gate = threading.Event()
    with TestClient(create_app(small), follow_redirects=False) as client:
        pool: Pool = client.app.state.services.pool  # type: ignore[attr-defined]
        assert client.portal is not None
        jobs: list[Future[Any]] = [client.portal.start_task_soon(pool.run, name, gate.wait) for name in ("a", "b")]
        client.get("/healthz")
        yield client
        gate.set()
        for job in jobs:
            job.result(timeout=10)


def test_with_a_full_queue_long_requests_are_refused_and_steps_go_on(full: TestClient) -> None:
    state = begin(full)
    refused = full.post(f"/api/sessions/{state['id']}/train", json={"iterations": 50})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "2"
    assert refused.json()["type"] == "/docs#busy"
    for headers in ({}, HTMX):
        page = full.post(f"/sessions/{state['id']}/train", data={"iterations": "50"}, headers=headers)
        assert page.status_code == 503
        assert "Try again in 2 seconds" in page.text
    assert act(full, state, "step")["cursor"] == 1


# Training in slices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 3, 40])
@pytest.mark.parametrize("updates", [1, 15, 16, 17, 100])
def test_training_in_slices_finds_the_same_numbers_as_at_once(start: int, updates: int) -> None:
    session = TrainingSession.of_setup(setup_of(BATCHES)).train(iterations=start)
    *_, sliced = in_slices(session, start + updates, lambda walked: walked.train(iterations=updates))
    at_once = session.train(iterations=updates)
    assert sliced.place == at_once.place
    assert sliced.network.flat().tobytes() == at_once.network.flat().tobytes()
    assert sliced.back("iteration").network.flat().tobytes() == at_once.back("iteration").network.flat().tobytes()


def test_slices_are_as_long_whatever_time_others_take_in_between() -> None:
    session, counts = TrainingSession.of_setup(setup_of(BATCHES)), []
    for between in (0.0, 10.0):
        clock, count = Clock(tick=0.0001), 0
        for _ in in_slices(session, 3_000, lambda walked: walked.train(iterations=3_000), clock):
            clock.now += between
            count += 1
        counts.append(count)
    assert counts[0] == counts[1]


def test_going_back_in_slices_finds_the_same_numbers_as_at_once() -> None:
    session = TrainingSession.of_setup(setup_of(BATCHES)).train(iterations=203)
    *ways, sliced = in_slices(session, 100, lambda walked: walked.moved_to(Place(100, 3)))
    assert ways
    at_once = session.moved_to(Place(100, 3))
    assert sliced.place == at_once.place
    assert sliced.network.flat().tobytes() == at_once.network.flat().tobytes()


def test_a_request_that_would_compute_for_too_long_changes_nothing(settings: Settings) -> None:
    hasty = settings.model_copy(update={"work_seconds": 5})
    with TestClient(create_app(hasty, clock=Clock(tick=1))) as client:
        state = begin(client)
        refused = client.post(f"/api/sessions/{state['id']}/train", json={"iterations": 10_000})
        assert refused.status_code == 422
        assert "Ask for less at once" in refused.text
        assert read(client, state) == state


# Others -------------------------------------------------------------------------------------------------------------


async def stepping(browser: Browser, clicks: int, clock: Clock) -> list[int]:
    """How often the clock was looked at, for the work of others, while each of so many clicks waited for its answer."""
    session = await browser.begin(b'{"lesson": "one-example-at-a-time"}')
    looks = []
    for rev in range(1, clicks + 1):
        before = clock.looks
        await asyncio.sleep(0)  # as many passes of the event loop as a click waits that comes in over a network
        answer = await browser.ask(
            "POST", f"/api/sessions/{session}/step", b'{"rev": %d}' % rev, content_type="application/json"
        )
        assert answer.status == 200, answer.body
        looks.append(clock.looks - before)
    return looks


async def training(browser: Browser) -> None:
    """Trains as much as a request may, for ever."""
    session = await browser.begin(b'{"lesson": "one-example-at-a-time"}')
    while True:
        await browser.ask(
            "POST", f"/api/sessions/{session}/train", b'{"iterations": 10000}', content_type="application/json"
        )


async def asking_for_curves(browser: Browser) -> None:
    """Asks for the curves of a long way that nobody has followed, again and again of another one."""
    for seed in range(1_000_000):
        start = b'{"kind": "he_normal", "seed": %d}' % seed
        body = b'{"sizes": [2, 3, 1], "data": {"dataset": "moons"}, "batch_size": 10, "initializer": %b}' % start
        session = await browser.begin(body)
        train = b'{"iterations": 10000}'
        await browser.ask("POST", f"/api/sessions/{session}/train", train, content_type="application/json")
        answer = await browser.ask("GET", f"/sessions/{session}/pictures/curves", hx_request="true")
        assert answer.status == 200, answer.body


@pytest.mark.parametrize("greedy", [training, asking_for_curves])
def test_a_calm_click_waits_for_one_slice_of_one_who_is_greedy_and_no_more(
    settings: Settings, greedy: Callable[[Browser], Coroutine[Any, Any, None]]
) -> None:
    async def beside() -> list[int]:
        clock = Clock(tick=0.0005)  # a slice is over at the second look
        app = create_app(settings, clock=clock)
        async with app.router.lifespan_context(app):
            browser = Browser(app)
            other = asyncio.create_task(greedy(browser))
            while clock.looks < 100 and not other.done():
                await asyncio.sleep(0)
            looks, before = await stepping(browser, 200, clock), clock.looks
            while clock.looks < before + 100 and not other.done():  # it goes on, too
                await asyncio.sleep(0)
            assert not other.done()
            other.cancel()
            return looks

    looks = asyncio.run(beside())
    assert 0 < max(looks) <= 5


# One who hangs up -----------------------------------------------------------------------------------------------------


def test_66_trainings_whose_clients_hang_up_are_given_up(settings: Settings) -> None:
    async def abandoned() -> None:
        app = create_app(settings.model_copy(update={"work_seconds": 1_000}))
        async with app.router.lifespan_context(app):
            browser, pool = Browser(app), app.state.services.pool
            walks = [await browser.begin(b'{"lesson": "one-example-at-a-time"}') for _ in range(66)]
            gone = asyncio.Event()
            train = b'{"iterations": 10000}'
            asked = [
                asyncio.create_task(
                    hanging_up(app, gone, "POST", f"/api/sessions/{walk}/train", train, content_type="application/json")
                )
                for walk in walks
            ]
            while sum(map(len, vars(pool)["_jobs"].values())) < len(walks) and not any(one.done() for one in asked):
                await asyncio.sleep(0)
            gone.set()
            assert await asyncio.gather(*asked) == [[]] * len(walks)  # nobody is there to be answered
            assert vars(pool)["_jobs"] == {}
            for walk in walks:
                state = await browser.ask("GET", f"/api/sessions/{walk}", accept_encoding="identity")
                assert b'"rev":1,' in state.body

    asyncio.run(abandoned())


async def hanging_up(
    app: ASGIApp, gone: asyncio.Event, method: str, path: str, body: bytes, **headers: str
) -> list[Message]:
    """What is sent to a client that hangs up when it is told to."""
    incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope_of(method, path, body, **headers), receive, send)
    return sent


# Where it is computed -------------------------------------------------------------------------------------------------

LARGE = {
    "sizes": [8, 32, 32, 32],
    "data": {
        "X": [[(7 * i + 3 * k) % 19 / 19 for k in range(8)] for i in range(60)],
        "Y": [[(5 * i + 3 * k) % 17 / 17 for k in range(32)] for i in range(60)],
    },
    "optimizer": {"kind": "adam", "learning_rate": 0.001},
}
LONG = (  # what takes long for a large network, or for whoever comes first
    "app.engine.learning.iteration:run_iteration",
    "app.engine.equations.trace:_found",
    "app.engine.fast.trainer:Trainer.run",
    "app.engine.check.gradient_check:check_gradients",
    "app.engine.paths:paths_of",
    "app.sessions.setups.document:setup_of",
    "app.sessions.store.texts:moving_text",
    "app.sessions.store.texts:fixed_text",
    "app.sessions.setups.draft:draft_of",
    "app.views.explorer.explorer:explorer",
    "app.web.http.templating:Templates.render",
    "app.web.api.state:state_texts",
    "app.web.api.state:equation_document",
)
EVERYTHING = (
    ("GET", ""), ("GET", "/pictures"), ("GET", "/compare"), ("GET", "/paths?kind=W&layer=1&j=0&k=0"),
    ("POST", "/step"), ("POST", "/step?by=iteration"), ("POST", "/backward"), ("POST", "/update"),
    ("POST", "/back?by=iteration"), ("POST", "/edit?of=w-1-0-0&value=0.5"), ("POST", "/undo"), ("POST", "/go?cursor=9"),
    ("POST", "/focus?example=3"), ("POST", "/learning-rate?learning_rate=0.01"), ("POST", "/check?on=1"),
    ("POST", "/step"), ("POST", "/check?on=0"),
    ("POST", "/ask?on=always"), ("POST", "/train?iterations=30"), ("POST", "/ask?on=0"),
    ("POST", "/train?iterations=30"), ("POST", "/run?count=2&measure=epochs&next=pictures"), ("POST", "/reset"),
)  # fmt: skip
BY_API = ("", "/trace", "/history", "/paths?kind=W&layer=1&j=0&k=0", "/question", "/answers")


def test_no_long_function_runs_in_the_thread_of_the_event_loop(settings: Settings) -> None:
    """Of every page, verb and answer about a large network, each with what is kept in memory and without."""
    ours, found = threading.get_ident(), set[str]()
    codes = {code_of(name): name for name in LONG}

    def noted(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in codes and threading.get_ident() == ours:
            found.add(codes[frame.f_code])

    async def ask() -> None:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            browser = Browser(app)
            walk = await browser.begin(json.dumps(LARGE).encode())
            for method, address in EVERYTHING:
                path, _, query = address.partition("?")
                for forget in (True, False):
                    if forget:
                        MEMORY.bound(MEMORY.most)
                    if method == "GET":
                        answer = await browser.ask("GET", f"/sessions/{walk}{address}")
                    else:
                        answer = await browser.ask("POST", f"/sessions/{walk}{path}", query.encode(), **AS_HTMX)
                    assert answer.status in (200, 303, 409, 422), (address, answer.body)
            for address in BY_API:
                MEMORY.bound(MEMORY.most)
                assert (await browser.ask("GET", f"/api/sessions/{walk}{address}")).status == 200
            for path in ("/", "/lessons/hours-of-study", "/build", f"/build?like={walk}", "/bug-lab", "/docs"):
                assert (await browser.ask("GET", path)).status == 200

    sys.setprofile(noted)
    try:
        asyncio.run(ask())
    finally:
        sys.setprofile(None)
    assert not found


def code_of(name: str) -> CodeType:
    """The code of a function that a module and a name tell."""
    module, _, path = name.partition(":")
    function: Any = attrgetter(path)(import_module(module))
    code: CodeType = unwrap(function).__code__
    return code


AS_HTMX = {"content_type": "application/x-www-form-urlencoded", "hx_request": "true"}


def test_a_long_answer_is_packed_in_pieces() -> None:
    sent: list[Message] = []

    async def long(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(range(200)) * 1_000})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(Pieces(long)({"type": "http"}, receive, send))
    bodies = [message["body"] for message in sent[1:]]
    assert b"".join(bodies) == bytes(range(200)) * 1_000
    assert max(map(len, bodies)) <= PIECE
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * (len(bodies) - 1) + [False]
