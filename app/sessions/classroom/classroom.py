"""A class as one immutable document: its walk, its seats, the question that is put to it, and what leads from one of
its states to the next. Who may ask for which is a matter of the key that a request has; only its hash is kept.
"""

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, Self, get_args

from app.engine.network.expressions import Symbol
from app.sessions.classroom.labels import SEAT_CODE, SIGNS, new_code, new_label

Mode = Literal["follow", "free", "paused"]
Phase = Literal["closed", "first", "discuss", "second", "reveal", "follow_up"]
Role = Literal["host", "present", "seat"]
MODES: tuple[Mode, ...] = get_args(Mode)
NEXT: dict[Phase, Phase] = {
    "closed": "first",
    "first": "discuss",
    "discuss": "second",
    "second": "reveal",
    "reveal": "follow_up",
    "follow_up": "reveal",
}
ROUNDS: dict[Phase, int] = {"first": 1, "second": 2, "follow_up": 1}  # phases in which votes are taken
FEWEST = 5  # answers that are shown as a histogram without the teacher's insisting
ID_BYTES, SECRET_BYTES = 12, 18  # random
ID_LENGTH, KEY_LENGTH = 16, 40  # characters of a class's id, and of a key: the id and a secret


class ClassroomError(RuntimeError):
    """What was asked for cannot be done as the class stands; the message says why, and what to do."""


class LockedError(ClassroomError):
    """Nobody can join now."""

    def __init__(self, reason: str = "The class is locked. Ask the teacher to open it.") -> None:
        super().__init__(reason)


class ClosedError(ClassroomError):
    """A vote came when none is taken in this round."""

    def __init__(self) -> None:
        super().__init__("No answers are taken now. Look at the question as it stands.")


class QuestionOpenError(ClassroomError):
    """The walk is to move while all stand in front of a question."""

    def __init__(self) -> None:
        super().__init__("A question is open, and all stand in front of it. Lead it to the reveal, or take it away.")


class NoKeyError(RuntimeError):
    """The key opens nothing in this class."""

    def __init__(self) -> None:
        super().__init__("This key opens no seat and no screen of the class. Join with the code on the wall.")


class MayNotError(RuntimeError):
    """The key is one of the class's, but not one for this."""

    def __init__(self) -> None:
        super().__init__("This key is not one for that. Use the teacher's for what steers the class, a seat's to vote.")


# Keys -----------------------------------------------------------------------------------------------------------------


def new_key(id: str) -> str:
    """A key of the class: its id, then a secret."""
    return id + secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return blake2b(secret.encode(), digest_size=16).hexdigest()


def present_key(host: str) -> str:
    """The key of the screen on the wall: only who has the host's can tell it."""
    digest = blake2b(f"wall of {host}".encode(), digest_size=SECRET_BYTES).digest()
    return host[:ID_LENGTH] + urlsafe_b64encode(digest).decode()


def seat_code(key: str) -> str:
    """The code that moves the seat of this key to another device: only who has the key can tell it."""
    number = int.from_bytes(blake2b(f"seat code of {key}".encode()).digest())
    signs = []
    for _ in range(SEAT_CODE):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)


# The document ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seat:
    """A learner's place: its label, the hashes of its key and of its seat code, and the walk of its own.

    One that was removed keeps its label, so that nobody else gets it, and has no key any more.
    """

    label: str
    key: str
    code: str
    walk: str
    admitted: bool = True

    @property
    def removed(self) -> bool:
        """Whether nobody sits there any more."""
        return not self.key


@dataclass(frozen=True)
class Asked:
    """A question that was put to the class, the `number`-th: about `symbol` in an iteration of `walk`, which stands in
    front of it and goes no further.

    `part` is what is asked: sign, value, factor, or loss, the way that the loss goes if this weight goes up. `insisted`
    is whether few answers are shown all the same; `follow_up` whether it asks once more what was asked before.
    """

    number: int
    walk: str
    iteration: int
    symbol: Symbol
    part: str
    insisted: bool = False
    follow_up: bool = False


