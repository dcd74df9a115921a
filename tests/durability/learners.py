"""Learners who step as fast as they can, and know what they were answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from secrets import token_hex

from app.lessons import lesson_named
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from tests.durability.client import HUNG_UP, Client, connected

LESSON = "softmax-and-dead-units"


@cache
def walked(steps: int) -> TrainingSession:
    """The referee: the lesson after so many steps, without any store."""
    return walked(steps - 1).step() if steps else TrainingSession.of_lesson(lesson_named(LESSON))


def place_after(steps: int) -> Place:
    """Where a walk stands after so many steps."""
    for before in range(0, steps, 500):  # so that the recursion stays flat
        walked(before)
    return walked(steps).place


@dataclass
class Learner:
    """A session, the revision that was answered last, and the key of a click that was not answered."""

    session: str
    rev: int = 1
    unanswered: str = field(default="")

    async def click(self, client: Client) -> None:
        """Step; a click that was not answered is sent again just as it was. Raises one of HUNG_UP."""
        self.unanswered = self.unanswered or token_hex(8)
        path = f"/api/sessions/{self.session}/step"
        answer = await client.post(path, {"rev": self.rev}, idempotency_key=self.unanswered)
        state = answer.json()
        assert (answer.status, state["rev"]) == (200, self.rev + 1), (answer, self)
        assert (state["iteration"], state["cursor"]) == place_after(self.rev), self
        self.rev, self.unanswered = self.rev + 1, ""

    async def keep_clicking(self, port: int) -> None:
        """Click until the server hangs up."""
        try:
            async with connected(port) as client:
                while True:
                    await self.click(client)
        except HUNG_UP:
            return


async def new_learners(port: int, count: int) -> list[Learner]:
    """Each with a session of the lesson."""
    async with connected(port) as client:
        return [Learner((await client.begin(lesson=LESSON))["id"]) for _ in range(count)]


async def storm(port: int, learners: Sequence[Learner]) -> None:
    """All of them click until the server hangs up."""
    await asyncio.gather(*(learner.keep_clicking(port) for learner in learners))
