"""Where sessions are kept: what a store can do, and its errors."""

from dataclasses import dataclass
from typing import Protocol

from app.sessions.training import TrainingSession


@dataclass(frozen=True, eq=False)
class Kept:
    """A session as a store holds it: its id, and how often it has been saved."""

    id: str
    rev: int
    session: TrainingSession


class UnknownSessionError(LookupError):
    """No session has this id, or nobody has touched it for so long that it was forgotten."""

    def __init__(self) -> None:
        super().__init__("There is no such session, or nobody has touched it for too long. Start a new one.")


class StaleRevisionError(RuntimeError):
    """Somebody else has moved the session on since the revision that was given; `current` is how it stands."""

    def __init__(self, current: Kept) -> None:
        super().__init__("The session has moved on since. Look at its current state and try again.")
        self.current = current


class SessionStore(Protocol):
    """Keeps sessions by unguessable ids. What a method has returned from is committed."""

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1."""
        ...

    async def load(self, session_id: str) -> Kept:
        """The session of this id; UnknownSessionError where there is none."""
        ...

    async def save(self, kept: Kept, session: TrainingSession) -> Kept:
        """Put `session` in the place of `kept`, at the next revision.

        StaleRevisionError where another has done so first; UnknownSessionError where it is gone.
        """
        ...

    async def check(self) -> None:
        """Raise what is wrong where the store does not answer."""
        ...

    def close(self) -> None:
        """Let go of what the store holds open."""
        ...
