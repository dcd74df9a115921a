"""The Chromium of the browser tests: the one that was named, else the system's, else Playwright's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.driver import chromium
from tests.browser.driver.chromium import NoChromiumError, find_chromium, install, ways_to_install


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser: an empty folder is its PATH, another is Playwright's."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "MACOS", ())
    return path


def test_the_environment_variable_goes_before_the_system(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare_machine, "chromium")
    named = program(tmp_path, "my-chromium")
    monkeypatch.setenv("CHROMIUM", named)
    assert find_chromium() == named


def test_the_environment_variable_may_name_a_command(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(bare_machine, "my-chromium")
    monkeypatch.setenv("CHROMIUM", "my-chromium")
    assert find_chromium() == found


def test_a_wrong_environment_variable_is_never_replaced_by_another_browser(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare_machine, "chromium")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoChromiumError, match="CHROMIUM is '/nowhere/chromium'"):
        install()


def test_chromium_goes_before_chrome_on_the_path(bare_machine: Path) -> None:
    program(bare_machine, "google-chrome-stable")
    program(bare_machine, "google-chrome")
    assert find_chromium() == str(bare_machine / "google-chrome")
    program(bare_machine, "chromium-browser")
    assert find_chromium() == str(bare_machine / "chromium-browser")
    program(bare_machine, "chromium")
    assert find_chromium() == str(bare_machine / "chromium")


def test_an_application_of_macos_is_found_where_the_path_has_none(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = program(tmp_path, "Chromium")
    monkeypatch.setattr(chromium, "MACOS", ("/nowhere/Chromium", application))
    assert find_chromium() == application


def test_playwrights_own_is_the_last_resort(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = program(tmp_path, "chrome")
    monkeypatch.setattr(chromium, "playwrights_own", lambda: [own])
    assert find_chromium() == own
    system = program(bare_machine, "google-chrome-stable")
    assert find_chromium() == system


def test_no_browser_is_an_error_that_says_what_to_do(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "playwrights_own", lambda: ["/nowhere/chrome"])
    with pytest.raises(NoChromiumError, match=r"apt-get install chromium.*CHROMIUM"):
        find_chromium()


def test_install_tries_the_next_way_when_one_fails(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []

    def succeeds(command: list[str]) -> bool:
        commands.append(" ".join(command[-3:]))
        if command[-1] == "chromium" and "apt-get" in command:
            program(bare_machine, "chromium")
        return "playwright" not in command

    program(bare_machine, "apt-get")
    monkeypatch.setattr(chromium, "playwrights_own", lambda: ["/nowhere/chrome"])
    monkeypatch.setattr(chromium, "as_root", lambda: [])
    monkeypatch.setattr(chromium, "succeeds", succeeds)
    assert install() == str(bare_machine / "chromium")
    assert len(commands) == 4
    assert commands[0].endswith("install chromium")
    assert commands[1].endswith("apt-get update")
    assert commands[2].endswith("install -y chromium")


def test_a_browser_that_does_not_start_is_not_enough(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare_machine, "google-chrome")
    monkeypatch.setattr(chromium, "ways_to_install", lambda: [])
    monkeypatch.setattr(chromium, "succeeds", lambda command: command[-1] != "--version")
    with pytest.raises(NoChromiumError, match="No Chromium was found"):
        install()


def test_install_fails_with_a_sentence_when_every_way_fails(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "playwrights_own", lambda: ["/nowhere/chrome"])
    monkeypatch.setattr(chromium, "succeeds", lambda command: False)
    with pytest.raises(NoChromiumError, match="No Chromium was found"):
        install()


def test_without_root_the_systems_packages_are_left_alone(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare_machine, "apt-get")
    monkeypatch.setattr(chromium, "as_root", lambda: None)
    assert [way[0][-2:] for way in ways_to_install()] == [["install", "chromium"]]


def test_the_command_prints_the_path_that_it_found(bare_machine: Path) -> None:
    found = program(bare_machine, "chromium")
    command = [sys.executable, "-m", "tests.browser.driver.chromium", "--install"]
    answer = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
    assert answer.stdout == f"{found}\n"
