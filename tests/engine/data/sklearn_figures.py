"""Writes sklearn_figures.json: columns scaled by scikit-learn, what it says of the irises, its moons and its circles.

To be run by hand, with scikit-learn 1.9.1, which the project does not depend on:

    python tests/engine/data/sklearn_figures.py

It knows nothing of the program. The tables are drawn here, with few decimals, and recorded.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import sklearn
from sklearn.datasets import load_iris, make_circles, make_moons
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

FIGURES = Path(__file__).with_suffix(".json")

Document = dict[str, Any]

# Named as the setup document of the program names them.
SCALERS = {"maximum": MaxAbsScaler, "min_max": MinMaxScaler, "standard": StandardScaler}


def drawn(draw: Random, rows: int, widest: float) -> list[list[float]]:
    """Three columns: around 0, far from 0, and all below 0."""
    return [
        [round(draw.uniform(-1, 1) * widest, 2), round(1000 + draw.gauss(0, 3), 1), -round(draw.expovariate(0.2), 3)]
        for _ in range(rows)
    ]


def tables(draw: Random) -> dict[str, tuple[list[list[float]], list[list[float]]]]:
    """Name -> the examples that a scale is found on, and others, which may lie outside of them."""
    same = [[0.1, 0.0, -7.3, 1e6, float(i)] for i in range(7)]
    return {
        "usual": (drawn(draw, 12, 2.0), drawn(draw, 4, 4.0)),
        "columns that do not vary": (same, [[0.3, 1.0, -7.0, 0.0, 10.0]]),
        "a column that hardly varies": ([[1e6]] * 6 + [[1e6 + 2**-33]], [[1e6 + 1]]),
        "one example": ([[0.5, 0.0, -3.0]], [[1.0, 2.0, -4.0]]),
        "two examples": ([[1e-3, 1e6], [-2e-3, -1e6]], [[0.0, 0.0]]),
        "columns of other sizes": (
            [[1.5, -200.0, 0.001, 7.0], [2.25, 150.0, -0.004, 7.0], [-3.0, 0.0, 0.0025, 7.0], [0.125, 75.5, 0.0, 7.0]],
            [[4.0, 300.0, 0.01, 8.0], [-1.0, -50.0, -0.02, 6.0]],
        ),
    }


def scaled(found_on: list[list[float]], others: list[list[float]]) -> Document:
    """Both parts by every scaler, fitted on the first."""
    answers: Document = {}
    for name, scaler in SCALERS.items():
        fitted = scaler().fit(np.array(found_on))
        answers[name] = {
            "found_on": fitted.transform(np.array(found_on)).tolist(),
            "others": fitted.transform(np.array(others)).tolist(),
        }
    return {"found_on": found_on, "others": others, "scaled": answers}


def irises() -> Document:
    """For each species means and covariances of its four columns; over all the smallest and the largest of each."""
    data = load_iris()
    kinds = [data.data[data.target == kind] for kind in range(3)]
    return {
        "columns": [name.removesuffix(" (cm)") for name in data.feature_names],
        "species": data.target_names.tolist(),
        "flowers": [len(kind) for kind in kinds],
        "means": [kind.mean(axis=0).tolist() for kind in kinds],
        "covariances": [np.cov(kind.T).tolist() for kind in kinds],
        "smallest": data.data.min(axis=0).tolist(),
        "largest": data.data.max(axis=0).tolist(),
    }


def shapes() -> Document:
    """Points of both classes of moons and circles without noise, evenly spaced; circles: 1 is the inner one."""
    moons, circles = make_moons(24, shuffle=False), make_circles(24, shuffle=False, factor=0.5)
    return {
        name: {"points": np.round(points, 12).tolist(), "labels": labels.tolist()}
        for name, (points, labels) in (("moons", moons), ("circles", circles))
    }


def written(value: Any) -> str:
    """JSON with every digit, one list of numbers a line."""
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f'"{key}": {written(part)}' for key, part in value.items()) + "\n}"
    if isinstance(value, list) and isinstance(value[0], list):
        return "[" + ",\n".join(map(written, value)) + "]"
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    draw = Random(4)
    figures = {
        "scikit-learn": sklearn.__version__,
        "tables": {name: scaled(*parts) for name, parts in tables(draw).items()},
        "irises": irises(),
        **shapes(),
    }
    FIGURES.write_text(written(figures) + "\n")
