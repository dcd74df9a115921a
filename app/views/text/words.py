"""The words of the narration: names of units and activations, small numbers, fractions and lists, as spoken."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.updates import parameter_of
from app.engine.equations.values import Values
from app.engine.network.expressions import Symbol
from app.views.text.numbers import number

ACTIVATION_WORDS = {
    "identity": "identity",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "softplus": "softplus",
    "gelu": "GELU",
    "softmax": "softmax",
}
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PLACES = ("first", "second", "third", "fourth")
MOST_READ_OUT = len(PLACES)  # beyond these many, terms are no longer read out one by one
SATURATED = 0.05  # a slope below this lets almost nothing through
SHARES = (
    (SATURATED, "a tenth"),
    (0.15, "a fifth"),
    (0.225, "a quarter"),
    (0.29, "a third"),
    (0.415, "half"),
    (0.58, "two thirds"),
    (0.71, "three quarters"),
    (0.85, "nearly all"),
)


def unit_name(shape: Shape, layer: int, j: int) -> str:
    """hidden unit 1 with one hidden layer, unit 2 of layer 1 with several; the output, or output 2."""
    if layer == shape.depth:
        return "the output" if shape.sizes[-1] == 1 else f"output {j + 1}"
    return f"hidden unit {j + 1}" if shape.depth == 2 else f"unit {j + 1} of layer {layer}"


FOUND = {
    "z": "Weighted sum",
    "a": "Activation",
    "delta": "Error signal",
    "dW": "Gradient",
    "db": "Gradient",
    "W": "Update",
    "b": "Update",
}
# Of an update: what all parameters share, and what each has of its own.
SHARED = {
    "eta": "Learning rate",
    "norm": "Length of all gradients",
    "clip": "Clipping factor",
    "correction_m": "Correction of m",
    "correction_v": "Correction of v",
}
STATES = {
    "g": "Gradient as taken",
    "velocity": "Velocity",
    "m": "Mean gradient",
    "v": "Mean squared gradient",
    "m_hat": "Corrected mean gradient",
    "v_hat": "Corrected mean squared gradient",
}
FOUND |= {f"{state}_{kind}": words for state, words in STATES.items() for kind in ("W", "b")}


def what_is_found(equation: Equation, shape: Shape) -> str:
    """What an equation finds, by name: Gradient of the weight from input 1 to hidden unit 2."""
    _, layer, j, k = equation.symbol
    if equation.kind == "loss":
        return "Loss"
    if equation.kind in SHARED:
        return SHARED[equation.kind]
    unit = unit_name(shape, layer, j)
    if k is not None:
        before = f"input {k + 1}" if layer == 1 else unit_name(shape, layer - 1, k)
        return f"{FOUND[equation.kind]} of the weight from {before} to {unit}"
    bias = "the bias of " if parameter_of(equation.symbol) else ""
    return f"{FOUND[equation.kind]} of {bias}{unit}"


def activation_word(name: str) -> str:
    """How an activation is called in a sentence: the sigmoid, the ReLU."""
    return ACTIVATION_WORDS[name]


def with_article(noun: str) -> str:
    """a sigmoid, an identity, an ELU."""
    return f"{'an' if noun[0] in 'aeiouAEIO' else 'a'} {noun}"


def share(slope: float) -> str:
    """How much of a gradient a slope lets through: nothing, a quarter of it, all of it; slopes from 0 to 1."""
    if slope == 0:
        return "nothing"
    if slope == 1:
        return "all of it"
    place = bisect_right([bound for bound, _ in SHARES], slope)
    return "almost nothing" if place == 0 else f"{SHARES[place - 1][1]} of it"


def counted(count: int, noun: str) -> str:
    """one unit, two units, 13 units."""
    number = COUNTS[count] if count < len(COUNTS) else str(count)
    return f"{number} {noun}" if count == 1 else f"{number} {noun}s"


def times(count: int) -> str:
    """once, twice, three times, 13 times."""
    return ("", "once", "twice")[count] if 0 < count < 3 else counted(count, "time")


def raised(written: str, power: int) -> str:
    """0.5², (−0.5)³, 0.5: a written number to the power of a whole one."""
    if power == 1:
        return written
    base = written if written.replace(".", "").isdigit() else f"({written})"
    return base + str(power).translate(RAISED)


def listed(texts: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def sentence(text: str) -> str:
    """The text with its first letter large."""
    return text[0].upper() + text[1:]


@dataclass(frozen=True)
class Teller:
    """One equation with all that its sentence may use: the shape of the walk, the values, the page's digits."""

    equation: Equation
    shape: Shape
    values: Values
    digits: int

    @property
    def layer(self) -> int:
        """The layer of what the equation finds."""
        return self.equation.symbol.layer

    @property
    def unit(self) -> str:
        """The name of the unit whose z, a or delta the equation finds."""
        return unit_name(self.shape, self.layer, self.equation.symbol.j)

    @property
    def function(self) -> str:
        """The word for the layer's activation function."""
        return activation_word(self.shape.activation(self.layer))

    def value(self, kind: str, layer: int | None = None) -> float:
        """The value of another symbol of the same unit, such as its z."""
        return self.values[Symbol(kind, self.layer if layer is None else layer, self.equation.symbol.j)]

    @property
    def result(self) -> float:
        """The value of what the equation finds."""
        return self.values[self.equation.symbol]

    def says(self, x: float) -> str:
        """A number, as the page writes it."""
        return number(x, self.digits)

    def factor(self, x: float) -> str:
        """A number after a sign of calculation: in brackets if it is negative."""
        return f"({self.says(x)})" if x < 0 else self.says(x)
