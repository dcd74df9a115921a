"""Random setups as learners send them, up to the limits; and the largest there are."""

import json
from random import Random
from typing import Any

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.network.activations import ACTIVATIONS
from app.limits import Limits

MOST = Limits()


def json_bytes(given: object) -> bytes:
    """As a body."""
    return json.dumps(given).encode()


def rows(chance: Random, count: int, columns: int, digits: int = 2) -> list[list[float]]:
    """Numbers from -1 to 1."""
    return [[round(chance.uniform(-1, 1), digits) for _ in range(columns)] for _ in range(count)]


def large_network(chance: Random) -> dict[str, Any]:
    """As deep as can be, nearly as wide, over four examples."""
    wide = [chance.randint(MOST.max_units - 3, MOST.max_units) for _ in range(MOST.max_layers - 1)]
    return {
        "sizes": [MOST.max_features, *wide, 1],
        "data": {"X": rows(chance, 4, MOST.max_features), "Y": rows(chance, 4, 1)},
    }


def table_of_most(chance: Random) -> dict[str, Any]:
    """The largest network over the largest table, by Adam."""
    inputs, units = MOST.max_features, MOST.max_units
    data = {"X": rows(chance, MOST.max_examples, inputs, 3), "Y": rows(chance, MOST.max_examples, units, 3)}
    optimizer = {"kind": "adam", "learning_rate": 0.001}
    return {"sizes": [inputs, *[units] * MOST.max_layers], "data": data, "optimizer": optimizer}


def any_network(chance: Random) -> dict[str, Any]:
    """Of any size that is allowed, small ones more often than large ones."""
    most = chance.choice((3, 3, 8, MOST.max_units))
    sizes = [
        chance.randint(1, MOST.max_features),
        *(chance.randint(1, most) for _ in range(chance.randint(1, MOST.max_layers))),
    ]
    hidden = [name for name, one in ACTIVATIONS.items() if not one.couples]
    examples = chance.choice((1, 4, 4, 30, 200, MOST.max_examples))
    return {
        "sizes": sizes,
        "activations": [chance.choice(hidden) for _ in sizes[2:]] + ["identity"],
        "loss": chance.choice(("half_squared_error", "mean_squared_error")),
        "data": {"X": rows(chance, examples, sizes[0]), "Y": rows(chance, examples, sizes[-1])},
        "optimizer": {"kind": chance.choice(list(OPTIMIZERS)), "learning_rate": chance.choice((0.001, 0.1))},
        "batch_size": chance.choice((None, 1, min(10, examples))),
        "shuffle_seed": chance.choice((None, 1)),
        "decimals": chance.choice((None, None, 4)),
    }


def table_text(chance: Random, count: int = 30) -> str:
    """A table as it is pasted: two inputs and a target."""
    return "\n".join(["first,second,target", *(",".join(map(str, row)) for row in rows(chance, count, 3))])
