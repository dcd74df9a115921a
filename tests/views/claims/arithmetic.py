"""A calculator for what is printed: sums, products, fractions, powers, roots and functions of numbers and of names.

It knows nothing of the program: it reads text such as `0.1 · 0.5 + (−0.2)² / 2` or `w^[1]_11 · x_1 + b^[1]_1`, by the
grammar that a learner knows, and asks `Names` what a name stands for.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from tests.views.claims.functions import applied
from tests.views.claims.printed import NUMBER, RAISED, Range, exactly, monotone, read, summed

Node = tuple[object, ...]


class Names(Protocol):
    """What the names of a text stand for."""

    @property
    def digits(self) -> int: ...

    def value(self, name: str) -> Range: ...
    def slope(self, function: str, name: str) -> Range: ...
    def squares(self) -> Range: ...
    def logarithm(self, name: str, of_rest: bool) -> Range: ...
    def examples(self) -> "Sequence[Names]": ...


class Misread(ValueError):  # noqa: N818
    """Text that is no arithmetic."""


TOKEN = re.compile(
    rf"(?P<number>{NUMBER.removeprefix('−?')})"
    r"|(?P<raised>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<all>Σ over the (?:examples|parameters) of)"
    r"|(?P<name>∂ℒ/∂[^\W\d]\u0302?(?:\^\[\d+\])?(?:_[\d,]+)?"
    r"|‖∇ℒ‖(?:_max)?|[^\W\d_]+[\u0302]?[₀₁₂]?(?:\^\[\d+\])?(?:_(?:[wb]?[\d,]*\d|min|m|v)(?!\w))?)"
    r"|(?P<sign>[-+−·×/^(),√½′])"
    r"|(?P<space>\s+)"
)


@lru_cache(maxsize=65536)
def parsed(text: str) -> Node:
    """The tree of a text; Misread where it is none."""
    tokens = []
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise Misread(f"{text[place:]!r} in {text!r}")
        if match.lastgroup != "space":
            tokens.append((str(match.lastgroup), match.group()))
        place = match.end()
    reader = _Reader(tokens, text)
    node = reader.sum()
    if reader.tokens:
        raise Misread(f"{reader.tokens!r} left of {text!r}")
    return node


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens, self.text = tokens, text

    def ahead(self) -> str:
        return self.tokens[0][1] if self.tokens else ""

    def kind(self) -> str:
        return self.tokens[0][0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.ahead() != wanted):
            raise Misread(f"{wanted or 'more'} missing in {self.text!r}")
        return self.tokens.pop(0)[1]

    def sum(self) -> Node:
        terms: list[Node] = [self.term()]
        while self.ahead() in ("+", "−", "-") and self.tokens:
            minus = self.take() != "+"
            terms.append(("minus", self.term()) if minus else self.term())
        return ("sum", *terms) if len(terms) > 1 else terms[0]

    def term(self) -> Node:
        node = self.factor()
        while self.tokens and (self.ahead() in ("·", "×", "/") or self.kind() == "all"):
            sign = "·" if self.kind() == "all" else self.take()  # before a ∑ the point is left out
            node = ("over" if sign == "/" else "times", node, self.factor())
        return node

    def factor(self) -> Node:
        if self.ahead() in ("−", "-"):
            self.take()
            return ("minus", self.factor())
        if self.ahead() == "+":
            self.take()
            return self.factor()
        if self.kind() == "all":
            over = self.take()
            return ("squares",) if self._of_parameters(over) else ("examples", self.term())
        node = self.atom()
        while self.tokens and (self.kind() == "raised" or self.ahead() == "^"):
            if self.kind() == "raised":
                node = ("power", node, ("number", "".join(RAISED[letter] for letter in self.take())))
            else:
                self.take()
                minus = self.ahead() in ("−", "-") and bool(self.take())
                node = ("power", node, ("minus", self.atom()) if minus else self.atom())
        return node

    def _of_parameters(self, over: str) -> bool:
        if "parameters" not in over:
            return False
        self.factor()  # (∂ℒ/∂w)²
        return True

    def atom(self) -> Node:
        kind, text = self.kind(), self.take()
        if kind == "number":
            return ("number", text)
        if text == "½":
            return ("number", "0.5")
        if text == "(":
            node = self.sum()
            self.take(")")
            return node
        if text == "√":
            return ("root", self.atom())
        if text == "ln":
            return ("apply", "ln", self.atom())
        if kind != "name":
            raise Misread(f"{text!r} in {self.text!r}")
        if self.ahead() == "′":
            self.take()
            self.take("(")
            inner = self.take()
            self.take(")")
            return ("slope", text, inner)
        if self.ahead() == "(" and self.tokens:
            return self.called(text)
        return ("name", text)

    def called(self, name: str) -> Node:
        self.take("(")
        parts = [self.sum()]
        while self.ahead() == ",":
            self.take()
            parts.append(self.sum())
        self.take(")")
        return ("apply", name, *parts)


def calculated(text: str, names: Names) -> Range:
    """The range that a text comes to."""
    return value(parsed(text.strip()), names)


def value(node: Node, names: Names) -> Range:
    """The range of a tree."""
    kind, *parts = node
    return _VALUES[str(kind)](parts, names)


def _applied(parts: list[object], names: Names) -> Range:
    name, *arguments = parts
    ranges = [value(part, names) for part in arguments]  # type: ignore[arg-type]
    if name == "min":
        return Range(min(one.low for one in ranges), min(one.high for one in ranges))
    if name == "round":
        decimals = int(ranges[1].low + 0.5)
        return monotone(lambda x: round(x, decimals), ranges[0])
    at_end = name == "ln" and any(max(abs(x - end) for x in ranges[0]) < 1e-12 for end in (0.0, 1.0))
    if at_end and (ends := _NAMED.fullmatch(str(arguments[0]))):
        return names.logarithm(ends[1] or ends[2], ends[1] is None)  # a prediction to the last bit: it has its own
    return applied(str(name), ranges[0])


_NAMED = re.compile(r"\('name', '([^']+)'\)|\('sum', \('number', '1'\), \('minus', \('name', '([^']+)'\)\)\)")


def _examples(parts: list[object], names: Names) -> Range:
    return summed(value(parts[0], one) for one in names.examples())  # type: ignore[arg-type]


def _two(work: Callable[[Range, Range], Range]) -> Callable[[list[object], Names], Range]:
    return lambda parts, names: work(value(parts[0], names), value(parts[1], names))  # type: ignore[arg-type]


_VALUES: dict[str, Callable[[list[object], Names], Range]] = {
    "number": lambda parts, names: read(str(parts[0]), names.digits),
    "name": lambda parts, names: names.value(str(parts[0])),
    "slope": lambda parts, names: names.slope(str(parts[0]), str(parts[1])),
    "sum": lambda parts, names: summed(value(part, names) for part in parts),  # type: ignore[arg-type]
    "minus": lambda parts, names: -value(parts[0], names),  # type: ignore[arg-type]
    "times": _two(Range.__mul__),
    "over": _two(Range.__truediv__),
    "power": _two(lambda base, exponent: base ** exactly(round(exponent.low, 9))),
    "root": lambda parts, names: monotone(lambda x: math.sqrt(max(x, 0.0)), value(parts[0], names)),  # type: ignore[arg-type]
    "apply": _applied,
    "examples": _examples,
    "squares": lambda parts, names: names.squares(),
}
