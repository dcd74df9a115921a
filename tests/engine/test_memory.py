"""What was worked out about an object is found again, and goes when the object goes."""

import gc
import weakref
from dataclasses import dataclass, field
from typing import Any

from app.engine.memory import kept_with

calls: list[int] = []


@dataclass(eq=False)
class Holder:
    found: dict[Any, dict[Any, Any]] = field(default_factory=dict)


@kept_with(most=2)
def squared(holder: Holder, x: int, *, sign: int = 1) -> int:
    calls.append(x)
    return sign * x * x


def test_a_result_is_found_again_for_the_same_object_and_arguments_only() -> None:
    calls.clear()
    one, other = Holder(), Holder()
    assert [squared(one, 3), squared(one, 3), squared(other, 3), squared(one, 3, sign=-1)] == [9, 9, 9, -9]
    assert calls == [3, 3, 3]


def test_only_the_last_results_are_kept() -> None:
    calls.clear()
    holder = Holder()
    for x in (1, 2, 3, 3, 2, 1):
        squared(holder, x)
    assert calls == [1, 2, 3, 1]


def test_what_was_worked_out_goes_with_its_object_at_once() -> None:
    holder = Holder()
    squared(holder, 5)
    gone = weakref.ref(holder)
    gc.disable()
    try:
        del holder
        assert gone() is None
    finally:
        gc.enable()
