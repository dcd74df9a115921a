"""How a class is shown to all who follow it at once: its state is read once for each change, never an event, so that
whoever missed ten of them is right after the next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import TypeVar
from zlib import DEFLATED, MAX_WBITS, Z_FULL_FLUSH, compressobj

from starlette.requests import Request
from starlette.responses import StreamingResponse

from app.sessions.classroom.classroom import hashed
from app.sessions.store.classroom import UnknownClassError
from app.sessions.store.now import Now
from app.sessions.store.store import StoreError, UnknownSessionError
from app.sessions.walk.chunks import is_small
from app.web.http.classroom import Member, now_of
from app.web.http.dependencies import Services
from app.web.http.work import BusyError

HEARTBEAT = 5.0  # seconds
LOOKS = 0.5  # seconds, at most, between two looks at how the class stands
COUNTS = 0.3  # seconds between two states that differ only in who is there and how many have answered
STREAMS = 4  # of one key: the oldest gives way
PADDING = b": " + b"." * 1024 + b"\n\n"  # some virus scanners hold a message until the next one comes
BEAT = b"event: beat\ndata: 1\n\n"
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 6
GONE = (UnknownClassError, UnknownSessionError)
Made = TypeVar("Made")


class Rooms:
    """The classes that somebody follows in this process, over at most so many streams: pages need connections too."""

    def __init__(self, most_streams: int) -> None:
        self._rooms: dict[str, Room] = {}
        self._streams, self._most = 0, most_streams

    def check(self) -> None:
        """BusyError where there are as many streams as there may be. A page then asks now and then."""
        if self._streams >= self._most:
            raise BusyError

    @contextmanager
    def counted(self) -> Iterator[None]:
        """One stream more, as long as this lasts."""
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1

    @asynccontextmanager
    async def following(self, the: Services, id: str) -> AsyncIterator["Room"]:
        """The room of a class, which is watched as long as somebody follows."""
        room = self._rooms.get(id)
        if room is None or room.over:
            room = self._rooms[id] = Room(the, id)
        room.followers += 1
        try:
            with self.counted():
                yield room
        finally:
            room.followers -= 1
            if not room.followers:
                room.close()
                if self._rooms.get(id) is room:
                    del self._rooms[id]


class Room:
    """One class, watched for those who follow it. `over` where nothing more is told, `gone` where the class is."""

    def __init__(self, the: Services, id: str) -> None:
        self.followers, self.over, self.gone = 0, False, False
        self._the, self._id = the, id
        self._now: Now | None = None  # the newest that anybody has read
        self._told: Now | None = None  # the newest that all were told of
        self._changed = asyncio.Event()
        self._streams: dict[str, list[asyncio.Event]] = {}
        self._watching = asyncio.ensure_future(self._watch())

    def close(self) -> None:
        """Nobody follows any more."""
        self.over = True
        self._watching.cancel()

    async def states(self, key: str) -> AsyncIterator[Now | None]:
        """The class as it stands, each time that it has changed; None while it has not, so that one knows it lives.

        `key` is that of the follower, who has only so many streams at once.
        """
        given_up = asyncio.Event()
        streams = self._streams.setdefault(key, [])
        streams.append(given_up)
        for oldest in streams[:-STREAMS]:
            oldest.set()
        seen: Now | None = None
        try:
            with suppress(*GONE, StoreError):  # which the watch finds too
                await self._look()  # whoever comes has just seen a page: nothing older is shown to them
            while not (self.over or given_up.is_set()):
                if self._now is not seen:
                    seen = self._now
                    yield seen
                    continue
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await self._changed.wait()
                except TimeoutError:
                    yield None
        finally:
            streams.remove(given_up)
            if not streams:
                self._streams.pop(key, None)

    async def _watch(self) -> None:
        while not self.over:
            try:
                await self._watch_its_walk()
            except GONE:
                self.over = self.gone = True
            except StoreError:
                await asyncio.sleep(LOOKS)
        self._wake()

    async def _watch_its_walk(self) -> None:
        """Listen, read, tell; until it follows another walk."""
        loop = asyncio.get_running_loop()
        walk = (await self._the.store.classes.load(self._id)).classroom.walk
        told = 0.0
        with self._the.store.classes.listening(self._id, walk) as bell:
            while not self.over:
                now = await self._look()
                if now.classroom.walk != walk:
                    return
                wait = told + COUNTS - loop.time() if self._told and only_counts(self._told, now) else 0.0
                if wait > 0:
                    await asyncio.sleep(wait)  # bells ring on meanwhile
                    continue
                if now is not self._told:
                    self._told, told = now, loop.time()
                    self._wake()
                await bell.heard(LOOKS)
                self.over = self.over or self._the.drain.asked

    async def _look(self) -> Now:
        """The class as it stands: the same object as before, with what was made of it, where nothing is different."""
        now, known = await now_of(self._the, self._id), self._now
        if known is None or (not now.same(known) and not older(now, known)):
            self._now = known = now
        return known

    def _wake(self) -> None:
        woken, self._changed = self._changed, asyncio.Event()
        woken.set()


def older(one: Now, other: Now) -> bool:
    """Whether one state was read before the other: two may be read at once."""
    if one.kept.rev != other.kept.rev:
        return one.kept.rev < other.kept.rev
    return one.walk.rev < other.walk.rev or one.answered < other.answered


def only_counts(before: Now, after: Now) -> bool:
    """Whether two states differ in nothing but who is there, and how many have answered."""
    one, two = before.classroom, after.classroom
    same = (one.mode, one.phase, len(one.asked), one.code) == (two.mode, two.phase, len(two.asked), two.code)
    return before is not after and same and before.walk.rev == after.walk.rev


# Streams --------------------------------------------------------------------------------------------------------------


class Frames:
    """Messages as one client reads them: packed for those who can; each is packed once, whoever gets it.

    After a full flush nothing refers to what came before, so that the same bytes can follow in every stream.
    """

    def __init__(self, request: Request) -> None:
        self.packed = "gzip" in request.headers.get("accept-encoding", "")
        self.headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if self.packed:
            self.headers |= {"Content-Encoding": "gzip"}

    def head(self) -> bytes:
        """What comes before all else."""
        return GZIP_HEAD if self.packed else b""

    def frame(self, message: bytes) -> bytes:
        """A message."""
        return packed(message) if self.packed else message


def packed(message: bytes) -> bytes:
    """A piece of a stream that stands by itself."""
    press = compressobj(LEVEL, DEFLATED, -MAX_WBITS)
    return press.compress(message) + press.flush(Z_FULL_FLUSH)


TURN = "\0turn"  # drawn where a page is to show something else altogether: it loads itself again


def message(version: str, data: str) -> bytes:
    """One message of a stream."""
    if data == TURN:
        return b"event: turn\ndata: 1\n\n"
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"id: {version}\n{lines}\n".encode()


Draw = Callable[[Now, Now | None], str]  # what turns one state into the next; empty where nobody sees a difference


def stream(member: Member, key: str, draw: Draw, shared: Hashable, own: Draw | None = None) -> StreamingResponse:
    """The class as it changes: for each state what `draw` makes of it and of the state that was sent before.

    That is made once for all with the same `shared`; what `own` makes is for this follower alone. `key` is theirs.
    """
    the, frames = member.the, Frames(member.request)
    rooms: Rooms = member.request.app.state.rooms
    rooms.check()
    padding, beat = frames.frame(PADDING), frames.frame(BEAT)

    async def messages() -> AsyncIterator[bytes]:
        sent: Now | None = None
        yield frames.head() + frames.frame(b"retry: 1000\n\n")
        async with rooms.following(the, member.id) as room:
            async for now in room.states(key):
                if now is None:
                    yield beat
                    continue
                if not still_there(now, key):
                    yield frames.frame(message("", TURN))
                    return
                made = (stream, shared, frames.packed, sent and sent.version)
                data = await made_soon(the, now, made, partial(_framed, frames, now, draw, sent))
                if own is not None:
                    data += _framed(frames, now, own, sent)
                sent = now
                if data:
                    yield data
                    yield padding
            if room.gone:
                yield frames.frame(message("", TURN))

    return StreamingResponse(messages(), headers=frames.headers, media_type="text/event-stream")


def still_there(now: Now, key: str) -> bool:
    """Whether a key opens something still: a seat may have been removed, or taken along to another device."""
    classroom = now.classroom
    keys = now.once("keys", lambda: {classroom.host, classroom.present, *(seat.key for seat in classroom.seats)})
    return hashed(key) in keys


async def made_soon(the: Services, now: Now, key: Hashable, make: Callable[[], Made]) -> Made:
    """What is made of a state, once for all; in a thread where its network is large."""
    if is_small(now.walk.session):
        return now.once(key, make)
    making: asyncio.Future[Made] = now.once(
        key, lambda: asyncio.ensure_future(the.pool.run_short(now.classroom.id, make))
    )
    return await asyncio.shield(making)


def _framed(frames: Frames, now: Now, draw: Draw, sent: Now | None) -> bytes:
    data = draw(now, sent)
    return frames.frame(message(now.version, data)) if data else b""
