"""A drawing of a picture by itself, as a file has it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """A drawing that can be had by itself: its name, and what the macro `draw` of its template is given."""

    name: str
    template: str
    shown: object
