"""Formulas as one line of plain text, for the API and for text alternatives."""

from collections.abc import Sequence

from app.views.formulas.notation import signed_terms
from app.views.formulas.symbols import CONSTANTS, function_symbol


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
