"""One record of words for everything that the engine knows by a name, and none for anything else."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Words = TypeVar("Words")


class MissingWordsError(LookupError):
    """The engine and the words do not know the same names."""


def complete(kind: str, known: Iterable[str], words: Mapping[str, Words]) -> Mapping[str, Words]:
    """The words of everything of a kind, by the engine's names; MissingWordsError where names or words are missing.

    Each table is made by this, so that nothing without words gets as far as a page: the program does not start.
    """
    names = tuple(known)
    for name in names:
        if name not in words:
            raise MissingWordsError(f"The {kind} {name} has no words yet: give it a record in app/views/text.")
    for name in words:
        if name not in names:
            raise MissingWordsError(f"There are words for the {kind} {name}, which the engine does not know.")
    return words
