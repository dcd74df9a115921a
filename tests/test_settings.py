"""Every limit has a name, a default and an environment variable, and cannot be changed while the program runs."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"EXPLORER_{name.upper()}", raising=False)


def numbers(settings: Settings) -> dict[str, float]:
    values = settings.model_dump(exclude={"port"})
    return {name: value for name, value in values.items() if type(value) in (int, float)}


def test_the_defaults_are_the_published_limits() -> None:
    assert numbers(Settings()) == {
        "session_hours": 24,
        "min_free_megabytes": 50,
        "max_session_bytes": 400_000,
        "max_store_megabytes": 1_000,
        "cache_megabytes": 40,
        "workers": 1,
        "drain_seconds": 0.3,
        "work_megabytes": 100,
        "work_threads": 2,
        "work_queue": 64,
        "work_seconds": 15,
        "session_burst": 20,
        "session_rate": 20,
        "joining_burst": 600,
        "joining_rate": 60,
        "class_hours": 24,
        "max_seats": 1_000,
        "stuck_minutes": 3,
        "failed_codes_burst": 30,
        "failed_codes_rate": 0.5,
        "max_layers": 6,
        "max_units": 32,
        "max_features": 8,
        "max_examples": 1_000,
        "client_seconds": 10,
        "max_connections": 4_000,
        "max_connection_bytes": 16_000_000,
        "max_header_bytes": 16_384,
        "max_body_bytes": 65_536,
        "max_data_bytes": 524_288,
        "max_iterations_per_request": 10_000,
        "max_learning_rate": 100.0,
        "max_magnitude": 1_000_000.0,
    }


def test_only_this_machine_is_served_unless_asked_otherwise() -> None:
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8000)


def test_the_data_directory_is_the_users_own() -> None:
    assert Settings().data_directory.name == "backprop-explorer"
    assert Settings().data_directory.is_absolute()


@pytest.mark.parametrize("name", ["port", *sorted(numbers(Settings()))])
def test_each_number_is_read_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"EXPLORER_{name.upper()}", "7")
    assert getattr(Settings(), name) == 7


def test_the_data_directory_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_DIRECTORY", str(tmp_path))
    assert Settings().data_directory == tmp_path


@pytest.mark.parametrize("value", ["0", "-1", "many", "nan"])
def test_a_limit_that_limits_nothing_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_UNITS", value)
    with pytest.raises(ValidationError, match="max_units"):
        Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().max_units = 64  # type: ignore[misc]
