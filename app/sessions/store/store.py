"""Where sessions are kept: what a store can do, its errors, and how many bytes a session takes.

The last requests that moved a session are kept with it, by their keys: one that is sent again is not done again.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from app.sessions.store.classroom import ClassStore
from app.sessions.walk.checkpoints import MOST_CHECKPOINTS, Checkpoint
from app.sessions.walk.session import TrainingSession

ID_BYTES = 18  # 144 random bits
MOST_OPERATIONS = 16
NOTED = 1 / 48  # of its lifetime: how exactly it is noted when a session was used last
FOR_THOSE_THERE = 1 / 8  # of the store's bytes: where only these are left, no session begins
EMPTY, PER_PARAMETER, PER_NUMBER = 20_000, 1_400, 40  # bytes of a session; numbers are those of examples and units

Operations = tuple[str, ...]  # "key=revision", the oldest first


@dataclass(frozen=True, eq=False)
class Kept:
    """A session as a store holds it: its id, how often it has been saved, and which requests moved it last.

    `fixed_bytes` is how many bytes of its document never change. Whoever asked by the key of a reader gets it by that
    id, `read_only`. `moved` is when it was saved last, by the wall clock; 0 where nobody knows.
    """

    id: str
    rev: int
    session: TrainingSession
    operations: Operations = ()
    fixed_bytes: int = 0
    read_only: bool = False
    moved: float = 0.0


def operation_key(name: str, address: str, body: bytes) -> str:
    """One key for one click: the same only where name, address and body are. Empty where there is no name."""
    if not name:
        return ""
    return blake2b(f"{name}\n{address}\n".encode() + body, digest_size=9).hexdigest()


def with_operation(operations: Operations, key: str, rev: int) -> Operations:
    """With one more, which led to `rev`; only the last 16 are kept."""
    return (*operations[1 - MOST_OPERATIONS :], f"{key}={rev}") if key else operations


def led_to(operations: Operations, key: str) -> int | None:
    """The revision that the request of this key led to; None where it was not done, or long ago."""
    done = dict(operation.rsplit("=", 1) for operation in operations)
    return int(done[key]) if key in done else None


class UnknownSessionError(LookupError):
    """No session has this id, or nobody has touched it for so long that it was forgotten."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such session: it was deleted or has another id, or nobody has touched it for too long. "
            "Start a new one."
        )


class DamagedSessionError(UnknownSessionError):
    """A session's record in the store cannot be read."""

    def __str__(self) -> str:
        return "The record of this walk is damaged, so that it cannot be shown any more. Start a new one."


class ReadOnlyError(RuntimeError):
    """A change was asked for by a key by which a session is only looked at."""

    def __init__(self) -> None:
        super().__init__(
            "This address shows the walk and changes nothing in it. "
            "Load the page to see where the walk has come to, or start one of your own."
        )


class StaleRevisionError(RuntimeError):
    """Somebody else has moved the session on since the revision that was given; `current` is how it stands."""

    def __init__(self, current: Kept) -> None:
        super().__init__(
            f"The session has moved on since: it stands at revision {current.rev}, step {current.session.cursor}. "
            "Nothing was changed. Look at its current state and try again."
        )
        self.current = current


class SessionTooLargeError(ValueError):
    """A session would take more bytes than a store keeps of one."""

    def __init__(self, size: int, most: int) -> None:
        self.problem = f"This session would take {-(-size // 1000)} kB; at most {most // 1000} kB are kept of one."
        self.remedy = "Give fewer examples, a smaller network, or numbers with fewer digits; or reset the session."
        super().__init__(f"{self.problem} {self.remedy}")


class StoreError(OSError):
    """The store does not answer as it should: its file is damaged, or gone. The message says what it met."""


class StoreAwayError(StoreError):
    """The store cannot be reached now. `wait` is how many seconds later it is worth another try."""

    wait = 5

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The store of walks does not answer: {reason}. Try again in a few seconds: all goes on by itself once it "
            "is back."
        )


class NotWritableError(StoreError):
    """What was asked for could not be written; what was written before can still be read.

    `wait` is how many seconds later it is worth another try.
    """

    wait = 10

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"Nothing can be saved now: {reason}. Walks can be looked at, but not go on. {remedy}")


class StoreFullError(StoreError):
    """The store holds as much as it may, of all or from one address: no walk begins, those that are there go on.

    `wait` is how many seconds later it is worth another try.
    """

    def __init__(self, megabytes: float, begun_from: str = "", wait: int = 600) -> None:
        share = f"Walks begun from {begun_from} take up its share of the" if begun_from else "Walks take up the"
        super().__init__(
            f"{share} {megabytes:,g} MB that this server keeps of them, so no new one can begin. "
            "Those that are there go on. Try again later: what nobody uses makes room."
        )
        self.wait = wait


class SessionStore(Protocol):
    """Keeps sessions by unguessable ids. What a method has returned from is committed.

    Each raises StoreError where the store does not answer. Beside them it keeps `classes`, which follow sessions.
    """

    @property
    def classes(self) -> ClassStore: ...

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1.

        SessionTooLargeError, StoreFullError or NotWritableError where that cannot be.
        """
        ...

    async def load(self, session_id: str) -> Kept:
        """The session of this id, or the one that this key is to look at, which is then `read_only`.

        UnknownSessionError where there is none, DamagedSessionError where it cannot be read.
        """
        ...

    async def save(self, kept: Kept, session: TrainingSession, key: str = "") -> Kept:
        """Put `session` in the place of `kept`, at the next revision; what `key` names is done then.

        Where another request has done so first: what it left behind if it had the same key, else StaleRevisionError.
        UnknownSessionError where the session is gone; SessionTooLargeError or NotWritableError where it cannot be kept.
        """
        ...

    async def check(self) -> None:
        """Write something. StoreError, which says what is wrong, where that does not work or no new session is kept."""
        ...

    async def delete(self, session_id: str) -> None:
        """Keep it no more. UnknownSessionError where there is none; NotWritableError, as in all that follows."""
        ...

    async def revoke(self, session_id: str, new_id: str) -> None:
        """Another id for the session, so that the old one leads nowhere; done again, nothing more is done.

        UnknownSessionError where there is none.
        """
        ...

    async def share(self, session_id: str) -> str:
        """The key by which the session can be looked at, made where there is none. UnknownSessionError."""
        ...

    async def unshare(self, session_id: str) -> None:
        """That key leads nowhere any more."""
        ...

    async def shared(self, session_id: str) -> str:
        """That key; empty where there is none."""
        ...

    async def sweep(self) -> None:
        """Keep no byte of what is over: of sessions, of classes, and of their votes. To be called now and then."""
        ...

    async def close(self) -> None:
        """Finish what is being written, and let go of what the store holds open."""
        ...


def held_bytes(session: TrainingSession) -> int:
    """About how many bytes a session takes with the numbers that it has computed, its equations among them."""
    X, Y = session.setup.examples
    numbers = X.size + Y.size + len(session.batch) * sum(session.shape.sizes)
    slots = len(session.setup.optimizer.slots)  # for each, two equations more of every parameter
    return EMPTY + PER_PARAMETER * session.setup.network.size * (1 + slots) + PER_NUMBER * numbers


def grown_bytes(kept: Kept) -> int:
    """About how many bytes a session comes to take in a store: what never changes of it, and all its checkpoints."""
    numbers = Checkpoint.start(kept.session.setup).parameters.nbytes
    return kept.fixed_bytes + MOST_CHECKPOINTS * numbers * 4 // 3  # as text
