"""`python -m app`: start the explorer, and say where it is. `python -m app backup FILE`: copy all sessions."""

import argparse
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from app.serving import CANNOT_START, serve
from app.settings import UNNAMED_PROXY, Settings

CANNOT_KEEP = 78  # EX_CONFIG of sysexits.h: the data directory, or the Redis, does not serve
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
EVERY_INTERFACE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}

Browse = Callable[[str], object]  # shows an address


class CannotStartError(RuntimeError):
    """Something outside of the program is in the way; the message says what, and what to do."""

    def __init__(self, message: str, code: int = CANNOT_START) -> None:
        super().__init__(message)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; returns the exit code: 2 where that cannot be, 78 where sessions cannot be kept."""
    options = parse(arguments)
    keep_to_one_thread()
    try:
        settings = read_settings(options)
        return back_up(settings, Path(options.command[1])) if options.command else start(settings, options.no_open)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return error.code


def start(settings: Settings, no_open: bool) -> int:
    """Serve until interrupted; returns the exit code."""
    check_place(settings)
    if settings.is_behind_an_unnamed_proxy:
        print(UNNAMED_PROXY, file=sys.stderr)
    with listen(settings.host, settings.port) as listener:
        browse = None if no_open or not sys.stdout.isatty() else webbrowser.open
        address = address_of(listener)
        return serve(settings, listener, lambda: announce(address, browse))


def back_up(settings: Settings, file: Path) -> int:
    """Copy all sessions into a file, whether or not the program runs; returns the exit code."""
    from app.sessions.store.places import BackupError, place_of

    try:
        sessions = place_of(*settings.place).back_up(file)
    except BackupError as error:
        raise CannotStartError(str(error)) from error
    print(
        f"{sessions:,} sessions are in {file}. To restore them: stop the program, remove explorer.sqlite3-wal and -shm "
        "from its data directory if they are there, and put this file in the place of explorer.sqlite3."
    )
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; one that was not given is absent, so that the settings' default holds."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Start Backprop Explorer.", argument_default=argparse.SUPPRESS
    )
    parser.add_argument("--host", help="address to listen on (127.0.0.1: only this machine)")
    parser.add_argument("--port", type=int, help="port to listen on (8000; 0 takes any free one)")
    parser.add_argument("--data", type=Path, metavar="DIRECTORY", help="where sessions are kept")
    parser.add_argument("--workers", type=int, help="processes that serve (1)")
    parser.add_argument("--no-open", action="store_true", default=False, help="do not open a browser")
    parser.add_argument(
        "command", nargs="*", default=[], metavar="backup FILE", help="copy all sessions into a new file"
    )
    options = parser.parse_args(arguments)
    if options.command and (len(options.command) != 2 or options.command[0] != "backup"):
        parser.error("give `backup FILE` to copy all sessions into a new file, or no command to start")
    return options


def read_settings(options: argparse.Namespace) -> Settings:
    """The environment's settings, where no option says otherwise."""
    names = {"host": "host", "port": "port", "data": "data_directory", "workers": "workers"}
    given = {field: vars(options)[name] for name, field in names.items() if name in options}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = (f"The setting {'.'.join(map(str, e['loc']))} cannot be used: {e['msg']}." for e in error.errors())
        raise CannotStartError("\n".join(lines)) from error


def check_place(settings: Settings) -> None:
    """Make the place where sessions are kept ready, and say what must be said of it."""
    from app.sessions.store.places import CannotKeepSessionsError, place_of

    try:
        told = place_of(*settings.place).check()
    except CannotKeepSessionsError as error:
        raise CannotStartError(str(error), CANNOT_KEEP) from error
    if told:
        print(told, file=sys.stderr)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CannotStartError(
            f"Cannot listen on port {port} of {host}: {reason}. "
            f"Choose another port: python -m app --port {another(port)}"
        ) from error


def another(port: int) -> int:
    """A port to propose instead of `port`: one that needs no special rights."""
    return port + 1 if 1024 <= port < 65535 else 8000


def keep_to_one_thread() -> None:
    """Our arrays are tiny: NumPy's threads would cost more than they bring."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def address_of(listener: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    literal = f"[{host}]" if ":" in host else host
    return f"http://{EVERY_INTERFACE.get(host, literal)}:{port}"


def announce(address: str, browse: Browse | None) -> None:
    """Say where the explorer is, and show it where `browse` is given."""
    print(f"Backprop Explorer is at {address} (Ctrl+C stops it)", flush=True)
    if browse:
        browse(address)


if __name__ == "__main__":
    sys.exit(main())
