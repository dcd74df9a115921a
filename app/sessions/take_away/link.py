"""A walk as a link: what decides where it stands, packed into the path of an address, and the walk again from there.

Version 1: a JSON object as `Linked` describes it, in raw DEFLATE (RFC 1951), in base64url without padding (RFC 4648),
after the digit 1. What a link means never changes: what is new gets a version of its own, and old ones stay readable.
Checkpoints, answers, and whatever else a learner has but the walk does not need, stay behind.
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.lessons import lesson_named
from app.limits import Limits
from app.sessions.setups.declaration import (
    SetupGiven,
    check_learning_rate,
    check_limits,
    check_magnitude,
)
from app.sessions.setups.document import Document, setup_document, setup_of
from app.sessions.setups.setting import Strict, told
from app.sessions.setups.typed import MOST_CHARACTERS, clean_name
from app.sessions.walk.edits import MOST_CHANGES, Change, Changes, with_change
from app.sessions.walk.position import MEASURES, Measure, Place
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline

VERSION = "1"
MOST_IN_ADDRESS = 2_000  # characters: what every mail program, chat and QR code leaves whole; beyond, it is a file
SUFFIX = ".walk.json"  # of such a file
TEXT = re.compile(r"[\w-]*", re.ASCII)
ADDRESS = re.compile(r"(?:.*/w/)?([\w-]+)/?", re.ASCII | re.DOTALL)
ASK_FOR_ANOTHER = "Ask whoever gave it to you for the whole of it."
Index = Annotated[int, Field(ge=0, le=10_000)]
Iterations = Annotated[int, Field(ge=0, le=10_000_000)]
Row = tuple[Iterations, Literal["eta", "W", "b", "x", "y"], Index, Index, Index | None, float]


class Linked(Strict):
    """What a link holds: a lesson or a setup, what was changed of it, and where the walk stands.

    A change is [iteration, kind, layer, j, k, value] as `Change` has them.
    """

    lesson: Annotated[str, Field(max_length=80)] | None = None
    as_published: bool = True
    setup: SetupGiven | None = None
    name: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    at: tuple[Iterations, Annotated[int, Field(ge=0)]] = (0, 0)
    by: Measure = MEASURES[0]
    whole: bool = False
    example: Index | None = None
    asking: Literal["", "chosen", "always"] = ""
    checking: bool = False
    changes: Annotated[tuple[Row, ...], Field(max_length=MOST_CHANGES)] = ()

    @model_validator(mode="after")
    def _one_thing(self) -> "Linked":
        if (self.lesson is None) == (self.setup is None):
            raise ValueError("It holds neither a lesson nor a network, or both; give one of them.")
        return self


@dataclass(frozen=True, eq=False)
class Opened:
    """A walk that a link leads to: at its very start with everything that is changed on the way, and where it goes."""

    start: TrainingSession
    place: Place
    by: Measure
    whole: bool

    def there(self, session: TrainingSession) -> TrainingSession:
        """The walk where the link was made. SetupError where there is no such place, DivergedError as of `moved_to`."""
        moved = replace(session, timeline=session.timeline.towards(self.place.iteration))
        if not (0 < self.place.cursor <= len(moved.equations) or self.place == (0, 0)):
            raise SetupError("at", "The link leads to a step that this walk does not have.", ASK_FOR_ANOTHER)
        return replace(moved.moved_to(self.place), by=self.by, whole=self.whole)


# To a link ------------------------------------------------------------------------------------------------------------


class NotYetError(RuntimeError):
    """Something cannot be taken away now: why, and what to do first."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}, and what is taken away would tell the answer. {remedy}")


def check_may_leave(session: TrainingSession) -> None:
    """NotYetError where what the walk holds would tell what its learner is to find out."""
    if session.hidden:
        raise NotYetError("A bug is hunted in this walk", "Find it first.")
    if session.posed:
        raise NotYetError("A question is open in this walk", "Answer it, or step on.")


def document_of(session: TrainingSession) -> Document:
    """What a link of version 1 holds of a walk; what is as usual is left out. NotYetError as of `check_may_leave`."""
    check_may_leave(session)
    if session.lesson is None:
        document: Document = {"setup": setup_document(session.setup)}
    else:
        document = {"lesson": session.lesson}
    held = {
        "as_published": session.as_published,
        "name": session.name,
        "at": session.place,
        "by": session.by,
        "whole": session.whole,
        "example": session.wanted,
        "asking": session.asking,
        "checking": session.checking,
        "changes": tuple((one.iteration, *one.symbol, one.value) for one in session.timeline.changes),
    }
    usual = {name: field.default for name, field in Linked.model_fields.items()}
    return document | {name: value for name, value in held.items() if value != usual[name]}


