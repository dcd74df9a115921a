"""The fit of a regression: what a network predicts over its inputs, with the examples over it."""

from dataclasses import replace

from app.sessions.walk.session import TrainingSession
from app.views.charts.frames import NARROW, SQUARE
from app.views.charts.levels import (
    bands,
    keys,
    labels,
    levels_between,
    whole,
)
from app.views.charts.lines import About, Plot
from app.views.charts.map import (
    COUNT,
    Layers,
    grid_of,
    map_of,
    texts_of,
)
from app.views.charts.regions import Surface
from app.views.pictures.accuracy import said_off
from app.views.pictures.choices import (
    Choice,
    Query,
    choice,
    choices_of,
)
from app.views.pictures.features import slice_of
from app.views.pictures.over_data import OverData
from app.views.pictures.over_one_input import along, curves_over
from app.views.pictures.planes import on_plane
from app.views.text.naming import input_names, output_names

NAME = "fitted"
DIGITS = 4  # decimals of a level


def fitted(session: TrainingSession, query: Query, digits: int) -> OverData:
    """The picture of a network that predicts numbers."""
    cut, which = slice_of(session, query), _which(session, query)
    output = int(which[0].value) if which else 0
    title = f"The prediction is {said_off(session, output, digits)}"
    seen = OverData(title, choices_of(query, NAME, [*cut.fields, *which]), cut.notes)
    if len(cut.plane.features) == 1:
        return replace(seen, plot=_curve(session, output, About(NAME, title, "", "", digits, frame=NARROW, tight=True)))
    scale = session.setup.ready.targets
    A = scale.undo(on_plane(session, cut.plane, COUNT).A[-1])
    values = A[:, output].reshape(COUNT, COUNT)
    drawn = map_of(session, cut.plane, heights(Surface(values, SQUARE), output_names(session)[output]), (NAME, title))
    return replace(seen, map=drawn, grid=grid_of(session, cut.plane, texts_of(values, digits)))


def _which(session: TrainingSession, query: Query) -> tuple[Choice, ...]:
    names = output_names(session)
    if len(names) == 1:
        return ()
    return (choice(query, "output", "output", [(str(i), name) for i, name in enumerate(names)]),)


def heights(surface: Surface, of: str) -> Layers:
    """Bands from the lowest to the highest number, the darker the higher."""
    levels = levels_between(float(surface.values.min()), float(surface.values.max()))
    if not levels:
        return Layers(of, (whole("s3", surface.frame),), ())
    looks = tuple(f"s{i}" for i in range(len(levels) + 1))
    named = labels(surface, levels, DIGITS)
    return Layers(of, bands(surface, levels, looks), keys(levels, looks, DIGITS), (), named)


def _curve(session: TrainingSession, output: int, about: About) -> Plot:
    scale = session.setup.ready.targets
    about = replace(about, x_title=input_names(session)[0], y_title=output_names(session)[output])
    curve = scale.undo(along(session).A[-1])[:, output]
    training, test = (scale.undo(Y)[:, output] for Y in (session.examples[1], session.setup.test_examples[1]))
    return curves_over(session, about, [("prediction", curve)], (training, test))
