"""Which panels and parts are sent, and what is remembered of those that were."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from app.web.http.fragments import Panel, Part, Shown, fragment


@dataclass(frozen=True)
class Line:
    id: str
    text: str
    template: str = "line.html"


@dataclass(frozen=True)
class Headline:
    id: ClassVar[str] = "headline"
    template: ClassVar[str] = "headline.html"
    text: str


@dataclass(frozen=True)
class Table:
    id: ClassVar[str] = "table"
    template: ClassVar[str] = "table.html"
    caption: str
    lines: tuple[Line, ...]

    def frame(self) -> object:
        return replace(self, lines=())

    def parts(self) -> Sequence[Sequence[Part]]:
        return (self.lines,)


class Named:
    """Draws everything by the name of its template."""

    def panel(self, panel: Panel) -> str:
        return f"<p>{panel.template}</p>"

    def part(self, part: Part) -> str:
        return f"<i>{part.id}</i>"


TABLE = Table("numbers", (Line("l-1", "one"), Line("l-2", "two")))


def sent(before: Sequence[Panel] | None, now: Sequence[Panel]) -> str:
    return fragment(Named(), before, now)


def test_equal_panels_are_not_sent_again() -> None:
    assert sent((Headline("a"), TABLE), (Headline("a"), TABLE)) == ""


def test_a_changed_panel_is_wrapped_for_the_element_of_its_id() -> None:
    text = sent((Headline("a"), TABLE), (Headline("b"), TABLE))
    assert text == '<hx-partial hx-target="#headline" hx-swap="innerMorph"><p>headline.html</p></hx-partial>'


def test_without_a_memory_all_panels_are_sent() -> None:
    text = sent(None, (Headline("a"), TABLE))
    assert text.count("<hx-partial") == 2
    assert "<p>table.html</p>" in text


def test_of_a_panel_whose_frame_stays_only_the_changed_parts_are_sent() -> None:
    now = replace(TABLE, lines=(TABLE.lines[0], Line("l-2", "three")))
    assert sent((TABLE,), (now,)) == '<hx-partial hx-target="#l-2" hx-swap="outerMorph"><i>l-2</i></hx-partial>'


def test_a_part_of_a_drawing_comes_in_a_root_of_its_own() -> None:
    other = Line("l-2", "stays")
    was, now = (Table("t", (Line("l-1", text, "line.svg"), other)) for text in ("one", "two"))
    assert 'strip:true"><svg><i>l-1</i></svg></hx-partial>' in sent((was,), (now,))


def test_a_panel_with_another_frame_or_other_parts_is_sent_whole() -> None:
    for now in (replace(TABLE, caption="others"), replace(TABLE, lines=TABLE.lines[:1])):
        assert "<p>table.html</p>" in sent((TABLE,), (now,))


def test_a_panel_of_which_most_parts_changed_is_sent_whole() -> None:
    now = replace(TABLE, lines=(Line("l-1", "other"), Line("l-2", "three")))
    assert "<p>table.html</p>" in sent((TABLE,), (now,))


def test_the_memory_forgets_the_page_that_moved_longest_ago() -> None:
    shown = Shown(size=2)
    for rev in (1, 2, 3):
        shown.put(("id", rev, 5, ""), (Headline(str(rev)),))
    assert shown.get(("id", 1, 5, "")) is None
    assert shown.get(("id", 3, 5, "")) == (Headline("3"),)


def test_the_memory_counts_parts_too_so_that_large_pages_do_not_fill_it() -> None:
    large = Table("rows", tuple(Line(f"l-{i}", "x") for i in range(40)))
    shown = Shown(size=100, most=100)
    for rev in range(10):
        shown.put(("id", rev, 5, ""), (large,))
    assert [rev for rev in range(10) if shown.get(("id", rev, 5, ""))] == [8, 9]
    shown.put(("id", 9, 5, ""), (Headline("the same page again"),))
    assert shown.get(("id", 8, 5, "")) is not None
    shown.put(("other", 1, 5, ""), (replace(large, lines=large.lines * 10),))
    assert shown.get(("other", 1, 5, "")) is not None
