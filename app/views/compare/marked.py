"""An equation by two rules: what the one has and the other has not, marked in both formulas and in two drawings."""

from collections.abc import Callable
from typing import NamedTuple

from app.engine.equations.trace import Equation
from app.engine.equations.values import evaluate
from app.engine.network.expressions import Expression, Negative, Product, Sum, Symbol, factors_of, symbols_in
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import MATHML, Pen, Row, aligned, wrapped
from app.views.formulas.notation import Piece, terms_of, write
from app.views.formulas.symbols import Script, orientation_of, reference
from app.views.network.scales import place, sign_class
from app.views.text.naming import parameter_name, unit_mark, unit_name
from app.views.text.numbers import number
from app.views.text.words import listed

Parts = tuple[Expression, ...]
MARKED = "marked"  # the kind of a symbol that stands for a part which the other rule has not


class Shown(NamedTuple):
    """A walk, and the equation of its iteration that is looked at."""

    walk: TrainingSession
    equation: Equation

    @property
    def value(self) -> float:
        """What the equation finds."""
        return self.walk.values[self.equation.symbol]


class Apart(NamedTuple):
    """An expression in which such parts are replaced by symbols; the parts, by the number j of their symbol."""

    expression: Expression
    parts: tuple[Expression, ...]


def apart(ours: Expression, theirs: Expression) -> tuple[Apart, Apart]:
    """Both expressions, each with what the other has not."""
    left: list[Expression] = []
    right: list[Expression] = []

    def mark(part: Expression, parts: list[Expression]) -> Expression:
        parts.append(part)
        return Symbol(MARKED, 0, len(parts) - 1)

    def only(these: Parts, those: Parts, parts: list[Expression]) -> Expression:
        found = tuple(one if one in those else mark(one, parts) for one in these)
        return found[0] if len(found) == 1 else Product(found)

    def each(these: Parts, those: Parts) -> tuple[Parts, Parts]:
        pairs = [both(*pair) for pair in zip(these, those, strict=True)]
        return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)

    def both(one: Expression, other: Expression) -> tuple[Expression, Expression]:
        if one == other:
            return one, other
        match one, other:
            case Product(a), Product(b) if len(a) == len(b):
                found = each(a, b)
                return Product(found[0]), Product(found[1])
            case Sum(a), Sum(b) if len(a) == len(b):
                found = each(a, b)
                return Sum(found[0]), Sum(found[1])
            case Negative(a), Negative(b):
                mine, its = both(a, b)
                return Negative(mine), Negative(its)
        if isinstance(one, Product) or isinstance(other, Product):
            mine_of, its_of = factors_of(one), factors_of(other)
            return only(mine_of, its_of, left), only(its_of, mine_of, right)
        return mark(one, left), mark(other, right)

    ours, theirs = both(ours, theirs)
    return Apart(ours, tuple(left)), Apart(theirs, tuple(right))


def zeros(shown: Shown) -> Apart:
    """Its expression whose factors that are 0 are marked: they leave nothing of the others."""
    parts: list[Expression] = []
    found = []
    for factor in factors_of(shown.equation.expression):
        if evaluate(factor, shown.walk.values) == 0:
            parts.append(factor)
            factor = Symbol(MARKED, 0, len(parts) - 1)
        found.append(factor)
    return Apart(found[0] if len(found) == 1 else Product(tuple(found)), tuple(parts))


def formula_of(shown: Shown, told: Apart, look: str, digits: int) -> str:
    """The equation in symbols and in numbers, as MathML; what is marked has the class `look`."""
    walk, equation = shown
    pen = Pen(Script(walk.shape, orientation_of(walk)), walk.values, digits)

    def marking(leaf: Callable[[Symbol], Piece]) -> Callable[[Symbol], Piece]:
        def of(symbol: Symbol) -> Piece:
            if symbol.kind != MARKED:
                return leaf(symbol)
            piece = write(told.parts[symbol.j], MATHML, leaf)
            markup = MATHML.parenthesised(piece.markup) if isinstance(told.parts[symbol.j], Sum) else piece.markup
            return Piece(f'<mrow class="{look}">{markup}</mrow>', minus=piece.minus)

        return of

    rows = (
        *wrapped(*pen.left(equation.symbol), terms_of(told.expression, MATHML, marking(pen.symbol))),
        *wrapped("", "=", terms_of(told.expression, MATHML, marking(pen.number))),
        Row("", "=", pen.result(equation.symbol)),
    )
    return aligned(rows)


# The drawing: the units that the equation brings together, what it takes, and what of that the other rule does not ---

WIDTH, RADIUS, MARGIN = 330.0, 18.0, 20.0
ROOM = 46.0  # above and below the units, for the numbers there
ACTION = 2.0  # how much wider than another the space is in which the equation's connections lie
APART, MOST_HIGH = 104.0, 174.0  # of two units of a column, and of its first and last
MOST_DIGITS = 4
SHARE = 0.42  # of the way back along a connection: where its number stands


