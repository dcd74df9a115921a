"""Who listens in this process for what may change, by topic: the id of a class or of a walk."""

import asyncio
from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Rung(Protocol):
    """A bell that can be rung."""

    rung: asyncio.Event


Some = TypeVar("Some", bound=Rung)


class Bells(Generic[Some]):
    """All bells of this process."""

    def __init__(self) -> None:
        self._of: dict[str, set[Some]] = {}

    @property
    def topics(self) -> Set[str]:
        """What somebody listens to."""
        return self._of.keys()

    @contextmanager
    def listening(self, bell: Some, *topics: str) -> Iterator[Some]:
        """As long as this lasts the bell rings for these."""
        for topic in topics:
            self._of.setdefault(topic, set()).add(bell)
        try:
            yield bell
        finally:
            for topic in topics:
                self._of[topic].discard(bell)
                if not self._of[topic]:
                    del self._of[topic]

    def ring(self, topic: str) -> None:
        """A class or walk of this id may have changed."""
        for bell in self._of.get(topic, ()):
            bell.rung.set()
