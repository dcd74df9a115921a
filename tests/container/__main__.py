"""Builds the real Dockerfile without a Docker engine, starts the result as it is meant to run, walks a lesson in it.

`make container` needs root, buildah and, for a stand-in of the official base image, debootstrap. What the builder needs
to reach a package index from here goes into BUILDAH_OPTIONS, such as `-v DIRECTORY:DIRECTORY:ro`; none of it stays in
the image. BASE_IMAGE=python:3.13-slim takes the official image where a registry can be reached.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.container.image import build, config_of, mounted, stand_in, tools_in
from tests.container.sandbox import Container
from tests.container.visit import ready, step_of, walk

ROOTFS = Path(os.environ.get("ROOTFS", "build/standin"))
MEGABYTE = 1_000_000
MOST_MEMORY = 512 * MEGABYTE


def main() -> int:
    """Do it all; returns 0 where it holds, and fails with what does not."""
    base = os.environ.get("BASE_IMAGE") or stand_in(ROOTFS)
    image = build(base, os.environ.get("BUILDAH_OPTIONS", "").split())
    with mounted(image) as root, TemporaryDirectory() as data:
        assert tools_in(root) == [], f"left in the image: {tools_in(root)}"
        os.chown(data, 10001, 10001)
        container = Container(root, config_of(image), Path(data))
        check_walls(container)
        check_walk(container)
        check_restart(container)
    print("The image holds.")
    return 0


def check_walls(container: Container) -> None:
    """It runs as nobody in particular and can write nowhere but where it is meant to."""
    assert container.output("import os; print(os.getuid(), os.getgid(), os.getpid())") == "10001 10001 1"
    assert container.output("print(next(l.split()[1] for l in open('/proc/self/status') if 'CapBnd' in l))") == "0" * 16
    assert container.output("print(next(l.split()[1] for l in open('/proc/self/status') if 'NoNewPrivs' in l))") == "1"
    for place, writable in (("", False), ("/opt/explorer", False), ("/tmp", True), ("/data", True)):
        text = f"\ntry: open('{place}/x', 'w').close(); print(True)\nexcept OSError: print(False)"
        assert container.output(text) == str(writable), place


def check_walk(container: Container) -> None:
    """A lesson is walked; SIGTERM ends process 1 with code 0 within 2 seconds."""
    with container.running() as server:
        print(f"Ready after {ready(server):.2f} s.")
        session = walk(server.address)
        assert server.memory() < MOST_MEMORY
        print(f"Walked a lesson; at most {server.memory() / MEGABYTE:.0f} MB were in use.")
        code, seconds = server.told_to_end()
        assert code == 0, code
        assert seconds <= 2.0, seconds
        print(f"Ended with code 0 after {seconds:.2f} s.")
    (container.data / "session").write_text(session)


def check_restart(container: Container) -> None:
    """The walk is where it was."""
    with container.running() as server:
        ready(server)
        address = (container.data / "session").read_text()
        assert step_of(server.address, address) == 12
        server.told_to_end()


if __name__ == "__main__":
    sys.exit(main())
