"""`python -m app backup` while learners step: the copy holds a moment of theirs, and a server goes on from it."""

import asyncio
import sys
from pathlib import Path

from app.sessions.store.sqlite import FILE
from tests.durability.client import connected
from tests.durability.learners import Learner, new_learners, place_after, storm
from tests.durability.server import Server, server

ROOT = Path(__file__).parents[2]


async def stepped(learners: list[Learner], times: int) -> None:
    """Wait until each was answered so often."""
    until = [learner.rev + times for learner in learners]
    while any(learner.rev < rev for learner, rev in zip(learners, until, strict=True)):
        await asyncio.sleep(0.001)


async def backed_up_in_a_storm(running: Server, data: Path, file: Path) -> tuple[list[Learner], list[int]]:
    """The learners at the end, and the revisions that were answered before the backup began."""
    learners = await new_learners(running.port, 5)
    clicking = asyncio.create_task(storm(running.port, learners))
    await stepped(learners, 5)
    answered = [learner.rev for learner in learners]
    command = [sys.executable, "-m", "app", "backup", str(file), "--data", str(data)]
    copying = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    assert await copying.wait() == 0
    await stepped(learners, 2)  # while it was copied, or after it, they went on
    running.process.kill()
    await clicking
    return learners, answered


async def go_on(port: int, learners: list[Learner], answered: list[int]) -> None:
    async with connected(port) as client:
        for learner, at_least in zip(learners, answered, strict=True):
            state = await client.state(learner.session)
            assert at_least <= state["rev"] <= learner.rev
            assert (state["iteration"], state["cursor"]) == place_after(state["rev"] - 1)
            await Learner(learner.session, state["rev"]).click(client)


def test_a_backup_made_under_load_is_restored_and_walked_on(tmp_path: Path) -> None:
    data, restored = tmp_path / "data", tmp_path / "restored"
    data.mkdir()
    restored.mkdir()
    with server(data) as running:
        learners, answered = asyncio.run(backed_up_in_a_storm(running, data, restored / FILE))
    assert min(answered) > 5
    with server(restored) as again:
        asyncio.run(go_on(again.port, learners, answered))
