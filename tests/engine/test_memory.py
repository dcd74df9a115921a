"""What was worked out is found again within a bound in bytes; what belongs to an object goes when the object goes."""

import gc
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from app.engine.equations.shape import Shape
from app.engine.equations.trace import trace
from app.engine.memory import MEMORY, Memory, bytes_of, kept, kept_with, tidy

calls: list[int] = []


@kept
def doubled(x: int, *, sign: int = 1) -> int | None:
    calls.append(x)
    return sign * 2 * x or None


def test_a_result_is_found_again_by_its_arguments_and_so_is_none() -> None:
    calls.clear()
    assert [doubled(3), doubled(3), doubled(4), doubled(3, sign=-1)] == [6, 6, 8, -6]
    assert [doubled(0), doubled(0)] == [None, None]
    assert calls == [3, 4, 3, 0]


# Within a bound ------------------------------------------------------------------------------------------------------


def test_what_was_used_longest_ago_goes_first() -> None:
    memory = Memory(300)
    for key in "abc":
        memory.put(key, key.upper(), size=100)
    assert memory.get("a") == "A"
    memory.put("d", "D", size=100)
    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    assert memory.bytes == 300


def test_a_thing_that_takes_most_of_the_bound_is_not_kept_and_puts_no_other_out() -> None:
    memory = Memory(300)
    memory.put("small", 1, size=100)
    memory.put("large", 2, size=200)
    assert (memory.get("small"), memory.get("large"), memory.bytes) == (1, None, 100)


def test_a_thing_put_again_or_taken_is_counted_once_or_no_more() -> None:
    memory = Memory(1000)
    memory.put("a", 1, size=100)
    memory.put("a", 2, size=150)
    assert (memory.get("a"), memory.bytes) == (2, 150)
    assert (memory.take("a"), memory.take("a"), memory.bytes) == (2, None, 0)


def test_with_another_bound_it_begins_anew() -> None:
    memory = Memory(1000)
    memory.put("a", 1, size=100)
    memory.bound(50)
    assert (memory.get("a"), memory.bytes, memory.most) == (None, 0, 50)


def test_threads_may_share_it() -> None:
    memory = Memory(2_000)

    def use(seed: int) -> None:
        for i in range(2_000):
            key = (seed * 31 + i * 7) % 50
            assert memory.get(key, key) == key
            memory.put(key, key, size=100)
            if i % 5 == 0:
                memory.take(key)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    kept_now = [key for key in range(50) if memory.get(key) is not None]
    assert memory.bytes == 100 * len(kept_now) <= 2_000


# How much a thing takes ----------------------------------------------------------------------------------------------


def large_shape() -> Shape:
    return Shape((8, 32, 32, 2), ("tanh", "relu", "softmax"), "cross_entropy", 4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros((500, 40)),
        lambda: [float(i) for i in range(20_000)],
        lambda: {f"name {i}": (i + 0.5, str(i)) for i in range(5_000)},
        lambda: trace.__wrapped__(large_shape()),  # type: ignore[attr-defined]
    ],
    ids=["array", "numbers", "names", "equations"],
)
def test_a_thing_is_measured_as_the_interpreter_counts_it(make: Callable[[], Any]) -> None:
    gc.collect()
    tracemalloc.start()
    try:
        thing = make()
        gc.collect()
        counted, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.6 * counted <= bytes_of(thing) <= 2 * counted


def test_what_a_function_holds_is_measured_and_what_is_there_anyway_is_not() -> None:
    array = np.zeros(100_000)
    assert bytes_of(lambda: array) > 800_000
    assert bytes_of((Shape, np.sum, gc)) < 200


def test_equations_of_many_shapes_stay_within_the_bound() -> None:
    before = MEMORY.most
    MEMORY.bound(3_000_000)
    try:
        for units in range(3, 33):
            trace(Shape((8, units, units, 2), ("tanh", "relu", "softmax"), "cross_entropy", 4))
            assert MEMORY.bytes <= 3_000_000
    finally:
        MEMORY.bound(before)


# What belongs to an object -------------------------------------------------------------------------------------------


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


def test_what_only_holds_itself_goes_when_it_is_tidied() -> None:
    class Node:
        pass

    node: Any = Node()
    node.itself = node
    seen = weakref.ref(node)
    del node
    gc.disable()
    try:
        tidy()
        assert seen() is None
    finally:
        gc.enable()


# Given back -----------------------------------------------------------------------------------------------------------

LARGE_AND_SMALL = """
from pathlib import Path
from app.engine.memory import keep_no_large_blocks

def resident():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line)

keep_no_large_blocks()
before = resident()
blocks = [(bytearray(100_000), bytes(1_000)) for _ in range(400)]
small = [small for _, small in blocks]
most = resident()
del blocks
print(most - before, resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
def test_large_blocks_are_given_back_at_once_although_small_ones_between_them_live_on() -> None:
    told = subprocess.run([sys.executable, "-c", LARGE_AND_SMALL], check=True, capture_output=True, text=True)
    most, left = map(int, told.stdout.split())
    assert most > 38_000
    assert left < 4_000
