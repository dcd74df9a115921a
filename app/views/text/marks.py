"""What the drawing calls units, in few letters: x₁ an input, h₂ a hidden unit, o₁ an output."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unit_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit as it is written: x₁, h₂, o₁."""
    return f"{_letter(sizes, l)}{j + 1}".translate(SUBSCRIPTS)


def target_mark(j: int) -> str:
    """What an output should say: y₁."""
    return f"y{j + 1}".translate(SUBSCRIPTS)


def spoken_mark(sizes: tuple[int, ...], l: int, j: int) -> str:
    """A unit as it is spoken: x1, h2, o1; with several hidden layers h1 of layer 2."""
    letter = _letter(sizes, l)
    layer = f" of layer {l}" if letter == "h" and len(sizes) > 3 else ""
    return f"{letter}{j + 1}{layer}"


def _letter(sizes: tuple[int, ...], l: int) -> str:
    return "x" if l == 0 else "o" if l == len(sizes) - 1 else "h"
