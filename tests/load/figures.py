"""Figures beside their bounds, and what a list of seconds comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

MEGABYTE = 1_000_000
NO_BOUND = float("inf")


@dataclass(frozen=True)
class Bound:
    """A figure and what it must be."""

    name: str
    value: float
    unit: str = ""
    most: float = NO_BOUND
    least: float = -NO_BOUND

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        wanted = f"at most {self.most:g}" if self.most < NO_BOUND else f"at least {self.least:g}"
        sign = "" if self.holds else "  <-- does not hold"
        return f"{self.name:<64}{self.value:>10.4g} {self.unit:<10}({wanted}){sign}"


def at(share: float, seconds: Sequence[float]) -> float:
    """The quantile, in milliseconds; not a number where there is nothing."""
    if not seconds:
        return float("nan")
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


def told(name: str, seconds: Sequence[float]) -> str:
    """Count and quantiles on a line."""
    quantiles = "  ".join(f"p{round(100 * share)} {at(share, seconds):.1f}" for share in (0.5, 0.95, 0.99))
    return f"{name:<8}{len(seconds):>7}  {quantiles}  ms"
