"""The rules of backward() as parts of lines of NumPy: beside each stands code of the same name in propagation.

Each takes names or parts of a line and gives a part. W stands for the matrix (fan_out, fan_in), however it is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.network.activations import Code


@dataclass(frozen=True)
class OutputError:
    """The output's error signal: factors in front, the difference, and the slope, empty where there is none."""

    ahead: tuple[str, ...]
    difference: str
    slope: str


def slope(code: Code, Z: str, A: str) -> str:
    """g'(Z), or by A."""
    return code.slope.format(Z=Z, A=A)


@dataclass(frozen=True)
class Lines:
    """How the rules of backward() are written: a field for each of `propagation.Rules`."""

    output_error: Callable[[OutputError], OutputError] = lambda error: error
    slope: Callable[[Code, str, str], str] = slope
    weights: Callable[[str, str], str] = lambda W, dW: W
    pulled_back: Callable[[str, str], str] = lambda delta, W: f"{delta} @ {W}"
    carried: Callable[[str, str], str] = lambda A_prev, A: A_prev
    averaged: Callable[[int], bool] = lambda examples: examples > 1
    bias_gradient: Callable[[str, int], str] = lambda total, fan_in: total


def transposed(W: str) -> str:
    """The matrix turned, or turned back."""
    return W.removesuffix(".T") if W.endswith(".T") else f"{W}.T"
