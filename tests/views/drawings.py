"""Rendered diagrams read back as rectangles of ink: a referee that knows nothing of the program's own boxes."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring

from app.sessions.walk.session import TrainingSession
from app.settings import STATIC, TEMPLATES
from app.views.network.diagram import diagram
from app.web.http.templating import Assets, Templates

TEMPLATE_ENGINE = Templates(TEMPLATES, Assets(STATIC))
# Inter's advance widths at weight 400 to 650, in ems, rounded up; what is missing is a letter.
ADVANCE = {".": 0.3, " ": 0.29, "−": 0.68, "→": 0.98, "∂": 0.65, "δ": 0.62, "=": 0.68, "×": 0.68, "1": 0.47}
ADVANCE |= dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", 0.42)
LETTER = 0.66
CAPITAL = 0.74  # height of digits and capitals, in ems
SIZES = {"lh": 14.0, "v": 15.0, "script": 19.0}  # of fonts, as app.css gives them by class; all others are TEXT
TEXT = 13.0


@dataclass(frozen=True)
class Ink:
    """A rectangle with what it shows, and the id of the mark that it belongs to."""

    text: str
    owner: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Ink") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def drawn(session: TrainingSession, digits: int = 5) -> Element:
    """The panel as the browser gets it."""
    text = TEMPLATE_ENGINE.render("explorer/network.html", panel=diagram(session, digits), at="/sessions/id")
    return fromstring(f"<panel>{text}</panel>")


def with_class(panel: Element, name: str) -> list[Element]:
    """Every element of this class."""
    return [tag for tag in panel.iter() if name in _classes(tag)]


def texts(panel: Element, all_numbers: bool) -> list[Ink]:
    """Every text that is visible at once: at rest, or where all numbers are asked for."""
    small = bool(with_class(panel, "small"))
    return [
        _text(group, tag, small)
        for group in panel.iter("g")
        for tag in group.findall("text")
        if tag.text and _is_seen(group, tag, small, all_numbers)
    ]


def _is_seen(group: Element, tag: Element, small: bool, all_numbers: bool) -> bool:
    """Details are there on demand: numbers of lines that the equation runs along; of others, the newest."""
    of, classes = _classes(group), _classes(tag)
    if "wl" in of:
        newest = tag is group.findall("text")[-1]
        return "active" in of or ((all_numbers or "near" in of) and newest and "nowhere" not in of)
    if "bl" in classes:
        return all_numbers or "biased" in of
    return "zl" not in classes or ("current" in of and not small)


def shapes(panel: Element) -> list[Ink]:
    """Circles of units and of the loss, as the squares inside which nothing else may be written; boxes of targets."""
    circles = [
        _around(group.attrib["id"], *(float(circle.attrib[name]) for name in ("cx", "cy", "r")))
        for group in panel.iter("g")
        if {"id", "class"} <= set(group.keys())
        for circle in (*group.findall("circle"), *group.findall("g/circle"))
    ]
    return circles + [_box(rect) for rect in panel.iter("rect")]


def _classes(tag: Element) -> list[str]:
    return tag.get("class", "").split()


def _around(owner: str, x: float, y: float, radius: float) -> Ink:
    return Ink("", owner, x - radius, y - radius, x + radius, y + radius)


def _box(rect: Element) -> Ink:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return Ink("", "target", x, y, x + width, y + height)


def _text(group: Element, tag: Element, small: bool) -> Ink:
    written, size = "".join(tag.itertext()), _size(group, tag, small)
    width = sum(ADVANCE.get(letter, LETTER) for letter in written) * size
    x, y = float(tag.attrib["x"]), float(tag.attrib["y"])
    owner = "target" if "target" in _classes(group) else group.get("id", "")
    return Ink(written, owner, x - width / 2, y - CAPITAL * size, x + width / 2, y + 0.04 * size)


def _size(group: Element, tag: Element, small: bool) -> float:
    classes = _classes(tag)
    if "long" in classes or ("v" in classes and (small or "loss-mark" in _classes(group))):
        return TEXT
    return next((size for name, size in SIZES.items() if name in classes), TEXT)
