"""What an optimizer remembers is walked like everything else: a formula, a sentence, a cell, and a page that holds."""

from typing import Any

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.drawing import CONTROLS, boxes, overlaps
from tests.browser.test_accessibility import SIDEWAYS, findings_in_either_theme
from tests.browser.test_namespaces import Guard
from tests.browser.walk import Walk

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


def test_a_root_is_drawn_where_adam_divides_by_one(open_page: OpenPage) -> None:
    walk = start(open_page, "adam")
    cursors = first_cursors(walk)
    roots = {}
    for kind in KINDS["adam"]:
        roots[kind] = walk.go(cursors[kind]).page.evaluate(ROOTS) > 0
    assert {kind for kind, drawn in roots.items() if drawn} == {"norm", "W"}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_kind_of_equation_fits_its_window(open_page: OpenPage, name: str) -> None:
    walk = start(open_page, name)
    for kind, cursor in first_cursors(walk).items():
        walk.go(cursor)
        for width in (360, 1440):
            walk.page.set_viewport_size({"width": width, "height": 900})
            assert walk.page.evaluate(SIDEWAYS) <= 0, (kind, width)
            assert overlaps(walk.page) == [], (kind, width)


def test_axe_finds_nothing_in_the_update_of_adam(open_page: OpenPage) -> None:
    walk = start(open_page, "adam")
    cursors = first_cursors(walk)
    for kind in ("norm", "v_W", "W"):
        walk.go(cursors[kind])
        for width in (1440, 360):
            walk.page.set_viewport_size({"width": width, "height": 900})
            assert findings_in_either_theme(walk.page) == [], (kind, width)
