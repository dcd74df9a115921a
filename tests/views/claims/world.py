"""What names and sentences speak of: one iteration, the example in focus, and the page's digits.

Every name is read here by itself, letter, layer and unit numbers; only then is the number of that symbol looked up.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.engine.equations.shape import Shape
from app.engine.equations.values import Values
from app.engine.network.expressions import Symbol
from app.lessons.lesson import Orientation
from tests.views.claims.functions import function
from tests.views.claims.printed import Range, exactly, read

NAME = re.compile(
    r"(?P<of>∂ℒ/∂)?(?P<letter>[^\W\d_]\u0302?)(?:\^\[(?P<layer>\d+)\])?(?:_(?P<owner>[wb])?(?P<index>[\d,]+))?"
)
ALONE = {
    "η": "eta", "η₀": "eta_0", "γ": "factor", "n": "decays", "η_min": "minimum", "i": "passed", "T": "iterations",
    "π": "pi", "‖∇ℒ‖": "norm", "‖∇ℒ‖_max": "clip_norm", "clip": "clip", "λ": "weight_decay", "μ": "momentum",
    "ρ": "decay", "β₁": "beta1", "β₂": "beta2", "ε": "epsilon", "t": "t", "c_m": "correction_m",
    "c_v": "correction_v", "ℒ": "loss",
}  # fmt: skip
STATES = {"g": "g", "u": "velocity", "m": "m", "v": "v", "m̂": "m_hat", "v̂": "v_hat"}
UNIT = r"(?:[Tt]he output|[Oo]utput \d+|[Hh]idden unit \d+|[Uu]nit \d+ of layer \d+|[Ii]nput \d+)"


@dataclass(frozen=True)
class World:
    """One iteration as it is shown. `moved`: the names that an update has given a new value already."""

    shape: Shape
    values: Values
    digits: int
    orientation: Orientation = "fan_out_fan_in"
    moved: set[str] = field(default_factory=set)

    @cached_property
    def _examples(self) -> "list[World]":
        count = len(self.values.iteration.X)
        return [replace(self, values=Values(self.values.iteration, i)) for i in range(count)]

    def examples(self) -> "list[World]":
        """The same world with each example of the batch in focus."""
        return self._examples

    def number(self, kind: str, layer: int = 0, j: int = 0, k: int | None = None) -> float:
        """The number that is looked up for a name once it is read."""
        return self.values[Symbol(kind, layer, j, k)]

    def read(self, text: str) -> Range:
        """A printed number."""
        return read(text, self.digits)

    # names in formulas ------------------------------------------------------------------------------------------------

    def symbol(self, name: str, new: bool = False) -> Symbol:
        """What a name means; `new` after an arrow's left side."""
        if name in ALONE:
            return Symbol(ALONE[name])
        match = NAME.fullmatch(name)
        assert match is not None, f"no name: {name!r}"
        letter, depth = match["letter"], self.shape.depth
        places = self._places(match["index"] or "")
        if letter == "x":
            return Symbol("a", 0, *places)
        if letter in ("y", "ŷ"):
            kind = "y" if letter == "y" else "da" if match["of"] else "a"
            return Symbol(kind, depth, *(places or (0,)))
        layer = int(match["layer"])
        if letter in STATES and match["owner"]:
            kind = f"{STATES[letter]}_{match['owner'].replace('w', 'W')}"
        else:
            kind = {"w": "W", "δ": "delta"}.get(letter, letter)
        kind = f"d{kind}" if match["of"] else f"new_{kind}" if new else kind
        return Symbol(kind, layer, *places)

    def _places(self, index: str) -> tuple[int, ...]:
        parts = index.split(",") if "," in index else list(index)  # fewer than ten units: a digit each
        numbers = [int(part) - 1 for part in parts if part]
        return tuple(reversed(numbers)) if self.orientation == "fan_in_fan_out" else tuple(numbers)

    def value(self, name: str) -> Range:
        """The number of a name in a formula."""
        return exactly(self.values[self.symbol(name, name in self.moved)])

    def slope(self, named: str, inner: str) -> Range:
        """f′ at z, worked out from the textbook."""
        return exactly(function(named).slope(self.values[self.symbol(inner)]))

    def logarithm(self, name: str, of_rest: bool) -> Range:
        """ln ŷ or ln(1 − ŷ) where ŷ is 0 or 1 to the last bit, or by hand, and the logarithm is not lost."""
        return exactly(self.values[self.symbol(name)._replace(kind="ln_rest" if of_rest else "ln_a")])

    def squares(self) -> Range:
        """The squares of all gradients, added up."""
        back = self.values.iteration.backward
        return exactly(sum(float((part**2).sum()) for part in (*back.dW, *back.db)))

    # names in sentences -----------------------------------------------------------------------------------------------

    def unit(self, words: str) -> tuple[int, int]:
        """(layer, j) of a unit in words."""
        words = words.lower()
        numbers = [int(digits) for digits in re.findall(r"\d+", words)]
        if words == "the output":
            assert self.shape.sizes[-1] == 1, "several outputs, and none is named"
            return self.shape.depth, 0
        if words.startswith("output"):
            return self.shape.depth, numbers[0] - 1
        if words.startswith("input"):
            return 0, numbers[0] - 1
        if words.startswith("hidden unit"):
            assert self.shape.depth == 2, "several hidden layers, and none is named"
            return 1, numbers[0] - 1
        return numbers[1], numbers[0] - 1

    @property
    def said(self) -> list[float]:
        """What the network says."""
        return [self.number("a", self.shape.depth, j) for j in range(self.shape.sizes[-1])]

    @property
    def right(self) -> list[float]:
        """What it should say."""
        return [self.number("y", self.shape.depth, j) for j in range(self.shape.sizes[-1])]
