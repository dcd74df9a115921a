"""The fit of a regression: what a network predicts over its inputs, with the examples over it."""

from app.engine.network.arrays import Array
from app.sessions.pictures.over_inputs import given_targets, mean_distances
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE
from app.views.charts.levels import Layers, Surface, bands, keys, labels, levels_between, whole
from app.views.charts.lines import About
from app.views.charts.map import COUNT, map_of, table_of
from app.views.charts.table import texts_of
from app.views.pictures.choices import Choice, Query, choice, choices_of
from app.views.pictures.over_data import OverData, curves_over, said_over, slice_of
from app.views.text.naming import input_names, output_names
from app.views.text.numbers import number

NAME = "fitted"
DIGITS = 4  # decimals of a level


def fitted(session: TrainingSession, query: Query, digits: int) -> OverData:
    """The picture of a network that predicts numbers."""
    cut, which = slice_of(session, query), _which(session, query)
    output = int(which[0].value) if which else 0
    title, name = _title(mean_distances(session, output), digits), output_names(session)[output]
    choices = choices_of(query, NAME, [*cut.fields, *which])
    values = session.setup.ready.targets.undo(said_over(session, cut).A[-1])[:, output]
    if cut.is_line:
        about = About(NAME, title, input_names(session)[0], name, digits, frame=NARROW, tight=True)
        training, test = (Y[:, output] for Y in given_targets(session))
        plot = curves_over(session, cut, about, [("prediction", values)], (training, test))
        return OverData(title, choices, cut.notes, plot.table, plot=plot)
    grid = values.reshape(COUNT, COUNT)
    drawn = map_of(session, cut.plane, heights(grid, name), (NAME, title))
    table = table_of(session, cut.plane, title, texts_of(grid, digits))
    return OverData(title, choices, cut.notes, table, map=drawn)


def _title(off: tuple[float, ...], digits: int) -> str:
    """The prediction is off by 0.12 on average over the training examples, by 0.2 over the test examples."""
    training, *tests = (number(distance, digits) for distance in off)
    over = "".join(f", by {text} over the test examples" for text in tests)
    return f"The prediction is off by {training} on average over the training examples{over}"


def _which(session: TrainingSession, query: Query) -> tuple[Choice, ...]:
    names = output_names(session)
    if len(names) == 1:
        return ()
    return (choice(query, "output", "output", [(str(i), name) for i, name in enumerate(names)]),)


def heights(values: Array, of: str) -> Layers:
    """Bands of numbers, (COUNT, COUNT), from the lowest to the highest, the darker the higher."""
    surface, levels = Surface(values, SQUARE), levels_between(float(values.min()), float(values.max()))
    if not levels:
        return Layers(of, (whole("s3", SQUARE),), ())
    looks = tuple(f"s{i}" for i in range(len(levels) + 1))
    named = labels(surface, levels, DIGITS)
    return Layers(of, bands(surface, levels, looks), keys(levels, looks, DIGITS), labels=named)
