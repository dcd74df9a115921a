"""A session's state as the API answers it: JSON text, with every number that the walk has shown."""

import json
from functools import lru_cache
from math import isfinite
from typing import Any

from app.engine.network.layers import Network
from app.engine.network.propagation import Backward, Forward
from app.engine.setup import Setup
from app.sessions.setups.document import setup_document
from app.sessions.store.store import Kept
from app.sessions.walk.session import Losses, TrainingSession
from app.web.api.trace import equation_document

Document = dict[str, Any]


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def dumps(value: Any) -> str:
    """Compact JSON. ValueError for a number that is not finite."""
    return _ENCODER.encode(value)


def real(x: float) -> float | None:
    """The number; None, which is null, where it has grown beyond what a number can hold."""
    return x if isfinite(x) else None


def state_text(kept: Kept) -> str:
    """The state as one JSON object; its setup, the longest part, is written once and put in."""
    session = kept.session
    head = {"id": kept.id, "rev": kept.rev, "lesson": session.lesson}
    setup = _setup_text(session.setup, session.learning_rate, session.hidden)
    return f'{dumps(head)[:-1]},"setup":{setup},{dumps(_place(session) | _numbers(session))[1:]}'


def history_text(history: Losses) -> str:
    """All losses so far."""
    return dumps({"iterations": history.iterations, "epochs": history.epochs})


@lru_cache(maxsize=128)
def _setup_text(setup: Setup, learning_rate: float, hidden: bool) -> str:
    """The setup with the learning rate chosen now, its mistake hidden or not; kept, for its data may be long."""
    document = setup_document(setup)
    if hidden:
        document["mistake"] = "hidden"
    document["optimizer"]["learning_rate"] = learning_rate
    return dumps(document)


def _place(session: TrainingSession) -> Document:
    equation = session.equation
    return {
        "epoch": session.epoch,
        "iteration": session.iteration,
        "example": session.example,
        "batch": session.batch,
        "phase": "forward" if equation is None else equation.phase,
        "cursor": session.cursor,
        "equations": len(session.equations),
        "learning_rate_now": session.rate_now,
        "equation": None if equation is None else equation_document(session, equation),
    }


def _numbers(session: TrainingSession) -> Document:
    it = session.current
    return {
        "network": _network(session.network),
        "forward": _forward(it.forward) if session.phase_done("forward") else None,
        "loss": it.loss if session.phase_done("loss") else None,
        "backward": _backward(it.backward) if session.phase_done("backward") else None,
        "loss_after": it.loss_after if session.finished else None,
    }


def _network(network: Network) -> Document:
    return {
        "sizes": network.sizes,
        "activations": [layer.activation.name for layer in network.layers],
        "layers": [{"W": layer.W.tolist(), "b": layer.b.tolist()} for layer in network.layers],
    }


def _forward(forward: Forward) -> Document:
    return {"Z": [Z.tolist() for Z in forward.Z], "A": [A.tolist() for A in forward.A]}


def _backward(backward: Backward) -> Document:
    return {
        "delta": [delta.tolist() for delta in backward.delta],
        "dW": [dW.tolist() for dW in backward.dW],
        "db": [db.tolist() for db in backward.db],
    }
