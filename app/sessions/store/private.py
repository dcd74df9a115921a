"""Who may read what is kept: nobody but the user that the program runs as, for every key lies there."""

import os
from contextlib import suppress
from pathlib import Path

DIRECTORY, FILE = 0o700, 0o600
OTHERS = 0o077  # what group and others may do
HAS_MODES = os.name == "posix"


def make_file(file: Path) -> None:
    """Make the file, empty, where there is none. SQLite gives the files beside it, such as its log, the same mode."""
    with suppress(OSError):  # whoever opens it says why it cannot be
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, FILE))


def keep_private(directory: Path, name: str) -> str:
    """Let nobody else read a directory, nor the files in it whose names begin with `name`.

    Returns what must be said of those that stay open; empty where none does. A directory that holds other things too
    is left as it is: they are not ours.
    """
    if not HAS_MODES:
        return ""
    others = next((path.name for path in directory.iterdir() if not path.name.startswith(name)), "")
    reason = f"it holds other things too, such as {others}" if others else ""
    ours = [(file, FILE, "") for file in directory.glob(f"{name}*") if file.is_file()]
    told = (_closed(path, mode, reason) for path, mode, reason in ((directory, DIRECTORY, reason), *ours))
    return "\n".join(filter(None, told))


def _closed(path: Path, mode: int, reason: str) -> str:
    """Close a path to others, unless there is a reason not to; what must be said where it stays open."""
    found = path.stat()
    if not found.st_mode & OTHERS:
        return ""
    if not reason and found.st_uid != os.geteuid():
        reason = "it belongs to another user"
    if not reason:
        try:
            path.chmod(found.st_mode & mode)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
    return f"{path} is open to other users of this machine: {reason}. Close it: chmod {mode:o} {path}" if reason else ""
