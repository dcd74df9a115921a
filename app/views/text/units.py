"""What units and parameters are called: x₁, h₂, o₁ on the drawing; input 1, hidden unit 2, the output in sentences."""

from app.engine.equations.expressions import Symbol
from app.engine.equations.shape import Shape
from app.views.text.words import unit_name

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unit_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit as the drawing calls it: x₁, h₂, o₁."""
    return f"{_letter(sizes, l)}{j + 1}".translate(SUBSCRIPTS)


def target_mark(j: int) -> str:
    """What an output should say, as the drawing calls it: y₁."""
    return f"y{j + 1}".translate(SUBSCRIPTS)


def spoken_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit of the drawing as it is spoken: x1, h2, o1; with several hidden layers h1 of layer 2."""
    letter = _letter(sizes, l)
    layer = f" of layer {l}" if letter == "h" and len(sizes) > 3 else ""
    return f"{letter}{j + 1}{layer}"


def _letter(sizes: tuple[int, ...], l: int) -> str:
    return "x" if l == 0 else "o" if l == len(sizes) - 1 else "h"


def unit_words(shape: Shape, l: int, j: int) -> str:
    """A unit in a sentence: input 1, hidden unit 2, the output."""
    return f"input {j + 1}" if l == 0 else unit_name(shape, l, j)


def parameter_words(shape: Shape, symbol: Symbol) -> str:
    """The parameter that a symbol belongs to: weight from input 1 to hidden unit 2; bias of the output."""
    _, l, j, k = symbol
    unit = unit_words(shape, l, j)
    return f"bias of {unit}" if k is None else f"weight from {unit_words(shape, l - 1, k)} to {unit}"
