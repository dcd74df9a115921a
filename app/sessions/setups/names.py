"""Names that come from outside, such as those of columns: each in one spelling, nothing in it unseen."""

from unicodedata import category, normalize

from app.engine.network.errors import SetupError

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
