"""What requests share: settings, store, templates; a session loaded, moved by a verb, and saved."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from app.engine import SetupError
from app.sessions import Kept, SessionStore, StaleRevisionError, TrainingSession
from app.settings import Settings
from app.web.fragments import Shown
from app.web.templating import Templates

Verb = Callable[[TrainingSession], TrainingSession]
REVISION = re.compile(r'(?:W/)?"?([0-9]{1,15})"?', re.ASCII)


@dataclass(frozen=True)
class Services:
    """The live objects, made in main.py."""

    settings: Settings
    store: SessionStore
    templates: Templates
    shown: Shown


def services(request: Request) -> Services:
    """The live objects of the application that answers this request."""
    return cast(Services, request.app.state.services)


@dataclass(frozen=True)
class Walk:
    """The session that a request is about; `expected` is the revision that its If-Match header names."""

    services: Services
    id: str
    expected: int | None

    async def load(self, rev: int | None = None) -> Kept:
        """The session. StaleRevisionError where it has another revision than the request expects."""
        kept = await self.services.store.load(self.id)
        if any(wanted not in (None, kept.rev) for wanted in (rev, self.expected)):
            raise StaleRevisionError(kept)
        return kept

    async def do(self, verb: Verb, rev: int | None = None, slow: bool = False) -> Kept:
        """Load, move by the verb, save. A slow verb computes in a thread, so that others are answered meanwhile."""
        kept = await self.load(rev)
        session = await run_in_threadpool(verb, kept.session) if slow else verb(kept.session)
        return await self.services.store.save(kept, session)


async def walk(request: Request, session_id: str) -> Walk:
    """The walk that the address names."""
    return walk_of(request, session_id)


def walk_of(request: Request, session_id: str) -> Walk:
    """The walk of this id, as this request expects it."""
    header = request.headers.get("If-Match")
    expected = None if header in (None, "*") else revision(header)
    return Walk(services(request), session_id, expected)


def revision(text: str | None) -> int | None:
    """A revision as a header or a form field gives it; None where it gives none. SetupError where it is no number."""
    if not text:
        return None
    match = REVISION.fullmatch(text)
    if match is None:
        raise SetupError("rev", "The revision is not a whole number.", "Send the rev of the state, or leave it out.")
    return int(match[1])


TheWalk = Annotated[Walk, Depends(walk)]
