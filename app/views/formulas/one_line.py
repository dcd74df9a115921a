"""Formulas in one line: as LaTeX, for one's own notes, and as plain text, for the API and for text alternatives."""

from collections.abc import Sequence

from app.views.formulas.notation import signed_terms
from app.views.formulas.symbols import CONSTANTS, HATS, function_symbol
from app.views.text.activations import ACTIVATION_WORDS

OF_LATEX = ("cos",)  # functions that LaTeX has by the name that NumPy gives them


class LaTeX:
    """LaTeX for those who copy a formula into their notes."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return rf"\left({body}\right)"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return signed_terms(terms, "-")

    def multiplied(self, factors: Sequence[str]) -> str:
        return r" \cdot ".join(factors)

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def squared(self, body: str) -> str:
        return f"{body}^{{2}}"

    def root(self, body: str) -> str:
        return rf"\sqrt{{{body}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def smallest(self, parts: Sequence[str]) -> str:
        return rf"\min{self.parenthesised(', '.join(parts))}"

    def norm(self, body: str) -> str:
        return self.root(rf"\sum_{{\text{{parameters}}}} {self.squared(body)}")

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"e^{{{argument}}}"
        return latex_function(name) + self.parenthesised(argument)

    def rounded(self, body: str, decimals: int) -> str:
        return rf"\operatorname{{round}}_{{{decimals}}}{self.parenthesised(body)}"

    def mean(self, body: str, examples: int) -> str:
        return rf"\frac{{1}}{{{examples}}} {self.batch_sum(body)}"

    def batch_sum(self, body: str) -> str:
        return rf"\sum_{{\text{{examples}}}} {body}"

    def constant(self, kind: str) -> str:
        return CONSTANTS[kind].latex

    def indexed(self, letter: str, layer: str, index: str, owner: str = "") -> str:
        base = rf"\hat{{{HATS[letter]}}}" if letter in HATS else r"\delta" if letter == "δ" else letter
        return base + (f"^{{{layer}}}" if layer else "") + (f"_{{{owner}{index}}}" if index else "")

    def partial(self, body: str) -> str:
        return rf"\frac{{\partial \mathcal{{L}}}}{{\partial {body}}}"

    def slope(self, name: str, body: str) -> str:
        return f"{latex_function(name)}'{self.parenthesised(body)}"

    def log(self, body: str) -> str:
        return rf"\ln {body}"

    def log_of_rest(self, body: str) -> str:
        return rf"\ln{self.parenthesised(f'1 - {body}')}"


def latex_function(name: str) -> str:
    """The function's name in LaTeX."""
    words = ACTIVATION_WORDS.get(name)
    latex = words.latex if words else rf"\{name}" if name in OF_LATEX else ""
    return latex or rf"\operatorname{{{function_symbol(name)}}}"


class PlainText:
    """One line of plain text, for the API and for text alternatives."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return f"({body})"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return signed_terms(terms, "−")

    def multiplied(self, factors: Sequence[str]) -> str:
        return " · ".join(factors)

    def fraction(self, above: str, below: str) -> str:
        return f"{_bracketed(above)}/{_bracketed(below)}"

    def squared(self, body: str) -> str:
        return f"{body}²"

    def root(self, body: str) -> str:
        return f"√({body})"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{_bracketed(exponent)}"

    def smallest(self, parts: Sequence[str]) -> str:
        return f"min({', '.join(parts)})"

    def norm(self, body: str) -> str:
        return self.root(f"Σ over the parameters of {self.squared(body)}")

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"exp({argument})"
        return f"{function_symbol(name)}({argument})"

    def rounded(self, body: str, decimals: int) -> str:
        return f"round({body}, {decimals})"

    def mean(self, body: str, examples: int) -> str:
        return f"1/{examples} · {self.batch_sum(body)}"

    def batch_sum(self, body: str) -> str:
        return f"Σ over the examples of {body}"

    def constant(self, kind: str) -> str:
        return CONSTANTS[kind].text

    def indexed(self, letter: str, layer: str, index: str, owner: str = "") -> str:
        return letter + (f"^{layer}" if layer else "") + (f"_{owner}{index}" if index else "")

    def partial(self, body: str) -> str:
        return f"∂ℒ/∂{body}"

    def slope(self, name: str, body: str) -> str:
        return f"{function_symbol(name)}′({body})"

    def log(self, body: str) -> str:
        return f"ln {body}"

    def log_of_rest(self, body: str) -> str:
        return f"ln(1 − {body})"


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
