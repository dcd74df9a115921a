"""What is written: at once where nobody is in the way, together in one commit where several wait."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sessions.store.database import connect
from app.sessions.store.store import NotWritableError, StoreError
from app.sessions.store.writer import CHECKPOINT_EVERY, MOST_AT_ONCE, Writer

ADD = "INSERT INTO note VALUES (?)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.sqlite3"
    connection = connect(file)
    connection.execute("CREATE TABLE note (text)")
    connection.execute("CREATE TABLE pulse (beats)")
    connection.close()
    return file


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """The connection of another process."""
    connection = connect(file)
    yield connection
    connection.close()


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM note").fetchone()[0])


class Watched(Writer):
    """Remembers how many statements each commit of its thread held."""

    def _committed(self, writes: list[object]) -> list[int] | Exception:  # type: ignore[override]
        groups.append(len(writes))
        return super()._committed(writes)  # type: ignore[arg-type]


groups: list[int] = []


@pytest.fixture(autouse=True)
def no_groups() -> None:
    groups.clear()


async def many(writer: Writer, texts: list[str]) -> list[int]:
    return await asyncio.gather(*(writer.write(ADD, (text,)) for text in texts))


def test_statements_that_wait_together_share_a_commit_and_are_answered_after_it(
    file: Path, other: sqlite3.Connection
) -> None:
    writer = Watched(connect(file))
    other.execute("BEGIN IMMEDIATE")  # the first waits for this; the others gather behind it

    async def written() -> None:
        waiting = asyncio.create_task(many(writer, [str(i) for i in range(10)]))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        other.execute("COMMIT")
        assert await waiting == [1] * 10
        assert count(other) == 10

    asyncio.run(written())
    writer.close()
    assert sum(groups) == 10
    assert len(groups) <= 3


def test_a_group_is_bounded(file: Path) -> None:
    writer = Watched(connect(file))
    assert sum(asyncio.run(many(writer, ["x"] * 500))) == 500
    writer.close()
    assert max(groups) <= MOST_AT_ONCE
    assert len(groups) < 250


def test_a_statement_alone_is_written_at_once_and_the_thread_not_woken(file: Path, other: sqlite3.Connection) -> None:
    writer = Watched(connect(file), connect(file, wait=0.0))
    assert asyncio.run(many(writer, ["a", "b"])) == [1, 1]
    writer.close()
    assert (groups, count(other)) == ([], 2)


def test_a_statement_that_would_have_to_wait_is_the_threads_and_the_event_loop_goes_on(
    file: Path, other: sqlite3.Connection
) -> None:
    writer = Watched(connect(file), connect(file, wait=0.0))
    other.execute("BEGIN IMMEDIATE")

    async def written() -> int:
        waiting = asyncio.create_task(writer.write(ADD, ("a",)))
        await asyncio.sleep(0.05)
        other.execute("COMMIT")  # by a loop that was not blocked
        return await waiting

    assert asyncio.run(written()) == 1
    writer.close()
    assert groups == [1]


def test_one_failure_fails_all_that_share_its_commit_and_leaves_nothing_behind(
    file: Path, other: sqlite3.Connection
) -> None:
    writer = Writer(connect(file))
    other.execute("BEGIN IMMEDIATE")

    async def written() -> list[object]:
        first = asyncio.create_task(writer.write(ADD, ("first",)))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(writer.write(sql, ("x",))) for sql in (ADD, "INSERT INTO nothing VALUES (?)")]
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        return list(await asyncio.gather(first, *rest, return_exceptions=True))

    first, *rest = asyncio.run(written())
    writer.close()
    assert first == 1
    assert all(isinstance(error, StoreError) for error in rest)
    assert count(other) == 1


def test_a_file_that_takes_no_more_is_named_as_the_reason(file: Path) -> None:
    connection = connect(file)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    writer = Writer(connection)
    with pytest.raises(NotWritableError, match="the disk is full"):
        asyncio.run(writer.write(ADD, ("x" * 100_000,)))
    assert asyncio.run(writer.write("DELETE FROM note")) == 0
    writer.close()


def test_closing_commits_what_waits(file: Path, other: sqlite3.Connection) -> None:
    writer = Writer(connect(file))
    for i in range(100):
        writer.note(ADD, (str(i),))
    writer.close()
    assert count(other) == 100


def test_the_log_is_emptied_by_the_thread_and_stays_short(file: Path) -> None:
    prompt = connect(file, wait=0.0)
    prompt.execute("PRAGMA wal_autocheckpoint = 0")
    writer = Writer(connect(file), prompt)

    async def written() -> None:
        for _ in range(8 * CHECKPOINT_EVERY):
            await writer.write(ADD, ("x" * 3000,))
            await asyncio.sleep(0)

    asyncio.run(written())
    size = Path(f"{file}-wal").stat().st_size
    writer.close()
    assert size < 16_000_000  # of 31 that were written
