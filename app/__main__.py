"""`python -m app`: start the explorer, and say where it is."""

import argparse
import contextlib
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from app.settings import Settings

CANNOT_START = 2
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
EVERY_INTERFACE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}

Browse = Callable[[str], object]  # shows an address


class CannotStartError(RuntimeError):
    """Something outside of the program is in the way; the message says what, and what to do."""


class AnnouncingServer(uvicorn.Server):
    """A server that calls `announce` as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.announce()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; returns the exit code, 2 where the server cannot start."""
    options = parse(arguments)
    try:
        settings = read_settings(options)
        prepare_data_directory(settings.data_directory)
        with listen(settings.host, settings.port) as listener:
            browse = None if options.no_open or not sys.stdout.isatty() else webbrowser.open
            return serve(settings, listener, browse)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return CANNOT_START


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; one that was not given is absent, so that the settings' default holds."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Start Backprop Explorer.", argument_default=argparse.SUPPRESS
    )
    parser.add_argument("--host", help="address to listen on (127.0.0.1: only this machine)")
    parser.add_argument("--port", type=int, help="port to listen on (8000; 0 takes any free one)")
    parser.add_argument("--data", type=Path, metavar="DIRECTORY", help="where sessions are kept")
    parser.add_argument("--no-open", action="store_true", default=False, help="do not open a browser")
    return parser.parse_args(arguments)


def read_settings(options: argparse.Namespace) -> Settings:
    """The environment's settings, where no option says otherwise."""
    names = {"host": "host", "port": "port", "data": "data_directory"}
    given = {field: vars(options)[name] for name, field in names.items() if name in options}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = (f"The setting {'.'.join(map(str, e['loc']))} cannot be used: {e['msg']}." for e in error.errors())
        raise CannotStartError("\n".join(lines)) from error


def prepare_data_directory(directory: Path) -> None:
    """Make the directory that sessions are kept in."""
    remedy = "Name another with --data DIRECTORY."
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStartError(f"The data directory {directory} cannot be made: {error.strerror}. {remedy}") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise CannotStartError(f"The data directory {directory} cannot be written to. {remedy}")


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


def serve(settings: Settings, listener: socket.socket, browse: Browse | None) -> int:
    """Run the application on `listener` until it is interrupted; returns the exit code."""
    keep_to_one_thread()
    from app.main import create_app  # only now: NumPy reads the number of threads when it is imported

    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    address = address_of(listener)
    server = AnnouncingServer(config, lambda: announce(address, browse))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0 if server.started else CANNOT_START


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
