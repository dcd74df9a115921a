"""The program below a path of a larger site, such as /explorer: what it is called with, and what it answers with."""

from contextvars import ContextVar

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

prefix: ContextVar[str] = ContextVar("prefix", default="")  # for what does not see the request


def root_of(request: Request) -> str:
    """The path below which the program is shown, such as /explorer; empty where it has a host of its own."""
    scope = request.scope
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root


def path_of(request: Request) -> str:
    """The path that was asked for, as the program itself calls it."""
    path: str = request.scope["path"]
    return path.removeprefix(root_of(request))


class Prefixed:
    """Takes the path with the prefix or without: some proxies pass it on, some cut it off. Pure ASGI."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            prefix.set(self._root)
            path = scope["path"]
            whole = path if f"{path}/".startswith(f"{self._root}/") else self._root + path
            scope = {**scope, "path": whole, "root_path": self._root}
        await self.app(scope, receive, send)
