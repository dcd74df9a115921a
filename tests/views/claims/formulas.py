"""Formulas in LaTeX and in MathML as the same formula in plain text, so that one calculator reads all three."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import isfinite
from xml.etree import ElementTree

from app.engine.equations.trace import Equation
from app.engine.network.expressions import BatchSum, Mean, Symbol
from app.views.formulas.formulas import Formula
from app.views.formulas.mathml import Row
from tests.views.claims.arithmetic import calculated
from tests.views.claims.claim import Claim
from tests.views.claims.printed import Range, exactly
from tests.views.claims.world import World

POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALL = str.maketrans("012", "₀₁₂")
WORDS = {
    r"\delta": "δ", r"\eta": "η", r"\gamma": "γ", r"\pi": "π", r"\lambda": "λ", r"\mu": "μ", r"\rho": "ρ",
    r"\beta": "β", r"\varepsilon": "ε", r"\sigma": "σ", r"\tanh": "tanh", r"\ln": "ln ", r"\cos": "cos",
    r"\min": "min", r"\cdot": "·", r"\left(": "(", r"\right)": ")", r"\leftarrow": "←", r"\mathcal{L}": "ℒ",
    r"\partial": "∂", r"\hat{y}": "ŷ", r"\hat{m}": "m\u0302", r"\hat{v}": "v\u0302",
    r"\lVert \nabla \mathcal{L} \rVert_{\max}": "‖∇ℒ‖_max", r"\lVert \nabla \mathcal{L} \rVert": "‖∇ℒ‖",
    r"\sum_{\text{examples}}": "Σ over the examples of ", r"\sum_{\text{parameters}}": "Σ over the parameters of ",
    r"\text{clip}": "clip", r"_{\text{min}}": "_min",
}  # fmt: skip
_LONGEST_FIRST = re.compile("|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True)))


@lru_cache(maxsize=65536)
def from_latex(latex: str) -> str:
    """A LaTeX formula in plain text."""
    text = _LONGEST_FIRST.sub(lambda match: WORDS[match.group()], latex)
    text = re.sub(r"\\operatorname\{round\}_\{(\d+)\}\(", r"round_\1(", text)
    text = re.sub(r"\\operatorname\{([^}]*)\}", r"\1", text)
    text = re.sub(r"\^\{(\[\d+\])\}", r"^\1", text)
    text = re.sub(r"([ηβ])_\{(\d)\}", lambda m: m[1] + m[2].translate(SMALL), text)
    text = re.sub(r"_\{([\w,]+)\}", r"_\1", text)
    text = re.sub(r"\\frac\{∂ ℒ\}\{∂ ([^}]*)\}", r"∂ℒ/∂\1", text)
    while (start := re.search(r"\\(frac|sqrt)\{|(?<!\w)e\^\{|\^\{", text)) is not None:
        text = _opened(text, start)
    return _with_decimals(text.replace("'(", "′(").replace(" - ", " − ").replace("-", "−"))


def _opened(text: str, start: re.Match[str]) -> str:
    """One construction with braces, in brackets."""
    body, end = _group(text, start.end() - 1)
    if start.group() == "\\frac{":
        below, end = _group(text, end)
        written = f"(({body})/({below}))"
    elif start.group() == "\\sqrt{":
        written = f"√({body})"
    else:
        written = f"exp({body})" if start.group().startswith("e") else f"^({body})"
    return text[: start.start()] + written + text[end:]


def _group(text: str, start: int) -> tuple[str, int]:
    """What stands in the braces that open at `start`, and where they are closed."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[start + 1 : place], place + 1
    raise ValueError(f"no end of {text[start:]!r}")


def _with_decimals(text: str) -> str:
    """round_4(x) as round(x, 4)."""
    while (start := re.search(r"round_(\d+)\(", text)) is not None:
        depth, place = 1, start.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            place += 1
        text = f"{text[: start.start()]}round({text[start.end() : place - 1]}, {start[1]}){text[place:]}"
    return text


# MathML -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def from_mathml(markup: str) -> str:
    """A piece of MathML in plain text."""
    text = _plain(ElementTree.fromstring(f"<mrow>{markup}</mrow>"))
    text = re.sub(r" × 10\^\((−?\d+)\)", lambda m: "×10" + m[1].replace("−", "-").translate(POWERS), text)
    return _with_decimals(re.sub(r"(round_\d+) ", r"\1", text)).strip()


