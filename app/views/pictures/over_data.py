"""What a network says over its inputs, with the examples over it: the boundary between classes, or the fit of a
regression. It is a map over two features, or a curve over one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward
from app.sessions.pictures.over_inputs import (
    Plane,
    classified_right,
    given_inputs,
    given_targets,
    in_units,
    mean_distances,
    on_plane,
    plane_of,
)
from app.sessions.walk.classes import classes_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE
from app.views.charts.examples import MOST, SHAPES, Cloud, clouds
from app.views.charts.levels import (
    Band,
    Key,
    Label,
    Layers,
    Surface,
    bands,
    by_sign,
    drawable,
    keys,
    labels,
    levels_between,
    whole,
)
from app.views.charts.lines import About, Plot, Series, plot
from app.views.charts.map import COUNT, Map, map_of, table_of
from app.views.charts.table import Table, texts_of
from app.views.network.scales import place
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
from app.views.text.naming import class_names, input_names, output_names
from app.views.text.numbers import number
from app.views.text.words import listed

ALONG = 121  # points of a curve
LOOKS = ("first", "second", "third", "fourth")
REST_DIGITS, SHARE_DIGITS, FIT_DIGITS = 3, 2, 4  # decimals of a resting feature, of a class's share, of a fit's level
LEVELS, HALF = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95), 0.5
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


# The inputs that are looked at ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane, the fields that chose it, and notes."""

    plane: Plane
    fields: tuple[Choice, ...]
    notes: tuple[str, ...]

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
        notes.append(
            f"The other features stay at their mean: {listed(texts)}. The examples lie beside this slice, so one may "
            "stand on the wrong side of a line and still be told right."
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
    session: TrainingSession, cut: Slice, choices: Choices, named: tuple[str, str], layers: Layers, texts: Array
) -> OverData:
    """The layers over two features, and the texts of their table, (COUNT, COUNT); `named` is an id and a title."""
    table = table_of(session, cut.plane, named[1], texts)
    return OverData(named[1], choices, cut.notes, table, map=map_of(session, cut.plane, layers, named))


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
        layers, texts = _winners(A, names), np.array(names, dtype=object)[A.argmax(axis=1)].reshape(COUNT, COUNT)
    else:
        output = int(which[0].value) if which else A.shape[1] - 1
        shares = A[:, output].reshape(COUNT, COUNT)
        layers, texts = _share(shares, outputs[output]), texts_of(shares, SHARE_DIGITS + 1)
    return over_plane(session, cut, choices, ("boundary", title), layers, texts)


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


def _share(values: Array, name: str) -> Layers:
    """Bands of one output, (COUNT, COUNT), and the line on which it is one half."""
    surface, looks = Surface(values, SQUARE), by_sign(LEVELS, HALF, HALF)
    line = Band(OPEN, surface.line(HALF))
    named = (*keys(LEVELS, looks, SHARE_DIGITS), *([HALF_LINE] if line.d else ()))
    return Layers(f"share of {name}", bands(surface, LEVELS, looks), named, (line,))


def _winners(A: Array, names: tuple[str, ...]) -> Layers:
    """The region of each class, from all outputs (COUNT * COUNT, n_L), with its name where it wins most clearly."""
    leads = (A[:, i] - np.delete(A, i, axis=1).max(axis=1) for i in range(len(names)))
    ahead = [Surface(lead.reshape(COUNT, COUNT), SQUARE) for lead in leads]
    looks = [f"k{i % len(SHAPES)}" for i in range(len(names))]
    regions = [Band(look, surface.above(0.0)) for look, surface in zip(looks[1:], ahead[1:], strict=True)]
    lines = [Band(OPEN, surface.line(0.0)) for surface in ahead[1:]]
    shown = [(surface.peak(), name) for surface, name in zip(ahead, names, strict=True) if surface.values.max() > 0]
    return Layers(
        "the class that wins",
        (whole(looks[0], SQUARE), *filter(drawable, regions)),
        tuple(Key(look, name) for look, name in zip(looks, names, strict=True)),
        tuple(filter(drawable, lines)),
        tuple(Label(place(x), place(y), name) for (x, y), name in shown),
    )


# The fit of a regression ----------------------------------------------------------------------------------------------


def fitted(session: TrainingSession, query: Query, digits: int) -> OverData:
    """The numbers that a network predicts: its only output, or the chosen one."""
    cut, names = slice_of(session, query), output_names(session)
    options = [(str(i), name) for i, name in enumerate(names)]
    which = [choice(query, "output", "output", options)] if len(names) > 1 else []
    choices = choices_of(query, "fitted", [*cut.fields, *which])
    output = int(which[0].value) if which else 0
    training_off, *test_off = (number(distance, digits) for distance in mean_distances(session, output))
    title = f"The prediction is off by {training_off} on average over the training examples"
    title += "".join(f", by {off} over the test examples" for off in test_off)
    values = session.setup.ready.targets.undo(said_over(session, cut).A[-1])[:, output]
    if cut.is_line:
        about = About("fitted", title, input_names(session)[0], names[output], digits, frame=NARROW, tight=True)
        training, test = (Y[:, output] for Y in given_targets(session))
        return over_line(session, cut, choices, about, [("prediction", values)], (training, test))
    grid = values.reshape(COUNT, COUNT)
    surface, levels = Surface(grid, SQUARE), levels_between(float(grid.min()), float(grid.max()))
    layers = Layers(names[output], (whole("s3", SQUARE),), ())
    if levels:  # the darker the higher
        looks, named = tuple(f"s{i}" for i in range(len(levels) + 1)), labels(surface, levels, FIT_DIGITS)
        shown = bands(surface, levels, looks)
        layers = Layers(names[output], shown, keys(levels, looks, FIT_DIGITS), labels=named)
    return over_plane(session, cut, choices, ("fitted", title), layers, texts_of(grid, digits))
