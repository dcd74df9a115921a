"""Memory stays bounded, however many sessions are stored and however many learners come and go."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.memory import resident_after_rounds


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_with_10000_sessions_stored_and_300_live_the_server_holds_at_most_256_megabytes_and_no_more_each_round(
    tmp_path: Path,
) -> None:
    *_, before, last = resident_after_rounds(tmp_path, rounds=5, steps=2)  # in the first three caches fill
    assert last <= 256
    assert last <= 1.05 * before  # a plateau
