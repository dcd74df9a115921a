"""Each PyTorch script was run by a real PyTorch as it stands, and what that found is what the engine finds."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from app.engine.learning.iteration import run_iteration
from app.engine.network.propagation import RIGHT
from app.views.take_away.torch_script import torch_script
from tests.views.take_away.torch_cases import cases, code_of

RECORDED = json.loads((Path(__file__).parent / "torch_figures.json").read_text())["found"]
CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_pytorch_has_run_this_very_script_and_found_what_the_engine_finds(name: str) -> None:
    walk, recorded = CASES[name], RECORDED[name]
    assert sha256(code_of(torch_script(walk)).encode()).hexdigest() == recorded["code"], "Run torch_figures.py again."

    it = walk.current
    right = run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y, it.past)
    gradients = [part for pair in zip(right.backward.dW, right.backward.db, strict=True) for part in pair]
    for found, wanted in zip(recorded["gradients"], gradients, strict=True):
        clipped = right.update.clip  # PyTorch shortens them in place
        assert np.allclose(found, wanted * clipped, rtol=1e-9, atol=1e-12)
    moved = [part for layer in right.after.layers for part in (layer.W, layer.b)]
    for found, wanted in zip(recorded["parameters"], moved, strict=True):
        assert np.allclose(found, wanted, rtol=1e-9, atol=1e-12)
    if walk.finished:
        assert recorded["loss"] == pytest.approx(right.loss_after, rel=1e-9)


def test_a_mistaken_walk_is_told_apart_from_what_pytorch_finds() -> None:
    script = torch_script(CASES["two-outputs-two-paths as published, one iteration"])
    assert "differs((Z1.grad * m)[0, 0], 0.00847" in script
    assert "differs(" not in torch_script(CASES["two-outputs-two-paths put right, one iteration"])


def test_only_what_the_page_has_shown_is_compared() -> None:
    walk = next(iter(CASES.values())).reset()
    assert "\nclose(" not in torch_script(walk)
    assert torch_script(walk.step()).count("\nclose(") == 1
