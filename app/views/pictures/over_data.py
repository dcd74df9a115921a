"""What a network says over its inputs, with the examples over it: the boundary between classes, or the fit of a
regression. It is a map over two features, or a curve over one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward
from app.sessions.pictures.over_inputs import (
    Plane,
    classified_right,
    given_inputs,
    given_targets,
    in_units,
    on_plane,
    plane_of,
    residuals,
    said,
)
from app.sessions.walk.classes import classes_of, classifies
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE
from app.views.charts.levels import (
    Band,
    Exact,
    Key,
    Layers,
    Surface,
    Word,
    bands,
    by_sign,
    drawable,
    keys,
    levels_between,
    spaced_looks,
    whole,
    words_of,
)
from app.views.charts.lines import About, Plot, Series, plot
from app.views.charts.map import COUNT, Map, Said, map_of, some_of, table_of
from app.views.charts.overlay import LONGEST, MOST, SHAPES, Bands, Cloud, by_value, clouds, in_focus
from app.views.charts.picture_file import Drawing
from app.views.charts.table import Table, texts_of
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
from app.views.text.naming import class_names, input_names, output_names
from app.views.text.numbers import number, signed
from app.views.text.words import listed

ALONG = 121  # points of a curve
LOOKS = ("first", "second", "third", "fourth")
REST_DIGITS, SHARE_DIGITS, FIT_DIGITS = 3, 2, 4  # decimals of a resting feature, of a class's share, of a fit's level
LEVELS, HALF = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95), 0.5
SMALLEST = 0.05  # of the range of all values: residuals of this size have the longest line, at least
OPEN = "strong open"  # the look of a line
HALF_LINE = Key("line", "the line on which it is 0.5")
WINNER = "winner"


@dataclass(frozen=True)
class OverData:
    """One of `map` and `plot`, and its numbers; `notes` are what must be said beside it."""

    template: ClassVar[str] = "pictures/over_data.html"

    title: str
    choices: Choices
    notes: tuple[str, ...]
    table: Table
    map: Map | None = None
    plot: Plot | None = None

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The one that is there."""
        if self.map:
            return (Drawing(self.map.id, "svg/map.svg", self.map),)
        assert self.plot
        return (Drawing(self.plot.id, "svg/plot.svg", self.plot),)


# The inputs that are looked at ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane, the fields that chose it, and notes."""

    plane: Plane
    fields: tuple[Choice, ...]
    notes: tuple[str, ...]

    def exact(self, session: TrainingSession, number: Callable[[Forward], Array]) -> Exact:
        """A number of the network anywhere on it."""
        return lambda shares: number(said(session, self.plane.at(shares)))

    @property
    def is_line(self) -> bool:
        """Whether there is one feature alone."""
        return len(self.plane.features) == 1


