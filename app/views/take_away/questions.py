"""Questions about a walk's network for a school's own system: each number of an iteration with its tolerance, and a
wrong answer named for the mistake behind it.

Sources: Moodle XML format and GIFT format, docs.moodle.org. There is no QTI 1.2: answers below 1e-4, as gradients often
are, become 0 in one large system that reads it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

import numpy as np

from app.engine.equations.trace import Equation
from app.engine.network.expressions import Symbol
from app.engine.slips import TOLERANCE, Case, made_mistakes, parted
from app.sessions.predict import either
from app.sessions.take_away.variants import variant
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import symbol_text, text
from app.views.formulas.symbols import Script, heading, in_html, orientation_of
from app.views.pages import heading_of
from app.views.take_away.tables import parameters_of
from app.views.text.activations import activation_word
from app.views.text.losses import LOSS_WORDS
from app.views.text.naming import what_is_found

VARIANTS = 10  # of each question, in one category
SMALL = 5e-5  # how far off an answer may be where the right one is 0
LEAST = 1e-9  # and where it is nearly 0
SAME = 1e-6  # relative: nearer than this, two mistakes lead to one number
KINDS = {  # of which one is asked in each layer, and what their category is called
    "z": "Weighted sums",
    "a": "Activations",
    "loss": "Loss",
    "delta": "Error signals",
    "dW": "Gradients of weights",
    "db": "Gradients of biases",
}


@dataclass(frozen=True)
class Answer:
    """A number, how far off it may be, and what is said to whoever gives it."""

    value: float
    tolerance: float
    feedback: str


@dataclass(frozen=True)
class SchoolQuestion:
    """One question: its category and name, its text in HTML, the right answer, and those that tell of a mistake."""

    category: str
    name: str
    html: str
    right: Answer
    wrong: tuple[Answer, ...]


def questions(session: TrainingSession) -> tuple[SchoolQuestion, ...]:
    """One of each kind and layer, each with so many variants. SetupError as of `variant`."""
    walks = [variant(session, seed) for seed in range(1, VARIANTS + 1)]
    found = [question for seed, walk in enumerate(walks, 1) for question in _questions(session, walk, seed)]
    return tuple(sorted(found, key=lambda question: question.category))


def _questions(session: TrainingSession, walk: TrainingSession, seed: int) -> Iterator[SchoolQuestion]:
    title, rng = heading_of(session).title.replace("/", "//"), np.random.default_rng(seed)
    given = _given(walk)
    asked = [equation for equation in walk.equations if equation.kind in KINDS]
    for number, ((kind, layer), group) in enumerate(groupby(asked, lambda equation: equation.group), 1):
        equations = list(group)
        equation = equations[rng.integers(len(equations))]  # another unit in each variant
        place = f", layer {layer}" if layer else ""
        name = symbol_text(equation.symbol, walk.shape, orientation_of(walk))
        yield _question(walk, given, equation, f"{title}/{number:02} {KINDS[kind]}{place}", f"{name} {seed}")


def _question(walk: TrainingSession, given: str, equation: Equation, category: str, name: str) -> SchoolQuestion:
    case = Case(walk.setup, walk.current, 0, equation.symbol)
    formula = text(equation, walk.shape, orientation_of(walk))
    right = Answer(case.truth, _room(case.truth), f"Right: {formula} = {case.truth:.6g}.")
    found = what_is_found(equation, walk.shape)
    asked = f"{heading(equation, walk.shape, orientation_of(walk))}: what is the {found[0].lower()}{found[1:]}?"
    return SchoolQuestion(category, name, f"{given}<p>{asked}</p>", right, tuple(_wrong(case, right)))


def _room(value: float) -> float:
    return max(TOLERANCE * abs(value), LEAST) if value else SMALL


def _wrong(case: Case, right: Answer) -> Iterator[Answer]:
    """The mistakes that can be told from the right answer and from each other; several may lead to one number."""
    found: dict[float, list[str]] = {}
    for slip, value in parted(case, made_mistakes(case)):
        same = next((other for other in found if abs(value - other) <= SAME * abs(value)), value)
        found.setdefault(same, []).append(slip.words)
    for value, words in found.items():
        room = abs(value - right.value) - right.tolerance  # nobody who is right is told of a mistake
        apart = min([abs(value - other) for other in found if other != value], default=room)
        if room > 0:
            tolerance = min(_room(value), room / 2, apart / 3)
            yield Answer(value, tolerance, f"That is what you get {either(words)}.")


def _given(walk: TrainingSession) -> str:
    """The network with all of its numbers, in HTML."""
    setup, shape = walk.setup, walk.shape
    script = Script(shape, orientation_of(walk))
    layers = ", ".join(f"{activation_word(name)} in layer {l}" for l, name in enumerate(setup.activations, 1))
    X, Y = setup.examples
    given = [(Symbol("a", 0, k), x) for k, x in enumerate(X[0])]
    given += [(Symbol("y", shape.depth, j), y) for j, y in enumerate(Y[0])]
    values = [(symbol, walk.values[symbol]) for symbol in parameters_of(walk)]
    rows = "".join(f"<li>{in_html(symbol, script)} = {_decimal(value)}</li>" for symbol, value in (*given, *values))
    sizes = "–".join(map(str, setup.sizes))
    words = f"A {sizes} network: {layers}. Loss: {LOSS_WORDS[setup.loss].name}. One example goes through it:"
    return f"<p>{words}</p><ul>{rows}</ul>"


def _decimal(value: float) -> str:
    """A number without a power of ten, to its last bit."""
    return str(np.format_float_positional(value, trim="-"))


# Moodle XML -----------------------------------------------------------------------------------------------------------


def moodle(session: TrainingSession) -> str:
    """All questions in Moodle's own format."""
    quiz, category = ET.Element("quiz"), ""
    for question in questions(session):
        if question.category != category:
            category = question.category
            _texts(ET.SubElement(quiz, "question", type="category"), category=f"$course$/top/{category}")
        one = ET.SubElement(quiz, "question", type="numerical")
        _texts(one, name=question.name)
        _texts(one, "html", questiontext=question.html, generalfeedback=question.right.feedback)
        for tag, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
            ET.SubElement(one, tag).text = value
        for fraction, answer in (("100", question.right), *(("0", wrong) for wrong in question.wrong)):
            element = ET.SubElement(one, "answer", fraction=fraction, format="moodle_auto_format")
            ET.SubElement(element, "text").text = _decimal(answer.value)
            _texts(element, "html", feedback=answer.feedback)
            ET.SubElement(element, "tolerance").text = _decimal(answer.tolerance)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, "unicode") + "\n"


def _texts(element: ET.Element, format: str = "", **texts: str) -> None:
    """Each as an element of this name with a text in it."""
    for name, words in texts.items():
        part = ET.SubElement(element, name, {"format": format} if format else {})
        ET.SubElement(part, "text").text = words


# GIFT -----------------------------------------------------------------------------------------------------------------

MEANT = re.compile(r"([~=#{}:\\])")  # by GIFT


def gift(session: TrainingSession) -> str:
    """All questions in GIFT."""
    lines, category = ["// Questions made by Backprop Explorer"], ""
    for question in questions(session):
        if question.category != category:
            category = question.category
            lines += ["", f"$CATEGORY: $course$/top/{category}"]
        lines += ["", f"::{_escaped(question.name)}::[html]{_escaped(question.html)}{{#"]
        for worth, answer in (("", question.right), *(("%0%", wrong) for wrong in question.wrong)):
            number = f"{_decimal(answer.value)}:{_decimal(answer.tolerance)}"
            lines.append(f"={worth}{number}#{_escaped(answer.feedback)}")
        lines.append("}")
    return "\n".join(lines) + "\n"


def _escaped(words: str) -> str:
    return MEANT.sub(r"\\\1", " ".join(words.split()))
