"""A setup as JSON, as the API shows it and a store keeps it; its data with what they are drawn from."""

from typing import Any

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import CONSTANT, SCHEDULES, Schedule
from app.engine.network.errors import SetupError
from app.engine.network.initializers import Initializer
from app.engine.network.types import Array
from app.engine.setup.setup import Parameters, Setup
from app.sessions.setups.names import clean_names

Document = dict[str, Any]  # what json.dumps takes
AMOUNTS = {"constant": "value", "normal": "scale", "uniform": "scale"}  # initializer -> the name of its amount


def setup_document(setup: Setup) -> Document:
    """A completed setup with every default filled in; `warm_up` only where there is one."""
    return {
        "sizes": list(setup.sizes),
        "activations": list(setup.activations),
        "loss": setup.loss,
        **_start_document(setup.start),
        "data": data_document(setup.prepared),
        "optimizer": _optimizer_document(setup),
        "batch_size": setup.batch_size,
        "shuffle_seed": setup.shuffle_seed,
        "decimals": setup.decimals,
        "mistake": _mistakes_document(setup.mistakes),
        **({"warm_up": list(setup.warm_up)} if setup.warm_up else {}),
    }


def setup_of(document: Document) -> Setup:
    """The inverse of `setup_document`, completed; what is left out takes its default.

    SetupError names what is wrong.
    """
    fields: Document = {name: document[name] for name in _PLAIN if name in document}
    fields |= {name: tuple(document[name]) for name in _TUPLES if name in document}
    fields["mistakes"] = _mistakes_of(document.get("mistake"))
    if "initializer" in document or "parameters" in document:
        fields["start"] = _start_of(document)
    fields |= _optimizer_of(document.get("optimizer", {}))
    return Setup(data=data_of(document["data"]), **fields).completed()


_PLAIN = ("loss", "batch_size", "shuffle_seed", "decimals")
_TUPLES = ("sizes", "activations", "warm_up")
_OPTIONAL = ("weight_decay", "clip_norm")


def _mistakes_document(mistakes: tuple[str, ...]) -> str | list[str] | None:
    """None, the one name, or a list of several."""
    return list(mistakes) if len(mistakes) > 1 else mistakes[0] if mistakes else None


def _mistakes_of(document: str | list[str] | None) -> tuple[str, ...]:
    return (document,) if isinstance(document, str) else tuple(document or ())


def _start_document(start: Initializer | Parameters) -> Document:
    if isinstance(start, Parameters):
        return {"parameters": {"W": [W.tolist() for W in start.W], "b": [b.tolist() for b in start.b]}}
    amount = {AMOUNTS[start.kind]: start.amount} if start.kind in AMOUNTS else {}
    return {"initializer": {"kind": start.kind, **amount, "seed": start.seed}}


def _start_of(document: Document) -> Initializer | Parameters:
    if "parameters" in document:
        W, b = document["parameters"]["W"], document["parameters"]["b"]
        return Parameters(
            tuple(matrix(rows, f"parameters.W[{l}]") for l, rows in enumerate(W)),
            tuple(np.array(values, float) for values in b),
        )
    given = dict(document["initializer"])
    kind = given.pop("kind")
    seed = given.pop("seed", 0)
    amounts = [given[name] for name in given if name == AMOUNTS.get(kind)]
    return Initializer(kind, seed, *amounts)


def _optimizer_document(setup: Setup) -> Document:
    """The optimizer with the settings of its kind; what is not in use is left out."""
    optimizer, schedule = setup.optimizer, setup.schedule
    document: Document = {"kind": optimizer.kind, "learning_rate": setup.learning_rate}
    document |= {name: getattr(optimizer, name) for name in optimizer.rule.settings}
    document |= {name: value for name in _OPTIONAL if (value := getattr(optimizer, name))}
    if schedule != CONSTANT:
        document["schedule"] = {"kind": schedule.kind}
        document["schedule"] |= {name: getattr(schedule, name) for name in SCHEDULES[schedule.kind].settings}
    return document


def _optimizer_of(document: Document) -> Document:
    """The fields of a setup: optimizer, schedule and learning rate."""
    settings = {name: value for name, value in document.items() if name not in ("learning_rate", "schedule")}
    rate = {name: document[name] for name in ("learning_rate",) if name in document}
    return {"optimizer": Optimizer(**settings), "schedule": Schedule(**document.get("schedule", {})), **rate}


# Data -----------------------------------------------------------------------------------------------------------------

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
