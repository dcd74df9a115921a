"""How one symbol is written: in each notation, in the lesson's index order, in headings and in tables."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.equations.rules import slope_by_hand
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.updates import KEPT, parameter_of
from app.engine.memory import kept
from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.lessons.lesson import Orientation
from app.sessions.walk.session import TrainingSession
from app.views.formulas.notation import ATOM, PRODUCT, Notation, Piece, tight
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.naming import FOUND, SHARED, parameter_name
from app.views.text.optimizers import STATE_WORDS

LETTERS = {
    "W": "w",
    "b": "b",
    "new_W": "w",
    "new_b": "b",
    "dW": "w",
    "db": "b",
    "delta": "δ",
    "z": "z",
    "a": "a",
}
REFERENCE = re.compile(r"([wbuxy])-(\d{1,6})-(\d{1,6})(?:-(\d{1,6}))?", re.ASCII)
# What an optimizer has of each parameter, before the update and, where it is kept, after it.
OF_PARAMETERS = {
    f"{name}_{kind}": words.letter
    for state, words in STATE_WORDS.items()
    for name in ((state, f"new_{state}") if state in KEPT else (state,))
    for kind in ("W", "b")
}


@dataclass(frozen=True)
class Script:
    """Which way symbols are indexed: the walk's shape, and whether w reads (to, from) or (from, to)."""

    shape: Shape
    orientation: Orientation = "fan_out_fan_in"

    def index(self, symbol: Symbol) -> str:
        """The unit numbers of a symbol as shown: from 1, a comma between them where one has two digits."""
        if symbol.kind in ("a", "y") and symbol.layer == self.shape.depth and self.shape.sizes[-1] == 1:
            return ""
        places = [symbol.j + 1] if symbol.k is None else [symbol.j + 1, symbol.k + 1]
        if self.orientation == "fan_in_fan_out":
            places.reverse()
        return ("," if max(places) > 9 else "").join(map(str, places))

    def base(self, symbol: Symbol) -> tuple[str, str]:
        """(letter, layer mark): x, y and y_hat carry no layer."""
        if symbol.kind == "y":
            return "y", ""
        if symbol.kind == "a" and symbol.layer == 0:
            return "x", ""
        if symbol.kind == "a" and symbol.layer == self.shape.depth:
            return "ŷ", ""
        return LETTERS[symbol.kind], f"[{symbol.layer}]"


def reference(symbol: Symbol) -> str:
    """The data-ref that a symbol shares with its mark in the diagram and its row in the table; empty if none.

    An example's input or target, which has its row of the data in j and its column in k, is named by these.
    """
    parameter = parameter_of(symbol)
    match parameter.kind if parameter else symbol.kind:
        case "W":
            return f"w-{symbol.layer}-{symbol.j}-{symbol.k}"
        case "b":
            return f"b-{symbol.layer}-{symbol.j}"
        case "x":
            return f"x-{symbol.j}-{symbol.k}"
        case "y":
            return f"y-{symbol.j}" if symbol.k is None else f"y-{symbol.j}-{symbol.k}"
        case "loss" | "own_loss":
            return "loss"
        case kind if kind in CONSTANTS:
            return ""
        case _:
            return f"u-{symbol.layer}-{symbol.j}"


def symbol_of(ref: str, depth: int) -> Symbol | None:
    """What a reference names in a network of so many layers: the inverse of `reference`, a unit as its sum.

    An input of the network is named as its activation. None where it names nothing.
    """
    match = REFERENCE.fullmatch(ref)
    if match is None or (match[1] == "w") is not (match[4] is not None):
        return None
    letter, first, second, third = match[1], int(match[2]), int(match[3]), match[4]
    match letter:
        case "x" | "y":
            return Symbol(letter, 0 if letter == "x" else depth, first, second)
        case "u":
            return Symbol("z" if first else "a", first, second)
    return Symbol({"w": "W", "b": "b"}[letter], first, second, None if third is None else int(third))


