"""What a notebook printed: each figure with the quantity of the walk that it stands for, and whether a number is it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.engine.network.expressions import Symbol

HALF = Decimal("0.5")  # of a unit of the last printed digit: what rounding may take or give
NUMPY = Decimal("0.6")  # NumPy's own shortening to 8 decimals now and then goes a little further
SHORTENED = 8  # decimals from which on, in a short text, NumPy did the rounding
LONG = 16  # characters: a figure as long as this was printed whole

# Beside the symbols of the walk: what the updated network makes of the same examples (a_after, loss_after), the share
# of its answers that are right (accuracy), the mean loss of the epoch that ends there (mean_loss), dL/dy_hat
# (dL_dy_hat), and what comes back to a hidden unit before its own slope (came_back).


@dataclass(frozen=True)
class Printed:
    """One figure: the notebook's `text` for `symbol` in an iteration (from 0), for a row of its batch (from 0).

    `what` names its group in words. `drawn` is False where the notebook drew numbers without a seed: then nobody can
    compute the same figure again.
    """

    what: str
    iteration: int
    symbol: Symbol
    text: str
    row: int = 0
    drawn: bool = True

    def is_given_by(self, value: float) -> bool:
        """Whether the number rounds to the figure: within half a unit of its last digit. Zero must be zero."""
        figure = Decimal(self.text)
        if figure == 0:
            return value == 0.0
        share = NUMPY if self.decimals >= SHORTENED and len(self.text) < LONG else HALF
        return abs(Decimal(value) - figure) <= share * Decimal(1).scaleb(-self.decimals)

    @property
    def decimals(self) -> int:
        """How many decimals the text has, its power of ten counted in."""
        exponent = Decimal(self.text).as_tuple().exponent
        assert isinstance(exponent, int)  # a printed figure is finite
        return -exponent


# Figures are given as text: units are separated by spaces, rows of a matrix by semicolons.


def figure(what: str, iteration: int, kind: str, text: str, drawn: bool = True) -> Iterator[Printed]:
    """One number that belongs to no unit."""
    yield Printed(what, iteration, Symbol(kind), text, drawn=drawn)


def vector(what: str, iteration: int, kind: str, layer: int, text: str) -> Iterator[Printed]:
    """One number for each unit of a layer."""
    for j, one in enumerate(text.split()):
        yield Printed(what, iteration, Symbol(kind, layer, j), one)


def matrix(what: str, iteration: int, kind: str, layer: int, text: str, turned: bool = False) -> Iterator[Printed]:
    """One number for each weight, printed (fan_out, fan_in); `turned` if it was printed (fan_in, fan_out)."""
    for row, line in enumerate(text.split(";")):
        for column, one in enumerate(line.split()):
            j, k = (column, row) if turned else (row, column)
            yield Printed(what, iteration, Symbol(kind, layer, j, k), one)
