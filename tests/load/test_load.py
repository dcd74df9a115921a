"""The tools of `make load` and `make soak`, played short: what they count is so, and their bounds can fail."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.durability.client import Answer
from tests.load.attackers import SCENES, Seen
from tests.load.beside import Found, Play, played
from tests.load.classroom import classroom, crowd
from tests.load.figures import MEGABYTE, Bound
from tests.load.following import following
from tests.load.learners import Tally
from tests.load.school import BELL, LASTING, Costs, Crowd, answered, measured, shown, told
from tests.load.server import Server
from tests.load.soak import FORMS, Record, Wanderer, by_document, operations, soaked, streams
from tests.load.walks import SIZES, measured_walks

SHORT = Play(seconds=0.4, calm=5, pause=(0.02, 0.1), connections=4, preparing=1.0)
# Such figures are for a whole run on a machine that does nothing else.
OF_A_RUN = ("p95", "p99", "the last one begun", "core-second", "back after the restart", "memory")
ROOMY = 4096 * MEGABYTE


def broken(bounds: list[Bound]) -> list[str]:
    """The bounds that do not hold, but for those of a clock and of memory."""
    return [str(bound) for bound in bounds if not bound.holds and not any(word in bound.name for word in OF_A_RUN)]


# Beside ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with closing(Server(tmp_path_factory.mktemp("data"))) as server:
        yield server


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.parametrize("name", SCENES)
def test_a_few_calm_learners_are_answered_beside_a_few_of_each_scene(server: Server, pool: Executor, name: str) -> None:
    found = asyncio.run(played(server, pool, name, SHORT))
    assert broken(found.bounds(name)) == [], found.told(name)
    assert min(len(found.alone.steps), len(found.beside.steps)) > 0


def test_what_a_server_may_not_answer_is_a_fault() -> None:
    seen = Seen()
    for status, headers in ((200, {}), (503, {"retry-after": "1"}), (503, {}), (500, {}), (502, {"retry-after": "1"})):
        seen.note("GET /", Answer(status, headers, b""))
    assert [fault.split()[2] for fault in seen.faults] == ["503", "500", "502"]


def test_a_scene_fails_where_the_others_took_something_from_the_calm_ones() -> None:
    quick, slow = Tally(steps=[0.01] * 20), Tally(steps=[0.03] * 20, back=[1.0], errors=["503"])
    bounds = Found(2, quick, slow, Seen(faults=["500"], begun=[11.0]), 1, 300 * MEGABYTE, False, True).bounds("scene")
    assert [bound.name for bound in bounds if bound.holds] == []
    good = Found(1, quick, quick, Seen(begun=[1.0]), 1, 200 * MEGABYTE, True, True).bounds("scene")
    assert [bound.name for bound in good if not bound.holds] == []
    nothing = Found(0, quick, Tally(), Seen(), 1, 1, True, True).bounds("scene")
    assert not nothing[0].holds, "who measured nothing has shown nothing"


# The class ------------------------------------------------------------------------------------------------------------


def test_a_small_class_is_back_after_a_restart(tmp_path: Path) -> None:
    with closing(Server(tmp_path)) as server:
        assert broken(asyncio.run(classroom(server, 4, 1.5))) == []
        assert broken(asyncio.run(crowd(server, 5))) == []


def test_a_small_class_follows_votes_and_is_back_after_a_kill(tmp_path: Path) -> None:
    with closing(Server(tmp_path)) as server:
        assert broken(asyncio.run(following(server, 7, 6, hurry=10))) == []


def test_what_a_school_needs_is_measured(tmp_path: Path) -> None:
    with closing(Server(tmp_path, settings={"EXPLORER_WORK_PROCESS": "0"})) as server:
        costs = asyncio.run(measured(server, pages=3, clicks=10, steps=1))
    assert len(costs.shape) == 2
    assert sum(costs.shape) == pytest.approx(2)
    assert costs.process > 0
    assert "a process" in str(costs)


def test_the_simulation_of_a_school_is_right_where_it_can_be_worked_out(capsys: pytest.CaptureFixture[str]) -> None:
    costs = Costs(0, 0.01, 0, 0.004, 0.003, 0.001, (0.5, 1.5), 0, 100 * MEGABYTE, 10_000)
    few = Crowd("few", 1, BELL, (1.0, 3.0))
    assert set(map(round, (1000 * seconds for seconds in answered(costs, few, 1)))) == {5, 15}  # nobody to wait for
    many = Crowd("many", 2_000, BELL, (1.0, 3.0))  # ten cores of work
    clicks = len(answered(costs, many, 5))
    assert clicks == pytest.approx(5 / costs.step * 2 / 3 * LASTING, rel=0.02)  # five do half of it
    medians = [sorted(answered(costs, many, processes))[clicks // 2] for processes in (5, 9, 12, 20)]
    assert medians == sorted(medians, reverse=True)
    half = answered(costs, Crowd("half", 400, BELL, (6.0, 10.0)), 1)  # busy half of its time: Pollaczek and Khinchin
    assert sum(half) / len(half) == pytest.approx(0.01 + 0.5 * 0.01 * (1 + 0.25) / (2 * 0.5), rel=0.15)
    alone = [round(seconds, 9) for seconds in shown(costs, 10, 10, 1)]
    assert set(alone) == {0.004 + 0.003 + 10 * 0.001}
    assert max(shown(costs, 10, 10, 5)) == pytest.approx(0.004 + 2 * 0.003 + 2 * 2 * 0.001, abs=0.01)
    waiting = answered(replace(costs, store=0.01), many, 20)  # one store for twenty, and it is as slow
    assert len(waiting) == pytest.approx(2 / 3 * LASTING / 0.01, rel=0.02)
    bounds = told(costs, [few])
    assert "1 machines" in capsys.readouterr().out
    assert 0 < bounds[0].value < 1.25 / 0.01
    assert bounds[1].value == pytest.approx((0.2 - 0.007) / 0.001, abs=50)


def test_what_a_walk_takes_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(measured_walks(SIZES[:1], walks=1, steps=1)) == []
    assert len(re.findall(r"^[\d-]+, \d+: -?\d+ kB, \d+, \d+\.\d ms$", capsys.readouterr().out, re.MULTILINE)) == 2


# The soak -------------------------------------------------------------------------------------------------------------


def test_everything_that_the_program_answers_is_asked_for() -> None:
    assert {*FORMS, *by_document(), "GET /static", *streams()} == operations()


def test_everything_can_be_asked_for_and_what_is_lost_is_counted(tmp_path: Path) -> None:
    record = Record()

    async def asked(port: int) -> tuple[int, int]:
        wanderer = Wanderer(port, "127.0.0.7", Random(1), record)
        for operation in sorted(operations() - {"GET /static"} - streams()):
            if not wanderer.walk:
                await wanderer.do("POST /sessions")
            await wanderer.do(operation)
        await wanderer.do("POST /sessions")
        kept = await wanderer.lost()
        wanderer.rev += 100
        wanderer.hang_up()
        return kept, await wanderer.lost()

    with closing(Server(tmp_path)) as server:
        kept, lost = asyncio.run(asked(server.port))
    assert (kept, lost > 90) == (0, True)
    assert (record.seen.faults, record.unanswered) == ([], [])
    assert record.acknowledged > 0


def test_a_short_soak_within_a_bound_of_memory_loses_nothing(tmp_path: Path) -> None:
    with closing(Server(tmp_path, memory=ROOMY)) as server:
        assert broken(asyncio.run(soaked(server, 10, seconds=2.0, kills=1, least=8, pause=(0.0, 0.05)))) == []
