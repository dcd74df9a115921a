"""A session as it lies in a row: its two texts, compressed where they are long, together within a bound."""

import zlib
from dataclasses import replace

from app.sessions.store.store import SessionTooLargeError
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.session import TrainingSession

LONG = 8_000  # characters; most steps have a shorter text, which is kept as it is
LEVEL = 1  # of zlib: numbers hardly get smaller with more

Packed = str | bytes


def pack(text: str) -> Packed:
    """The text, compressed where that pays."""
    return text if len(text) < LONG else zlib.compress(text.encode(), LEVEL)


def unpacked(packed: Packed) -> str:
    """The inverse of `pack`."""
    return packed if isinstance(packed, str) else zlib.decompress(packed).decode()


def packed_fixed(session: TrainingSession, most: int) -> Packed:
    """What never changes of a session. SessionTooLargeError where that alone is more than `most` bytes."""
    packed = pack(fixed_text(session))
    if len(packed) > most:
        raise SessionTooLargeError(len(packed), most)
    return packed


def packed_moving(session: TrainingSession, most: int, fixed_bytes: int) -> Packed:
    """What changes of a session, so that both parts take at most `most` bytes: with fewer checkpoints if need be.

    A checkpoint that is missing only makes going back slower. SessionTooLargeError where none is left to do without.
    """
    while len(packed := pack(moving_text(session))) + fixed_bytes > most:
        checkpoints = session.timeline.checkpoints
        if not checkpoints:
            raise SessionTooLargeError(len(packed) + fixed_bytes, most)
        fewer = checkpoints[(len(checkpoints) - 1) % 2 :: 2] if len(checkpoints) > 1 else ()  # the youngest goes last
        session = replace(session, timeline=replace(session.timeline, checkpoints=fewer))
    return packed


def unpacked_session(fixed: Packed, moving: Packed) -> TrainingSession:
    """The session of a row."""
    return session_of(unpacked(fixed), unpacked(moving))
