"""How large a setup may be, and how much a store keeps: limits that are settings, and flow from there to wherever a
setup is declared or read, and sessions are kept.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt


class Limits(BaseModel):
    """The published limits; `Settings`, which reads them from the environment, is one of these."""

    model_config = ConfigDict(frozen=True)

    max_layers: PositiveInt = 6  # beyond the input
    max_units: PositiveInt = 32  # in one layer
    max_features: PositiveInt = 8  # inputs of one example
    max_examples: PositiveInt = 1_000
    max_data_bytes: PositiveInt = 512 * 1024  # of a body that may hold a whole table of examples
    max_learning_rate: PositiveFloat = 100.0
    max_magnitude: PositiveFloat = 1e6  # of any weight, bias, input or target that is given

    @property
    def most_columns(self) -> int:
        """Of a table: any network's inputs and outputs can stand in one, so there is something to choose from."""
        return self.max_features + self.max_units


class StoreLimits(BaseModel):
    """How long and how much a store keeps; `Settings` is one of these, too."""

    model_config = ConfigDict(frozen=True)

    session_hours: PositiveFloat = 24  # that the program runs: a session that nobody touched for so long is forgotten
    class_hours: PositiveFloat = 24  # a class that nobody steered for so long goes, with its votes
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"  # FULL: what is saved survives a power cut too, but takes longer
    max_session_bytes: PositiveInt = 400_000  # of one session in the store
    max_store_megabytes: PositiveFloat = 1_000  # of all; an eighth is left to those that are there
