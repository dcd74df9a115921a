"""The engine is the mathematics: it imports NumPy and the standard library, and nothing else."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ENGINE = ROOT / "app" / "engine"
ALLOWED = sys.stdlib_module_names | {"numpy"}


def imported_modules(source: str) -> Iterator[str]:
    """The full name of each module that a file imports; relative imports stay inside the room."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


@pytest.mark.parametrize("file", sorted(ENGINE.rglob("*.py")), ids=lambda file: str(file.relative_to(ENGINE)))
def test_a_file_of_the_engine_imports_numpy_and_the_standard_library_only(file: Path) -> None:
    strangers = [
        name
        for name in imported_modules(file.read_text())
        if name.split(".")[0] not in ALLOWED and not f"{name}.".startswith("app.engine.")
    ]
    assert strangers == []


def test_a_stranger_would_be_noticed() -> None:
    source = "import scipy.special\nfrom app.views import numbers\nfrom .types import Array\n"
    assert list(imported_modules(source)) == ["scipy.special", "app.views"]
