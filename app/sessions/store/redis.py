"""Walks in a Redis or Valkey, which programs on several machines share: one hash each, gone by the server's own clock.

A script changes a walk whole or not at all, and only at the revision that it was read at. Every write leaves a stamp of
its own: a script that is sent again, since its answer was lost, knows that it has been; and what is held in memory is
known to be what the server holds, even where that has lost its last second.
"""

import secrets
import time
from dataclasses import replace
from typing import NamedTuple

from app.engine.memory import MEGABYTE, MEMORY
from app.limits import StoreLimits
from app.sessions.store.redis_classes import RedisClasses
from app.sessions.store.redis_server import PREFIX, Server, new_stamp
from app.sessions.store.rows import Rows
from app.sessions.store.store import (
    FOR_THOSE_THERE,
    ID_BYTES,
    NOTED,
    Kept,
    NotWritableError,
    StaleRevisionError,
    StoreFullError,
    UnknownSessionError,
    held_bytes,
    led_to,
    with_operation,
)
from app.sessions.store.texts import Packed
from app.sessions.walk.session import TrainingSession

USUAL = StoreLimits()
READER_BYTES = 300  # in memory, of where the key of a reader leads
NAMES = f"""
local function walk_of(id) return '{PREFIX}walk:' .. id end
local function reader_of(key) return '{PREFIX}reader:' .. key end
"""
# The bytes that are kept here, without what the server needs for itself; and the bound of all, where it has one.
SIZE = """
local about = redis.call('INFO', 'memory')
local function told(name) return tonumber(string.match(about, name .. ':(%d+)')) end
local kept = told('used_memory_dataset')
"""
# 1 where all is well; 0 where the store is full, or how many bytes the server may hold, where those are nearly used.
ROOM = f"""
local function room(most)
  {SIZE}
  if kept >= most then return 0 end
  local bound = told('maxmemory')
  if bound > 0 and told('used_memory') >= bound * {1 - FOR_THOSE_THERE} then return bound end
  return 1
end
"""
CREATE = f"""
{NAMES} {ROOM}
local id, stamp, fixed, moving, moved, lifetime, most = unpack(ARGV)
local answer = room(tonumber(most))
if answer ~= 1 then return answer end
redis.call('HSET', walk_of(id), 'rev', 1, 'stamp', stamp, 'fixed', fixed, 'moving', moving, 'operations', '',
  'moved', moved)
redis.call('PEXPIRE', walk_of(id), lifetime)
return 1
"""
# Whose walk it is; and the walk, unless it is the one that is known.
LOAD = f"""
{NAMES}
local id, known, enough, lifetime = unpack(ARGV)
local found = redis.call('HMGET', walk_of(id), 'stamp', 'reader')
if not found[1] then
  id = redis.call('GET', reader_of(id))
  if not id then return false end
  found = redis.call('HMGET', walk_of(id), 'stamp', 'reader')
  if not found[1] then return false end
end
if redis.call('PTTL', walk_of(id)) < tonumber(enough) then
  redis.pcall('PEXPIRE', walk_of(id), lifetime) -- where nothing can be written, it is shown all the same
  if found[2] then redis.pcall('PEXPIRE', reader_of(found[2]), lifetime) end
end
if found[1] == known then return {{id}} end
return {{id, found[1], unpack(redis.call('HMGET', walk_of(id), 'rev', 'fixed', 'moving', 'operations', 'moved'))}}
"""
# 1 where it is saved, 0 where it has another revision or is gone, -1 where there is no room for more than it has.
SAVE = f"""
{NAMES} {SIZE}
local id, rev, after, stamp, moving, operations, moved, most = unpack(ARGV)
local found = redis.call('HMGET', walk_of(id), 'rev', 'stamp')
if found[2] == stamp then return 1 end
if found[1] ~= rev then return 0 end
if kept >= tonumber(most) and #moving > redis.call('HSTRLEN', walk_of(id), 'moving') then return -1 end
redis.call('HSET', walk_of(id), 'rev', after, 'stamp', stamp, 'moving', moving, 'operations', operations,
  'moved', moved)
redis.call('PUBLISH', '{PREFIX}changed:' .. id, '')
return 1
"""
DELETE = f"""
{NAMES}
local reader = redis.call('HGET', walk_of(ARGV[1]), 'reader')
if reader then redis.call('DEL', reader_of(reader)) end
return redis.call('DEL', walk_of(ARGV[1]))
"""
REVOKE = f"""
{NAMES}
local id, new = unpack(ARGV)
local is_there = redis.call('EXISTS', walk_of(new))
if redis.call('EXISTS', walk_of(id)) == 0 then return is_there end
if is_there == 1 then return 0 end
redis.call('RENAME', walk_of(id), walk_of(new))
local reader = redis.call('HGET', walk_of(new), 'reader')
if reader then redis.call('SET', reader_of(reader), new, 'KEEPTTL') end
return 1
"""
SHARE = f"""
{NAMES}
local id, new = unpack(ARGV)
if redis.call('EXISTS', walk_of(id)) == 0 then return false end
local reader = redis.call('HGET', walk_of(id), 'reader')
if reader then return reader end
redis.call('HSET', walk_of(id), 'reader', new)
redis.call('SET', reader_of(new), id, 'PX', redis.call('PTTL', walk_of(id)))
return new
"""
UNSHARE = f"""
{NAMES}
local reader = redis.call('HGET', walk_of(ARGV[1]), 'reader')
if reader then redis.call('DEL', reader_of(reader)) end
return redis.call('HDEL', walk_of(ARGV[1]), 'reader')
"""
SHARED = f"{NAMES} return redis.call('HGET', walk_of(ARGV[1]), 'reader')"
CHECK = f"{ROOM} redis.call('INCR', '{PREFIX}pulse') return room(tonumber(ARGV[1]))"


