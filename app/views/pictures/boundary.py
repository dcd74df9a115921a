"""The decision boundary: which class a network says over its inputs, and how surely, with the examples over it."""

from collections.abc import Sequence

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.pictures.over_inputs import classified_right
from app.sessions.walk.classes import classes_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE
from app.views.charts.examples import SHAPES
from app.views.charts.levels import Band, Key, Label, Layers, Surface, bands, by_sign, drawable, keys, whole
from app.views.charts.lines import About, Plot
from app.views.charts.map import COUNT, map_of, table_of
from app.views.charts.table import texts_of
from app.views.network.scales import place
from app.views.pictures.choices import Choice, Query, choice, choices_of
from app.views.pictures.over_data import OverData, Slice, curves_over, said_over, slice_of
from app.views.text.naming import class_names, input_names

NAME, WINNER = "boundary", "winner"
LEVELS, HALF = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95), 0.5
DIGITS = 2  # decimals of a share
BOUNDARY = Key("line", "the line on which it is 0.5")


def boundary(session: TrainingSession, query: Query, digits: int) -> OverData:
    """The picture of a network that tells classes apart."""
    cut, asked = slice_of(session, query), _which(session, query)
    A = said_over(session, cut).A[-1]
    title, choices = _title(session, A), choices_of(query, NAME, [*cut.fields, *asked])
    if cut.is_line:
        plot = _curves(session, cut, A, title, digits)
        return OverData(title, choices, cut.notes, plot.table, plot=plot)
    layers, texts = _drawn(session, A, asked)
    drawn = map_of(session, cut.plane, layers, (NAME, title))
    return OverData(title, choices, cut.notes, table_of(session, cut.plane, title, texts), map=drawn)


def _title(session: TrainingSession, A: Array) -> str:
    """How many it classifies right; and where all outputs A of the picture say one class, which."""
    said, right = set(classes_of(A).tolist()), _right(session)
    if len(said) > 1:
        return f"The boundary classifies {right}"
    return f"The network says {class_names(session)[said.pop()]} everywhere here: it classifies {right}"


def _right(session: TrainingSession) -> str:
    """38 of 40 training examples right, and 9 of 10 test examples."""
    counts = classified_right(session)
    training, *test = (f"{right} of {total}" for right, total in counts)
    noun = "example" if counts[0][1] == 1 else "examples"
    return f"{training} training {noun} right" + "".join(f", and {text} test examples" for text in test)


def _which(session: TrainingSession, query: Query) -> tuple[Choice, ...]:
    """Among more than two classes: where each wins, or how surely the network says one of them."""
    names = class_names(session)
    if len(names) <= 2:
        return ()
    one = [(str(number), f"share of {name}") for number, name in enumerate(names)]
    return (choice(query, "class", "class", [(WINNER, "the class that wins"), *one]),)


def _drawn(session: TrainingSession, A: Array, asked: Sequence[Choice]) -> tuple[Layers, Array]:
    """What the map shows, and the texts of its table, (COUNT, COUNT)."""
    names, which = class_names(session), asked[0].value if asked else str(A.shape[1] - 1)
    if which == WINNER:
        return winners(A, names), np.array(names, dtype=object)[A.argmax(axis=1)].reshape(COUNT, COUNT)
    values = A[:, int(which)].reshape(COUNT, COUNT)
    name = names[int(which) - A.shape[1]]  # a single output has two classes: it says the last
    return shares(values, f"share of {name}"), texts_of(values, DIGITS + 1)


def shares(values: Array, of: str) -> Layers:
    """Bands of one output, (COUNT, COUNT), and the line on which it is one half."""
    surface, looks = Surface(values, SQUARE), by_sign(LEVELS, HALF, HALF)
    line = Band("strong open", surface.line(HALF))
    named = (*keys(LEVELS, looks, DIGITS), *([BOUNDARY] if line.d else ()))
    return Layers(of, bands(surface, LEVELS, looks), named, (line,))


def winners(A: Array, names: tuple[str, ...]) -> Layers:
    """The region of each class, from all outputs (COUNT * COUNT, n_L), with its name where it wins most clearly."""
    ahead = [Surface(_ahead(A, number), SQUARE) for number in range(len(names))]
    looks = [f"k{number % len(SHAPES)}" for number in range(len(names))]
    regions = [Band(look, surface.above(0.0)) for look, surface in zip(looks[1:], ahead[1:], strict=True)]
    lines = [Band("strong open", surface.line(0.0)) for surface in ahead[1:]]
    words = [_name_at(surface, name) for surface, name in zip(ahead, names, strict=True) if surface.values.max() > 0]
    return Layers(
        "the class that wins",
        (whole(looks[0], SQUARE), *filter(drawable, regions)),
        tuple(Key(look, name) for look, name in zip(looks, names, strict=True)),
        tuple(filter(drawable, lines)),
        tuple(words),
    )


def _ahead(A: Array, number: int) -> Array:
    """How far one output is ahead of all others, (COUNT, COUNT)."""
    ahead: Array = (A[:, number] - np.delete(A, number, axis=1).max(axis=1)).reshape(COUNT, COUNT)
    return ahead


def _name_at(surface: Surface, name: str) -> Label:
    x, y = surface.peak()
    return Label(place(x), place(y), name)


def _curves(session: TrainingSession, cut: Slice, A: Array, title: str, digits: int) -> Plot:
    """How surely the network says each class, over its one input."""
    names = class_names(session)
    named = [(f"share of {names[-A.shape[1] + i]}", A[:, i]) for i in range(A.shape[1])]
    about = About(NAME, title, input_names(session)[0], "share", digits, "linear", NARROW, (0.0, 1.0), True)
    heights = (session.examples[1][:, -1], session.setup.test_examples[1][:, -1])
    return curves_over(session, cut, about, named, heights)
