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
    """A completed setup with every default filled in; `warm_up` only where there is one."""
    return {
        "sizes": list(setup.sizes),
        "activations": list(setup.activations),
        "loss": setup.loss,
        **_start_document(setup.start),
        "data": data_document(setup.prepared),
        "optimizer": _optimizer_document(setup),
        **{name: getattr(setup, name) for name in PLAIN if name != "loss"},
        "mistake": _mistakes_document(setup.mistakes),
        **({"warm_up": list(setup.warm_up)} if setup.warm_up else {}),
    }


def setup_of(document: Document) -> Setup:
    """The inverse of `setup_document`, completed; what is left out takes its default.

    SetupError names what is wrong.
    """
    fields: Document = {name: document[name] for name in PLAIN if name in document}
    fields |= {name: tuple(document[name]) for name in TUPLES if name in document}
    fields["mistakes"] = _mistakes_of(document.get("mistake"))
    if "initializer" in document or "parameters" in document:
        fields["start"] = _start_of(document)
    fields |= _optimizer_of(document.get("optimizer", {}))
    return Setup(data=data_of(document["data"]), **fields).completed()


def _chosen(section: str, held: Mapping[str, Any]) -> Document:
    """What the kind that is held has of the settings of a section; what was left out stays out."""
    mine = [setting for setting in SETTINGS.values() if setting.section == section and setting.belongs_to(held["kind"])]
    return {one.name: held[one.name] for one in mine if held[one.name] or not one.optional}


def _mistakes_document(mistakes: tuple[str, ...]) -> str | list[str] | None:
    """None, the one name, or a list of several."""
    return list(mistakes) if len(mistakes) > 1 else mistakes[0] if mistakes else None


def _mistakes_of(document: str | list[str] | None) -> tuple[str, ...]:
    return (document,) if isinstance(document, str) else tuple(document or ())


def _start_document(start: Initializer | Parameters) -> Document:
    if isinstance(start, Parameters):
        return {"parameters": {"W": [W.tolist() for W in start.W], "b": [b.tolist() for b in start.b]}}
    return {"initializer": _chosen("initializer", vars(start) | dict.fromkeys(AMOUNTS, start.amount))}


def _start_of(document: Document) -> Initializer | Parameters:
    if "parameters" in document:
        W, b = document["parameters"]["W"], document["parameters"]["b"]
        return Parameters(
            tuple(matrix(rows, f"parameters.W[{l}]") for l, rows in enumerate(W)),
            tuple(np.array(values, float) for values in b),
        )
    given = document["initializer"]
    kind = given["kind"]
    amounts = [given[name] for name, kinds in AMOUNTS.items() if name in given and kind in kinds]
    return Initializer(kind, given.get("seed", Initializer.seed), *amounts)


def _optimizer_document(setup: Setup) -> Document:
    """The optimizer with the settings of its kind; what is not in use is left out."""
    document = _chosen("optimizer", vars(setup.optimizer) | {"learning_rate": setup.learning_rate})
    if setup.schedule != CONSTANT:
        document["schedule"] = _chosen("optimizer.schedule", vars(setup.schedule))
    return document


def _optimizer_of(document: Document) -> Document:
    """The fields of a setup: optimizer, schedule and learning rate."""
    settings = dict(document)
    schedule = Schedule(**settings.pop("schedule", {}))
    rate = settings.pop("learning_rate", Setup.learning_rate)
    return {"optimizer": Optimizer(**settings), "schedule": schedule, "learning_rate": rate}


# Data -----------------------------------------------------------------------------------------------------------------


def data_document(data: Data) -> Document:
    """The source as it was given, before scaling; of the rest only what is not as usual."""
    usual = Data(data.source).named()
    made = {name: getattr(data, name) for name in PREPARED if getattr(data, name) != getattr(usual, name)}
    return {**_source_document(data.source), **made}


def data_of(document: Document) -> Data:
    """The inverse of `data_document`. SetupError where rows are not of one length, or a name cannot be one."""
    made = {name: document[name] for name in PREPARED if name in document}
    made |= {name: clean_names(made[name], f"data.{name}") for name in ("columns", "names") if name in made}
    return Data(_source_of(document), **made)


def _source_document(source: Examples | Dataset) -> Document:
    if isinstance(source, Examples):
        return {"X": source.X.tolist(), "Y": source.Y.tolist()}
    held = vars(source) | {"dataset": source.name}
    return {name: held[name] for name in DRAWN}


def _source_of(document: Document) -> Examples | Dataset:
    if "dataset" in document:
        drawn = {name: document[name] for name in DRAWN if name in document}
        name = drawn.pop("dataset")
        usual = {"noise": DATASETS[name].noise} if name in DATASETS else {}
        return Dataset(name, **usual | drawn)
    return Examples(matrix(document["X"], "data.X"), matrix(document["Y"], "data.Y"))


def matrix(rows: list[list[float]], field: str) -> Array:
    """Rows of equal length as an array; SetupError where they are not."""
    if len({len(row) for row in rows}) != 1:
        raise SetupError(field, f"The rows of {field} do not all have one length.", "Give rows of equal length.")
    return np.array(rows, float)
