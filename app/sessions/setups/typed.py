"""What people type: numbers, in digits 0 to 9 with one decimal mark (Python's own float takes more: 1_000, nan), and
names, such as those of columns, each in one spelling with nothing in it unseen.
"""

import re
from unicodedata import category, normalize

from app.engine.network.errors import SetupError

NUMBER, WITH_COMMA = (
    re.compile(rf"[+-]?(\d{{1,40}}({mark}\d{{0,40}})?|{mark}\d{{1,40}})([eE][+-]?\d{{1,4}})?", re.ASCII)
    for mark in (r"\.", ",")
)
WHOLE = re.compile(r"\d{1,12}", re.ASCII)


def number_of(text: str, field: str) -> float:
    """The number in a field; SetupError for anything else, infinity included."""
    text = signed(text.strip())
    if NUMBER.fullmatch(text) is None or abs(float(text)) == float("inf"):
        raise SetupError(field, "This is not a number.", "Write it with digits and a point, such as 0.1.")
    return float(text)


def whole_of(text: str, field: str) -> int:
    """The whole number from 0 in a field; SetupError for anything else."""
    text = text.strip()
    if WHOLE.fullmatch(text) is None:
        raise SetupError(field, "This is not a whole number.", "Write it with digits, such as 100.")
    return int(text)


def signed(text: str) -> str:
    """With a minus sign that Python reads."""
    return text.replace("−", "-")


MOST_CHARACTERS = 40
UNSEEN = ("C", "Zl", "Zp")  # control and format characters, which turn the direction of writing too, and line ends


def clean_name(text: str, field: str) -> str:
    """The name in Unicode's composed form (NFC), without space around it. SetupError where it cannot be a name."""
    name = normalize("NFC", text).strip()
    if not name:
        raise SetupError(field, "A name is empty.", "Give each a name, or none at all.")
    if len(name) > MOST_CHARACTERS:
        raise SetupError(
            field, f"A name has more than {MOST_CHARACTERS} characters.", f"Use at most {MOST_CHARACTERS}."
        )
    if any(category(character).startswith(UNSEEN) for character in name):
        raise SetupError(field, "A name holds a character that cannot be seen.", "Write it with letters and signs.")
    return name


def clean_names(texts: list[str], field: str) -> tuple[str, ...]:
    """Each as above, and no two the same."""
    names = tuple(clean_name(text, field) for text in texts)
    if len(set(names)) < len(names):
        raise SetupError(field, "Two names are the same.", "Give each its own.")
    return names
