"""What is written: at once where nobody is in the way, else in a thread, while the event loop goes on."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.sessions.store.sqlite import LOG_BYTES, Writer, connect
from app.sessions.store.store import NotWritableError, StoreError

ADD = "INSERT INTO note VALUES (?)"
Opened = Callable[..., Writer]  # takes SQLite's `synchronous`


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.sqlite3"
    connection = connect(file)
    connection.execute("CREATE TABLE note (text)")
    connection.close()
    return file


@pytest.fixture
def opened(file: Path) -> Iterator[Opened]:
    """Opens writers; all are closed in the end."""
    writers: list[Writer] = []

    def opened(synchronous: str = "NORMAL") -> Writer:
        writers.append(Writer(file, synchronous, 10**9))
        return writers[-1]

    yield opened
    for writer in writers:
        writer.close()


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """The connection of another process."""
    connection = connect(file)
    yield connection
    connection.close()


def notes(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY rowid")]


def test_a_statement_alone_is_written_at_once_and_no_thread_woken(opened: Opened, other: sqlite3.Connection) -> None:
    with pytest.raises(StopIteration) as returned:
        opened().write(ADD, "a").send(None)  # comes to its end without waiting for anything
    assert returned.value.value == 1
    assert notes(other) == ["a"]


def test_a_statement_that_would_have_to_wait_is_the_threads_and_the_event_loop_goes_on(
    opened: Opened, other: sqlite3.Connection
) -> None:
    writer = opened()
    other.execute("BEGIN IMMEDIATE")

    async def written() -> int:
        waiting = asyncio.create_task(writer.write(ADD, "a"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        other.execute("COMMIT")  # by a loop that was not blocked
        return await waiting

    assert asyncio.run(written()) == 1
    assert notes(other) == ["a"]


@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
def test_what_waits_is_written_in_its_order_and_answered_once_it_is_there(
    opened: Opened, other: sqlite3.Connection, synchronous: str
) -> None:
    writer, texts = opened(synchronous), [f"{i:02}" for i in range(20)]
    other.execute("BEGIN IMMEDIATE")

    async def written() -> None:
        waiting = [asyncio.create_task(writer.write(ADD, text)) for text in texts]
        await asyncio.sleep(0.05)
        assert not any(one.done() for one in waiting)
        other.execute("COMMIT")
        await waiting[0]
        assert notes(other)[0] == "00"
        assert await asyncio.gather(*waiting) == [1] * 20

    asyncio.run(written())
    assert notes(other) == texts


@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
def test_statements_that_wait_together_share_a_commit(
    opened: Opened, other: sqlite3.Connection, synchronous: str
) -> None:
    writer = opened(synchronous)
    commits: list[str] = []
    writer._patient.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    other.execute("BEGIN IMMEDIATE")  # the first waits for this; the others gather behind it

    async def written() -> None:
        waiting = [asyncio.create_task(writer.write(ADD, str(i))) for i in range(100)]
        await asyncio.sleep(0.1)
        other.execute("COMMIT")
        assert await asyncio.gather(*waiting) == [1] * 100

    asyncio.run(written())
    assert len(notes(other)) == 100
    assert len(commits) <= 3


def test_one_failure_fails_all_that_share_its_commit_and_leaves_nothing_behind(
    opened: Opened, other: sqlite3.Connection
) -> None:
    writer = opened("FULL")
    other.execute("BEGIN IMMEDIATE")

    async def written() -> list[object]:
        first = asyncio.create_task(writer.write(ADD, "first"))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(writer.write(sql, "x")) for sql in (ADD, "INSERT INTO nothing VALUES (?)")]
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        return list(await asyncio.gather(first, *rest, return_exceptions=True))

    first, *rest = asyncio.run(written())
    assert first == 1
    assert all(isinstance(error, StoreError) for error in rest)
    assert notes(other) == ["first"]


def test_what_nobody_waits_for_any_more_before_it_is_begun_is_not_written(
    opened: Opened, other: sqlite3.Connection
) -> None:
    writer = opened("FULL")
    other.execute("BEGIN IMMEDIATE")

    async def written() -> None:
        begun = asyncio.create_task(writer.write(ADD, "a"))
        await asyncio.sleep(0.05)
        given_up, last = (asyncio.create_task(writer.write(ADD, text)) for text in ("b", "c"))
        await asyncio.sleep(0.05)
        begun.cancel()
        given_up.cancel()
        await asyncio.sleep(0)
        other.execute("COMMIT")
        assert await last == 1

    asyncio.run(written())
    assert notes(other) == ["a", "c"]


def test_a_file_that_takes_no_more_is_named_as_the_reason(opened: Opened) -> None:
    writer = opened("FULL")
    (pages,) = writer._patient.execute("PRAGMA page_count").fetchone()
    writer._patient.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotWritableError, match="the disk is full"):
        asyncio.run(writer.write(ADD, "x" * 100_000))
    assert asyncio.run(writer.write("DELETE FROM note")) == 0


def test_closing_commits_what_waits(opened: Opened, other: sqlite3.Connection) -> None:
    writer = opened("FULL")

    async def written() -> None:
        waiting = [asyncio.create_task(writer.write(ADD, str(i))) for i in range(100)]
        await asyncio.sleep(0)
        writer.close()
        assert len(notes(other)) == 100
        await asyncio.gather(*waiting)

    asyncio.run(written())


@pytest.mark.parametrize("size", [3_000, 200_000])
def test_the_log_is_emptied_by_the_thread_and_stays_short(opened: Opened, file: Path, size: int) -> None:
    writer = opened()

    async def written() -> None:
        for i in range(10 * LOG_BYTES // size):
            await writer.write(ADD, f"{i}" + "x" * size)
            await asyncio.sleep(0)

    asyncio.run(written())
    assert Path(f"{file}-wal").stat().st_size < 4 * LOG_BYTES  # of ten times as much that was written
