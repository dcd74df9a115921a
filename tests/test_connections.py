"""What one client's connections can take from the others, tried on the server as it is started, by raw bytes."""

import re
import resource
import select
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from app.connections import READ_BYTES
from tests.test_serving import PATIENCE, Server, serving, under_way

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /sessions HTTP/1.1\r\nHost: localhost\r\n" + FORM
BROWSERS, EACH = 50, 6  # connections; tests/load has 300 browsers
MEGABYTE = 1_000_000


@contextmanager
def connected(server: Server, *sent: bytes, address: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A connection, from an address, over which these bytes were sent, as far as the server took them."""
    at = ("127.0.0.1", server.port)
    with closing(socket.create_connection(at, timeout=PATIENCE, source_address=(address, 0))) as connection:
        try:
            for part in sent:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        yield connection


def all_of(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    found = b""
    try:
        while part := connection.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


def answer(connection: socket.socket, end: bytes = b"\r\n") -> bytes:
    """What comes until these bytes have come."""
    found = b""
    while end not in found and (part := connection.recv(65_536)):
        found += part
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that gives a client a second for a request."""
    with serving(tmp_path_factory.mktemp("data"), EXPLORER_CLIENT_SECONDS="1") as server:
        yield server


def resident(server: Server) -> int:
    """Bytes of memory that it has now."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


# Heads and bodies -----------------------------------------------------------------------------------------------------


def test_a_header_without_end_is_cut_off(server: Server) -> None:
    with connected(server, HEAD, b"X-A: ", *[b"a" * 65_536] * 3_000) as connection:
        assert all_of(connection).startswith((b"HTTP/1.1 400 ", b""))
    assert resident(server) < 200 * MEGABYTE
    assert server.ask("GET", "/healthz")[0] == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + b"X: y\r\n" * 90 + b"\r\n" + b"\n" * 500, b"200"),
        (HEAD + b"X: y\r\n" * 101 + b"\r\n", b"400"),
        (HEAD + b"X: " + b"y" * 12_000 + b"\r\n\r\n", b"200"),
        (HEAD + b"X: " + b"y" * 30_000 + b"\r\n\r\n", b"400"),
        (b"GET /" + b"y" * 30_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (HEAD + b"Host: other.example\r\n\r\n", b"400"),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    ],
    ids=["many headers", "too many headers", "a long header", "too long a header", "too long a path", "two hosts",
         "two lengths"],
)  # fmt: skip
def test_a_head_has_bounds(server: Server, head: bytes, status: bytes) -> None:
    with connected(server, head) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 " + status)


def test_who_asks_on_and_on_before_the_first_answer_is_cut_off(server: Server) -> None:
    with connected(server, (HEAD + b"\r\n") * 5_000, HEAD + b"X: y\r\n" * 40_000 + b"\r\n") as connection:
        assert all_of(connection).count(b"HTTP/1.1 200 ") < 5_000
    with connected(server, (HEAD + b"\r\n") * 20, HEAD + b"Connection: close\r\n\r\n") as connection:
        assert all_of(connection).count(b"HTTP/1.1 200 ") == 21


def test_a_body_of_very_many_tiny_chunks_is_cut_off(server: Server) -> None:
    with connected(server, POST, b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 2_000) as connection:
        assert all_of(connection).startswith(b"HTTP/1.1 400 ")
    short = b"15\r\nlesson=hours-of-study\r\n1\r\n&\r\n" + b"1\r\na\r\n" * 14 + b"0\r\n\r\n"
    with connected(server, POST, b"Transfer-Encoding: chunked\r\n\r\n", short) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 303 ")


def test_a_get_too_has_no_body_without_bounds(server: Server) -> None:
    """An idempotency key makes the server read it."""
    session = server.ask("POST", "/api/sessions", {"lesson": "hours-of-study"})[1]["id"]
    head = f"GET /api/sessions/{session} HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: a\r\n"
    with connected(server, head.encode(), b"Content-Length: 9000000\r\n\r\n", b"a" * 100_000) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 413 ")


# Seconds --------------------------------------------------------------------------------------------------------------

UNFINISHED = {
    "nothing": (b"", b""),
    "a head": (HEAD, b"X: y\r\n"),
    "a body": (POST + b"Content-Length: 1000\r\n\r\n", b"a"),
    "a body in chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "a body that was refused": (b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", b"a"),
}


HUNG_UP = (BrokenPipeError, ConnectionResetError, EOFError)


def keep_sending(connection: socket.socket, more: bytes, reading: bool) -> None:
    """Send, a little now and then, for as long as it is taken: one of HUNG_UP."""
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late:
        connection.sendall(more)
        time.sleep(0.05)
        while reading and select.select([connection], [], [], 0)[0]:
            if connection.recv(65_536) == b"":
                raise EOFError


@pytest.mark.parametrize("case", UNFINISHED)
def test_who_sends_a_request_byte_by_byte_is_cut_off_in_time(server: Server, case: str) -> None:
    begun, more = UNFINISHED[case]
    with connected(server, begun) as connection, pytest.raises(HUNG_UP):
        keep_sending(connection, more, reading=True)


def test_who_does_not_read_answers_is_cut_off_in_time(server: Server) -> None:
    get = b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connected(server) as connection, pytest.raises(HUNG_UP):
        keep_sending(connection, get * 20, reading=False)


def test_who_takes_a_pause_between_requests_is_served_again(server: Server) -> None:
    with connected(server) as connection:
        for _ in range(3):
            connection.sendall(HEAD)
            time.sleep(0.4)
            connection.sendall(b"\r\n")
            assert answer(connection, b"}").startswith(b"HTTP/1.1 200")
            time.sleep(0.4)


# How many, and how many bytes -----------------------------------------------------------------------------------------


def test_a_class_of_browsers_is_answered_though_few_descriptors_are_allowed_at_first(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, before[1]))
    try:
        with serving(tmp_path) as server:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
            with ExitStack() as stack:
                connections = [stack.enter_context(connected(server, HEAD)) for _ in range(BROWSERS * EACH)]
                for connection in connections:
                    connection.sendall(b"\r\n")
                answers = [answer(connection) for connection in connections]
        assert [line[:12] for line in answers] == [b"HTTP/1.1 200"] * BROWSERS * EACH
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_where_connections_run_out_those_that_wait_longest_go_and_who_asks_is_answered(tmp_path: Path) -> None:
    with (
        serving(tmp_path, EXPLORER_MAX_CONNECTIONS="50", EXPLORER_CLIENT_SECONDS="3600") as server,
        ExitStack() as all,
    ):
        session = server.ask("POST", "/api/sessions", {"sizes": [2, 8, 8, 1], "data": {"dataset": "xor"}})[1]["id"]
        with under_way(server, f"/api/sessions/{session}/train", {"iterations": 10_000}) as training:
            idle = [all.enter_context(connected(server, HEAD)) for _ in range(150)]
            assert server.ask("GET", "/healthz")[0] == 200
            assert all_of(idle[0]) == b""
            assert training.getresponse().status == 200
        idle[-1].sendall(b"\r\n")
        assert answer(idle[-1]).startswith(b"HTTP/1.1 200")


def test_unfinished_requests_take_bounded_bytes_together_and_short_ones_are_answered(tmp_path: Path) -> None:
    """300 of 1.5 MB that never end."""
    begun = (
        b"POST /build HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 2000000\r\n\r\n" + b"a" * 1_500_000
    )
    with serving(tmp_path, EXPLORER_CLIENT_SECONDS="3600") as server, ExitStack() as all:
        before = resident(server)
        for _ in range(300):
            all.enter_context(connected(server, begun, b"a" * 1_500_000))
        assert resident(server) - before < 80 * MEGABYTE
        assert server.ask("POST", "/api/sessions", {"lesson": "hours-of-study"})[0] == 201


def test_long_bodies_are_read_at_a_bounded_rate_and_another_address_is_not_behind_them(tmp_path: Path) -> None:
    head = b"POST /build HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: %d\r\n\r\n"
    with serving(tmp_path) as server, ExitStack() as all, ThreadPoolExecutor(20) as threads:
        greedy = [all.enter_context(connected(server, address="127.0.0.2")) for _ in range(12)]
        calm = all.enter_context(connected(server, address="127.0.0.3"))
        start = time.monotonic()
        sent = [threads.submit(connection.sendall, head % MEGABYTE + b"a" * MEGABYTE) for connection in greedy]
        calm.sendall(head % 200_000 + b"a" * 200_000)
        assert answer(calm).startswith(b"HTTP/1.1 ")
        assert select.select(greedy, [], [], 0)[0] == [], "the others wait for one another"
        for one in sent:
            one.result()
        for connection in greedy:
            assert answer(connection).startswith(b"HTTP/1.1 ")
        assert time.monotonic() - start > 0.8 * len(greedy) * MEGABYTE / READ_BYTES


def test_who_reads_no_answers_is_asked_for_no_more(tmp_path: Path) -> None:
    """Of 20 requests at once a few are answered: as many as have room on their way."""
    with serving(tmp_path, EXPLORER_METRICS="1") as server:
        with connected(server, b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20) as connection:
            answer(connection)
            time.sleep(0.5)
            counted = r'requests_total\{method="GET",route="/docs",status="200"\} (\d+)'
            found = re.search(counted, server.ask("GET", "/metrics")[1])
        assert found
        assert int(found[1]) < 8


def test_answers_that_nobody_reads_take_bounded_bytes_together(tmp_path: Path) -> None:
    """800 connections, each of which asks for 20 pages of 90 kB."""
    with serving(tmp_path, EXPLORER_CLIENT_SECONDS="3600") as server, ExitStack() as all:
        before = resident(server)
        for _ in range(800):
            all.enter_context(connected(server, b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20))
        assert server.ask("GET", "/healthz")[0] == 200
        assert resident(server) - before < 60 * MEGABYTE


def test_one_address_that_asks_without_end_lets_the_others_go_first(tmp_path: Path) -> None:
    """500 connections ask for a page while the server stands still; another address, which asks last, waits for few."""
    with serving(tmp_path, EXPLORER_CLIENT_SECONDS="3600") as server, ExitStack() as all:
        asking = b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n"
        greedy = [all.enter_context(connected(server, asking[:-1], address="127.0.0.2")) for _ in range(500)]
        calm = all.enter_context(connected(server, HEAD, address="127.0.0.3"))
        server.process.send_signal(signal.SIGSTOP)
        for connection in greedy:
            connection.sendall(asking[-1:])
        calm.sendall(b"\r\n")
        server.process.send_signal(signal.SIGCONT)
        assert answer(calm).startswith(b"HTTP/1.1 200 ")
        answered = select.poll()
        for connection in greedy:
            answered.register(connection, select.POLLIN)
        assert len(answered.poll(0)) < len(greedy) / 2


# What is strange but no harm ------------------------------------------------------------------------------------------


def test_a_post_that_would_change_the_protocol_is_answered_as_any_other(server: Server) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 21\r\n\r\nlesson=hours-of-study"
    with connected(server, POST, upgrade) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 303 ")


@pytest.mark.parametrize("path", [b"/healthz", b"/readyz"])
def test_a_load_balancers_plain_check_is_answered(server: Server, path: bytes) -> None:
    for method in (b"GET ", b"HEAD "):
        with connected(server, method, path, b" HTTP/1.0\r\n\r\n") as connection:
            assert all_of(connection).startswith(b"HTTP/1.1 200 ")
    for request in (b"GET / HTTP/1.0\r\n\r\n", b"POST /healthz HTTP/1.0\r\n\r\n"):
        with connected(server, request) as connection:
            assert all_of(connection).startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/static/app.css", "/api/lessons"])
def test_head_is_answered_as_get_is_without_the_body(server: Server, path: str) -> None:
    def answered(method: str) -> tuple[int, dict[str, str], bool]:
        with server.connect() as connection:
            connection.request(method, path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.headers.items() if name != "date"}
            return answer.status, headers, bool(answer.read())

    assert answered("HEAD") == (*answered("GET")[:2], False)


def test_nothing_that_a_client_sends_or_leaves_unsent_is_an_error_in_the_log(tmp_path: Path) -> None:
    with serving(tmp_path, EXPLORER_CLIENT_SECONDS="1") as server, ExitStack() as all:
        session = server.ask("POST", "/api/sessions", {"sizes": [2, 8, 8, 1], "data": {"dataset": "xor"}})[1]["id"]
        waiting: list[socket.socket] = []
        api = f"POST /api/sessions/{session}/step HTTP/1.1\r\nHost: localhost\r\n".encode()
        for sent in (
            POST + b"Content-Length: 1000\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
            b"PUT / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
            b"POST /build HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 1000\r\n\r\n--x",
            api + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
            api + b"Idempotency-Key: a\r\nContent-Length: 1000\r\n\r\n{",
            f"GET /api/sessions/{session}/trace HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
            f"POST /api/sessions/{session}/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            'Content-Length: 20\r\n\r\n{"iterations": 2000}'.encode(),
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            b"nonsense\r\n\r\n",
            HEAD,
        ):
            with connected(server, sent):
                server.ask("GET", "/healthz")
            waiting.append(all.enter_context(connected(server, sent)))
        for connection in waiting:
            all_of(connection)
        assert server.end() == 0
        assert server.process.communicate() == ("", "")
