"""Which Chromium the browser tests drive: the one of CHROMIUM, the system's, or Playwright's own.

`python -m tests.browser.driver.chromium --install` installs one where there is none. No browser is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
OWN_PATH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)
REMEDY = (
    "No Chromium was found for the browser tests. Install one (Debian, Ubuntu: apt-get install chromium; "
    "macOS: brew install --cask chromium), or set CHROMIUM to the path of its program."
)


class NoChromiumError(RuntimeError):
    """There is no Chromium on this machine; the message says how to get one."""


def find_chromium() -> str:
    """The path of the browser's program. Raises NoChromiumError."""
    named = os.environ.get("CHROMIUM")
    if named:
        return usable(named)
    found = first_of(on_path()) or first_of(MACOS) or first_of(playwrights_own())
    if not found:
        raise NoChromiumError(REMEDY)
    return found


def usable(named: str) -> str:
    """The program that CHROMIUM names, as a path or as a command."""
    program = shutil.which(named)
    if not program:
        raise NoChromiumError(f"CHROMIUM is {named!r}, which is not a program. Correct it or unset it.")
    return program


def on_path() -> list[str]:
    """The system's browsers, the preferred one first."""
    return [program for name in NAMES if (program := shutil.which(name))]


def playwrights_own() -> list[str]:
    """Where Playwright keeps the Chromium that `playwright install` downloads.

    Asked in another process, because Playwright refuses to start twice in one.
    """
    answer = subprocess.run([sys.executable, "-c", OWN_PATH], capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()


def first_of(programs: Iterable[str]) -> str | None:
    """The first of the paths that is there."""
    return next((program for program in programs if Path(program).is_file()), None)


def install() -> str:
    """The path of a browser that starts; where there is none, one is installed. Raises NoChromiumError."""
    if works() or os.environ.get("CHROMIUM"):
        return find_chromium()
    for way in ways_to_install():
        if all(succeeds(command) for command in way) and works():
            return find_chromium()
    raise NoChromiumError(REMEDY)


def works() -> bool:
    """Whether there is a browser, and no library that it needs is missing."""
    try:
        return succeeds([find_chromium(), "--version"])
    except NoChromiumError:
        return False


def ways_to_install() -> list[list[list[str]]]:
    """Each way is a list of commands: Playwright's download, then the system's packages."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and (prefix := as_root()) is not None:
        apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        ways.append([[*apt_get, "update"], [*apt_get, "install", "-y", "chromium"]])
    return ways


def as_root() -> list[str] | None:
    """What goes before a command to run it as root without a question; None where that cannot be."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]) else None


def succeeds(command: Sequence[str]) -> bool:
    """Run a command, its output to standard error, and say whether it ended well."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode == 0


def main() -> int:
    """Print the browser's path; with --install, install one where there is none."""
    try:
        print(install() if "--install" in sys.argv[1:] else find_chromium())
    except NoChromiumError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