def _plain(node: ElementTree.Element) -> str:
    text = node.text or ""
    parts = [_plain(child) for child in node]
    match node.tag:
        case "mi":
            return "ln " if text == "ln" else text
        case "mn" | "mtext":
            return text.replace("-", "−")
        case "mo":
            return text if text in ("(", ")", "′", "‖", "∇", "∂", "∑", "ˆ") else f" {text} "
        case "mspace":
            return ""
        case "mfrac":
            if parts[0] == "∂ℒ":
                return f"∂ℒ/{parts[1]}"
            return f"(({parts[0]})/({parts[1]}))"
        case "msup" if parts[1] == "′":
            return f"{parts[0]}′"
        case "msup" if parts[0] == "e":
            return f"exp({parts[1]})"
        case "msup":
            return f"{parts[0]}^({parts[1]})"
        case "msubsup":
            return f"{parts[0]}^{parts[2]}_{parts[1].replace(' ', '')}"
        case "msub" if parts[0] in ("η", "β") and parts[1].isdigit():
            return parts[0] + parts[1].translate(SMALL)
        case "msub":
            return f"{parts[0]}_{parts[1]}"
        case "mover":
            return "ŷ" if parts[0] == "y" else f"{parts[0]}\u0302"
        case "msqrt":
            return f"√({''.join(parts)})"
        case "munder" if parts[0] == "∑":
            return f"Σ over the {parts[1]} of "
        case "munder":
            return parts[0]
        case _:
            return "".join(parts)


def sides(rows: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    """(left side, sign, right side) of each line of a formula, in plain text; rows that go on are put together."""
    starts = [place for place, row in enumerate(rows) if row.sign not in ("+", "−")]
    for start, end in pairwise([*starts, len(rows)]):
        first, *rest = rows[start:end]
        markup = first.right + "".join(f"<mo>{row.sign}</mo>{row.right}" for row in rest)
        yield from_mathml(first.left), first.sign, from_mathml(markup)


LAST_BIT = 2.0**-52  # of numbers about 1


# What they claim ----------------------------------------------------------------------------------------------------


def claims_of_formula(equation: Equation, shown: Formula, world: World) -> Iterator[Claim]:
    """Each line of a formula, by names or by numbers, comes to the printed result, and that is the equation's."""
    truth = _truth(equation, world)
    yield from _lines(equation, shown.rows, world, truth)
    yield from _lines(equation, shown.why, world, truth)
    yield from _slope_lines(equation, shown.slope, world)
    if shown.own:
        *lines, (_, _, result) = sides(shown.own)
        own = calculated(result, world)
        for left, sign, right in lines:
            yield Claim("formula", f"{left} {sign} {right}, {result}", calculated(right, world), own)


def _truth(equation: Equation, world: World) -> Range:
    """What the equation finds. Over a batch up to the order of adding up: shares may cancel to their last digits; and
    an output's error signal up to the last bit of a prediction, which it is found without where it is nearly right.
    """
    value, expression = world.values[equation.symbol], equation.expression
    order = LAST_BIT if equation.kind == "delta" and equation.symbol.layer == equation.shape.depth else 0.0
    if isinstance(expression, Mean | BatchSum):
        order = 1e-15 * max(map(abs, world.values.each(expression.body)))
    return Range(value - order, value + order) if isfinite(order) else exactly(value)


def _lines(equation: Equation, rows: Sequence[Row], world: World, truth: Range) -> Iterator[Claim]:
    for left, sign, right in sides(rows):
        yield Claim("formula", f"{left} {sign} {right}", calculated(right, world), truth)
        if left:
            yield Claim("left", left, *_same(world.symbol(left, sign == "←"), equation.symbol))


def _slope_lines(equation: Equation, rows: Sequence[Row], world: World) -> Iterator[Claim]:
    """Each line of a slope comes to the one that its name has, g′(z), or by a rounded activation a(1 − a)."""
    lines = list(sides(rows))
    if not lines:
        return
    slope = calculated(lines[0][0], world)
    for _, _, right in lines:
        yield Claim("formula", f"{lines[0][0]} = {right}", calculated(right, world), slope)
    units = {world.symbol(name)[1:3] for name in re.findall(r"ŷ(?:_\d+)?|[za]\^\[\d+\]_\d+", lines[0][0])}
    yield Claim("left", lines[0][0], exactly(float(units == {equation.symbol[1:3]})), exactly(1.0))


def claims_of_lines(equation: Equation, plain: str, latex: str, world: World) -> Iterator[Claim]:
    """The formula in one line, as text and as LaTeX: both by names alone."""
    for line in (plain, from_latex(latex)):
        left, sign, right = re.split(r" ?([=←]) ?", line, maxsplit=1)
        yield Claim("line", line, calculated(right, world), _truth(equation, world))
        yield Claim("left", left, *_same(world.symbol(left.strip(), sign == "←"), equation.symbol))


def _same(found: Symbol, wanted: Symbol) -> tuple[Range, Range]:
    return exactly(float(found == wanted)), exactly(1.0)