class Held(NamedTuple):
    """What memory holds of a walk, and the stamp by which the server knows it."""

    stamp: bytes
    kept: Kept


class RedisStore:
    """Walks by their ids, in the server at this address, such as redis://127.0.0.1:6379/0; others may use it too."""

    def __init__(self, address: str, limits: StoreLimits = USUAL) -> None:
        self._limits, self._server = limits, Server(address)
        self._to_rows = Rows(limits.max_session_bytes)
        self._most_bytes = round(limits.max_store_megabytes * MEGABYTE)
        self._bytes_for_new = round(self._most_bytes * (1 - FOR_THOSE_THERE))
        self._used_within = round(3_600_000 * limits.session_hours)  # milliseconds
        self._lifetime = round(self._used_within * (1 + NOTED))
        self.classes = RedisClasses(self._server, limits.class_hours)

    async def create(self, session: TrainingSession) -> Kept:
        """A new hash, where there is room."""
        fixed = await self._to_rows.fixed(session)
        moving = await self._to_rows.moving(session, len(fixed))
        kept = Kept(secrets.token_urlsafe(ID_BYTES), 1, session, fixed_bytes=len(fixed), moved=time.time())
        stamp, moved = new_stamp(), repr(kept.moved)
        row = kept.id, stamp, fixed, moving, moved, self._lifetime
        self._check_room(await self._server.run(CREATE, *row, self._bytes_for_new))
        return self._hold(stamp, kept)

    def _check_room(self, answer: int) -> None:
        if answer != 1:
            raise StoreFullError(round(answer / MEGABYTE, 1) or self._limits.max_store_megabytes)

    async def load(self, session_id: str) -> Kept:
        """In one question, which also says that it is used: the walk comes along where memory does not hold it."""
        id = MEMORY.get((self, "reader", session_id), session_id)
        held: Held | None = MEMORY.get((self, id))
        known = held.stamp if held else b""
        found = await self._server.run(LOAD, session_id, known, self._used_within, self._lifetime)
        if found is None:
            MEMORY.take((self, session_id))
            raise UnknownSessionError
        id = found[0].decode()
        kept = held.kept if held and len(found) == 1 else await self._read(id, *found[1:])
        if id == session_id:
            return kept
        MEMORY.put((self, "reader", session_id), id, READER_BYTES)
        return replace(kept, id=session_id, read_only=True)

    async def _read(self, id: str, stamp: bytes, rev: bytes, *row: bytes) -> Kept:
        fixed, moving, operations, moved = row
        async with self._to_rows.at_work:
            texts = as_packed(fixed), as_packed(moving)
            kept = await self._to_rows.kept(id, int(rev), *texts, operations.decode(), float(moved))
        return self._hold(stamp, kept)

    async def save(self, kept: Kept, session: TrainingSession, key: str = "") -> Kept:
        """Compare and swap, in one script, which also tells those who follow.

        A revision belongs to one list of operations, so comparing it also makes sure that `key` was not done before.
        """
        rev, stamp = kept.rev + 1, new_stamp()
        moving = await self._to_rows.moving(session, kept.fixed_bytes)
        after = replace(
            kept, rev=rev, session=session, operations=with_operation(kept.operations, key, rev), moved=time.time()
        )
        row = moving, " ".join(after.operations), repr(after.moved)
        answer = await self._server.run(SAVE, kept.id, kept.rev, rev, stamp, *row, self._most_bytes)
        if answer == 1:
            return self._hold(stamp, after)
        if answer == -1:
            raise NotWritableError("walks take all of the room that this server has for them", "Try again later.")
        current = await self.load(kept.id)
        if led_to(current.operations, key) is None:
            raise StaleRevisionError(current)
        return current

    # Keys -------------------------------------------------------------------------------------------------------------

    async def delete(self, session_id: str) -> None:
        """Its hash goes."""
        if not await self._server.run(DELETE, session_id):
            raise UnknownSessionError

    async def revoke(self, session_id: str, new_id: str) -> None:
        """Another name for its hash. Where it has that already, the answer was lost and the request sent again."""
        if not await self._server.run(REVOKE, session_id, new_id):
            raise UnknownSessionError

    async def share(self, session_id: str) -> str:
        """The key of its readers, which leads to its id."""
        reader = await self._server.run(SHARE, session_id, secrets.token_urlsafe(ID_BYTES))
        if reader is None:
            raise UnknownSessionError
        return str(reader.decode())

    async def unshare(self, session_id: str) -> None:
        """That key leads nowhere any more."""
        await self._server.run(UNSHARE, session_id)

    async def shared(self, session_id: str) -> str:
        """That key; empty where there is none."""
        return ((await self._server.run(SHARED, session_id)) or b"").decode()

    # ------------------------------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Write something, and look whether there is room."""
        self._check_room(await self._server.run(CHECK, self._bytes_for_new))

    async def sweep(self) -> None:
        """The server does it, by its own clock."""

    async def close(self) -> None:
        """Let go of the connections; what was answered has been written."""
        await self.classes.close()
        await self._server.close()

    def _hold(self, stamp: bytes, kept: Kept) -> Kept:
        """The same, held with the numbers that it has computed, while there is room."""
        MEMORY.put((self, kept.id), Held(stamp, kept), held_bytes(kept.session))
        return kept


def as_packed(row: bytes) -> Packed:
    """A text of a row as it was packed: only JSON begins so."""
    return row.decode() if row.startswith(b"{") else row
