"""What was worked out is kept: all of it together within one bound in bytes; what was used longest ago goes first.

What belongs to one object is kept with it (`kept_with`) and goes when it goes; all else is found again by its arguments
(`kept`).
"""

import ctypes
import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import wraps
from mmap import PAGESIZE
from pathlib import Path
from sys import getsizeof, platform
from threading import RLock
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np

MEGABYTE = 1_000_000
LOOKED_AT = 16  # parts of one thing, however many it has: the others are taken to be as large
MISSING: Any = object()
SHARED = (type, BuiltinFunctionType, ModuleType)  # are there anyway
LARGEST = 2  # nothing takes more than this part of the bound
LARGE_BLOCK = 64 * 1024  # bytes
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of malloc.h


class Memory:
    """Things by their keys, which together take at most about `most` bytes."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = RLock()  # what goes may leave something behind, which is put here

    def get(self, key: Hashable, default: Any = None) -> Any:
        """What is kept by this key, now the last to go; the default where there is nothing."""
        with self._lock:
            if key not in self._kept:
                return default
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, thing: Any, size: int = 0) -> None:
        """Keep a thing in the place of what was kept by this key; one that takes most of the bound is not kept.

        `size` is how many bytes it takes; 0: it is measured, which for what a click makes takes as long as the click.
        """
        size = size or bytes_of((key, thing))
        with self._lock:
            self._take(key)
            if size <= self.most // LARGEST:
                self._kept[key] = thing, size
                self.bytes += size
            while self.bytes > self.most:
                self._take(next(iter(self._kept)))

    def take(self, key: Hashable) -> Any:
        """What was kept by this key, which is kept no more; None where there is nothing."""
        with self._lock:
            return self._take(key)

    def bound(self, most: int) -> None:
        """Begin anew, with another bound."""
        with self._lock:
            self._kept.clear()
            self.most, self.bytes = most, 0

    def _take(self, key: Hashable) -> Any:
        thing, size = self._kept.pop(key, (None, 0))
        self.bytes -= size
        return thing


MEMORY = Memory(40 * MEGABYTE)  # of this process


def bytes_of(thing: Any) -> int:
    """About how many bytes a thing takes with all that it holds; of many parts only some are looked at."""
    total, seen, ahead = 0.0, set(), [(thing, 1.0)]
    while ahead:
        one, times = ahead.pop()
        if id(one) in seen or isinstance(one, SHARED):
            continue
        seen.add(id(one))
        total += times * (one.nbytes if isinstance(one, np.ndarray) else getsizeof(one))
        parts = [one.__closure__, one.__defaults__] if isinstance(one, FunctionType) else gc.get_referents(one)
        every = len(parts) // LOOKED_AT | 1  # an odd number: keys and values of a dict take turns
        times *= len(parts) / max(1, len(parts[::every]))
        ahead += [(part, times) for part in parts[::every]]
    return round(total)


def keep_no_large_blocks() -> None:
    """Have the C library give large blocks back to the machine as soon as they are let go of, where it can do that.

    Else it keeps them for later ones, and what is small and lives long lies between them.
    """
    for option, value in ((M_MMAP_THRESHOLD, LARGE_BLOCK), (M_ARENA_MAX, 1)):
        _c_library("mallopt", option, value)


def tidy() -> None:
    """Let go of all that nobody needs any more, and give it back to the machine where the C library can do that.

    It holds all threads up for some hundredths of a second.
    """
    gc.collect()
    _c_library("malloc_trim", 0)


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the machine does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGESIZE
    except OSError:
        return 0


def _c_library(name: str, *given: int) -> None:
    if platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # not every C library has it
            getattr(ctypes.CDLL(None), name)(*given)


P = ParamSpec("P")
Result = TypeVar("Result")


def kept(work: Callable[P, Result]) -> Callable[P, Result]:
    """The function, whose results are kept by its arguments."""

    @wraps(work)
    def remembered(*given: P.args, **named: P.kwargs) -> Result:
        key = (work, given, *named.items()) if named else (work, given)
        result: Result = MEMORY.get(key, MISSING)
        if result is MISSING:
            result = work(*given, **named)
            MEMORY.put(key, result)
        return result

    return remembered


class Remembers(Protocol):
    """An object that keeps what was worked out about it: for each function its results by arguments."""

    @property
    def found(self) -> dict[Any, dict[Any, Any]]: ...


Of = TypeVar("Of", bound=Remembers)
Work = Callable[Concatenate[Of, P], Result]


def kept_with(most: int) -> Callable[[Work[Of, P, Result]], Work[Of, P, Result]]:
    """For a function: its last results, at most so many, are kept with its first argument, which none may hold."""

    def keeping(work: Work[Of, P, Result]) -> Work[Of, P, Result]:
        @wraps(work)
        def remembered(of: Of, /, *rest: P.args, **named: P.kwargs) -> Result:
            results = of.found.get(work)
            if results is None:
                results = of.found[work] = {}
            key = (rest, *named.items()) if named else rest
            if key not in results:
                if len(results) >= most:
                    results.pop(next(iter(results)), None)
                results[key] = work(of, *rest, **named)
            result: Result = results[key]
            return result

        return remembered

    return keeping
