"""The Firefox in which one lesson is walked too: the one of FIREFOX, or the system's, driven by its own protocol.

`python -m tests.browser.driver.firefox --install` installs Debian's where there is none.
Unlike Chromium it may be missing.
Playwright drives only a Firefox of its own make; Marionette is what every Firefox speaks to geckodriver.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tests.browser.driver.chromium import as_root, succeeds

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
REMEDY = "No Firefox was found. On Debian: apt-get install firefox-esr; or set FIREFOX to the path of its program."
SOON = ("-oAcquire::http::Timeout=20", "-oAcquire::https::Timeout=20", "-oAcquire::Retries=0")  # or not at all
WITHIN = 100.0  # seconds, on a machine that does other things too


def find_firefox() -> str | None:
    """The path of the browser's program; None where there is none."""
    names = (named,) if (named := os.environ.get("FIREFOX")) else NAMES
    return next((program for name in names if (program := shutil.which(name))), None)


def install() -> str | None:
    """The same, after trying to install one where there is none."""
    prefix = as_root() if find_firefox() is None and shutil.which("apt-get") else None
    if prefix is not None:
        apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *SOON]
        if succeeds([*apt_get, "update"]):
            succeeds([*apt_get, "install", "-y", "firefox-esr"])
    return find_firefox()


class Marionette:
    """One window, asked by commands: [0, number, name, values] out, [1, number, error, result] back."""

    def __init__(self, connection: socket.socket, answers: BinaryIO) -> None:
        self._connection, self._answers = connection, answers
        self._answer()  # who it is
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **values: Any) -> Any:
        """What a command of WebDriver results in. RuntimeError with Firefox's own words where it fails."""
        said = json.dumps([0, 0, command, values]).encode()
        self._connection.sendall(b"%d:%b" % (len(said), said))
        _, _, error, result = self._answer()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def run(self, script: str, *args: Any) -> Any:
        """What a function of the page gives for these arguments."""
        return self.ask("WebDriver:ExecuteScript", script=f"return ({script})(...arguments)", args=args)

    def click(self, selector: str) -> None:
        """Point at an element and click."""
        found = self.ask("WebDriver:FindElement", using="css selector", value=selector)
        self.ask("WebDriver:ElementClick", id=next(iter(found.values())))

    def until(self, script: str, *args: Any) -> None:
        """Wait until a function of the page is true."""
        late = time.monotonic() + WITHIN
        while not self.run(script, *args):
            assert time.monotonic() < late, (script, args)
            time.sleep(0.01)

    def complaints(self, address: str) -> list[str]:
        """Errors and breaches of the content policy that the browser wrote down of pages at this address."""
        self.ask("Marionette:SetContext", value="chrome")
        found: list[str] = self.run(COMPLAINTS, address)
        self.ask("Marionette:SetContext", value="content")
        return found

    def _answer(self) -> Any:
        length = b""
        while (char := self._answers.read(1)) != b":":
            length += char
        return json.loads(self._answers.read(int(length)))


COMPLAINTS = """(address) => Services.console.getMessageArray()
  .filter((one) => one instanceof Ci.nsIScriptError && !(one.flags & one.warningFlag))
  .filter((one) => one.sourceName.startsWith(address))
  .map((one) => one.message)"""


@contextmanager
def running_firefox(program: str, profile: Path) -> Iterator[Marionette]:
    """A Firefox without a screen, with a profile of its own."""
    (profile / "user.js").write_text('user_pref("marionette.port", 0);\n')
    port = profile / "MarionetteActivePort"
    options = ("--headless", "--marionette", "--remote-allow-system-access", "--profile", str(profile))
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            late = time.monotonic() + WITHIN
            while not (port.exists() and port.read_text()):
                assert process.poll() is None, "Firefox ended at its start."
                assert time.monotonic() < late, "Firefox did not start."
                time.sleep(0.02)
            connection = socket.create_connection(("127.0.0.1", int(port.read_text())), WITHIN)
            with connection, connection.makefile("rb") as answers:
                yield Marionette(connection, answers)
        finally:
            process.terminate()


if __name__ == "__main__":
    print((install() if "--install" in sys.argv[1:] else find_firefox()) or REMEDY)
