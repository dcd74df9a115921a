"""What takes long is answered by a process of its own: as the one that serves would, for whoever still waits for it."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.engine.memory import MEMORY
from app.main import computing, create_app
from app.settings import Settings
from app.web.http.processes import (
    NICE,
    STUCK,
    Begun,
    Elsewhere,
    LostError,
    PassesOn,
    Process,
    Start,
    WorkProcess,
    answered,
    end_stuck,
    spawned,
    work_apart,
)
from app.web.http.work import Pool
from tests.benchmarks.in_process import scope_of
from tests.durability.client import Answer, connected
from tests.load.networks import json_bytes, large_network
from tests.load.server import Server
from tests.sessions.clock import Clock
from tests.web.talk import HTMX, act, begin, read

LARGE = large_network(Random(1))
BROWSER = {"Sec-Fetch-Site": "same-origin"}


# A thread in the place of the process ---------------------------------------------------------------------------------


class InThread:
    """A process that is a thread, so that tests see both sides. It ends when its connection does."""

    def __init__(self, connection: socket.socket, make_app: Callable[[], Any]) -> None:
        self._connection, self._make_app = connection, make_app
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def exitcode(self) -> int | None:
        return None if self._thread.is_alive() else 0

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def kill(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        asyncio.run(answered(self._make_app(), self._connection))


def in_a_thread(make_app: Callable[[], Any]) -> tuple[InThread, socket.socket]:
    """A process that is a thread, and the other end of the connection to it."""
    ours, theirs = socket.socketpair()
    return InThread(theirs, make_app), ours


class Alive:
    """An application that does nothing but answer."""

    def __init__(self, answer: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.answer, self.router = answer, self

    @asynccontextmanager
    async def lifespan_context(self, app: object) -> AsyncIterator[None]:
        yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(scope, receive, send)


def nothing_begun(request: Request, begun: Begun) -> None:
    raise AssertionError("no walk was begun")


class Talk:
    """A process that computes with `app`, and requests that are passed on to it."""

    def __init__(self, app: Alive, silent: float = 10.0, start: Start | None = None) -> None:
        self.started: list[InThread] = []

        def in_thread() -> tuple[Process, socket.socket]:
            process, connection = in_a_thread(lambda: app)
            self.started.append(process)
            return process, connection

        self.process = WorkProcess(start or in_thread, nothing_begun, silent)

    async def ready(self) -> None:
        while not self.process.is_ready():
            await asyncio.sleep(0.001)

    async def ask(self, body: bytes = b"", gone: asyncio.Event | None = None, taken: Any = None) -> list[Message]:
        """What is sent for a POST with this body; `taken` may wait before it takes a message."""
        incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            if incoming:
                return incoming.pop()
            await (gone or asyncio.Event()).wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if taken is not None:
                await taken(message)
            sent.append(message)

        async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
            raise Elsewhere(self.process)

        await PassesOn(elsewhere)(scope_of("POST", "/here", body), receive, send)
        return sent


def body_of(sent: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def test_a_request_is_passed_on_with_its_body_and_its_answer_comes_back() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        told = f"{request.method} {request.url.path} {len(await request.body())}"
        await PlainTextResponse(told, 418, {"x-own": "1"})(scope, receive, send)

    async def asked() -> None:
        talk = Talk(Alive(answer))
        await talk.ready()
        for size in (0, 10, 300_000):
            sent = await talk.ask(b"x" * size)
            assert sent[0]["status"] == 418
            assert (b"x-own", b"1") in sent[0]["headers"]
            assert body_of(sent) == b"POST /here %d" % size
        await talk.process.close()
        assert talk.started[0].exitcode == 0

    asyncio.run(asked())


def test_of_a_long_answer_the_next_piece_is_made_when_the_one_before_was_taken() -> None:
    made: list[int] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def pieces() -> Any:
            for piece in range(50):
                made.append(piece)
                yield b"x" * 1_000

        await StreamingResponse(pieces())(scope, receive, send)

    async def asked() -> None:
        talk = Talk(Alive(answer))
        await talk.ready()

        async def taken(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("more_body"):
                before = len(made)
                await asyncio.sleep(0.001)
                assert len(made) <= before + 1

        assert len(body_of(await talk.ask(taken=taken))) == 50_000
        await talk.process.close()

    asyncio.run(asked())


def test_the_process_is_told_when_a_client_has_hung_up() -> None:
    ended = threading.Event()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        ended.set()

    async def asked() -> None:
        talk, gone = Talk(Alive(answer)), asyncio.Event()
        await talk.ready()
        asking = asyncio.create_task(talk.ask(gone=gone))
        await asyncio.sleep(0.01)
        gone.set()
        with pytest.raises(ClientDisconnect):
            await asking
        assert await asyncio.to_thread(ended.wait, 10)
        await talk.process.close()

    asyncio.run(asked())


def test_where_the_process_dies_those_who_wait_are_told_and_another_one_is_started(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reached = threading.Event()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if await Request(scope, receive).body() == b"dies":
            reached.set()
            await asyncio.Event().wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def asked() -> None:
        talk = Talk(Alive(answer))
        await talk.ready()
        asking = asyncio.create_task(talk.ask(b"dies"))
        await asyncio.to_thread(reached.wait, 10)
        talk.started[0].kill()
        with pytest.raises(LostError, match="what was answered is not lost"):
            await asking
        assert not talk.process.is_ready()
        await talk.ready()
        assert body_of(await talk.ask(b"lives")) == b"done"
        assert len(talk.started) == 2
        await talk.process.close()

    asyncio.run(asked())
    assert "has ended by itself" in caplog.text


def test_a_process_that_gives_no_sign_of_life_is_ended() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        threading.Event().wait(1.0)  # it holds all up, as what takes the interpreter for itself

    async def asked() -> None:
        talk = Talk(Alive(answer), silent=0.05)
        await talk.ready()
        with pytest.raises(LostError):
            await talk.ask()
        await talk.process.close()

    asyncio.run(asked())


async def niceness_or_stuck(scope: Scope, receive: Receive, send: Send) -> None:
    if await Request(scope, receive).body() == b"stuck":
        end_stuck()
    await PlainTextResponse(str(os.nice(0)))(scope, receive, send)


def in_a_process(connection: socket.socket) -> None:
    work_apart(lambda: Alive(niceness_or_stuck), connection)


def test_the_process_gives_way_and_ends_with_a_code_of_its_own_where_it_is_stuck(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def asked() -> None:
        talk = Talk(Alive(niceness_or_stuck), start=spawned(in_a_process))
        await talk.ready()
        assert body_of(await talk.ask()) == b"%d" % min(19, os.nice(0) + NICE)
        with pytest.raises(LostError):
            await talk.ask(b"stuck")
        await until(lambda: f"has ended by itself ({STUCK})" in caplog.text)
        await talk.process.close()

    asyncio.run(asked())


def test_a_job_that_does_not_end_although_nobody_waits_for_it_is_noticed() -> None:
    async def endless() -> list[str]:
        told, gate, noticed = list[str](), threading.Event(), asyncio.Event()

        def stuck() -> None:
            told.append("stuck")
            noticed.set()

        pool = Pool(threads=1, queue=1, seconds=0.05, stuck=stuck)
        await pool.run("short", lambda: 7)
        job = asyncio.create_task(pool.run("a", gate.wait))
        await asyncio.sleep(0.01)
        job.cancel()
        await noticed.wait()
        gate.set()
        return told

    assert asyncio.run(endless()) == ["stuck"]


# The program ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def apart(settings: Settings) -> Iterator[Callable[..., TestClient]]:
    """A client of a server with these limits, whose other process, a thread here, is ready."""
    clients: list[TestClient] = []

    def opened(**limits: object) -> TestClient:
        limited = settings.model_copy(update=limits)
        app = create_app(limited, clock=Clock(), start_apart=lambda: in_a_thread(lambda: computing(limited)))
        clients.append(TestClient(app, follow_redirects=False, client=("192.168.1.7", 50_000)))
        clients[-1].__enter__()
        process = process_of(clients[-1])
        assert clients[-1].portal is not None
        while not clients[-1].portal.call(process.is_ready):
            pass
        return clients[-1]

    yield opened
    for client in clients:
        client.__exit__(None, None, None)


def process_of(client: TestClient) -> WorkProcess:
    app: Any = client.app
    process = app.state.services.work_process
    assert isinstance(process, WorkProcess)
    return process


@contextmanager
def passed_on(client: TestClient) -> Iterator[list[str]]:
    """The paths of what is passed on meanwhile."""
    process, paths = process_of(client), list[str]()
    answer = process.answer

    async def noting(scope: Scope, *rest: Any) -> None:
        paths.append(scope["path"])
        await answer(scope, *rest)

    vars(process)["answer"] = noting
    yield paths
    del vars(process)["answer"]


def test_a_large_walk_is_answered_elsewhere_and_just_as_here(
    client: TestClient, apart: Callable[..., TestClient]
) -> None:
    there = apart()
    with passed_on(there) as paths:
        one, other = (begin(each, LARGE) for each in (client, there))
        for verb in ("step", "backward", "update", "back"):
            one, other = act(client, one, verb), act(there, other, verb)
        assert {**one, "id": ""} == {**other, "id": ""}
        pages = [each.get(f"/sessions/{state['id']}").text for each, state in ((client, one), (there, other))]
        assert len(pages[0]) == len(pages[1]) > 100_000
        assert len(there.get(f"/api/sessions/{other['id']}/trace").json()) == one["equations"]
    assert len(paths) == 7


def test_a_large_walk_takes_no_memory_of_the_process_that_passes_it_on(apart: Callable[..., TestClient]) -> None:
    client = apart()
    walk = begin(client, LARGE)["id"]
    MEMORY.take((Elsewhere, walk))  # as if it had been noted long ago: it must be read to be known as large
    with passed_on(client) as paths:
        assert client.get(f"/api/sessions/{walk}").status_code == 200
    app: Any = client.app
    assert (len(paths), MEMORY.get((app.state.services.store, walk))) == (1, None)


def test_a_step_of_a_small_walk_stays_here_and_what_takes_long_of_it_does_not(apart: Callable[..., TestClient]) -> None:
    there = apart()
    with passed_on(there) as paths:
        state = act(there, begin(there), "step")
        there.get(f"/sessions/{state['id']}")
        assert paths == []
        assert act(there, state, "train", iterations=50)["iteration"] == 50
        page = there.get(f"/sessions/{state['id']}/pictures")
        assert page.status_code == 200
        assert read(there, state)["rev"] == 3
        assert act(there, read(there, state), "step")["cursor"] == 1
        assert there.get(f"/api/sessions/{state['id']}/gradient-check").json()["ok"]
        assert "Answer key" in there.get(f"/sessions/{state['id']}/export/key.html").text
    assert [path.rsplit("/", 1)[1] for path in paths] == ["train", "pictures", "gradient-check", "key.html"]


def test_what_was_changed_here_is_not_changed_again_elsewhere(apart: Callable[..., TestClient]) -> None:
    there = apart()
    state = begin(there)
    form = {"on": "1", "rev": str(state["rev"])}
    assert there.post(f"/sessions/{state['id']}/check", data=form, headers={**BROWSER, **HTMX}).status_code == 200
    with passed_on(there) as paths:
        revoked = there.post(f"/api/sessions/{state['id']}/revoke")
        assert revoked.status_code == 200
        assert revoked.json()["id"] != state["id"]
    assert paths == []
    stepped = there.post(f"/api/sessions/{revoked.json()['id']}/step")
    assert (stepped.status_code, stepped.json()["rev"]) == (200, revoked.json()["rev"] + 1)


def test_a_click_on_a_page_that_takes_long_is_done_once(apart: Callable[..., TestClient]) -> None:
    there = apart()
    state = begin(there, {"lesson": "a-slope-too-many"})
    for op in ("one", "one", "two"):
        form = {"by": "equation", "next": "compare", "op": op}
        shown = there.post(f"/sessions/{state['id']}/step", data=form, headers={**BROWSER, **HTMX})
        assert shown.status_code == 200
    assert read(there, state)["cursor"] == 2


def test_errors_are_told_as_here(apart: Callable[..., TestClient]) -> None:
    there = apart()
    state = begin(there, LARGE)
    with passed_on(there) as paths:
        stale = there.post(f"/api/sessions/{state['id']}/step", json={"rev": 7})
        assert (stale.status_code, stale.json()["state"]["rev"]) == (412, 1)
        wrong = there.patch(f"/api/sessions/{state['id']}", json={"example": 99})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["field"] == "example"
        assert there.get(f"/sessions/{state['id']}/pictures/none").status_code == 404
        assert there.post("/api/sessions", json={**LARGE, "loss": "none"}).status_code == 422
        too_long = there.post(f"/api/sessions/{state['id']}/revoke", content=b"x" * 100_000)
        assert (too_long.status_code, too_long.json()["type"]) == (413, "/docs#request")
    assert len(paths) == 3


def test_what_is_begun_elsewhere_is_counted_here(apart: Callable[..., TestClient]) -> None:
    there = apart(joining_burst=5, joining_rate=0.01)
    own = {"sizes": [2, 2, 1], "data": {"dataset": "xor"}}
    form = {"from": "xor", "do": "start"}
    found = [there.post("/api/sessions", json=own).status_code for _ in range(3)]
    found += [there.post("/build", data=form, headers=BROWSER).status_code for _ in range(4)]
    assert found == [201] * 3 + [303] * 2 + [429] * 2


def test_a_walk_that_begins_beside_a_large_one_is_counted_too(apart: Callable[..., TestClient]) -> None:
    there = apart(joining_burst=4, joining_rate=0.01)
    walk = f"/sessions/{begin(there, LARGE)['id']}"
    form = {"thing": "learning_rate", "value": "0.2"}
    forks = [there.post(f"{walk}/fork", data=form, headers=BROWSER).status_code for _ in range(2)]
    copies = [there.post(f"{walk}/duplicate", data={}, headers=BROWSER).status_code for _ in range(2)]
    assert forks + copies == [303, 303, 303, 429]


def test_what_one_address_stores_is_counted_here(apart: Callable[..., TestClient]) -> None:
    there = apart(max_store_megabytes=4)
    random = Random(1)
    rows = [[random.uniform(-1, 1) for _ in range(4)] for _ in range(300)]
    body = {"sizes": [4, 2, 4], "data": {"X": rows, "Y": rows}}
    found = [there.post("/api/sessions", json=body).status_code for _ in range(80)]
    begun = found.count(201)
    assert found == [201] * begun + [507] * (80 - begun)
    assert 10 <= begun <= 70


def test_a_session_that_is_hurried_is_told_so_once_for_all_that_it_asks(apart: Callable[..., TestClient]) -> None:
    there = apart(session_burst=20, session_rate=0.01)
    state = begin(there, LARGE)
    answers = [there.post(f"/api/sessions/{state['id']}/step").status_code for _ in range(22)]
    assert answers == [200] * 20 + [429] * 2


def test_below_a_prefix_it_answers_with_it(apart: Callable[..., TestClient]) -> None:
    there = apart(root_path="/explorer")
    begun = there.post("/explorer/api/sessions", json=LARGE)
    assert begun.headers["location"] == f"/explorer/api/sessions/{begun.json()['id']}"
    page = there.get(f"/explorer/sessions/{begun.json()['id']}")
    assert "/explorer/static/" in page.text
    assert page.headers.get_list("vary") == there.get("/explorer/").headers.get_list("vary")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_an_answer_varies_by_is_said_once(apart: Callable[..., TestClient], encoding: str) -> None:
    there = apart()
    page = f"/sessions/{begin(there, LARGE)['id']}"
    with passed_on(there) as paths:
        shown = there.get(page, headers={"accept-encoding": encoding})
    assert paths == [page]
    assert shown.headers.get("content-encoding", "identity") == encoding
    said = [name.strip().lower() for name in shown.headers["vary"].split(",")]
    assert sorted(set(said)) == sorted(said)
    assert "accept-encoding" in said


# The process ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with closing(Server(tmp_path_factory.mktemp("data"))) as server:
        yield server


def processes_of(server: Server) -> list[int]:
    """Those that compute: they give way to the one that serves."""
    return [pid for pid in server.pids() if niceness_of(pid) > niceness_of(os.getpid())]


def niceness_of(pid: int) -> int:
    """Of a process; as of none where it has just ended."""
    with suppress(ProcessLookupError):
        return os.getpriority(os.PRIO_PROCESS, pid)
    return -20


async def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end
        await asyncio.sleep(0.02)


async def begun(server: Server) -> str:
    """A walk through a large network; the process computes then."""
    async with connected(server.port) as client:
        answer = await client.ask("POST", "/api/sessions", json_bytes(LARGE), content_type="application/json")
    await until(lambda: processes_of(server))
    return str(answer.json()["id"])


def test_what_it_has_read_in_takes_memory_once_and_it_holds_nothing_that_the_one_that_serves_has_open(
    tmp_path: Path,
) -> None:
    with closing(Server(tmp_path)) as server:
        asyncio.run(begun(server))
        (computes,) = processes_of(server)
        (serves,) = set(server.pids()) - {computes}
        lines = Path(f"/proc/{computes}/smaps_rollup").read_text().splitlines()
        (shared,) = (int(line.split()[1]) for line in lines if line.startswith("Shared_Dirty:"))
        assert shared > 20_000  # kB; of a process that is spawned: none
        assert not sockets_of(computes) & sockets_of(serves)


def sockets_of(pid: int) -> set[str]:
    links = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
    return {link for link in links if link.startswith("socket:")}


@pytest.mark.parametrize("end", [Server.end, Server.kill])
def test_a_process_that_was_not_started_yet_ends_with_the_one_that_serves(
    tmp_path: Path, end: Callable[[Server], int]
) -> None:
    with closing(Server(tmp_path)) as server:
        pids = server.pids()
        end(server)
        asyncio.run(until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids)))
    assert len(pids) == 2


def test_a_process_that_is_killed_is_replaced_and_its_walks_go_on(server: Server) -> None:
    async def long_one(walk: str) -> Answer:
        async with connected(server.port) as client:
            return await client.post(f"/api/sessions/{walk}/train", {"iterations": 10_000})

    async def killed(walk: str, ready: float) -> Answer:
        """What is answered to whoever waits for it meanwhile; it is given some seconds to become ready."""
        await until(lambda: processes_of(server))
        await asyncio.sleep(ready)
        (before,), waiting = processes_of(server), asyncio.create_task(long_one(walk))
        await asyncio.sleep(0.1)  # it takes 0.3 s on a machine that does nothing else
        os.kill(before, signal.SIGKILL)
        await until(lambda: processes_of(server) not in ([], [before]))
        return await waiting

    async def asked() -> None:
        walk = await begun(server)
        for ready in (1, 2, 3, 4, 6, 9):  # what comes before that is answered by the one that serves
            lost = await killed(walk, ready)
            if lost.status == 503:
                break
        assert lost.status == 503, lost.body
        assert lost.headers["retry-after"] == "2"
        assert "what was answered is not lost" in lost.json()["detail"]
        async with connected(server.port) as client:
            before = await client.state(walk)
            stepped = await client.post(f"/api/sessions/{walk}/step", {"rev": before["rev"]})
        assert stepped.json()["rev"] == before["rev"] + 1

    asyncio.run(asked())


def test_the_process_ends_with_the_one_that_serves(server: Server) -> None:
    asyncio.run(begun(server))
    processes = processes_of(server)
    assert server.kill() == -signal.SIGKILL
    server.start()
    asyncio.run(begun(server))
    processes += processes_of(server)
    assert server.end() == 0
    assert len(processes) == 2
    asyncio.run(until(lambda: not any(Path(f"/proc/{process}").exists() for process in processes)))
