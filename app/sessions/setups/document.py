"""A setup as JSON, as the API shows it and a store keeps it; its data with what they are drawn from."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.engine.data.datasets import DATASETS, Dataset
from app.engine.data.split import Data, Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import CONSTANT, Schedule
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.initializers import Initializer
from app.engine.setup import Parameters, Setup
from app.sessions.setups.declaration import AMOUNTS, SETTINGS, DatasetGiven, Preparation
from app.sessions.setups.typed import clean_names

Document = dict[str, Any]  # what json.dumps takes
PLAIN = tuple(name for name in SETTINGS if "." not in name)  # settings that stand in no part of a setup
TUPLES = ("sizes", "activations", "warm_up")
PREPARED = tuple(Preparation.model_fields)
DRAWN = tuple(name for name in DatasetGiven.model_fields if name not in PREPARED)


def setup_document(setup: Setup) -> Document:
    """A completed setup with every default filled in; what is not in use is left out."""
    start, mistakes = setup.start, setup.mistakes
    document: Document = {"sizes": list(setup.sizes), "activations": list(setup.activations), "loss": setup.loss}
    if isinstance(start, Parameters):
        document["parameters"] = {"W": [W.tolist() for W in start.W], "b": [b.tolist() for b in start.b]}
    else:
        document["initializer"] = _chosen("initializer", vars(start) | dict.fromkeys(AMOUNTS, start.amount))
    document["data"] = data_document(setup.prepared)
    document["optimizer"] = _chosen("optimizer", vars(setup.optimizer) | {"learning_rate": setup.learning_rate})
    if setup.schedule != CONSTANT:
        document["optimizer"]["schedule"] = _chosen("optimizer.schedule", vars(setup.schedule))
    document |= {name: getattr(setup, name) for name in PLAIN if name != "loss"}
    document["mistake"] = list(mistakes) if len(mistakes) > 1 else next(iter(mistakes), None)
    if setup.warm_up:
        document["warm_up"] = list(setup.warm_up)
    return document


def setup_of(document: Document) -> Setup:
    """The inverse of `setup_document`, completed; what is left out takes its default.

    SetupError names what is wrong.
    """
    fields: Document = {name: document[name] for name in PLAIN if name in document}
    fields |= {name: tuple(document[name]) for name in TUPLES if name in document}
    mistake = document.get("mistake")
    fields["mistakes"] = (mistake,) if isinstance(mistake, str) else tuple(mistake or ())
    if "parameters" in document:
        W, b = document["parameters"]["W"], document["parameters"]["b"]
        fields["start"] = Parameters(
            tuple(matrix(rows, f"parameters.W[{l}]") for l, rows in enumerate(W)),
            tuple(np.array(values, float) for values in b),
        )
    elif "initializer" in document:
        given = document["initializer"]
        kind = given["kind"]
        amounts = [given[name] for name, kinds in AMOUNTS.items() if name in given and kind in kinds]
        fields["start"] = Initializer(kind, given.get("seed", Initializer.seed), *amounts)
    settings = dict(document.get("optimizer", {}))
    fields["schedule"] = Schedule(**settings.pop("schedule", {}))
    fields["learning_rate"] = settings.pop("learning_rate", Setup.learning_rate)
    fields["optimizer"] = Optimizer(**settings)
    return Setup(data=data_of(document["data"]), **fields).completed()


def _chosen(section: str, held: Mapping[str, Any]) -> Document:
    """What the kind that is held has of the settings of a section; what was left out stays out."""
    mine = [setting for setting in SETTINGS.values() if setting.section == section and setting.belongs_to(held["kind"])]
    return {one.name: held[one.name] for one in mine if held[one.name] or not one.optional}


# Data -----------------------------------------------------------------------------------------------------------------


def data_document(data: Data) -> Document:
    """The source as it was given, before scaling; of the rest only what is not as usual."""
    usual, source = Data(data.source).named(), data.source
    made = {name: getattr(data, name) for name in PREPARED if getattr(data, name) != getattr(usual, name)}
    if isinstance(source, Examples):
        return {"X": with_gaps(source.X), "Y": source.Y.tolist(), **made}
    held = vars(source) | {"dataset": source.name}
    return {name: held[name] for name in DRAWN} | made


def data_of(document: Document) -> Data:
    """The inverse of `data_document`. SetupError where rows are not of one length, or a name cannot be one."""
    made = {name: document[name] for name in PREPARED if name in document}
    made |= {name: clean_names(made[name], f"data.{name}") for name in ("columns", "names") if name in made}
    if missing := made.pop("missing", ()):
        made["missing"] = (missing,) if isinstance(missing, str) else tuple(missing)
    if "dataset" in document:
        drawn = {name: document[name] for name in DRAWN if name in document}
        name = drawn.pop("dataset")
        usual = {"noise": DATASETS[name].noise} if name in DATASETS else {}
        return Data(Dataset(name, **usual | drawn), **made)
    return Data(Examples(matrix(document["X"], "data.X"), matrix(document["Y"], "data.Y")), **made)


def with_gaps(X: Array) -> list[list[float | None]]:
    """A table as lists, None where a value is missing."""
    return [[None if x != x else x for x in row] for row in X.tolist()]  # NaN alone differs from itself


def matrix(rows: list[list[float | None]], field: str) -> Array:
    """Rows of equal length as an array, NaN where there is no number; SetupError where they are not."""
    if len({len(row) for row in rows}) != 1:
        raise SetupError(field, f"The rows of {field} do not all have one length.", "Give rows of equal length.")
    return np.array(rows, float)
