"""Small data sets, one record each, drawn from a seed: X (examples, features) and Y (examples, outputs)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError, UnknownNameError

Examples = tuple[Array, Array]
Rng = np.random.Generator

# Two classes and curves: a generator returns X and targets of shape (examples,) ---------------------------------------


def _labels(count: int) -> Array:
    """0 and 1 in turn, shape (count,)."""
    return (np.arange(count) % 2).astype(np.float64)


def _xor(count: int, noise: float, rng: Rng) -> Examples:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])[np.arange(count) % 4]
    return corners + noise * rng.standard_normal(corners.shape), corners.sum(axis=1) % 2


def _gaussians(count: int, noise: float, rng: Rng) -> Examples:
    label = _labels(count)
    centres = np.where(label[:, None] > 0, 1.0, -1.0) * np.ones(2)
    return centres + (0.5 + noise) * rng.standard_normal(centres.shape), label


def _circles(count: int, noise: float, rng: Rng) -> Examples:
    label, angle = _labels(count), rng.uniform(0.0, 2.0 * np.pi, count)
    radius = np.where(label > 0, 0.5, 1.0)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points + noise * rng.standard_normal(points.shape), label


def _moons(count: int, noise: float, rng: Rng) -> Examples:
    label, angle = _labels(count), rng.uniform(0.0, np.pi, count)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    points = np.where(label[:, None] > 0, np.array([1.0, 0.5]) - upper, upper)
    return points + noise * rng.standard_normal(points.shape), label


def _spirals(count: int, noise: float, rng: Rng) -> Examples:
    label, turn = _labels(count), np.sqrt(rng.uniform(0.0, 1.0, count))
    angle = 3.0 * np.pi * turn + np.pi * label
    points = np.column_stack([turn * np.cos(angle), turn * np.sin(angle)])
    return points + noise * rng.standard_normal(points.shape), label


def _line(count: int, noise: float, rng: Rng) -> Examples:
    x = rng.uniform(-1.0, 1.0, count)
    return x[:, None], 0.7 * x + 0.2 + noise * rng.standard_normal(count)


def _sine(count: int, noise: float, rng: Rng) -> Examples:
    x = rng.uniform(-1.0, 1.0, count)
    return x[:, None], np.sin(np.pi * x) + noise * rng.standard_normal(count)


# Irises: 50 flowers of each of three species, published by Fisher (Annals of Eugenics 7, 1936) ------------------------

COLUMNS = ("sepal length", "sepal width", "petal length", "petal width")
SPECIES = ("setosa", "versicolor", "virginica")

# A flower is four numbers of two digits, in millimetres, in the order of COLUMNS.
_FLOWERS = (
    (
        "51351402 49301402 47321302 46311502 50361402 54391704 46341403 50341502 44291402 49311501 "
        "54371502 48341602 48301401 43301101 58401202 57441504 54391304 51351403 57381703 51381503 "
        "54341702 51371504 46361002 51331705 48341902 50301602 50341604 52351502 52341402 47321602 "
        "48311602 54341504 52411501 55421402 49311502 50321202 55351302 49361401 44301302 51341502 "
        "50351303 45231303 44321302 50351606 51381904 48301403 51381602 46321402 53371502 50331402"
    ),
    (
        "70324714 64324515 69314915 55234013 65284615 57284513 63334716 49243310 66294613 52273914 "
        "50203510 59304215 60224010 61294714 56293613 67314414 56304515 58274110 62224515 56253911 "
        "59324818 61284013 63254915 61284712 64294313 66304414 68284814 67305017 60294515 57263510 "
        "55243811 55243710 58273912 60275116 54304515 60344516 67314715 63234413 56304113 55254013 "
        "55264412 61304614 58264012 50233310 56274213 57304212 57294213 62294313 51253011 57284113"
    ),
    (
        "63336025 58275119 71305921 63295618 65305822 76306621 49254517 73296318 67255818 72366125 "
        "65325120 64275319 68305521 57255020 58285124 64325323 65305518 77386722 77266923 60225015 "
        "69325723 56284920 77286720 63274918 67335721 72326018 62284818 61304918 64285621 72305816 "
        "74286119 79386420 64285622 63285115 61265614 77306123 63345624 64315518 60304818 69315421 "
        "67315624 69315123 58275119 68325923 67335725 67305223 63255019 65305220 62345423 59305118"
    ),
)


def measured() -> Array:
    """All flowers in centimetres, shape (species, flowers, columns) = (3, 50, 4)."""
    millimetres = [[[int(flower[i : i + 2]) for i in range(0, 8, 2)] for flower in kind.split()] for kind in _FLOWERS]
    return np.array(millimetres) / 10.0


# Several classes: a generator returns X and one-hot targets of shape (examples, classes) ------------------------------

SEGMENTS = ("top", "top left", "top right", "middle", "bottom left", "bottom right", "bottom")
# For each digit from 0: which segments shine, in the order of SEGMENTS.
_SHINING = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)


def _iris(count: int, noise: float, rng: Rng) -> Examples:
    flowers = measured()
    kinds, each, _ = flowers.shape
    if count > kinds * each:
        raise SetupError("data.examples", f"There are {kinds * each} irises.", f"Use 1 to {kinds * each}.")
    label = np.arange(count) % kinds
    orders = np.array([rng.permutation(each) for _ in range(kinds)])
    X = flowers[label, orders[label, np.arange(count) // kinds]]
    return X + noise * rng.standard_normal(X.shape), np.eye(kinds)[label]


def _digits(count: int, noise: float, rng: Rng) -> Examples:
    label = np.arange(count) % 10
    segments = np.array([list(map(float, shining)) for shining in _SHINING])[label]
    X = np.column_stack([segments, rng.integers(0, 2, count)])  # the dot shines or not, whatever the digit
    return X + noise * rng.standard_normal(X.shape), np.eye(10)[label]


@dataclass(frozen=True, kw_only=True)
class DatasetKind:
    """One kind of data: how so many examples are drawn with so much noise, and the names of its features and outputs.

    Mere points have no names: these are empty then. `noise` is what is usual where nobody chose.
    """

    name: str
    draw: Callable[[int, float, Rng], Examples]
    columns: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    noise: float = 0.1


_TABLE = (
    DatasetKind(name="xor", draw=_xor),
    DatasetKind(name="gaussians", draw=_gaussians),
    DatasetKind(name="circles", draw=_circles),
    DatasetKind(name="moons", draw=_moons),
    DatasetKind(name="spirals", draw=_spirals),
    DatasetKind(name="line", draw=_line),
    DatasetKind(name="sine", draw=_sine),
    DatasetKind(name="iris", draw=_iris, columns=COLUMNS, names=SPECIES, noise=0.0),
    DatasetKind(name="digits", draw=_digits, columns=(*SEGMENTS, "dot"), names=tuple("0123456789")),
)
DATASETS = {kind.name: kind for kind in _TABLE}


@dataclass(frozen=True)
class Dataset:
    """A data set by name: so many examples, with normal noise of this standard deviation, from a seed.

    Classes come in turn, so that each has as many examples as the others, or one more.
    """

    name: str
    examples: int = 100
    noise: float = DatasetKind.noise
    seed: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its features; a data set of mere points has none."""
        return DATASETS[self.name].columns if self.name in DATASETS else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its outputs, where they have any."""
        return DATASETS[self.name].names if self.name in DATASETS else ()

    def draw(self) -> Examples:
        """X (examples, features) and Y (examples, outputs).

        UnknownNameError lists the names that exist; SetupError where there are not so many examples.
        """
        if self.name not in DATASETS:
            raise UnknownNameError("data.dataset", tuple(DATASETS))
        X, y = DATASETS[self.name].draw(self.examples, self.noise, np.random.default_rng(self.seed))
        return X, np.column_stack([y])
