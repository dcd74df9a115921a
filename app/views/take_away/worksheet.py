"""A worksheet of a walk's network and its answer key: the drawing, what is given, every equation of an iteration, with
blanks that grow from level to level. The key fills them: as found by hand, every number rounded, and exactly.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from app.engine.equations.trace import Equation
from app.engine.equations.values import SHARED, Values
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol, symbols_in
from app.engine.paths import paths_of
from app.engine.slips import Case, made_mistakes, parted
from app.sessions.predict import either
from app.sessions.setups.typed import whole_of
from app.sessions.take_away.by_hand import by_hand
from app.sessions.take_away.variants import variant
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import Pen, aligned, wrapped
from app.views.formulas.symbols import Script, heading, in_html, orientation_of
from app.views.network.layout import still
from app.views.network.scales import place
from app.views.pages import heading_of
from app.views.qr import Qr, qr
from app.views.take_away.worked import TITLES
from app.views.text.numbers import number
from app.views.text.optimizers import STATE_WORDS

POINT = re.compile(r"(?<=\d)\.(?=\d)")
MOST_DECIMALS, MOST_SEED = 8, 999_999
LEVELS = (
    "All worked",
    "The last gradients to find",
    "Backward and update to find",
    "Only the data given",
)
PATHS_SHOWN = 6  # of one gradient, on the key
EXACT_DIGITS = 8
LEFT_OVER = 1e-12  # what float64 may leave of what is nothing
ROOM = 24.0  # around the units of the drawing, for their names


@dataclass(frozen=True)
class Sheet:
    """What is chosen of a worksheet: its numbers by seed and form, how much is blank, how numbers are written."""

    seed: int = 0
    form: str = "A"
    level: int = 3
    decimals: int = 4
    comma: bool = False

    @property
    def seeds(self) -> tuple[int, int]:
        """What its numbers are drawn from; nothing where it has the walk's own."""
        return self.seed, int(self.form == "B")

    def blank(self, equation: Equation) -> bool:
        """Whether an equation is left to find."""
        last = equation.kind in ("dW", "db") and equation.symbol.layer == 1
        return (False, last, equation.phase in ("backward", "update"), True)[self.level - 1]


def sheet_of(query: Mapping[str, str]) -> Sheet:
    """The sheet that an address asks for. SetupError names what does not fit."""
    form = query.get("form", "A").upper()
    if form not in ("A", "B"):
        raise SetupError("form", "There is no such form of a sheet.", "Choose A or B.")
    numbers = {
        name: _within(query.get(name, str(usual)), name, low, high)
        for name, usual, low, high in (
            ("seed", 0, 0, MOST_SEED), ("level", 3, 1, len(LEVELS)), ("decimals", 4, 2, MOST_DECIMALS)
        )
    }  # fmt: skip
    return Sheet(form=form, comma=query.get("comma", "") not in ("", "0"), **numbers)


def _within(text: str, field: str, low: int, high: int) -> int:
    value = whole_of(text, field)
    if not low <= value <= high:
        raise SetupError(field, f"{field} lies outside of what a sheet can have.", f"Use {low} to {high:,}.")
    return value


