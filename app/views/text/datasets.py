"""What the page calls data sets, the scalings of their columns, and the ways to draw first weights."""

from app.engine.data.datasets import DATASETS
from app.engine.data.scaling import SCALINGS
from app.engine.network.initializers import INITIALIZERS
from app.views.text.records import complete

DATASET_WORDS = complete(
    "data set",
    DATASETS,
    {
        "xor": "XOR",
        "gaussians": "two gaussians",
        "circles": "circles",
        "moons": "moons",
        "spirals": "spirals",
        "line": "line",
        "sine": "sine",
        "iris": "iris flowers",
        "digits": "digits of a display",
    },
)
SCALING_WORDS = complete(
    "scaling",
    SCALINGS,
    {
        "none": "as they are",
        "maximum": "by the maximum",
        "min_max": "to 0 to 1",
        "standard": "to mean 0, deviation 1",
    },
)
INITIALIZER_WORDS = complete(
    "initializer",
    INITIALIZERS,
    {
        "constant": "constant",
        "normal": "normal",
        "uniform": "uniform",
        "xavier_uniform": "Xavier uniform",
        "xavier_normal": "Xavier normal",
        "he_normal": "He normal",
    },
)
