"""How the symbols are written that belong to no unit and to no parameter, in each notation."""

from typing import NamedTuple


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
