"""What SECURITY.md promises is attacked by tests, each named beside its promise; what it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "SECURITY.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
PAPERS = ("SECURITY.md", "docs/operations.md", "CONTRIBUTING.md", "README.md")


def promises() -> list[str]:
    """Each point below the heading, on one line."""
    block = SECURITY.split("## What is promised\n")[1].split("\n## ")[0]
    return [" ".join(point.split()) for point in re.split(r"^- ", block, flags=re.MULTILINE)[1:]]


def test_each_promise_names_a_test() -> None:
    assert len(promises()) > 5
    assert [promise for promise in promises() if not NAMED.search(promise)] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_each_test_that_is_named_exists(paper: str) -> None:
    for path, test in NAMED.findall((ROOT / paper).read_text()):
        assert (ROOT / path).exists(), path
        assert not test or re.search(rf"^ *(async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE), test


def test_what_is_not_promised_is_said() -> None:
    assert "## What is not promised" in SECURITY
