"""The figures that the notebooks printed, and whether a number is one of them."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[1] / "reference" / "notebooks.json"


def notebook(start: str) -> dict[str, Any]:
    """What the notebook whose file name starts so printed."""
    notebooks = json.loads(REFERENCE.read_text())["notebooks"]
    found: dict[str, Any] = next(one for one in notebooks if one["file"].startswith(start))
    return found


def is_printed(printed: str, value: float) -> bool:
    """Within half a unit of the last printed digit (0.6 where NumPy printed 8 decimals); zero must be zero."""
    figure = Decimal(printed)
    if figure == 0:
        return value == 0.0
    exponent = figure.as_tuple().exponent
    assert isinstance(exponent, int)
    share = Decimal("0.6") if exponent <= -8 and len(printed) < 16 else Decimal("0.5")
    return abs(Decimal(value) - figure) <= share * Decimal(1).scaleb(exponent)


def flat(nested: Any) -> list[Any]:
    """A nested list, or one thing, as a flat list."""
    return [one for part in nested for one in flat(part)] if isinstance(nested, list) else [nested]


def assert_printed(printed: Any, values: Iterable[float], what: str) -> None:
    """Every figure of a (nested) list agrees with the number at its place."""
    figures, numbers = flat(printed), list(values)
    assert len(figures) == len(numbers), what
    for figure, number in zip(figures, numbers, strict=True):
        assert is_printed(figure, number), f"{what}: the notebook printed {figure}, the walk finds {number!r}"
