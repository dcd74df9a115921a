"""Where the pages' files lie: inside the installed package, else beside it in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder `name` that belongs to the program; a wheel carries its own."""
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


STATIC = folder("static")
TEMPLATES = folder("templates")
