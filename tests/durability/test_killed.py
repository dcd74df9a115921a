"""The server is killed in the middle of a storm of steps, again and again: nothing that was answered is lost."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from app.sessions.store.sqlite import FILE
from tests.durability.learners import Learner, new_learners, storm
from tests.durability.server import Server, server, started

KILLS = 50
LEARNERS = 6


async def storm_and_kill(running: Server, learners: list[Learner], clicks: int) -> None:
    """Kill it when it has answered so many clicks."""
    clicking = asyncio.create_task(storm(running.port, learners))
    until = answered(learners) + clicks
    while answered(learners) < until:
        await asyncio.sleep(0.001)
    running.process.kill()
    await clicking
    running.process.join()


def answered(learners: list[Learner]) -> int:
    """How many clicks were answered so far."""
    return sum(learner.rev - 1 for learner in learners)


def revisions_left_behind(data: Path, place: Path) -> dict[str, int]:
    """Session -> revision in a copy of the file and its log, as the killed process left them; the file is whole."""
    place.mkdir()
    for file in data.glob(f"{FILE}*"):
        shutil.copy(file, place)
    with closing(sqlite3.connect(place / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return dict(connection.execute("SELECT id, rev FROM session").fetchall())


def test_no_answered_step_is_lost_and_none_is_done_twice_when_the_server_is_killed_50_times(tmp_path: Path) -> None:
    data, random = tmp_path / "data", Random(50)
    data.mkdir()
    with server(data) as first:
        learners = asyncio.run(new_learners(first.port, LEARNERS))
    for kill in range(KILLS):
        running = started(data)
        asyncio.run(storm_and_kill(running, learners, random.randint(1, 80)))
        left = revisions_left_behind(data, tmp_path / f"copy-{kill}")
        for learner in learners:
            assert left[learner.session] in (learner.rev, learner.rev + bool(learner.unanswered)), (kill, learner)
        shutil.rmtree(tmp_path / f"copy-{kill}")
    assert min(learner.rev for learner in learners) > 2 * KILLS  # all were in the storm
