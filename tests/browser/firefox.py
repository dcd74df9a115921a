"""The Firefox in which one lesson is walked too: the one of FIREFOX, or the system's.

`python -m tests.browser.firefox --install` installs Debian's where there is none. Unlike Chromium it may be missing.
"""

import os
import shutil
import sys

from tests.browser.chromium import as_root, succeeds

NAMES = ("firefox-esr", "firefox")
MACOS = "/Applications/Firefox.app/Contents/MacOS/firefox"
REMEDY = "No Firefox was found. On Debian: apt-get install firefox-esr; or set FIREFOX to the path of its program."


def find_firefox() -> str | None:
    """The path of the browser's program; None where there is none."""
    names = (named,) if (named := os.environ.get("FIREFOX")) else (*NAMES, MACOS)
    return next((program for name in names if (program := shutil.which(name))), None)


def install() -> str | None:
    """The same, after trying to install one where there is none."""
    prefix = as_root() if find_firefox() is None and shutil.which("apt-get") else None
    if prefix is not None:
        apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        succeeds([*apt_get, "update"]) and succeeds([*apt_get, "install", "-y", "firefox-esr"])
    return find_firefox()


if __name__ == "__main__":
    print((install() if "--install" in sys.argv[1:] else find_firefox()) or REMEDY)
