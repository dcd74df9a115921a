"""What one client's connections may take from all the others: bounds in bytes and seconds, kept where bytes arrive.

The next move is either ours or the client's. While it is ours, a request is computed, and that has bounds of its own.
While it is the client's, a clock runs: a request must have come whole, and an answer must have been read, before it has
run out. Where there are too many connections, those that have waited longest for their client go; where they hold too
many bytes together, the one that holds most goes. So who means harm is cut off, and who was only slow comes again.
Bodies are read in turns by address, and no faster than so many bytes a second: reading takes its time, too.

The parser is h11: what it keeps of an unfinished request is bounded, it lets one Host through, and it reads a body that
follows an Upgrade header. httptools takes a header without end, and is less than 0.1 ms a request faster.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from app.web.http.work import InTurn

MOST_LINES = 100  # of a head
MOST_CHUNKS, CHUNK = 16, 256  # of one body: so many small chunks, and one more for each 256 bytes
SLICE = 8 * 1024  # bytes that are parsed at once: so exactly are the limits kept
READ_BYTES = 20_000_000  # a second, of all unfinished bodies


@dataclass
class Crowd:
    """All connections of a process: at most `most`, which hold at most `most_bytes` together.

    A client has `seconds` for a request, and for reading an answer. `waiting` are those connections whose client is to
    move, the one that has waited longest first; `held` is how many bytes all hold.
    """

    seconds: float
    most: int
    most_bytes: int
    all: set["Connection"] = field(default_factory=set)
    waiting: dict["Connection", None] = field(default_factory=dict)
    held: int = 0
    resting: InTurn["Connection"] = field(default_factory=InTurn)  # those whose bodies are read on in turns
    _reads_on: bool = False

    def make_room(self) -> None:
        """Cut connections off until the others fit."""
        while len(self.all) > self.most and self.waiting:
            next(iter(self.waiting)).cut()
        while self.held > self.most_bytes:
            max(self.all, key=lambda connection: connection.held).cut()

    def rest(self, connection: "Connection", size: int) -> None:
        """Read nothing more of a body, of which so many bytes have just come, until it is its turn again."""
        connection.pause()
        self.resting.put(connection, connection.address)
        if not self._reads_on:
            self._reads_on = True
            connection.loop.call_later(size / READ_BYTES, self._read_on)

    def _read_on(self) -> None:
        self._reads_on = bool(self.resting)
        if self._reads_on:
            connection = self.resting.take()
            connection.loop.call_later(connection.resume() / READ_BYTES, self._read_on)


class Parser(h11.Connection):
    """Bounded also in how many chunks there are of a body: each costs its time, however small it is.

    `to_send` is how many bytes of the answer that is being sent are still held by whoever made it, as far as it says.
    """

    _chunks = _bytes = 0
    to_send = 0

    def next_event(self) -> Any:
        """The next event. h11.RemoteProtocolError where a body has too many chunks."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._chunks, self._bytes = self._chunks + 1, self._bytes + len(event.data)
            if self._chunks > MOST_CHUNKS + self._bytes // CHUNK:
                raise h11.RemoteProtocolError("Too many chunks")
        return event

    def send(self, event: Any) -> Any:
        """As bytes. h11.LocalProtocolError where it is not its turn."""
        if isinstance(event, h11.Response):
            self.to_send = int(dict(event.headers).get(b"content-length", 0))
        elif isinstance(event, h11.Data):
            self.to_send = max(0, self.to_send - len(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self.to_send = 0
        return super().send(event)


class Connection(H11Protocol):
    """One connection of the crowd; `held` is how many bytes of requests and answers it keeps in memory."""

    def __init__(
        self,
        crowd: Crowd,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn: Parser = Parser(h11.SERVER, config.h11_max_incomplete_event_size or SLICE)
        self.held = 0
        self._received = 0  # bytes of requests, of those that are held
        self._crowd = crowd
        self._clock: asyncio.TimerHandle | None = None
        self._last = 0  # bytes that came at once before it was paused

    def cut(self) -> None:
        """Let go of it at once, with all that it holds."""
        self._leave()
        self.transport.abort()

    @property
    def address(self) -> str:
        """Whose turn it is with the others."""
        return self.client[0] if self.client else ""

    def pause(self) -> None:
        """Let nothing more come for now."""
        self.flow.read_paused = False  # whoever takes what has come does not decide that there is more
        self.transport.pause_reading()

    def resume(self) -> int:
        """Let more come, where what has come is being taken; how many bytes that may be."""
        if self not in self._crowd.all or self.transport.is_closing():
            return 0
        if self.cycle is not None and len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.read_paused = True
        else:
            self.transport.resume_reading()
        return self._last

    # What the server tells it; each time it looks whose move it is

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(SLICE)
        self._crowd.all.add(self)
        self._look()
        self._crowd.make_room()

    def data_received(self, data: bytes) -> None:
        if not self.held and self.conn.their_state is h11.IDLE:
            self._stop_waiting()  # a request begins, and has all its time
        self._received += len(data)
        self._hold()
        for start in range(0, len(data), SLICE):
            if not self.transport.is_closing():
                self._take(data[start : start + SLICE])
        self._look()
        if self.conn.their_state is h11.SEND_BODY and len(data) >= SLICE and not self.transport.is_closing():
            self._last = len(data)
            self._crowd.rest(self, len(data))

    def on_response_complete(self) -> None:
        if not self.flow.write_paused:  # else nothing more is begun until it has been read
            super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.cycle is not None and self.cycle.response_complete:
            super().on_response_complete()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Say so where no answer was begun, instead of what the application might still say."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._leave()

    # The rules

    def _take(self, data: bytes) -> None:
        state, before = self.conn.their_state, self.conn.trailing_data[0]
        if state is h11.IDLE and (before + data).partition(b"\r\n\r\n")[0].count(b"\n") > MOST_LINES:
            self.send_400_response("Too many headers.")
        elif state not in (h11.IDLE, h11.SEND_BODY) and len(before) > SLICE:
            self.cut()  # it asks on and on before it has its answer
        else:
            super().data_received(data)

    def _look(self) -> None:
        if self not in self._crowd.all:
            return
        in_work = self.cycle is not None and not self.cycle.response_complete
        if not in_work:
            self._received = len(self.conn.trailing_data[0])
        self._hold()
        if in_work and not self.cycle.more_body and not self.flow.write_paused:
            self._stop_waiting()
        elif self._clock is None:
            self._clock = self.loop.call_later(self._crowd.seconds, self.cut)
            self._crowd.waiting[self] = None

    def _hold(self) -> None:
        size = self._received + self.conn.to_send + self.transport.get_write_buffer_size()
        self._crowd.held += size - self.held
        self.held = size
        self._crowd.make_room()

    def _stop_waiting(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
            del self._crowd.waiting[self]

    def _leave(self) -> None:
        self._stop_waiting()
        self._crowd.held -= self.held
        self.held = 0
        self._crowd.all.discard(self)
