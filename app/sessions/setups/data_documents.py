"""Data as JSON: the examples themselves, or the data set that they are drawn from, and how they are made ready."""

from typing import Any

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.sessions.setups.names import clean_names

Document = dict[str, Any]  # what json.dumps takes
_USUAL = {"scaling": "none", "scale_targets": False, "test_share": 0.0, "split_seed": 0, "columns": (), "names": ()}


def data_document(data: Data) -> Document:
    """The source as it was given, before scaling; of the rest only what is not as usual."""
    usual = {**_USUAL, "columns": data.source.columns, "names": data.source.names}
    made = {name: getattr(data, name) for name in usual if getattr(data, name) != usual[name]}
    return {**_source_document(data.source), **made}


def data_of(document: Document) -> Data:
    """The inverse of `data_document`. SetupError where rows are not of one length, or a name cannot be one."""
    made = {name: document[name] for name in _USUAL if name in document}
    made |= {name: clean_names(made[name], f"data.{name}") for name in ("columns", "names") if name in made}
    return Data(_source_of(document), **made)


def _source_document(source: Examples | Dataset) -> Document:
    if isinstance(source, Examples):
        return {"X": source.X.tolist(), "Y": source.Y.tolist()}
    return {"dataset": source.name, "examples": source.examples, "noise": source.noise, "seed": source.seed}


def _source_of(document: Document) -> Examples | Dataset:
    if "dataset" in document:
        rest = {name: document[name] for name in ("examples", "noise", "seed") if name in document}
        return Dataset(document["dataset"], **rest)
    return Examples(matrix(document["X"], "data.X"), matrix(document["Y"], "data.Y"))


def matrix(rows: list[list[float]], field: str) -> Array:
    """Rows of equal length as an array; SetupError where they are not."""
    if len({len(row) for row in rows}) != 1:
        raise SetupError(field, f"The rows of {field} do not all have one length.", "Give rows of equal length.")
    return np.array(rows, float)
