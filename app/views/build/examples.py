"""The data while a network is built: over two inputs a map of the classes, or of targets by their size; else each input
with the target above it. In the units in which they were given, those kept for testing hollow.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import ClassVar

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.views.charts.axes import Axis, Frame, Ground, Span, Tick, ground, tight
from app.views.charts.overlay import SHAPES, Cloud, Marks
from app.views.text.numbers import number

LARGE = Frame(340.0, 236.0, 58.0, 330.0, 26.0, 194.0)
SMALL = Frame(230.0, 164.0, 58.0, 220.0, 26.0, 122.0)
LANES = 18.0  # so much less stands above lanes, which need no title
MOST, MOST_SMALL = 400, 150  # examples in a large drawing and in a small one
DOT = "m-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0"
SIZES = (2.4, 3.6, 4.8, 6.0)  # radii, from the smallest quarter of the targets to the largest
LANE, ASIDE = 0.5, 0.2  # how far points of one class, or of one of two inputs, lie apart: a share of the way
APART = 0.7548776662466927, 0.5698402909980532  # steps of so much across and up, and points lie apart
MOST_TICKS = 4  # a column of so few different numbers has a tick at each
LONGEST_TITLE = 26  # characters below a small drawing
YEARS = (1900.0, 2100.0)  # whole numbers between them are written as years are
LONGEST = 8  # characters beside a lane
DIGITS = 2
SHORT = 1000.0  # ticks of columns that span less leave room for more
MARGIN = 0.05  # of an axis, at either end


@dataclass(frozen=True)
class Scatter:
    """One drawing: what it shows, its ground, its examples."""

    title: str
    ground: Ground
    marks: tuple[Marks, ...]


@dataclass(frozen=True)
class ExamplesPanel:
    """The drawings, what their marks mean, and what they leave out; `small` where there are several."""

    id: ClassVar[str] = "build-examples"
    template: ClassVar[str] = "build/build-examples.html"

    scatters: tuple[Scatter, ...]
    signs: tuple[Marks, ...]
    note: str
    small: bool


NOTHING = ExamplesPanel((), (), "", small=False)


def examples_panel(core: Setup | None) -> ExamplesPanel:
    """The examples of a setup that may not be complete; nothing where they cannot be had."""
    if core is None:
        return NOTHING
    with suppress(SetupError):
        ready = core.ready
        parts = (("training", ready.X, ready.Y), ("test", ready.X_test, ready.Y_test))
        undone = tuple((kind, ready.inputs.undo(X), ready.targets.undo(Y)) for kind, X, Y in parts)
        if all(np.isfinite(part).all() for _, *both in undone for part in both):
            return _drawn(core, undone)
    return NOTHING


Part = tuple[str, Array, Array]


def _drawn(core: Setup, parts: tuple[Part, ...]) -> ExamplesPanel:
    inputs = parts[0][1].shape[1]
    names = core.prepared.columns or tuple(f"x{k + 1}" for k in range(inputs))
    targets = core.prepared.names or tuple(f"y{j + 1}" if core.sizes[-1] > 1 else "y" for j in range(core.sizes[-1]))
    classes = _classes(parts, targets)
    parts, note = _fewer(parts, MOST if inputs <= 2 else MOST_SMALL)
    if len(targets) > 1 and not classes:
        note = f"{note} Of the targets, {targets[0]} is shown.".strip()
    hollow = [Marks(f"c0 {kind}", words, "", f"M11 11{SHAPES[0]}") for kind, words in _kinds(parts)]
    split = hollow[1:] and [replace(hollow[1], name="hollow: to test")]
    if inputs == 2:
        clouds = tuple(_by_class(parts, classes) if classes else _by_size(parts, targets[0]))
        scatter = _scatter(f"The examples over {names[0]} and {names[1]}", LARGE, (names[0], names[1]), clouds)
        sign = Axis((0.0, 1.0), 0.0, 1.0)
        signs = {cloud.name: cloud.on(sign, sign) for cloud in reversed(clouds)}
        return ExamplesPanel((scatter,), (*reversed(signs.values()), *split), note, small=False)
    scatters = tuple(_over_one(k, names[k], parts, classes, targets[0], inputs == 1) for k in range(inputs))
    return ExamplesPanel(scatters, tuple(hollow) if split else (), note, inputs > 1)


def _classes(parts: tuple[Part, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """What the classes are called; none where targets are measures."""
    Y = np.concatenate([Y for _, _, Y in parts])
    if not np.isin(Y, (0.0, 1.0)).all() or (Y.shape[1] > 1 and not (Y.sum(axis=1) == 1.0).all()):
        return ()
    return names if len(names) > 1 else (f"{names[0]} = 0", f"{names[0]} = 1")


def _class_of(Y: Array) -> Array:
    return Y.argmax(axis=1) if Y.shape[1] > 1 else Y[:, 0]


def _fewer(parts: tuple[Part, ...], most: int) -> tuple[tuple[Part, ...], str]:
    """Every so-manieth example, so that there are not more than `most`, and what is said of it."""
    count = sum(len(X) for _, X, _ in parts)
    every = ceil(count / most)
    if every == 1:
        return parts, ""
    return tuple((kind, X[::every], Y[::every]) for kind, X, Y in parts), f"One of {every} examples is drawn."


def _kinds(parts: tuple[Part, ...]) -> Iterator[tuple[str, str]]:
    words = {"training": "to learn from", "test": "to test"}
    yield from ((kind, words[kind]) for kind, X, _ in parts if len(X))


def _by_class(parts: tuple[Part, ...], classes: tuple[str, ...]) -> Iterator[Cloud]:
    for kind, X, Y in parts:
        for place, (name, shape) in enumerate(zip(classes, SHAPES, strict=False)):
            points = X[_class_of(Y) == place]
            if len(points):
                yield Cloud(name, f"c{place} {kind}", shape, points)


def _by_size(parts: tuple[Part, ...], target: str) -> Iterator[Cloud]:
    """Four sizes of circles, for the quarters of the targets."""
    bounds = np.quantile(np.concatenate([Y[:, 0] for _, _, Y in parts]), (0, 0.25, 0.5, 0.75, 1)).tolist()
    for kind, X, Y in parts:
        quarters = np.digitize(Y[:, 0], bounds[1:-1])
        for quarter, r in enumerate(SIZES):
            low, high = (number(bounds[quarter + side], DIGITS) for side in (0, 1))
            circle = f"m-{r} 0a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0-{2 * r} 0"
            points = X[quarters == quarter]
            if len(points):
                yield Cloud(f"{target} {low} to {high}", f"c0 {kind}", circle, points)


def _over_one(
    k: int, name: str, parts: tuple[Part, ...], classes: tuple[str, ...], target: str, alone: bool
) -> Scatter:
    """One input across; above it the target, or a lane for each class."""
    shape, values = SHAPES[0] if alone else DOT, np.unique(np.concatenate([X[:, k] for _, X, _ in parts])).tolist()
    few = len(values) <= 2
    clouds = []
    for kind, X, Y in parts:
        aside, above = ((np.arange(len(X)) * step) % 1 - 0.5 for step in APART)
        across = X[:, k] + (aside * ASIDE * np.ptp(X[:, k]) if few and len(X) else 0)
        up = _class_of(Y) + LANE * above if classes else Y[:, 0]
        if len(X):
            clouds.append(Cloud(kind, f"c0 {kind}", shape, np.column_stack([across, up])))
    title = f"{target if not classes else 'The classes'} over {name}"
    frame = LARGE if alone else SMALL
    ticks = tuple(values) if 1 < len(values) <= MOST_TICKS else ()
    return _scatter(title, frame, (_cut(name, LONGEST_TITLE), "" if classes else target), tuple(clouds), classes, ticks)


def _scatter(
    title: str,
    frame: Frame,
    titles: tuple[str, str],
    clouds: tuple[Cloud, ...],
    lanes: tuple[str, ...] = (),
    ticks: tuple[float, ...] = (),
) -> Scatter:
    points = np.concatenate([cloud.points for cloud in clouds])
    about = 5 if frame.width == LARGE.width or np.ptp(points[:, 0]) < SHORT else 4
    if lanes:
        frame = replace(frame, height=frame.height - LANES, top=frame.top - LANES, bottom=frame.bottom - LANES)
    x = _axis(points[:, 0], Span(frame.left, frame.right, about, "linear"))
    if ticks:
        x = Axis(ticks, x.start, x.end, ends=x.limits)
    if lanes:
        y = Axis(tuple(map(float, range(len(lanes)))), frame.bottom, frame.top, ends=(-0.5, len(lanes) - 0.5))
    else:
        y = _axis(points[:, 1], Span(frame.bottom, frame.top, about, "linear"))
    drawn = ground(frame, (x, y), titles)
    if all(YEARS[0] <= tick <= YEARS[1] and tick == int(tick) for tick in x.ticks):
        drawn = replace(drawn, across=tuple(replace(one, text=one.text.replace(",", "")) for one in drawn.across))
    if lanes:
        drawn = replace(drawn, up=tuple(_lane(tick, name) for tick, name in zip(drawn.up, lanes, strict=True)))
    return Scatter(title, drawn, tuple(cloud.on(x, y) for cloud in clouds))


def _lane(tick: Tick, name: str) -> Tick:
    text = name.rpartition(" ")[2] if " = " in name else name
    return replace(tick, text=_cut(text, LONGEST))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _axis(numbers: Array, span: Span) -> Axis:
    """A little wider than what it holds, so that no mark lies on the frame."""
    low, high = float(numbers.min()), float(numbers.max())
    room = MARGIN * (high - low)
    return tight(low - room, high + room, span)
