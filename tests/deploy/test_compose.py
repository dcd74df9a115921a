"""deploy/compose.yaml, read: no container is started here. What it starts is tried without them in test_several.py."""

import json
import re
import subprocess
from ipaddress import ip_network
from typing import Any

import pytest

from app.settings import Settings
from tests.deploy.proxies import DEPLOY, WITH_SBIN, installed

yaml = pytest.importorskip("yaml")  # comes with schemathesis
FILE = DEPLOY / "compose.yaml"


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(FILE.read_text())


def filled_in(text: str) -> str:
    """With the defaults of its variables, which are those of nobody who set any."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def apps(compose: Any) -> dict[str, Any]:
    """Those services that are the program."""
    return {name: service for name, service in compose["services"].items() if service["image"] == "backprop-explorer"}


def test_every_service_is_looked_after_bounded_and_started_again(compose: Any) -> None:
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
        assert {"mem_limit", "pids_limit"} < set(service), name
        assert service["read_only"], name
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"]), name
        assert set(service["networks"]) <= {*compose["networks"], "default"}, name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).is_file(), (name, volume)


def test_two_of_the_program_with_settings_that_it_knows_keep_all_in_one_store(
    compose: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(apps(compose)) == 2
    for app in apps(compose).values():
        for name, text in app["environment"].items():
            monkeypatch.setenv(name, filled_in(text))
        settings = Settings()
        (believed,) = settings.forwarded_allow_ips
        (front,) = compose["networks"]["front"]["ipam"]["config"]
        assert ip_network(believed) == ip_network(front["subnet"])
        named = {name.removeprefix("EXPLORER_").lower() for name in app["environment"]}
        assert named <= set(Settings.model_fields)
        host = app["environment"]["EXPLORER_STORE"].removeprefix("redis://").partition(":")[0]
        assert app["depends_on"][host] == {"condition": "service_healthy"}
        assert set(app["networks"]) & set(compose["services"][host]["networks"])
        assert "ports" not in app
    assert re.search("^redis==", (DEPLOY.parent / "requirements.lock").read_text(), re.MULTILINE)  # is in the image


def test_the_store_forgets_nothing_and_nobody_else_reaches_it(compose: Any) -> None:
    store = compose["services"]["store"]
    assert "--appendonly yes" in store["command"]
    assert "--maxmemory-policy noeviction" in store["command"]
    (held,) = re.findall(r"--maxmemory (\d+)mb", store["command"])
    assert all(
        4 / 3 * int(app["environment"]["EXPLORER_MAX_STORE_MEGABYTES"]) < int(held) for app in apps(compose).values()
    )
    assert store["networks"] == ["kept"]
    assert compose["networks"]["kept"]["internal"]
    assert set(compose["services"]["caddy"]["networks"]) == {"default", "front"}


def test_caddy_knows_both_and_its_file_is_understood_with_what_it_is_given(compose: Any) -> None:
    installed("caddy")
    given = {name: filled_in(text) for name, text in compose["services"]["caddy"]["environment"].items()}
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    told = subprocess.run(command, env=WITH_SBIN | given, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r'"dial": ?"([^"]+)"', told)) == {f"{name}:8000" for name in apps(compose)}
    (served,) = json.loads(told)["apps"]["http"]["servers"].values()
    assert served["listen"] == [":80"]


def test_what_its_head_says_to_type_names_only_what_it_reads() -> None:
    lines = [line for line in FILE.read_text().splitlines() if line.startswith("#") and "docker compose" in line]
    assert len(lines) == 2
    for line in lines:
        typed = re.findall(r"\b([A-Z_]{4,})=", line)
        assert typed
        assert all(f"${{{name}:-" in FILE.read_text() for name in typed)
