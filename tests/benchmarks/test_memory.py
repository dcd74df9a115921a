"""Memory stays bounded, however many sessions are stored and however many learners come and go."""

import sys
from pathlib import Path
from random import Random

import pytest

from tests.benchmarks.memory import resident_after_rounds, resident_over_shapes


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_with_10000_sessions_stored_and_300_live_the_server_holds_at_most_256_megabytes_and_no_more_each_round(
    tmp_path: Path,
) -> None:
    *_, before, last = resident_after_rounds(tmp_path, rounds=5, steps=2)  # in the first three caches fill
    assert last <= 256
    assert last <= 1.05 * before  # a plateau


def large(random: Random) -> list[int]:
    return [8, *(random.randint(20, 24) for _ in range(4)), 1]


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_networks_of_ever_new_shapes_fill_the_caches_and_no_more(tmp_path: Path) -> None:
    start, *after = resident_over_shapes(tmp_path, walks=24, own=large, megabytes=16)
    assert after[-1] <= start + 3 * 16  # what is being made, and what the allocator has not given back
    assert after[-1] <= 1.05 * after[len(after) // 2]  # a plateau