def spelled(symbol: Symbol, script: Script, notation: Notation) -> str:
    """The symbol in a notation."""
    match symbol.kind:
        case kind if kind in CONSTANTS:
            return notation.constant(kind)
        case kind if kind in OF_PARAMETERS:
            return _state(symbol, script, notation)
        case "dW" | "db":
            return notation.partial(_indexed(symbol, script, notation))
        case "da":
            return notation.partial(_indexed(symbol._replace(kind="a"), script, notation))
        case "slope":
            by_hand = slope_by_hand(script.shape, symbol)
            if by_hand is not None:
                return tight(by_hand, notation, lambda a: piece_of(a, _indexed(a, script, notation)))
            inner = _indexed(symbol._replace(kind="z"), script, notation)
            return notation.slope(script.shape.activation(symbol.layer), inner)
        case "slope_at_a":
            inner = _indexed(symbol._replace(kind="a"), script, notation)
            return notation.slope(script.shape.activation(symbol.layer), inner)
        case "ln_a":
            return notation.log(_indexed(symbol._replace(kind="a"), script, notation))
        case "ln_rest":
            return notation.log_of_rest(_indexed(symbol._replace(kind="a"), script, notation))
        case _:
            return _indexed(symbol, script, notation)


def _indexed(symbol: Symbol, script: Script, notation: Notation) -> str:
    return notation.indexed(*script.base(symbol), script.index(symbol))


def _state(symbol: Symbol, script: Script, notation: Notation) -> str:
    """g, u, m or v of a parameter: its letter and unit numbers stand below, for w and b have their own each."""
    letter, owner = OF_PARAMETERS[symbol.kind], "w" if symbol.k is not None else "b"
    return notation.indexed(letter, f"[{symbol.layer}]", script.index(symbol), owner)


def piece_of(symbol: Symbol, markup: str) -> Piece:
    """A symbol by name as a part of a formula: what has marks of its own up there stands in brackets when squared."""
    return Piece(markup, ATOM if symbol.kind in CONSTANTS else PRODUCT)


def in_html(symbol: Symbol, script: Script) -> str:
    """The symbol in a heading or a table: letter, layer raised, unit numbers lowered."""
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    return f"<i>{letter}</i>" + (f"<sup>{layer}</sup>" if layer else "") + (f"<sub>{index}</sub>" if index else "")


def orientation_of(session: TrainingSession) -> Orientation:
    """How a walk's weights are indexed: as its lesson does, else (to, from)."""
    return lesson_named(session.lesson).orientation if session.lesson else "fan_out_fan_in"


# What belongs to no unit and to no parameter


class Constant(NamedTuple):
    """One symbol in MathML, in LaTeX and in plain text."""

    mathml: str
    latex: str
    text: str


def _letter(text: str, latex: str = "") -> Constant:
    return Constant(f"<mi>{text}</mi>", latex or text, text)


def _lowered(text: str, latex: str, below: str) -> Constant:
    """A letter with a mark below it: a digit, a letter or a word."""
    tag = "mn" if below.isdigit() else "mi" if len(below) == 1 else "mtext"
    mark = below if len(below) == 1 else rf"\text{{{below}}}"
    small = below.translate(_BELOW) if below.isdigit() else f"_{below}"
    return Constant(f"<msub><mi>{text}</mi><{tag}>{below}</{tag}></msub>", f"{latex}_{{{mark}}}", f"{text}{small}")


_BELOW = str.maketrans("012", "₀₁₂")
_LENGTH = "<mrow><mo form='prefix'>‖</mo><mo>∇</mo><mi>ℒ</mi><mo form='postfix'>‖</mo></mrow>"
_LATEX_LENGTH = r"\lVert \nabla \mathcal{L} \rVert"

