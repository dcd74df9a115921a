"""A drawing by itself wears the rules that meet it, with plain values."""

import pytest

from app.web.http.standalone import SYSTEM, standalone, worn_by, worn_in_both

DRAWN = '<svg viewBox="0 0 20 10"><g class="edge neg" id="c-1"><path class="wire"/></g><text>1</text></svg>'
RULES = """
:root { --light: initial; --dark: ; }
:root {
  --card: var(--light, #ffffff) var(--dark, #1b1e25);
  --pos: var(--light, #b35900) var(--dark, #f0a35a); /* orange */
  --k: 1;
}
.edge .wire { stroke: var(--pos); opacity: .7; stroke: color-mix(in srgb, var(--pos) 20%, transparent); }
.edge:hover .wire, .edge.neg:not(.zero) .wire { width: var(--k); }
:is(.edge, .other) text { fill: var(--none, red); }
.button { color: red; }
@media (max-width: 9px) { .edge { color: blue; } @supports (x: y) { .edge { color: green; } } }
.wire { fill: none; }
button, #c-2 { color: pink; }
"""


@pytest.mark.parametrize(("theme", "colour"), [("light", "#b35900"), ("dark", "#f0a35a")])
def test_what_meets_the_drawing_is_worn_with_its_values(theme: str, colour: str) -> None:
    assert worn_by(DRAWN, RULES, theme) == (
        f".edge .wire{{stroke: {colour};opacity: .7}}"
        ".edge.neg:not(.zero) .wire{width: 1}"
        ":is(.edge, .other) text{fill: red}"
        ".wire{fill: none}"
    )


def test_a_page_by_itself_follows_the_system_with_the_colours_that_it_uses() -> None:
    assert worn_in_both(DRAWN, RULES, "p { color: var(--card); }") == (
        f"{SYSTEM}:root{{--card:var(--light,#ffffff) var(--dark,#1b1e25);"
        "--pos:var(--light,#b35900) var(--dark,#f0a35a)}"
        "p { color: var(--card); }"
        ".edge .wire{stroke: var(--pos);opacity: .7}"
        ".edge.neg:not(.zero) .wire{width: 1}"
        ":is(.edge, .other) text{fill: red}"
        ".wire{fill: none}"
    )


def test_it_is_a_file_with_a_size_and_words() -> None:
    text = standalone(DRAWN, RULES, "dark", "A <drawing>")
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox')
    assert "svg{background:#1b1e25}" in text
    assert "<desc>A &lt;drawing&gt;</desc>" in text
