"""Browsers leave out what is said with a function or selector that they do not know: something plainer stands there."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
COMMENTS = re.compile(r"/\*.*?\*/", re.S)
INSIDE = r"[^{}]*\{(?:[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})*[^{}]*\}"
SUPPORTED, AT_TIMES = re.compile(f"@supports {INSIDE}"), re.compile(f"@(?:supports|media|container) {INSIDE}")
RULES = re.compile(r"([^{};]+)\{([^{}]*)\}")
NEW_VALUE = re.compile(r"color-mix\(|light-dark\(|oklch\(|\d(?:[dsl]vh|cq[wh])\b")
NEW_SELECTOR = re.compile(r":has\(|:popover-open")


def rules(sheet: Path, without: re.Pattern[str]) -> list[tuple[str, str]]:
    """Selector and declarations of each rule, but for those in such blocks."""
    return RULES.findall(without.sub("", COMMENTS.sub("", sheet.read_text())))


def without_fallback(declarations: str) -> list[str]:
    """What is said by a new function alone; of a custom property always, for the last one counts, understood or not."""
    plain: set[str] = set()
    found = []
    for name, value in (one.split(":", 1) for one in declarations.split(";") if ":" in one):
        if not NEW_VALUE.search(value):
            plain.add(name.strip())
        elif name.strip() not in plain or name.strip().startswith("--"):
            found.append(f"{name}:{value}".strip())
    return found


def selectors(listed: str) -> list[str]:
    """The selectors of a list."""
    depth, parts = 0, [""]
    for letter in listed:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def is_mixed(listed: str) -> bool:
    """Whether a selector that is not known everywhere stands in one list with one that is."""
    return len({bool(NEW_SELECTOR.search(one)) for one in selectors(listed)}) > 1


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda sheet: sheet.name)
def test_every_new_function_has_a_plain_fallback_and_no_new_selector_takes_others_with_it(sheet: Path) -> None:
    found = rules(sheet, SUPPORTED)  # these ask first what the browser knows
    assert {selector: lone for selector, body in found if (lone := without_fallback(body))} == {}
    assert [selector.strip() for selector, _ in found if is_mixed(selector)] == []


def test_no_two_features_say_how_the_same_thing_looks() -> None:
    """On one page the rules of all features count: a class that two of them use would have both looks."""
    worn: dict[str, set[str]] = defaultdict(set)
    for sheet in STATIC.glob("*.css"):
        feature = "explorer" if sheet.stem == "app" else sheet.stem
        for listed, _ in rules(sheet, AT_TIMES):
            for one in selectors(listed):
                worn[one].add(feature)
    assert {name: sorted(features) for name, features in worn.items() if len(features) > 1} == {}


def test_the_check_itself_finds_what_has_no_fallback() -> None:
    assert without_fallback("color: red; width: 1cqw") == ["width: 1cqw"]
    assert without_fallback("width: 1px; width: 1cqw") == []
    assert without_fallback("--a: red; --a: color-mix(in srgb, red, blue)") == ["--a: color-mix(in srgb, red, blue)"]
    assert is_mixed("a, b:has(c, d)")
    assert not is_mixed("a:has(b, c), d:has(e)")