# What stands on it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One equation: its number and name, its formula, and its numbers and result as MathML, empty where it is blank.

    On the key a blank has its `answer`: the number by hand, the exact one, the paths of a gradient, and for each
    mistake the number that it leads to.
    """

    number: int
    name: str
    maths: str
    blank: bool
    found: str = ""
    exact: str = ""
    paths: str = ""
    slips: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnLine:
    """A connection: its path, whether its weight is negative, and where its number stands."""

    path: str
    negative: bool
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class DrawnUnit:
    """A unit: where it stands, its name, and what stands in it."""

    x: str
    y: str
    r: str
    above: str
    name: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """The network in black and white."""

    view_box: str
    title: str
    lines: tuple[DrawnLine, ...]
    units: tuple[DrawnUnit, ...]


@dataclass(frozen=True)
class WorksheetPage:
    """A sheet, or its key: `given` has names and numbers in HTML, `parts` the items by phase, `code` a QR code."""

    title: str
    facts: str
    is_key: bool
    sheet: Sheet
    level: str
    drawing: Drawing
    given: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[Item, ...]], ...]
    code: Qr | None


def worksheet_page(session: TrainingSession, sheet: Sheet, is_key: bool, link: str) -> WorksheetPage:
    """The sheet, or its key; `link` is the address that its code leads to, empty for none.

    SetupError where the network is too large for one.
    """
    walk = variant(session, *sheet.seeds)
    hand, heading_words = by_hand(walk, sheet.decimals), heading_of(session)
    writer = _Writer(walk, sheet, hand, is_key)
    code = qr(link) if link else None
    return WorksheetPage(
        heading_words.title,
        heading_of(walk).facts,
        is_key,
        sheet,
        LEVELS[sheet.level - 1],
        writer.drawing(),
        tuple(writer.given()),
        tuple(writer.parts()),
        code,
    )


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of one sheet: numbers as found by hand, with point or comma."""

    walk: TrainingSession
    sheet: Sheet
    hand: Values
    is_key: bool

    @property
    def script(self) -> Script:
        return Script(self.walk.shape, orientation_of(self.walk))

    @property
    def pen(self) -> Pen:
        return Pen(self.script, self.hand, self.sheet.decimals)

    def told(self, written: str) -> str:
        """Numbers with the sign that the sheet wants."""
        return POINT.sub(",", written) if self.sheet.comma else written

    def number(self, value: float, digits: int | None = None) -> str:
        return self.told(number(value, digits or self.sheet.decimals))

    def given(self) -> Iterator[tuple[str, str]]:
        """Inputs, targets, parameters, and what else the equations take and do not find."""
        shape = self.walk.shape
        symbols = [Symbol("a", 0, k) for k in range(shape.sizes[0])]
        symbols += [Symbol("y", shape.depth, j) for j in range(shape.sizes[-1])]
        for l in range(1, shape.depth + 1):
            units = range(shape.sizes[l])
            symbols += [Symbol("W", l, j, k) for j in units for k in range(shape.sizes[l - 1])]
            symbols += [Symbol("b", l, j) for j in units]
        for symbol in symbols:
            yield in_html(symbol, self.script), self.number(self.hand[symbol], EXACT_DIGITS)
        equations = self.walk.equations
        taken = dict.fromkeys(symbol for equation in equations for symbol in symbols_in(equation.expression))
        found = {equation.symbol for equation in equations}
        for symbol in taken:
            if symbol.kind in SHARED and symbol.kind != "pi" and symbol not in found:
                yield f"<math>{self.pen.symbol(symbol).markup}</math>", self.number(self.hand[symbol], EXACT_DIGITS)
        for state in self.walk.setup.optimizer.slots:
            yield f"every <i>{STATE_WORDS[state].letter}</i> before", "0"

    def parts(self) -> Iterator[tuple[str, tuple[Item, ...]]]:
        for phase, equations in groupby(self.walk.equations, lambda equation: equation.phase):
            yield TITLES[phase], tuple(map(self.item, equations))

    def item(self, equation: Equation) -> Item:
        blank, symbol, pen = self.sheet.blank(equation), equation.symbol, self.pen
        name = heading(equation, self.walk.shape, orientation_of(self.walk))
        rows = list(wrapped(*pen.left(symbol), pen.symbolic(equation.expression)))
        if self.is_key or not blank:
            if not isinstance(equation.expression, Symbol):  # else its number is the result
                rows += wrapped("", "=", pen.numeric(equation.expression))
            rows += wrapped("", "=", [(False, pen.result(symbol))])
        maths = self.told(aligned(rows))
        if not (blank and self.is_key):
            return Item(equation.index + 1, name, maths, blank)
        exact, hand = self.walk.values[symbol], self.hand[symbol]
        if hand == 0 and abs(exact) < LEFT_OVER:
            exact = 0.0
        return Item(
            equation.index + 1, name, maths, blank, self.number(hand), self.number(exact, EXACT_DIGITS),
            self.paths(symbol), tuple(self.slips(symbol)),
        )  # fmt: skip

    def paths(self, symbol: Symbol) -> str:
        """The products along the paths of a weight's gradient, where there are several."""
        if symbol.kind != "dW":
            return ""
        found = paths_of(self.walk.current, 0, symbol)
        if not 1 < found.count <= PATHS_SHOWN:
            return ""
        products = [self.number(path.own) for path in found.paths]
        return f"{' + '.join(products).replace('+ −', '− ')} = {self.number(found.own)}"

    def slips(self, symbol: Symbol) -> Iterator[str]:
        """If you have 0.0245: with the slope left out."""
        case, found = Case(self.walk.setup, self.walk.current, 0, symbol), dict[str, list[str]]()
        for slip, value in parted(case, made_mistakes(case)):
            if self.number(value) != self.number(case.truth):
                found.setdefault(self.number(value), []).append(slip.words)
        for shown, words in found.items():
            yield f"{shown} is what you get {either(words)}"

    # The drawing ------------------------------------------------------------------------------------------------------

    def drawing(self) -> Drawing:
        drawn, shape = still(self.walk.setup.sizes), self.walk.shape
        lines = tuple(
            DrawnLine(
                wire.path, (weight := self.hand[wire.weight]) < 0, wire.x, place(wire.middle.y),
                self.number(weight, 4) if wire.placed else "",
            )
            for wire in drawn.connections
        )  # fmt: skip
        units = []
        for spot in drawn.units:
            point, symbol = drawn.layout.units[spot.l, spot.j], Symbol("a", spot.l, spot.j)
            shown = spot.l == 0 or self.is_key or self.sheet.level < len(LEVELS)
            text = self.number(self.hand[symbol], min(self.sheet.decimals, 4)) if shown else ""
            r = drawn.layout.radius
            units.append(DrawnUnit(place(point.x), place(point.y), place(r), place(point.y - r - 6), spot.name, text))
        points, r = drawn.layout.units.values(), drawn.layout.radius + ROOM
        left, top = (min(axis) - r for axis in zip(*points, strict=True))
        right, bottom = (max(axis) + r for axis in zip(*points, strict=True))
        sizes = "–".join(map(str, shape.sizes))
        box = " ".join(map(place, (left, top, right - left, bottom - top)))
        return Drawing(box, f"A {sizes} network", lines, tuple(units))
