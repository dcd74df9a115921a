"""What is compared computes the same: each loop finds the losses that the engine finds."""

import numpy as np
import pytest

from app.lessons import lesson_named
from tests.benchmarks.by_hand import by_hand
from tests.benchmarks.notebooks import LOOPS
from tests.benchmarks.throughput import images, trained


@pytest.mark.parametrize("slug", list(LOOPS))
def test_a_notebook_s_loop_finds_the_losses_of_its_lesson(slug: str) -> None:
    setup = lesson_named(slug).published
    np.testing.assert_allclose(LOOPS[slug](setup, 50), trained(setup)(50), rtol=1e-12)


def test_the_loop_by_hand_finds_the_losses_of_its_network() -> None:
    setup = images()
    np.testing.assert_allclose(by_hand(setup, 25), trained(setup)(25), rtol=1e-12)
