"""A setting of an optimizer or of a schedule: a field with its default and with the numbers that it can be."""

from dataclasses import dataclass, field, fields
from math import inf
from typing import Any

from app.engine.network.errors import SetupError


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """At least `ge` or more than `gt`, and at most `le` or less than `lt`; and what is said of all else."""

    ge: float = -inf
    gt: float = -inf
    le: float = inf
    lt: float = inf
    problem: str
    remedy: str

    def hold(self, number: float) -> bool:
        """Whether the number lies within."""
        return self.ge <= number <= self.le and self.gt < number < self.lt


def setting(default: Any, bounds: Bounds) -> Any:
    """A field of a frozen dataclass; None is always allowed where it is the default."""
    return field(default=default, metadata={"bounds": bounds})


def bounds_of(kind: type) -> dict[str, Bounds]:
    """The bounds of each setting of a class, by its name."""
    return {one.name: one.metadata["bounds"] for one in fields(kind) if "bounds" in one.metadata}


def check_settings(path: str, of: Any) -> None:
    """SetupError names the first setting that lies out of its bounds."""
    for name, bounds in bounds_of(type(of)).items():
        number = getattr(of, name)
        if number is not None and not bounds.hold(number):
            raise SetupError(f"{path}.{name}", bounds.problem.format(name=name), bounds.remedy)