CONSTANTS = {
    "loss": _letter("ℒ", r"\mathcal{L}"),
    "own_loss": _letter("ℒ", r"\mathcal{L}"),
    "eta": _letter("η", r"\eta"),
    "eta_0": _lowered("η", r"\eta", "0"),
    "factor": _letter("γ", r"\gamma"),
    "decays": _letter("n"),
    "minimum": _lowered("η", r"\eta", "min"),
    "passed": _letter("i"),
    "iterations": _letter("T"),
    "pi": _letter("π", r"\pi"),
    "norm": Constant(_LENGTH, _LATEX_LENGTH, "‖∇ℒ‖"),
    "clip_norm": Constant(f"<msub>{_LENGTH}<mtext>max</mtext></msub>", rf"{_LATEX_LENGTH}_{{\max}}", "‖∇ℒ‖_max"),
    "clip": Constant("<mtext>clip</mtext>", r"\text{clip}", "clip"),
    "weight_decay": _letter("λ", r"\lambda"),
    "momentum": _letter("μ", r"\mu"),
    "decay": _letter("ρ", r"\rho"),
    "beta1": _lowered("β", r"\beta", "1"),
    "beta2": _lowered("β", r"\beta", "2"),
    "epsilon": _letter("ε", r"\varepsilon"),
    "t": _letter("t"),
    "correction_m": _lowered("c", "c", "m"),
    "correction_v": _lowered("c", "c", "v"),
}


# Letters and functions

HATS = {"ŷ": "y", "m̂": "m", "v̂": "v"}  # a letter with a hat, and the letter


def function_symbol(name: str) -> str:
    """How a formula calls a function: σ, ReLU, cos."""
    words = ACTIVATION_WORDS.get(name)
    return (words.symbol or words.name) if words else name


HEADINGS = {
    "z": "Weighted sum",
    "a": "Activation",
    "loss": "Loss",
    "delta": "Error signal",
    "dW": "Gradient of",
    "db": "Gradient of",
    "W": "Update of",
    "b": "Update of",
    **SHARED,
    "eta": f"{SHARED['eta']} <i>η</i>",
    **{name: f"{SHARED[name]} <i>{name[-1]}</i>" for name in ("correction_m", "correction_v")},
    **{name: f"{FOUND[name]} <i>{letter}</i> of" for name, letter in OF_PARAMETERS.items() if name in FOUND},
}


def heading(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """What the equation finds, as HTML: words and a symbol."""
    if equation.kind == "loss":
        return "Loss <i>ℒ</i>"
    if equation.kind in SHARED:
        return HEADINGS[equation.kind]
    symbol = parameter_of(equation.symbol) or equation.symbol
    return f"{HEADINGS[equation.kind]} {in_html(symbol, Script(shape, orientation))}"


MOST_SORTED = 81  # weights: beyond, unit numbers of two digits would not stand in the order of their texts


@dataclass(frozen=True, eq=False)
class ParameterNames:
    """A parameter, its gradient, its value after the update, its reference, and its name as HTML and in words."""

    symbol: Symbol
    gradient: Symbol
    after: Symbol
    ref: str
    name: str
    words: str


@kept
def parameter_names(shape: Shape, orientation: Orientation, layer: int) -> tuple[ParameterNames, ...]:
    """Weights, then biases. Cached: names as HTML take a tenth of a step, those of 120 connections a fifth."""
    script = Script(shape, orientation)
    units, inputs = range(shape.sizes[layer]), range(shape.sizes[layer - 1])
    symbols = [Symbol("W", layer, j, k) for j in units for k in inputs] + [Symbol("b", layer, j) for j in units]
    in_order = len(units) * len(inputs) <= MOST_SORTED
    symbols.sort(key=lambda symbol: (symbol.kind, script.index(symbol) if in_order else ""))
    return tuple(
        ParameterNames(
            s,
            s._replace(kind=f"d{s.kind}"),
            s._replace(kind=f"new_{s.kind}"),
            reference(s),
            in_html(s, script),
            parameter_name(shape, s),
        )
        for s in symbols
    )
