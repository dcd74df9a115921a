"""What an optimizer remembers is walked like everything else: a formula, a sentence, a cell, and a page that holds."""

from typing import Any

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.driver.drawing import CONTROLS, boxes, overlaps
from tests.browser.driver.walk import Walk
from tests.browser.explorer.test_namespaces import Guard
from tests.browser.test_accessibility import SIDEWAYS, findings_in_either_theme

SETUP: dict[str, Any] = {
    "sizes": [2, 3, 1],
    "data": {"X": [[0.5, 1.0], [1.0, -0.5]], "Y": [[0.0], [1.0]]},
    "batch_size": 1,
}
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "adam": {
        "kind": "adam",
        "learning_rate": 0.05,
        "weight_decay": 0.01,
        "clip_norm": 0.5,
        "schedule": {"kind": "cosine", "iterations": 100, "minimum": 0.001},
    },
    "nesterov": {"kind": "nesterov", "learning_rate": 0.05, "schedule": {"kind": "step", "every": 2, "factor": 0.5}},
}
KINDS = {
    "adam": {"eta", "norm", "clip", "correction_m", "correction_v", "g_W", "m_W", "v_W", "m_hat_W", "v_hat_W", "W"},
    "nesterov": {"eta", "velocity_W", "W"},
}
ROOTED = {"adam": {"norm", "W"}, "nesterov": set()}  # Adam divides by a root
ASKED = {"adam": {"norm", "v_W", "W"}, "nesterov": set()}  # which kinds axe is asked about
ROOTS = "() => document.querySelectorAll('#equation math msqrt').length"
CURRENT = "() => document.querySelectorAll('#timeline [aria-current]').length"


def start(open_page: OpenPage, name: str, **options: Any) -> Walk:
    """In the second iteration, where every memory holds something, before its update."""
    walk = Walk(open_page(still=True, **options)).start_with({**SETUP, "optimizer": OPTIMIZERS[name]})
    return walk.click("update").click("backward")


def first_cursors(walk: Walk) -> dict[str, int]:
    """For each kind of equation of the update: the cursor at which the first is shown."""
    return {e["kind"]: e["index"] + 1 for e in reversed(walk.trace()) if e["phase"] == "update"}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_equation_of_the_update_is_shown_and_nothing_moves_or_overlaps(open_page: OpenPage, name: str) -> None:
    walk = start(open_page, name)
    guard, controls = Guard(walk), boxes(walk.page, CONTROLS)
    shown: list[str] = []
    while walk.place[1] < walk.equations:
        walk.click("step")
        guard.check(f"{name}, at {walk.place}")
        assert overlaps(walk.page) == []
        assert boxes(walk.page, CONTROLS) == controls
        assert walk.page.evaluate(CURRENT) == 1
        shown.append(walk.texts()["equation"])
    assert len(set(shown)) == len(shown)
    assert set(first_cursors(walk)) >= KINDS[name]
    end = walk.texts()
    assert walk.click("back").click("step").texts() == end


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_kind_of_equation_fits_its_window_draws_its_root_and_passes_axe(open_page: OpenPage, name: str) -> None:
    walk = start(open_page, name)
    page, rooted = walk.page, set()
    for kind, cursor in first_cursors(walk).items():
        walk.go(cursor)
        rooted |= {kind} if page.evaluate(ROOTS) else set()
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(SIDEWAYS) <= 0, (kind, width)
            assert overlaps(page) == [], (kind, width)
            assert kind not in ASKED[name] or findings_in_either_theme(page) == [], (kind, width)
    assert rooted & KINDS[name] == ROOTED[name]
