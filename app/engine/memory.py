"""What was worked out about an object is kept with it and goes when it goes: no memory outlives large arrays."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar


class Remembers(Protocol):
    """An object that keeps what was worked out about it: for each function its results by arguments."""

    @property
    def found(self) -> dict[Any, dict[Any, Any]]: ...


P = ParamSpec("P")
Of = TypeVar("Of", bound=Remembers)
Result = TypeVar("Result")
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
