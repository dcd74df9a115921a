"""Templates and the files beside them: compiled once, strict, with addresses that change when a file does."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"


class Templates:
    """Renders templates; `.html` is escaped, `.svg` holds only what views have made ready.

    `root` is the path below which the program is shown.
    """

    def __init__(self, templates: Path, static: Path, root: str = "") -> None:
        self.root = root
        self._static = static
        self._versions: dict[str, str] = {}
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=select_autoescape(("html",), default=False, default_for_string=True),
            auto_reload=False,
            cache_size=-1,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(asset_url=self.asset_url, root=root)

    def render(self, name: str, **context: Any) -> str:
        """The template with its context; jinja2.UndefinedError where it uses what it was not given."""
        return self._environment.get_template(name).render(context)

    def part(self, name: str, part: object, at: str) -> str:
        """What the template's macro `part` makes of one part of a panel of the session at this address."""
        return str(self._environment.get_template(name).module.part(part, at))  # type: ignore[attr-defined]

    def asset_url(self, name: str) -> str:
        """The address of a static file, with a hash of what it holds. FileNotFoundError where it is missing."""
        if name not in self._versions:
            self._versions[name] = sha256((self._static / name).read_bytes()).hexdigest()[:12]
        return f"{self.root}/static/{name}?v={self._versions[name]}"


class Assets(StaticFiles):
    """Static files; one asked for with its version may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = FOR_EVER if versioned else "no-cache"
        return response