@dataclass(frozen=True, eq=False)
class Classroom:
    """A class. `walk` is the id of the teacher's, which all follow; `codes` those by which it can be joined and found:
    the last one is in force. `phase` is that of the last question; None: there is none on the wall.
    """

    id: str
    codes: tuple[str, ...]
    host: str
    present: str
    walk: str
    mode: Mode = "follow"
    locked: bool = False
    admitting: bool = False
    seats: tuple[Seat, ...] = ()
    asked: tuple[Asked, ...] = ()
    phase: Phase | None = None

    @classmethod
    def opened(cls, walk: str) -> tuple[Self, str, str]:
        """A new class that follows this walk, with the keys of host and present."""
        id = secrets.token_urlsafe(ID_BYTES)
        host = new_key(id)
        present = present_key(host)
        return cls(id, (new_code(),), hashed(host), hashed(present), walk), host, present

    @property
    def code(self) -> str:
        """The code in force."""
        return self.codes[-1]

    @cached_property
    def seated(self) -> dict[str, Seat]:
        """Those who sit in the class, by their labels."""
        return {seat.label: seat for seat in self.seats if not seat.removed and seat.admitted}

    @property
    def waiting(self) -> tuple[Seat, ...]:
        """Those who wait to be let in."""
        return tuple(seat for seat in self.seats if not seat.removed and not seat.admitted)

    @property
    def question(self) -> Asked | None:
        """The question that is on the wall."""
        return self.asked[-1] if self.phase else None

    @property
    def is_open(self) -> bool:
        """Whether a question is on the wall whose answers nobody may see yet."""
        return self.phase not in (None, "reveal")

    @property
    def round(self) -> str:
        """The round in which votes are taken now, such as 3.1 for the first of the third question; empty for none."""
        return f"{len(self.asked)}.{ROUNDS[self.phase]}" if self.phase in ROUNDS else ""

    def role_of(self, key: str) -> tuple[Role, Seat | None]:
        """Whose key this is. NoKeyError where it is nobody's."""
        digest = hashed(key)
        if hmac.compare_digest(digest, self.host):
            return "host", None
        if hmac.compare_digest(digest, self.present):
            return "present", None
        for seat in self.seats:
            if hmac.compare_digest(digest, seat.key):
                return "seat", seat
        raise NoKeyError

    # Seats ------------------------------------------------------------------------------------------------------------

    def joined(self, key: str, walk: str, most: int) -> tuple[Self, Seat]:
        """With one seat more. LockedError where nobody can join."""
        if self.locked:
            raise LockedError
        if len(self.seats) >= most:
            raise LockedError(f"The class has {most:,} seats, and all are taken. Ask the teacher for another class.")
        label = new_label({seat.label for seat in self.seats})
        seat = Seat(label, hashed(key), hashed(seat_code(key)), walk, not self.admitting)
        return replace(self, seats=(*self.seats, seat)), seat

    def taken_along(self, code: str, key: str) -> tuple[Self, Seat]:
        """The seat of this seat code has another key: it is on another device now. NoKeyError for a code of none."""
        digest = hashed(code)
        for seat in self.seats:
            if not seat.removed and hmac.compare_digest(digest, seat.code):
                moved = replace(seat, key=hashed(key), code=hashed(seat_code(key)))
                return self._with(moved), moved
        raise NoKeyError

    def admitted(self, label: str = "") -> Self:
        """With this seat let in; with all that wait where none is named."""
        seats = (replace(seat, admitted=seat.admitted or label in ("", seat.label)) for seat in self.seats)
        return replace(self, seats=tuple(seats))

    def removed(self, label: str) -> Self:
        """Without this seat. ClassroomError where there is none."""
        seat = next((seat for seat in self.seats if seat.label == label and not seat.removed), None)
        if seat is None:
            raise ClassroomError("Nobody of this label sits in the class. Look at who does.")
        return self._with(replace(seat, key="", code=""))

    def _with(self, changed: Seat) -> Self:
        return replace(self, seats=tuple(changed if seat.label == changed.label else seat for seat in self.seats))

    # What the teacher does --------------------------------------------------------------------------------------------

    def lock(self, on: bool) -> Self:
        """Let nobody join, or anybody who has the code."""
        return replace(self, locked=on)

    def admit(self, on: bool) -> Self:
        """Let those who join from now on wait until they are let in, or not."""
        return replace(self, admitting=on)

    def rotated(self) -> Self:
        """With another code to join by; who is in stays in."""
        return replace(self, codes=(*self.codes, new_code()))

    def switched(self, mode: Mode) -> Self:
        """Follow, free or paused."""
        return replace(self, mode=mode)

    def ask(self, walk: str, iteration: int, symbol: Symbol, part: str) -> Self:
        """With another question on the wall, closed as yet."""
        asked = Asked(len(self.asked) + 1, walk, iteration, symbol, part)
        return replace(self, asked=(*self.asked, asked), phase="closed")

    def next(self, follow_up: Asked | None = None) -> Self:
        """The next phase of the question. After the reveal comes the follow-up, and after its reveal, or where there is
        none, the question goes from the wall. ClassroomError where there is no question.
        """
        if self.phase is None:
            raise ClassroomError("No question is on the wall. Ask one first.")
        if self.phase != "reveal":
            return replace(self, phase=NEXT[self.phase])
        if follow_up is None or self.asked[-1].follow_up:
            return self.without_question()
        return replace(self, asked=(*self.asked, follow_up), phase="follow_up")

    def without_question(self) -> Self:
        """No question is on the wall."""
        return replace(self, phase=None)

    def insist(self) -> Self:
        """Show the histogram of the revealed question, however few have answered. ClassroomError before the reveal."""
        if self.phase != "reveal":
            raise ClassroomError("Answers are shown at the reveal. Lead the question there first.")
        return replace(self, asked=(*self.asked[:-1], replace(self.asked[-1], insisted=True)))


def classroom_text(classroom: Classroom) -> str:
    """The document as JSON."""
    document = {
        **vars(classroom),
        "seats": [(seat.label, seat.key, seat.code, seat.walk, seat.admitted) for seat in classroom.seats],
        "asked": [astuple(asked) for asked in classroom.asked],
    }
    document.pop("seated", None)
    return json.dumps(document, separators=(",", ":"))


def classroom_of(text: str) -> Classroom:
    """The inverse of `classroom_text`."""
    document: dict[str, Any] = json.loads(text)
    document["codes"] = tuple(document["codes"])
    document["seats"] = tuple(Seat(*seat) for seat in document["seats"])
    document["asked"] = tuple(_asked_of(*asked) for asked in document["asked"])
    return Classroom(**document)


def _asked_of(number: int, walk: str, iteration: int, symbol: list[Any], *rest: Any) -> Asked:
    return Asked(number, walk, iteration, Symbol(*symbol), *rest)
