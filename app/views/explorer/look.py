"""How a reader looks at a walk: what the page shows beside the walk itself."""

from dataclasses import dataclass

from app.views.paths.paths import Opened


@dataclass(frozen=True)
class Play:
    """How the page walks by itself: `period` milliseconds a step while `on`."""

    on: bool = False
    period: int = 1000


@dataclass(frozen=True)
class Look:
    """How a reader looks at a walk: decimals, whether it plays, what must be said of the last request.

    `reply` is what must be said to the last answer of a question; `op` is the page's own word, sent back by its forms.
    `opened` is the parameter or unit whose paths are open; `moment` is the time in seconds, of a clock of one's choice.
    """

    digits: int = 5
    play: Play = Play()
    message: str = ""
    opened: Opened | None = None
    moment: float = 0.0
    reply: str = ""
    op: str = ""


PLAIN = Look()
