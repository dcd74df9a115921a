"""The notations: MathML for the page, LaTeX for one's notes, plain text for one line."""

from collections.abc import Sequence

from app.views.formulas.constants import CONSTANTS
from app.views.text.activations import ACTIVATION_WORDS

_OVER_EXAMPLES = "<munder><mo>∑</mo><mtext>examples</mtext></munder>"
_STRUT = "<mspace width='0' height='.85em'/>"  # keeps the bar of a root off the digits below it
_OVER_PARAMETERS = "<munder><mo>∑</mo><mtext>parameters</mtext></munder>"
HATS = {"ŷ": "y", "m̂": "m", "v̂": "v"}  # a letter with a hat, and the letter


class MathML:
    """Presentation MathML for the page: no ids, no styles, only classes."""

    def number(self, value: int) -> str:
        return f"<mn>{value}</mn>"

    def parenthesised(self, body: str) -> str:
        return f"<mrow><mo>(</mo>{body}<mo>)</mo></mrow>"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        written = []
        for place, (minus, markup) in enumerate(terms):
            sign = "−" if minus else "+"
            form = ' form="prefix"' if place == 0 else ""
            written.append(markup if place == 0 and not minus else f"<mo{form}>{sign}</mo>{markup}")
        return f"<mrow>{''.join(written)}</mrow>"

    def multiplied(self, factors: Sequence[str]) -> str:
        return f"<mrow>{'<mo>·</mo>'.join(factors)}</mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def squared(self, body: str) -> str:
        return f"<msup>{body}<mn>2</mn></msup>"

    def root(self, body: str) -> str:
        return f"<msqrt>{_STRUT}{body}</msqrt>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}<mrow>{exponent}</mrow></msup>"

    def smallest(self, parts: Sequence[str]) -> str:
        return f"<mrow><mi>min</mi>{self.parenthesised('<mo>,</mo>'.join(parts))}</mrow>"

    def norm(self, body: str) -> str:
        # as in a line of text: a sign of the root that is built of pieces, for a taller body, does not meet its bar
        return f'<msqrt displaystyle="false">{_OVER_PARAMETERS}{self.squared(body)}</msqrt>'

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"<msup><mi>e</mi><mrow>{argument}</mrow></msup>"
        return f"<mrow><mi>{function_symbol(name)}</mi>{self.parenthesised(argument)}</mrow>"

    def rounded(self, body: str, decimals: int) -> str:
        return f"<mrow><msub><mtext>round</mtext><mn>{decimals}</mn></msub>{self.parenthesised(body)}</mrow>"

    def mean(self, body: str, examples: int) -> str:
        return f"<mrow>{self.fraction('<mn>1</mn>', f'<mn>{examples}</mn>')}{_OVER_EXAMPLES}{body}</mrow>"

    def batch_sum(self, body: str) -> str:
        return f"<mrow>{_OVER_EXAMPLES}{body}</mrow>"

    def constant(self, kind: str) -> str:
        return CONSTANTS[kind].mathml

    def indexed(self, letter: str, layer: str, index: str, owner: str = "") -> str:
        hat = HATS.get(letter)
        base = f"<mover accent='true'><mi>{hat}</mi><mo>ˆ</mo></mover>" if hat else f"<mi>{letter}</mi>"
        below = f"<mn>{index}</mn>"
        if owner:
            below = f"<mrow><mi>{owner}</mi>{below}</mrow>"
        if layer:
            return f"<msubsup>{base}{below}<mtext>{layer}</mtext></msubsup>"
        return f"<msub>{base}{below}</msub>" if index else base

    def partial(self, body: str) -> str:
        return f"<mfrac><mrow><mo>∂</mo><mi>ℒ</mi></mrow><mrow><mo>∂</mo>{body}</mrow></mfrac>"

    def slope(self, name: str, body: str) -> str:
        return f"<msup><mi>{function_symbol(name)}</mi><mo>′</mo></msup><mo>(</mo>{body}<mo>)</mo>"

    def log(self, body: str) -> str:
        return f"<mi>ln</mi><mspace width='.17em'/>{body}"

    def log_of_rest(self, body: str) -> str:
        return f"<mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo>{body}<mo>)</mo>"


class LaTeX:
    """LaTeX for those who copy a formula into their notes."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return rf"\left({body}\right)"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return _signed(terms, "-")

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


class PlainText:
    """One line of plain text, for the API and for text alternatives."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return f"({body})"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return _signed(terms, "−")

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


def function_symbol(name: str) -> str:
    """How a formula calls a function: σ, ReLU, cos."""
    words = ACTIVATION_WORDS.get(name)
    return (words.symbol or words.name) if words else name


def latex_function(name: str) -> str:
    """The function's name in LaTeX."""
    words = ACTIVATION_WORDS.get(name)
    latex = words.latex if words else rf"\{name}"  # cos, the only other
    return latex or rf"\operatorname{{{function_symbol(name)}}}"


def _signed(terms: Sequence[tuple[bool, str]], sign: str) -> str:
    (minus, head), *rest = terms
    return (sign if minus else "") + head + "".join(f" {sign if m else '+'} {markup}" for m, markup in rest)


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
