"""A gradient as the sum over its paths: each path as a row of factors, its words, and the panel that shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, log10, prod
from operator import mul
from typing import ClassVar, NamedTuple

from app.engine.equations.shape import Shape
from app.engine.equations.trace import found_at
from app.engine.equations.values import Values
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Symbol
from app.engine.paths import MOST_APART, Factor, Group, Path, Paths, Unit, paths_of
from app.sessions.walk.session import TrainingSession
from app.views.formulas.mathml import MATHML, marked, plain
from app.views.formulas.symbols import Script, in_html, orientation_of, reference, spelled
from app.views.network.scales import place, sign_class
from app.views.paths.links import Bar, bar, stroke
from app.views.text.activations import activation_word, is_flat, is_off
from app.views.text.naming import parameter_name, unit_mark, unit_name
from app.views.text.numbers import adds_up, number, signed
from app.views.text.words import MOST_READ_OUT, SATURATED, counted, listed, sentence

MOST_LIT = 300  # connections
PARTED = 1e-9  # relative difference from which the walk's own gradient is worth a note
KINDS = {"W": "Gradient of", "b": "Gradient of", "z": "Error signal of", "a": "Slope of the loss by"}
SHUT = "The bug of this walk is not found yet, and paths would give it away. They open when the hunt is over."


@dataclass(frozen=True)
class Opened:
    """The parameter or unit whose paths are open, and the units that an opened group goes through.

    `focused`: the field that edits its value takes the focus.
    """

    symbol: Symbol
    via: tuple[int, ...] = ()
    focused: bool = False

    @property
    def name(self) -> str:
        """One word for both, for a form field."""
        return "-".join(map(str, (*self.symbol, *self.via)))

    @property
    def query(self) -> str:
        """What stands in an address that opens it."""
        kind, layer, j, k = self.symbol
        if kind not in KINDS:  # an input or a target: there is no gradient of it, but it can be edited
            return f"of={reference(self.symbol)}"
        places = f"kind={kind}&layer={layer}&j={j}" + ("" if k is None else f"&k={k}")
        return places + (f"&via={','.join(map(str, self.via))}" if self.via else "")


# One path of a gradient as a row -------------------------------------------------------------------------------------

DECADES = 6.0  # bars of running products are logarithmic: so many powers of ten from the longest to none
FACTOR_WORDS = {
    "a": "",
    "slope": "the slope ",
    "W": "the weight ",
    "delta": "the error signal ",
    "da": "the loss’s slope ",
}


class FactorMark(NamedTuple):
    """One factor: symbol and number in MathML, the product so far with its bar, whether it kills the path."""

    symbol: str
    number: str
    product: str
    d: str
    kills: bool


class PathRow(NamedTuple):
    """One path. `refs` are the marks that it lights; `spoken` says all of it in order; `killed` names what kills it."""

    refs: str
    name: str
    spoken: str
    bar: Bar
    factors: tuple[FactorMark, ...]
    own: str
    killed: str


class Writer(NamedTuple):
    """How rows are written: indices as in the lesson, the walk's own values, the page's decimals, and the largest
    numbers of all rows.
    """

    script: Script
    values: Values
    digits: int
    share: float
    product: float

    def bar(self, share: float) -> Bar:
        """A share beside the largest of them."""
        return bar(share, self.share, self.digits)

    def row(self, path: Path, place_of_all: str, batch: bool) -> PathRow:
        """The path; `place_of_all` is such as "Path 1 of 2"; over a batch its own product is told apart."""
        killer, shape = path.killer(SATURATED), self.script.shape
        factors: list[FactorMark] = []
        told, product = [], 1.0
        for factor in path.factors:
            symbol, value = factor
            if symbol.kind == "slope" and ACTIVATIONS[shape.activation(symbol.layer)].passes_on:
                continue  # the slope of an identity is left out, as everywhere
            name, written, share = spelled(symbol, self.script, MATHML), plain(value, self.digits), 0.0
            if symbol.kind == "da":  # in one line, for a fraction would stand higher than all others
                y_hat = spelled(symbol._replace(kind="a"), self.script, MATHML)
                name = f"<mo>∂</mo><mi>ℒ</mi><mo>/</mo><mo>∂</mo>{y_hat}"
            if value < 0 and factors:
                written = MATHML.parenthesised(written)
            product *= value
            if product and isfinite(product):
                share = max(0.02, 1.0 + log10(abs(product) / self.product) / DECADES)
            mark = FactorMark(
                marked(symbol, name, value >= 0),
                marked(symbol, written, value >= 0),
                number(product, self.digits),
                stroke(share),
                factor is killer,
            )
            factors.append(mark)
            told.append(f"{FACTOR_WORDS[symbol.kind]}{number(value, self.digits)}")
        lines = (reference(Symbol("W", l, j, k)) for (_, k), (l, j) in pairwise(path.units))
        own, why = number(path.own, self.digits), self.killed(killer) if killer else ""
        return PathRow(
            " ".join((*lines, *map(_mark, path.units))),
            " → ".join(unit_mark(shape.sizes, *unit) for unit in path.units),
            f"{place_of_all}, {route(self.script, path.units)}: {' times '.join(told)} is {own}. {why}".rstrip(),
            self.bar(path.product),
            tuple(factors),
            own if batch else "",
            why,
        )

    def killed(self, factor: Factor) -> str:
        """What kills a path, in a sentence."""
        kind, l, j, _ = factor.symbol
        named = unit_name(self.script.shape, l, j)
        unit = sentence(named)
        if kind == "slope":
            name, z = self.script.shape.activation(l), self.values[Symbol("z", l, j)]
            function, passes = activation_word(name), "nothing" if factor.value == 0 else "almost nothing"
            if is_off(name, z):
                return f"{unit} is off: the {function}’s slope there is 0, so nothing passes."
            if is_flat(name, z):
                return f"{unit} lets {passes} through: the {function} is nearly flat there."
            slope = number(factor.value, self.digits)
            return f"{unit} lets {passes} through: by its rounded activation the {function}’s slope is {slope}."
        if kind == "W":
            return f"The weight into {named} is 0, so nothing passes."
        if kind == "a":
            return f"{unit} says 0, so the weight carries nothing."
        return f"{unit} is exactly right, so there is nothing to correct."


def _mark(unit: Unit) -> str:
    return reference(Symbol("a", *unit))


# A gradient's parts by examples --------------------------------------------------------------------------------------

MOST_LISTED = 12  # beyond, the rest is folded away
WIDTH, MARGIN = 400.0, 8.0  # of the chart's drawing


class ExampleShare(NamedTuple):
    """One example's own gradient: its number from 1, the sign's class, the text with sign."""

    number: int
    sign: str
    text: str


class Shares(NamedTuple):
    """Every example's own gradient: those listed, those folded away, and the chart with its words.

    `ticks`: where each stands in the chart, and its sign's class.
    """

    listed: tuple[ExampleShare, ...]
    folded: tuple[ExampleShare, ...]
    ticks: tuple[tuple[str, str], ...]
    zero: str
    mean: str
    lowest: str
    highest: str
    words: str


def shares_of(batch: tuple[int, ...], found: Paths, digits: int) -> Shares:
    """The gradients of a batch, its examples numbered from 0."""
    pairs = sorted(zip(batch, found.each, strict=True), key=lambda pair: -abs(pair[1]))
    shares = tuple(ExampleShare(i + 1, sign_class(own), signed(own, digits)) for i, own in pairs)
    low, high = min(0.0, *found.each), max(0.0, *found.each)

    def across(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return place(MARGIN + (WIDTH - 2 * MARGIN) * share)

    ticks = dict.fromkeys((across(own), sign_class(own)) for own in found.each)
    return Shares(
        shares[:MOST_LISTED],
        shares[MOST_LISTED:],
        tuple(ticks),
        across(0.0),
        across(found.gradient),
        number(low, digits),
        number(high, digits),
        f"{len(found.each)} examples from {number(min(found.each), digits)} to {number(max(found.each), digits)}; "
        f"their mean is {number(found.gradient, digits)}",
    )


# In words ------------------------------------------------------------------------------------------------------------


def route(script: Script, units: tuple[Unit, ...]) -> str:
    """from input 1 through hidden unit 1 to output 2; a single unit is only named."""
    first, *others = (unit_name(script.shape, *unit) for unit in units)
    if not others:
        return first
    *between, last = others
    return f"from {first}{f' through {listed(between)}' if between else ''} to {last}"


def gradient_sentence(script: Script, found: Paths, digits: int) -> str:
    """What the panel shows, in order: the first thing that is read and heard."""
    where = f" that pass {route(script, found.units[-len(found.via) :])}" if found.via else ""
    kind, l, j, _ = found.symbol
    unit = unit_name(script.shape, l, j)
    subject = f"The sum of {unit}" if kind == "z" else f"What {unit} says" if l else sentence(unit)
    if kind in ("W", "b"):
        subject = f"The {parameter_name(script.shape, found.symbol)}"
    ahead = f"{subject} reaches the loss along {counted(found.count, 'path')}{where}"
    total = number(found.sum, digits) + (", the mean over the batch" if len(found.each) > 1 else "")
    if found.groups:
        largest = max(found.groups, key=lambda group: abs(group.sum))
        through = f"the most, {number(largest.sum, digits)}, comes through {unit_name(script.shape, *largest.unit)}"
        return f"{ahead}. Grouped by the next unit, {through}; together they are {total}."
    if found.count == 1:
        return f"{ahead}. The product of all that lies on it is the gradient: {total}."
    if found.count > MOST_READ_OUT:
        most = max(found.paths, key=lambda path: abs(path.product))
        share = f"the largest share, {number(most.product, digits)}, runs {route(script, most.units)}"
        return f"{ahead}. {sentence(share)}; together they are {total}."
    shares = []
    for path in found.paths:  # each by what tells it from the others
        ends = (unit_name(script.shape, *unit) for unit in path.units[len(found.units) :])
        shares.append(f"{number(path.product, digits)} through {' and '.join(ends)}")
    return f"{ahead}: {listed(shares)}. The shares add up to {total}."


# The panel -----------------------------------------------------------------------------------------------------------


class Link(NamedTuple):
    """Words that open other paths."""

    text: str
    query: str


class GroupRow(NamedTuple):
    """All paths through one unit of the next layer, which open further; `refs` are the marks that they share."""

    refs: str
    name: str
    spoken: str
    bar: Bar
    query: str


@dataclass(frozen=True)
class Sum:
    """One gradient along its paths: `total` is of the rows shown; `shares` is there for a batch of several examples.

    `trail` leads back out of an opened group; `exact` is False where printed shares do not add up to the printed sum.
    """

    heading: str
    sentence: str
    focus: str
    trail: tuple[Link, ...]
    paths: tuple[PathRow, ...]
    groups: tuple[GroupRow, ...]
    total: Bar
    exact: bool
    shares: Shares | None
    notes: tuple[tuple[str, str], ...]
    others: tuple[Link, ...]


@dataclass(frozen=True)
class PathsPanel:
    """The panel: closed, shut with a reason, or open.

    `name` is what was opened, in one word; `refs` are the marks on all of its paths, lit while it is open.
    """

    id: ClassVar[str] = "paths"
    template: ClassVar[str] = "paths/paths.html"

    shut: str
    open: Sum | None
    name: str = ""
    refs: str = ""

    @property
    def said(self) -> str:
        """What is spoken when it opens; empty while it is closed."""
        return self.open.sentence if self.open else self.shut


CLOSED = PathsPanel("", None)


def paths_panel(session: TrainingSession, opened: Opened | None, digits: int) -> PathsPanel:
    """Closed unless something is opened."""
    if opened is None or opened.symbol.kind not in KINDS:
        return CLOSED
    if session.hidden:  # a click on a parameter chooses it for a check
        return CLOSED if opened.symbol.kind in ("W", "b") else PathsPanel(SHUT, None)
    refs = " ".join(marks_on_paths(session.shape, opened.symbol))
    if not has_come(session, opened.symbol):
        return PathsPanel(_ahead(session.shape, opened.symbol), None, opened.name, refs)
    found = paths_of(session.current, session.focus_row, opened.symbol, opened.via, MOST_APART)
    script, batch = Script(session.shape, orientation_of(session)), len(session.batch) > 1
    paths = () if found.groups else found.paths
    parts = [group.sum for group in found.groups] or [path.product for path in paths]
    products = (abs(product) for path in paths for product in path.trail)
    largest = max(map(abs, (*parts, found.sum))) or 1.0
    writer = Writer(script, session.values, digits, largest, max(products, default=0.0) or 1.0)
    shown = Sum(
        heading=f"{KINDS[found.symbol.kind]} {in_html(found.symbol, script)}, along its paths",
        sentence=gradient_sentence(script, found, digits),
        focus=f"{session.example + 1}" if batch else "",
        trail=_trail(script, found),
        paths=tuple(writer.row(path, f"Path {i} of {found.count}", batch) for i, path in enumerate(paths, 1)),
        groups=tuple(_group(writer, found, group) for group in found.groups),
        total=writer.bar(found.sum),
        exact=adds_up(parts, found.sum, digits),
        shares=shares_of(session.batch, found, digits) if batch else None,
        notes=_notes(session, found, digits),
        others=_others(script, found.symbol),
    )
    return PathsPanel("", shown, Opened(found.symbol, found.via).name, refs)


def has_come(session: TrainingSession, symbol: Symbol) -> bool:
    """Whether the walk has shown the gradient, and so all that its paths would say."""
    kind, l, j, _ = symbol
    depth = session.shape.depth
    if kind == "a":  # of an activation: what comes back from all the units that it feeds
        shown = Symbol("delta", l + 1, session.shape.sizes[l + 1] - 1) if l < depth else Symbol("delta", l, j)
    else:
        shown = symbol._replace(kind={"W": "dW", "b": "db", "z": "delta"}[kind])
    return found_at(session.shape)[shown] < session.cursor


def _ahead(shape: Shape, symbol: Symbol) -> str:
    """What is said of paths that lie ahead of the walk: how many there are, and no number of them."""
    count = counted(prod(shape.sizes[symbol.layer + 1 :]), "path")
    lit = "is" if count.startswith("one ") else "are"
    return f"The walk has not come to this gradient yet. Its {count} to the loss {lit} lit in the drawing."


def marks_on_paths(shape: Shape, symbol: Symbol) -> Iterator[str]:
    """The marks that lie on the paths of a symbol: connections and units, layer by layer, then the loss; beyond so many
    connections as a drawing can show one by one, as far as the next layer.
    """
    _, l, j, k = symbol
    if k is not None:
        yield from (_mark((l - 1, k)), reference(symbol))
    yield _mark((l, j))
    behind: tuple[int, ...] = (j,)
    fed = shape.sizes[l + 1 :]
    all_lit = sum(fed[:1]) + sum(map(mul, fed, fed[1:])) <= MOST_LIT
    for to in range(l + 1, (shape.depth if all_lit else min(l + 1, shape.depth)) + 1):
        units = range(shape.sizes[to])
        yield from (reference(Symbol("W", to, i, source)) for i in units for source in behind)
        yield from (_mark((to, i)) for i in units)
        behind = tuple(units)
    yield "loss"


def _group(pen: Writer, found: Paths, group: Group) -> GroupRow:
    l, j = group.unit
    unit, count = unit_name(pen.script.shape, *group.unit), counted(group.paths, "path")
    bar = pen.bar(group.sum)
    refs = (reference(Symbol("W", l, j, found.units[-1][1])), *map(_mark, (group.unit, *found.units)))
    name = f"through {unit_mark(pen.script.shape.sizes, l, j)} · {count}"
    spoken = f"{count[0].upper()}{count[1:]} through {unit}: together {bar.text}. Open them."
    return GroupRow(" ".join(refs), name, spoken, bar, Opened(found.symbol, (*found.via, j)).query)


def _notes(session: TrainingSession, found: Paths, digits: int) -> tuple[tuple[str, str], ...]:
    """Where the walk's own rule gives another gradient."""
    of_walk = {"W": "dW", "b": "db", "z": "delta"}.get(found.symbol.kind)
    if not session.shape.mistakes or of_walk is None:
        return ()
    symbol = found.symbol._replace(kind=of_walk)
    wanted = found.each[session.focus_row] if of_walk == "delta" else found.gradient
    walked = session.values[symbol]
    if abs(walked - wanted) <= PARTED * max(abs(wanted), abs(walked)):
        return ()
    right = f"along its paths the chain rule gives {number(wanted, digits)}."
    return ((f"The walk found {number(walked, digits)};", right),)


# Ways on -------------------------------------------------------------------------------------------------------------


def _trail(script: Script, found: Paths) -> tuple[Link, ...]:
    """Back out of an opened group: all paths, then each unit that was opened but the last."""
    if not found.via:
        return ()
    units = found.units[-len(found.via) :]
    names = ("all paths", *(f"through {unit_mark(script.shape.sizes, *unit)}" for unit in units))
    return tuple(Link(name, Opened(found.symbol, found.via[:i]).query) for i, name in enumerate(names))


def _others(script: Script, symbol: Symbol) -> tuple[Link, ...]:
    """What else there is to open here: the units at both ends of a weight, a unit's error signal, its bias."""
    kind, l, j, k = symbol
    unit = unit_name(script.shape, l, j)
    delta, bias = (
        Link(f"error signal of {unit}", Opened(Symbol("z", l, j)).query),
        Link(f"bias of {unit}", Opened(Symbol("b", l, j)).query),
    )
    match kind:
        case "W":
            source = Symbol("z" if l > 1 else "a", l - 1, k or 0)
            return (delta, Link(unit_name(script.shape, source.layer, source.j), Opened(source).query))
        case "b":
            return (delta,)
        case "z":
            return (bias,)
    return (delta, bias) if l else ()
