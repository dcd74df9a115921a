"""How large a request may be. Pure ASGI: counted while it is read, whether or not it says its length."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413 when it is read.

    `larger` has the paths that take more: those to which a whole table of examples is sent.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        read, announced, limit = 0, _announced_length(scope), self._limit(scope)

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if max(read, announced) > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, limited, send)

    def _limit(self, scope: Scope) -> int:
        path: str = scope["path"]
        return self.larger.get(path.removeprefix(scope.get("root_path", "")), self.limit)


def _announced_length(scope: Scope) -> int:
    lengths = (value for name, value in scope["headers"] if name == b"content-length")
    announced = next(lengths, b"0")
    return int(announced[:20]) if announced.isdigit() else 0
