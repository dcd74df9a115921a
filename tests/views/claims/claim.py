"""A claim that a text makes, and what does not hold of it."""

from typing import NamedTuple

from tests.views.claims.printed import Range


class Claim(NamedTuple):
    """Something that must be equal on both sides: worked out from what is printed, or looked up by its name.

    `what`: sum (arithmetic between printed numbers), name (a number beside what it is the number of), rule (a number
    beside what the rule that is named gives), word (a word such as half, negative or twice beside its numbers).
    """

    what: str
    said: str
    left: Range
    right: Range

    @property
    def holds(self) -> bool:
        """Whether both sides can be the same number."""
        return self.left.meets(self.right)

    def __str__(self) -> str:
        return f"{self.what}: {self.said}: {tuple(self.left)} is not {tuple(self.right)}"


class Unread(ValueError):  # noqa: N818
    """A sentence with numbers that the reader does not understand."""
