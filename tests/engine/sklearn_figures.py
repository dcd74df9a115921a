"""Writes sklearn_figures.json: what scikit-learn's scalers make of a small table. Run by hand where it is installed.

python -m tests.engine.sklearn_figures
"""

import json
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
TRAIN = [[1.5, -200.0, 0.001, 7.0], [2.25, 150.0, -0.004, 7.0], [-3.0, 0.0, 0.0025, 7.0], [0.125, 75.5, 0.0, 7.0]]
TEST = [[4.0, 300.0, 0.01, 8.0], [-1.0, -50.0, -0.02, 6.0]]


def figures() -> dict[str, object]:
    """The tables and, for each scaling, the scaled training and test examples."""
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

    scalers = {"maximum": MaxAbsScaler(), "min_max": MinMaxScaler(), "standard": StandardScaler()}
    scaled = {
        name: {"train": scaler.fit(TRAIN).transform(TRAIN).tolist(), "test": scaler.transform(TEST).tolist()}
        for name, scaler in scalers.items()
    }
    return {"train": TRAIN, "test": TEST, "scaled": scaled}


if __name__ == "__main__":
    FILE.write_text(json.dumps(figures(), indent=1) + "\n")
