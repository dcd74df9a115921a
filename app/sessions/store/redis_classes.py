"""Classes in a Redis: each is a hash, to which its code leads; of each round the last answers, and which votes came.

All that belongs to a class goes with it, by the server's own clock.
"""

from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from app.engine.memory import MEMORY
from app.sessions.classroom.classroom import TEMPO, Classroom, ClosedError, classroom_of, classroom_text
from app.sessions.store.classroom import (
    MOST_VOTES,
    Answers,
    KeptClass,
    StaleClassError,
    Turns,
    UnknownClassError,
    Vote,
    held_class_bytes,
)
from app.sessions.store.redis_bells import RedisBell, RedisBells
from app.sessions.store.redis_server import PREFIX, Server, new_stamp
from app.sessions.store.store import NOTED

NAMES = f"""
local function class_of(id) return '{PREFIX}class:' .. id end
local function code_of(code) return '{PREFIX}code:' .. code end
local function rounds_of(id) return '{PREFIX}rounds:' .. id end
local function votes_of(id, round) return '{PREFIX}votes:' .. id .. ':' .. round end
local function answers_of(id, round) return '{PREFIX}answers:' .. id .. ':' .. round end
"""
OPEN = f"""
{NAMES}
local id, stamp, code, text, open, lifetime = unpack(ARGV)
if redis.call('HGET', class_of(id), 'stamp') == stamp then return 1 end
if redis.call('EXISTS', class_of(id), code_of(code)) > 0 then return 0 end
redis.call('HSET', class_of(id), 'rev', 1, 'stamp', stamp, 'code', code, 'text', text, 'open', open)
redis.call('PEXPIRE', class_of(id), lifetime)
redis.call('SET', code_of(code), id, 'PX', lifetime)
return 1
"""
FIND = f"{NAMES} return redis.call('GET', code_of(ARGV[1]))"
LOAD = f"""
{NAMES}
local stamp = redis.call('HGET', class_of(ARGV[1]), 'stamp')
if not stamp then return false end
if stamp == ARGV[2] then return {{}} end
return {{stamp, unpack(redis.call('HMGET', class_of(ARGV[1]), 'rev', 'text'))}}
"""
# Who steers a class keeps it, and all that belongs to it.
SAVE = f"""
{NAMES}
local id, rev, after, stamp, code, text, open, enough, lifetime = unpack(ARGV)
local found = redis.call('HMGET', class_of(id), 'rev', 'stamp', 'code')
if found[2] == stamp then return 1 end
if found[1] ~= rev then return 0 end
if found[3] ~= code then
  if redis.call('EXISTS', code_of(code)) == 1 then return 0 end
  redis.call('SET', code_of(code), id, 'PX', redis.call('PTTL', class_of(id)))
  redis.call('DEL', code_of(found[3]))
end
redis.call('HSET', class_of(id), 'rev', after, 'stamp', stamp, 'code', code, 'text', text, 'open', open)
if redis.call('PTTL', class_of(id)) < tonumber(enough) then
  for _, name in ipairs({{class_of(id), code_of(code), rounds_of(id)}}) do redis.call('PEXPIRE', name, lifetime) end
  for _, round in ipairs(redis.call('SMEMBERS', rounds_of(id))) do
    redis.call('PEXPIRE', votes_of(id, round), lifetime)
    redis.call('PEXPIRE', answers_of(id, round), lifetime)
  end
end
redis.call('PUBLISH', '{PREFIX}changed:' .. id, '')
return 1
"""
DELETE = f"""
{NAMES}
local id = ARGV[1]
local code = redis.call('HGET', class_of(id), 'code')
if code then redis.call('DEL', code_of(code)) end
for _, round in ipairs(redis.call('SMEMBERS', rounds_of(id))) do
  redis.call('DEL', votes_of(id, round), answers_of(id, round))
end
redis.call('DEL', class_of(id), rounds_of(id))
redis.call('PUBLISH', '{PREFIX}changed:' .. id, '')
"""
# 1 where it is taken, now or before; 0 where it is not. A label holds no line break.
VOTE = f"""
{NAMES}
local id, round, seat, key, answer = unpack(ARGV)
local votes, this = votes_of(id, round), seat .. '\\n' .. key
if redis.call('HEXISTS', votes, this) == 1 then return 1 end
local open = redis.call('HGET', class_of(id), 'open')
if not open then return 0 end
if open ~= round and string.sub(round, 1, {len(TEMPO)}) ~= '{TEMPO}' then return 0 end
local many = tonumber(redis.call('HGET', votes, seat) or 0)
if many >= {MOST_VOTES} then return 0 end
redis.call('HSET', votes, this, '', seat, many + 1)
redis.call('HSET', answers_of(id, round), seat, answer)
redis.call('SADD', rounds_of(id), round)
local left = redis.call('PTTL', class_of(id))
for _, name in ipairs({{votes, answers_of(id, round), rounds_of(id)}}) do redis.call('PEXPIRE', name, left) end
redis.call('PUBLISH', '{PREFIX}changed:' .. id, '')
return 1
"""
ANSWERS = f"{NAMES} return redis.call('HGETALL', answers_of(ARGV[1], ARGV[2]))"