def slice_of(session: TrainingSession, query: Query) -> Slice:
    """One feature alone, both of two, or the two that were chosen."""
    names, notes = input_names(session), []
    features: tuple[int, ...] = tuple(range(len(names)))
    fields: tuple[Choice, ...] = ()
    if len(names) > 2:
        options = [(str(i), name) for i, name in enumerate(names)]
        across = choice(query, "across", "across", options)
        up = choice(query, "up", "up", [option for option in options if option[0] != across.value])
        features, fields = (int(across.value), int(up.value)), (across, up)
    plane = plane_of(session, features)
    resting = [i for i in range(len(names)) if i not in features]
    if resting:
        values = [in_units(session, i, (float(plane.rest[i]),))[0] for i in resting]
        texts = [f"{names[i]} = {number(value, REST_DIGITS)}" for i, value in zip(resting, values, strict=True)]
        beside = "one may stand on the wrong side of a line and still be told right"
        if not classifies(session.setup):
            beside = "what is predicted for one need not be what the picture shows behind it"
        notes.append(
            f"The other features stay at their mean: {listed(texts)}. The examples lie beside this slice, so {beside}."
        )
    every = max(-(-len(X) // MOST) for X in (session.examples[0], session.setup.test_examples[0]))
    if every > 1:
        notes.append(f"So that they can be told apart, one of {every} examples is drawn.")
    return Slice(plane, fields, tuple(notes))


def said_over(session: TrainingSession, cut: Slice) -> Forward:
    """Every Z and A of the network in force over the slice: (ALONG, n) along a line, (COUNT * COUNT, n) on a plane."""
    return on_plane(session, cut.plane, ALONG if cut.is_line else COUNT)


def over_line(
    session: TrainingSession,
    cut: Slice,
    choices: Choices,
    about: About,
    curves: Sequence[tuple[str, Array]],
    heights: tuple[Array, Array] | None = None,
) -> OverData:
    """At most four curves by name, each (ALONG,), over the input in the units of its column.

    `heights` are how high each training and each test example stands, (m,) and (t,); without them there are none.
    """
    places = in_units(session, 0, tuple(np.linspace(*cut.plane.ends(0), ALONG).tolist()))
    series = [Series(name, look, values.tolist(), places) for (name, values), look in zip(curves, LOOKS, strict=False)]
    examples: tuple[Cloud, ...] = ()
    if heights is not None:
        training, test = (np.column_stack(pair) for pair in zip(given_inputs(session), heights, strict=True))
        examples = clouds(session, training, test)
    drawn = plot(about, series, examples)
    return OverData(about.title, choices, cut.notes, drawn.table, plot=drawn)


def over_plane(
    session: TrainingSession,
    cut: Slice,
    choices: Choices,
    named: tuple[str, str],
    layers: Layers,
    shown: Said,
    drawn: tuple[Cloud, ...] = (),
) -> OverData:
    """The layers over two features, and what they say; `named` is an id and a title, `drawn` as of `map_of`."""
    texts = texts_of(some_of(shown.numbers), shown.digits) if isinstance(shown.what, str) else some_of(shown.what)
    table = table_of(session, cut.plane, named[1], texts)
    return OverData(named[1], choices, cut.notes, table, map=map_of(session, cut.plane, layers, named, shown, drawn))


def told_examples(session: TrainingSession) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of each training and each test example its class, or its targets."""
    names, kinds = class_names(session), (session.examples[1], session.setup.test_examples[1])
    if classifies(session.setup):
        first, second = (tuple(names[one] for one in classes_of(Y).tolist()) if len(Y) else () for Y in kinds)
        return first, second
    first, second = (
        tuple(", ".join(number(value, SHARE_DIGITS) for value in row) for row in Y.tolist())
        for Y in given_targets(session)
    )
    return first, second


# The boundary between classes -----------------------------------------------------------------------------------------


def boundary(session: TrainingSession, query: Query, digits: int) -> OverData:
    """Which class the network says, and how surely: of more than two, where each wins, or the share of one."""
    cut, names = slice_of(session, query), class_names(session)
    which: tuple[Choice, ...] = ()
    if len(names) > 2:
        one = [(str(i), f"share of {name}") for i, name in enumerate(names)]
        which = (choice(query, "class", "class", [(WINNER, "the class that wins"), *one]),)
    choices = choices_of(query, "boundary", [*cut.fields, *which])
    A = said_over(session, cut).A[-1]
    title, outputs = _boundary_title(session, A), names[-A.shape[1] :]  # of two classes a single output says the last
    if cut.is_line:
        about = About("boundary", title, input_names(session)[0], "share", digits, "linear", NARROW, (0.0, 1.0), True)
        curves = [(f"share of {name}", values) for name, values in zip(outputs, A.T, strict=True)]
        heights = (session.examples[1][:, -1], session.setup.test_examples[1][:, -1])
        return over_line(session, cut, choices, about, curves, heights)
    if which and which[0].value == WINNER:
        layers, numbers = _winners(session, cut, A, names), A.max(axis=1)
        what: str | Array = _grid(np.array(names, dtype=object)[A.argmax(axis=1)])
    else:
        output = int(which[0].value) if which else A.shape[1] - 1
        layers, numbers = _share(session, cut, A, output, outputs[output]), A[:, output]
        what = f"share of {outputs[output]}"
    shown = Said(what, _grid(numbers), SHARE_DIGITS + 1, lambda: told_examples(session))
    return over_plane(session, cut, choices, ("boundary", title), layers, shown)


def _boundary_title(session: TrainingSession, A: Array) -> str:
    """How many it classifies right; and where all outputs A of the picture say one class, which."""
    counts = classified_right(session)
    training, *test = (f"{right} of {total}" for right, total in counts)
    noun = "example" if counts[0][1] == 1 else "examples"
    right = f"{training} training {noun} right" + "".join(f", and {text} test examples" for text in test)
    said = set(classes_of(A).tolist())
    if len(said) > 1:
        return f"The boundary classifies {right}"
    return f"The network says {class_names(session)[said.pop()]} everywhere here: it classifies {right}"


def _grid(numbers: Array) -> Array:
    grid: Array = numbers.reshape(COUNT, COUNT)
    return grid


def _share(session: TrainingSession, cut: Slice, A: Array, output: int, name: str) -> Layers:
    """Bands of one of the outputs A (COUNT * COUNT, n_L), and the line on which it is one half."""
    surface = Surface(_grid(A[:, output]), SQUARE, cut.exact(session, lambda there: there.A[-1][:, output]))
    looks = by_sign(LEVELS, HALF, HALF)
    line = Band(OPEN, surface.line(HALF))
    named = (*keys(LEVELS, looks, SHARE_DIGITS), *([HALF_LINE] if line.d else ()))
    return Layers(f"share of {name}", bands(surface, LEVELS, looks), named, (line,))


def _winners(session: TrainingSession, cut: Slice, A: Array, names: tuple[str, ...]) -> Layers:
    """The region of each class, from all outputs (COUNT * COUNT, n_L), with its name where there is room for it."""
    ahead = [_ahead(session, cut, A, i) for i in range(len(names))]
    looks = [f"k{i % len(SHAPES)}" for i in range(len(names))]
    regions = [Band(look, surface.above(0.0)) for look, surface in zip(looks[1:], ahead[1:], strict=True)]
    lines = [Band(OPEN, surface.line(0.0)) for surface in ahead[1:]]
    return Layers(
        "the class that wins",
        (whole(looks[0], SQUARE), *filter(drawable, regions)),
        tuple(Key(look, name) for look, name in zip(looks, names, strict=True)),
        tuple(filter(drawable, lines)),
        words=tuple(Word(name, surface.inside()) for surface, name in zip(ahead, names, strict=True)),
    )


def _ahead(session: TrainingSession, cut: Slice, A: Array, i: int) -> Surface:
    """How far class i leads."""
    return Surface(_grid(_lead(A, i)), SQUARE, cut.exact(session, lambda there: _lead(there.A[-1], i)))


def _lead(A: Array, i: int) -> Array:
    """How far output i lies before the largest of the others, (m,)."""
    lead: Array = A[:, i] - np.delete(A, i, axis=1).max(axis=1)
    return lead


# The fit of a regression ----------------------------------------------------------------------------------------------


def fitted(session: TrainingSession, query: Query, digits: int) -> OverData:
    """The numbers that a network predicts: its only output, or the chosen one."""
    cut, names = slice_of(session, query), output_names(session)
    options = [(str(i), name) for i, name in enumerate(names)]
    which = [choice(query, "output", "output", options)] if len(names) > 1 else []
    choices = choices_of(query, "fitted", [*cut.fields, *which])
    output = int(which[0].value) if which else 0
    off = residuals(session, output)
    training_off, *test_off = (number(float(np.abs(one).mean()), digits) for one in off)
    title = f"The prediction is off by {training_off} on average over the training examples"
    title += "".join(f", by {off} over the test examples" for off in test_off)
    values = session.setup.ready.targets.undo(said_over(session, cut).A[-1])[:, output]
    if cut.is_line:
        about = About("fitted", title, input_names(session)[0], names[output], digits, frame=NARROW, tight=True)
        training, test = (Y[:, output] for Y in given_targets(session))
        return over_line(session, cut, choices, about, [("prediction", values)], (training, test))
    return _fitted_map(session, cut, choices, Output(output, names[output], title, off), values, digits)


class Output(NamedTuple):
    """One of the outputs: its number, its name, what the title tells of it, its residuals as of `residuals`."""

    number: int
    name: str
    title: str
    off: tuple[Array, ...]


def _fitted_map(
    session: TrainingSession, cut: Slice, choices: Choices, output: Output, values: Array, digits: int
) -> OverData:
    """The predictions, (COUNT * COUNT,), by colour, and over them each example by its target, with its residual."""
    undo, all_targets = session.setup.ready.targets.undo, given_targets(session)
    targets = [Y[:, output.number] for Y in all_targets]
    exact = cut.exact(session, lambda there: undo(there.A[-1])[:, output.number])
    surface, every = Surface(_grid(values), SQUARE, exact), np.concatenate([values, *targets])
    low, high = float(every.min()), float(every.max())
    levels = levels_between(low, high)  # the darker the higher
    looks = spaced_looks(len(levels) + 1)
    largest = max(float(np.abs(one).max(initial=0.0)) for one in output.off)
    scale = LONGEST / max(largest, SMALLEST * (high - low)) if high > low else 0.0
    coloured, drawn = Bands(levels, looks, scale), []
    features = [table[:, cut.plane.features] for table in given_inputs(session)]
    for kind, points, Y, off in zip(("training", "test"), features, targets, output.off, strict=False):
        drawn += by_value(points, Y, off, coloured, kind)
    if largest:
        note = f"Each line is a residual, up where the target is higher; the longest is {number(largest, digits)}."
        cut = replace(cut, notes=(*cut.notes, note))
    layers = Layers(
        output.name,
        bands(surface, levels, looks),
        keys(levels, looks, FIT_DIGITS),
        words=words_of(surface, levels, FIT_DIGITS),
    )

    def told() -> tuple[list[str], list[str]]:
        first, second = (
            [
                f"target {number(y, digits)}, predicted {number(y - one, digits)}, residual {signed(one, digits)}"
                for y, one in zip(Y.tolist(), off.tolist(), strict=True)
            ]
            for Y, off in zip(targets, (*output.off, np.empty(0))[:2], strict=True)
        )
        return first, second

    shown = Said("predicted", surface.values, digits, told)
    examples = (*drawn, in_focus(session, features[0]))
    return over_plane(session, cut, choices, ("fitted", output.title), layers, shown, examples)
