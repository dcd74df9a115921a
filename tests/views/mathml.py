"""Reads MathML back: as plain text, and as arithmetic for a calculator that knows nothing of the program."""

import math
from functools import partial
from xml.etree import ElementTree


def parsed(markup: str) -> ElementTree.Element:
    """The markup as a tree; fails where it is not well formed."""
    return ElementTree.fromstring(f"<mrow>{markup}</mrow>")


def as_text(markup: str) -> str:
    """A row in one line: w[2]_11 for a symbol with layer and units, a/b for a fraction."""
    return _text(parsed(markup)).replace(" ", "")


def _text(node: ElementTree.Element) -> str:
    parts = [_text(child) for child in node]
    match node.tag:
        case "msubsup":
            return f"{parts[0]}{parts[2]}_{parts[1]}"
        case "msub" | "munder":
            return f"{parts[0]}_{parts[1]}"
        case "msup":
            return f"{parts[0]}^{parts[1]}" if parts[1] != "′" else f"{parts[0]}′"
        case "mover":
            return "ŷ" if parts[0] == "y" else f"{parts[0]}\u0302"
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mfrac":
            return f"({parts[0]})/({parts[1]})"
        case _:
            return (node.text or "") + "".join(parts)


def calculated(*rows: tuple[str, str]) -> float:
    """The number that (sign, markup) rows come to, by a calculator of its own; the first sign does not count."""
    parts = [(sign, _arithmetic(parsed(markup))) for sign, markup in rows]
    source = parts[0][1] + "".join(f"{MARKS.get(sign, sign)}{text}" for sign, text in parts[1:])
    return float(eval(source, {"__builtins__": {}}, CALCULATOR))


CALCULATOR = {
    "ln": math.log,
    "e": math.e,
    "sigma": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "cos": math.cos,
    "pi": math.pi,
    "sqrt": math.sqrt,
    "min": min,
    "ReLU": lambda z: max(z, 0.0),
    "LReLU": lambda z: z if z > 0 else 0.01 * z,
    "ELU": lambda z: z if z > 0 else math.expm1(z),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "GELU": lambda z: z * 0.5 * (1 + math.erf(z / math.sqrt(2))),
    **{f"rounded_{decimals}": partial(round, ndigits=decimals) for decimals in range(13)},
}
MARKS = {"·": "*", "×": "*", "−": "-", "σ": "sigma", "π": "pi"}


def _arithmetic(node: ElementTree.Element) -> str:
    parts = [_arithmetic(child) for child in node]
    match node.tag:
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msup":
            return f"({parts[0]})**({parts[1]})"
        case "msqrt":
            return f"sqrt({''.join(parts)})"
        case "munder":
            return parts[0]
        case "msub":  # round to so many decimals: the only lowered mark among numbers
            return f"rounded_{parts[1]}"
        case "mi" | "mo" | "mn" | "mtext":
            text = node.text or ""
            return MARKS.get(text, text.replace("⁻", "-").replace("−", "-"))
        case "mspace":
            return ""
        case _:
            return "".join(parts)
