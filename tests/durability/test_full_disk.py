"""The disk is full while the program runs: reading goes on, writing says why not, and goes on when there is space.

A full disk is simulated by a limit on the size of files (RLIMIT_FSIZE), set on the running server from outside: the log
of the store can then not grow any more, and the system refuses the write as it does on a full disk.
"""

import asyncio
import resource
from pathlib import Path

import pytest

from app.sessions.store.sqlite import FILE
from tests.durability.client import Answer, Client, connected
from tests.durability.server import Server, server

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")


def let_files_grow_to(running: Server, size: int) -> None:
    _, hard = resource.prlimit(running.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (size, hard))


async def clicked(client: Client, session: str, **headers: str) -> Answer:
    form = b"by=equation"
    return await client.ask(
        "POST",
        f"/sessions/{session}/step",
        form,
        content_type="application/x-www-form-urlencoded",
        sec_fetch_site="same-origin",
        **headers,
    )


async def full_and_free_again(running: Server, log: Path) -> None:
    async with connected(running.port) as client:
        before = await client.begin()
        session = before["id"]
        let_files_grow_to(running, log.stat().st_size)
        refused = await client.post(f"/api/sessions/{session}/step", {})
        assert refused.status == 507
        assert refused.headers["content-type"] == "application/problem+json"
        assert "the disk is full" in refused.json()["detail"]
        assert "Free some space" in refused.json()["detail"]
        assert (await client.post("/api/sessions", {"lesson": "hours-of-study"})).status == 507
        page = await clicked(client, session)
        assert (page.status, b"the disk is full" in page.body) == (507, True)
        notice = await clicked(client, session, hx_request="true")
        assert (notice.status, b'hx-target="#toast"' in notice.body) == (507, True)
        assert await client.state(session) == before
        assert (await client.ask("GET", f"/sessions/{session}")).status == 200
        let_files_grow_to(running, resource.RLIM_INFINITY)
        after = await client.post(f"/api/sessions/{session}/step", {"rev": before["rev"]})
        assert (after.status, after.json()["cursor"]) == (200, 1)


def test_on_a_full_disk_reading_goes_on_and_writing_says_why_not(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        asyncio.run(full_and_free_again(running, tmp_path / f"{FILE}-wal"))