def link_of(session: TrainingSession) -> str:
    """The part of the address after /w/: the version, and the packed document. NotYetError as of `document_of`."""
    text = json.dumps(document_of(session), ensure_ascii=False, separators=(",", ":"))
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return VERSION + urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")


def file_of(session: TrainingSession) -> str:
    """The same as a file to keep, which a person can read."""
    return json.dumps({"walk": int(VERSION), **document_of(session)}, ensure_ascii=False, indent=1) + "\n"


# From a link ----------------------------------------------------------------------------------------------------------


def opened(link: str, limits: Limits) -> Opened:
    """The walk of an address, or of its last part. SetupError says what is wrong with it, before much is worked out."""
    if not (found := ADDRESS.fullmatch(link.strip())):
        raise SetupError("link", "This is no link to a walk.", "It ends in /w/1 and many letters and digits.")
    version, packed = found[1][:1], found[1][1:]
    if version != VERSION:
        raise SetupError("link", "This link was made by another version of the program.", "Open it with a newer one.")
    return _opened(_unpacked(packed, limits.max_data_bytes), limits)


def opened_file(content: bytes, limits: Limits) -> Opened:
    """The walk of a file as `file_of` makes it. SetupError as of `opened`."""
    try:
        held = json.loads(content)
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict) or "walk" not in held:
        raise SetupError("file", "This file holds no walk.", f"Choose one that ends in {SUFFIX}.")
    if held.pop("walk") != int(VERSION):
        raise SetupError("file", "This file was made by another version of the program.", "Open it with a newer one.")
    return _opened(json.dumps(held).encode(), limits)


def _unpacked(packed: str, most: int) -> bytes:
    """The bytes that were packed, at most so many. SetupError where they are more, or cannot be unpacked."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), most)
    except (NotBase64Error, zlib.error) as error:
        raise SetupError("link", "The link is damaged: a part of it is missing.", ASK_FOR_ANOTHER) from error
    if unpacker.unconsumed_tail:
        raise SetupError("link", f"The link holds more than {most // 1024} kB.", "Take a smaller network.")
    if not unpacker.eof:
        raise SetupError("link", "The link is damaged: its end is missing.", ASK_FOR_ANOTHER)
    return text


def _opened(text: bytes, limits: Limits) -> Opened:
    try:
        linked = Linked.model_validate_json(text)
    except ValidationError as error:
        one = told(error.errors()[0], outer=0)
        place = one["field"] or "link"
        raise SetupError(place, f"The link holds no walk: {place}. {one['problem']}", ASK_FOR_ANOTHER) from error
    session = _session_of(linked, limits)
    if linked.example not in (None, *range(len(session.setup.examples[0]))):
        raise SetupError("example", "The link looks at an example that is not there.", ASK_FOR_ANOTHER)
    name = clean_name(linked.name, "name") if linked.name else ""
    timeline = Timeline(session.setup, 0, _changes_of(linked.changes, session, limits))
    start = replace(
        session, timeline=timeline, wanted=linked.example, asking=linked.asking, checking=linked.checking, name=name
    )
    return Opened(start, Place(*linked.at), linked.by, linked.whole)


def _session_of(linked: Linked, limits: Limits) -> TrainingSession:
    if linked.setup is None:
        return TrainingSession.of_lesson(lesson_named(linked.lesson or ""), linked.as_published)
    check_limits(linked.setup, limits)
    return TrainingSession.of_setup(setup_of(linked.setup.model_dump(exclude_none=True)))


def _changes_of(rows: tuple[Row, ...], session: TrainingSession, limits: Limits) -> Changes:
    """The log of changes, each checked as if it was made now."""
    changes: Changes = ()
    for iteration, kind, layer, j, k, value in sorted(rows, key=lambda row: row[0]):
        if kind == "eta":
            check_learning_rate("changes", value, limits)
        check_magnitude("changes", value, limits)
        if kind == "y" and value == 0 and LOSSES[session.setup.loss].targets == "shares":
            continue  # the target that became 1 brings it along
        for symbol, number in session.edit_of(Symbol(kind, layer, j, k), value).items():
            changes = with_change(changes, Change(iteration, symbol, number))
    return changes
