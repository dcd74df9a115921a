"""What the page calls data sets, the scalings of their columns, what is done about missing values, and the ways to draw
first weights.
"""

import numpy as np

from app.engine.data.datasets import DATASETS
from app.engine.data.mending import MENDINGS, mendings_of, whole
from app.engine.data.scaling import SCALINGS
from app.engine.network.initializers import INITIALIZERS
from app.engine.setup import Setup
from app.views.text.numbers import number
from app.views.text.records import complete
from app.views.text.words import counted

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
MENDING_WORDS = complete(
    "mending",
    MENDINGS,
    {"drop": "leave their examples out", "mean": "the mean", "median": "the median"},
)
DIGITS = 2  # of what is filled in


def mended(setup: Setup) -> tuple[str, ...]:
    """What was done about missing inputs, a sentence each; none where none is missing."""
    data, ready = setup.prepared, setup.ready
    if not data.missing:
        return ()
    X, _ = data.source.draw()
    mendings = mendings_of(data.missing, X)
    gaps = np.isnan(X[whole(mendings, X)]).sum(axis=0).tolist()
    names = data.columns or tuple(f"x{k + 1}" for k in range(X.shape[1]))
    told = [
        f"{name}: {counted(count, 'missing value')}, for which {MENDING_WORDS[kind]} of the training examples stands: "
        f"{number(float(filled), DIGITS)}."
        for name, count, kind, filled in zip(names, gaps, mendings, ready.filled, strict=True)
        if count
    ]
    if ready.dropped:
        left = "is" if ready.dropped == 1 else "are"
        told.append(
            f"{counted(ready.dropped, 'example').capitalize()} that miss{'es' * (ready.dropped == 1)} a value "
            f"{left} left out."
        )
    return tuple(told)
