"""A class that opens its browsers at once: each loads a page and what belongs to it over six connections of its own."""

import asyncio

from tests.load.server import Server

BROWSERS, CONNECTIONS = 300, 6
WITHIN = 3.0  # seconds in which all come
PATIENCE = 60.0
PATHS = ("/", *["/static/app.css"] * (CONNECTIONS - 1))


async def answered(server: Server) -> int:
    """How many of all their requests are answered; each connection stays open until all are."""
    browsers = (browser(server.port, WITHIN * i / BROWSERS) for i in range(BROWSERS))
    return sum(await asyncio.gather(*browsers))


async def browser(port: int, after: float) -> int:
    """How many of one browser's requests are answered."""
    await asyncio.sleep(after)
    try:
        connections = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in PATHS))
    except OSError:
        return 0
    for (_, writer), path in zip(connections, PATHS, strict=True):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    try:
        async with asyncio.timeout(PATIENCE):
            lines = [await reader.readline() for reader, _ in connections]
    except (OSError, TimeoutError):
        return 0
    await asyncio.sleep(WITHIN - after)
    for _, writer in connections:
        writer.close()
    return sum(line.startswith(b"HTTP/1.1 200") for line in lines)
