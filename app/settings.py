"""Limits and defaults, read once from the environment: EXPLORER_MAX_UNITS=64 and so on."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every limit has a name here, and the error that a limit causes says that name's value.

    Raises pydantic.ValidationError where the environment holds a value that cannot be.
    """

    model_config = SettingsConfigDict(env_prefix="EXPLORER_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)  # 0: any free one
    data_directory: Path = Field(default_factory=lambda: user_data_path("backprop-explorer"))
    session_hours: PositiveFloat = 24  # a session that nobody touched for so long is forgotten

    max_layers: PositiveInt = 6  # beyond the input
    max_units: PositiveInt = 32  # in one layer
    max_features: PositiveInt = 8  # inputs of one example
    max_examples: PositiveInt = 1_000
    max_body_bytes: PositiveInt = 512 * 1024
    max_iterations_per_request: PositiveInt = 10_000
    max_learning_rate: PositiveFloat = 100.0
    max_magnitude: PositiveFloat = 1e6  # of any weight, bias, input or target that is given