class Wire(NamedTuple):
    """A connection as it is drawn: its path, and its look."""

    ref: str
    path: str
    classes: str


class Spot(NamedTuple):
    """A unit as it is drawn, with its name inside."""

    ref: str
    x: str
    y: str
    name: str
    classes: str


class Text(NamedTuple):
    """A number that stands in the drawing."""

    ref: str
    x: str
    y: str
    text: str
    classes: str


class Drawing(NamedTuple):
    """A small drawing of what an equation takes; `title` says the same in words."""

    title: str
    view_box: str
    radius: str
    wires: tuple[Wire, ...]
    spots: tuple[Spot, ...]
    texts: tuple[Text, ...]


def drawing_of(shown: Shown, told: Apart, look: str, digits: int, amiss: bool) -> Drawing:
    """What an error signal is made of; what is marked is drawn in that look.

    `amiss`: a factor is too many or missing; it is that of the loss or of the unit where no weight is marked.
    """
    (walk, equation), (_, layer, unit, _) = shown, shown.equation.symbol
    shape, values = walk.shape, walk.values
    sizes, digits = shape.sizes, min(digits, MOST_DIGITS)
    taken = set(symbols_in(equation.expression))
    marked = {symbol for part in told.parts for symbol in symbols_in(part)}
    at_loss = amiss and layer == shape.depth
    at_unit = amiss and not at_loss and not any(symbol.kind == "W" for symbol in marked)

    step = min(APART, MOST_HIGH / max(*(size - 1 for size in sizes), 1))
    middle = ROOM + step * (max(sizes) - 1) / 2
    shares = [ACTION if l == layer else 1.0 for l in range(len(sizes))]

    def spot(l: int, j: int) -> tuple[float, float]:
        size = 1 if l > shape.depth else sizes[l]
        x = MARGIN + (WIDTH - 2 * MARGIN) * sum(shares[:l]) / sum(shares)
        return x, middle + (j - (size - 1) / 2) * step

    wires, texts = [], []
    for l in range(1, len(sizes)):
        for j in range(sizes[l]):
            for k in range(sizes[l - 1]):
                w = Symbol("W", l, j, k)
                look_of = look if w in marked else "taken" if w in taken else "rest"
                (x1, y1), (x2, y2) = spot(l - 1, k), spot(l, j)
                path = f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}"
                wires.append(Wire(reference(w), path, f"{look_of} {sign_class(values[w])}"))
                if look_of != "rest":
                    x, y = x1 + SHARE * (x2 - x1), y1 + SHARE * (y2 - y1) - 6
                    texts.append(Text(reference(w), place(x), place(y), number(values[w], digits), look_of))
    for j in range(sizes[-1]):
        (x1, y1), (x2, y2) = spot(shape.depth, j), spot(shape.depth + 1, 0)
        look_of = look if at_loss and j == unit else "taken" if layer == shape.depth and j == unit else "rest"
        wires.append(Wire("loss", f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}", look_of))
    spots = []
    for l, size in enumerate(sizes):
        for j in range(size):
            x, y = spot(l, j)
            about = (l, j) == (layer, unit)
            classes = look if about and at_unit else "about" if about else ""
            spots.append(Spot(reference(Symbol("a", l, j)), place(x), place(y), unit_mark(sizes, l, j), classes))
            delta = Symbol("delta", l, j)
            if about or delta in taken:
                text = f"δ {number(values[delta], digits)}"
                aside = y + RADIUS + 17 if y > middle else y - RADIUS - 7
                texts.append(Text(reference(delta), place(x), place(aside), text, "delta"))
    x, y = spot(shape.depth + 1, 0)
    spots.append(Spot("loss", place(x), place(y), "ℒ", ""))
    # Wires first that are not taken, so that none lies over one that is.
    wires.sort(key=lambda wire: not wire.classes.startswith("rest"))
    title = _in_words(shown, taken, marked, at_unit, at_loss, digits)
    return Drawing(title, f"0 0 {WIDTH:g} {place(2 * middle)}", f"{RADIUS:g}", tuple(wires), tuple(spots), tuple(texts))


def _in_words(shown: Shown, taken: set[Symbol], marked: set[Symbol], at_unit: bool, at_loss: bool, digits: int) -> str:
    symbol, shape = shown.equation.symbol, shown.walk.shape
    unit = unit_name(shape, symbol.layer, symbol.j)
    ways = [
        f"the {parameter_name(shape, w)}, {number(shown.walk.values[w], digits)}" + (" (marked)" if w in marked else "")
        for w in sorted(one for one in taken if one.kind == "W")
    ]
    through = f"comes back to {unit} through {listed(ways)}" if ways else f"begins at {unit}, next to the loss"
    place_of = ", where a factor of the unit is marked" if at_unit else ", where a factor of the loss is marked"
    return f"The error {through}{place_of if at_unit or at_loss else ''}."