class Held(NamedTuple):
    """What memory holds of a class, and the stamp by which the server knows it."""

    stamp: bytes
    kept: KeptClass


class RedisClasses(Turns):
    """Classes in a server; programs on other machines may use it too."""

    def __init__(self, server: Server, hours: float) -> None:
        super().__init__()
        self._server, self._bells = server, RedisBells(server)
        self._steered_within = round(3_600_000 * hours)  # milliseconds
        self._lifetime = round(self._steered_within * (1 + NOTED))

    async def open(self, classroom: Classroom) -> KeptClass:
        """A new hash, and its code."""
        stamp = new_stamp()
        row = classroom.code, classroom_text(classroom), classroom.round
        if not await self._server.run(OPEN, classroom.id, stamp, *row, self._lifetime):
            raise StaleClassError
        return self._hold(stamp, KeptClass(1, classroom))

    async def id_of(self, code: str) -> str:
        """By the code in force alone."""
        found = await self._server.run(FIND, code)
        if found is None:
            raise UnknownClassError
        return str(found.decode())

    async def load(self, id: str) -> KeptClass:
        """In one question: the class comes along where memory does not hold it."""
        held: Held | None = MEMORY.get((self, id))
        found: Any = await self._server.run(LOAD, id, held.stamp if held else b"")
        if found is None:
            MEMORY.take((self, id))
            raise UnknownClassError
        if held and not found:
            return held.kept
        stamp, rev, text = found
        return self._hold(stamp, KeptClass(int(rev), classroom_of(text.decode())))

    async def save(self, kept: KeptClass, classroom: Classroom) -> KeptClass:
        """Compare and swap, in one script."""
        stamp, rev = new_stamp(), kept.rev + 1
        row = kept.rev, rev, stamp, classroom.code, classroom_text(classroom), classroom.round
        if not await self._server.run(SAVE, classroom.id, *row, self._steered_within, self._lifetime):
            raise StaleClassError
        return self._hold(stamp, KeptClass(rev, classroom))

    async def delete(self, id: str) -> None:
        """All that belongs to it, in one script."""
        await self._server.run(DELETE, id)
        MEMORY.take((self, id))

    async def vote(self, id: str, vote: Vote) -> None:
        """One more, if the round is open when it is written."""
        if not await self._server.run(VOTE, id, vote.round, vote.seat, vote.key, vote.answer):
            raise ClosedError

    async def answers(self, id: str, round: str) -> Answers:
        """As they were written last."""
        found = iter(await self._server.run(ANSWERS, id, round))
        return {seat.decode(): answer.decode() for seat, answer in zip(found, found, strict=True)}

    def listening(self, *topics: str) -> AbstractContextManager[RedisBell]:
        """A bell that rings for these."""
        return self._bells.listening(*topics)

    async def close(self) -> None:
        """Hear no more."""
        await self._bells.close()

    def _hold(self, stamp: bytes, kept: KeptClass) -> KeptClass:
        MEMORY.put((self, kept.classroom.id), Held(stamp, kept), held_class_bytes(kept.classroom))
        return kept
