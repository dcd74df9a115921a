"""Templates and the files beside them: compiled once, strict, with addresses that change when a file does."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from gzip import compress
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.http.standalone import standalone, worn_in_both

LEVEL = 6  # a third quicker than the smallest, which is 1 % smaller
FOR_EVER = "public, max-age=31536000, immutable"
SHEET = "style.css"  # the style sheets of all features in one: a page waits for one, and it serves all others too
FIRST = ("tokens.css", "app.css")
VENDOR = "vendor/"  # what others wrote is served as they packed it
FOR_READERS = re.compile(rb"^\s+(//.*\n\s*)*|^(//.*\n\s*)+", re.MULTILINE)  # of a script: indents and lines of comment
NAMED = re.compile(r'url\("([^"]+)"\)')


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: a page's first paint waits for several, so each is read and packed once."""

    version: str
    media_type: str | None
    body: bytes
    packed: bytes  # empty where the file is packed as it is

    def answer(self, headers: Headers) -> Response:
        """The file for a request with these headers, packed for those who can read it."""
        if self.packed and "gzip" in headers.get("accept-encoding", ""):
            sent = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return Response(self.packed, headers=sent, media_type=self.media_type)
        return Response(self.body, media_type=self.media_type)


class Assets(StaticFiles):
    """Static files, and the one style sheet; what is asked for with its version may be kept for ever."""

    def __init__(self, static: Path) -> None:
        super().__init__(directory=static)
        self._static = static
        self._read: dict[str, Asset] = {}  # those that pages name

    def named(self, name: str) -> str:
        """The address of a file below the folder, with its version. FileNotFoundError where it is missing."""
        return f"{name}?v={self._asset(name).version}"

    def rules(self, sheet: str) -> str:
        """The text of one of the style sheets."""
        return (self._static / sheet).read_text()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        versioned = scope["query_string"].startswith(b"v=")
        if path == SHEET or (versioned and path in self._read):
            response = self._asset(path).answer(Headers(scope=scope))
        else:
            response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER if versioned else "no-cache"
        return response

    def _asset(self, name: str) -> Asset:
        if name not in self._read:
            body = self._style_sheet() if name == SHEET else (self._static / name).read_bytes()
            if name.endswith(".js") and not name.startswith(VENDOR):
                body = FOR_READERS.sub(b"", body)
            packed = b"" if name.endswith(".woff2") else compress(body, LEVEL, mtime=0)
            self._read[name] = Asset(sha256(body).hexdigest()[:12], guess_type(name)[0], body, packed)
        return self._read[name]

    def _style_sheet(self) -> bytes:
        """What every page wears, then each feature's rules; files that they name by their addresses with versions."""
        names = [*FIRST, *sorted(path.name for path in self._static.glob("*.css") if path.name not in FIRST)]
        rules = "".join((self._static / name).read_text() for name in names)
        return NAMED.sub(lambda file: f'url("{self.named(file[1])}")', rules).encode()


class OneFile(NamedTuple):
    """The templates of a page that is one file: the page, its style, its script, and a drawing's macro `draw`."""

    page: str
    style: str
    script: str
    drawing: str


class Templates:
    """Renders templates; `.html` is escaped, `.svg` holds only what views have made ready.

    `root` is the path below which the program is shown.
    """

    def __init__(self, templates: Path, assets: Assets, root: str = "") -> None:
        self.root = root
        self._assets = assets
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

    def drawing(self, name: str, shown: object, sheets: Sequence[str], theme: str = "light", words: str = "") -> str:
        """What the template's macro `draw` draws, as a file by itself that wears what it needs of these style sheets;
        `words` describe it.
        """
        drawn = str(self._environment.get_template(name).module.draw(shown))  # type: ignore[attr-defined]
        return standalone(drawn, "".join(map(self._assets.rules, sheets)), theme, words)

    def one_file(self, names: OneFile, shown: object, sheets: Sequence[str], worn: str, page: object) -> str:
        """A page that is one file, with its style and its script in it, which its own policy names by their hashes. The
        drawing wears what it needs of these style sheets, and what the markup `worn`, which may come into it, needs.
        """
        drawn = str(self._environment.get_template(names.drawing).module.draw(shown))  # type: ignore[attr-defined]
        rules = "".join(map(self._assets.rules, sheets))
        style, script = worn_in_both(drawn + worn, rules, self.render(names.style)), self.render(names.script)
        hashes = {"style_hash": _hashed(style), "script_hash": _hashed(script)}
        return self.render(names.page, page=page, drawing=drawn, style=style, script=script, **hashes)

    def asset_url(self, name: str) -> str:
        """The address of a static file, with a hash of what it holds. FileNotFoundError where it is missing."""
        return f"{self.root}/static/{self._assets.named(name)}"


def _hashed(text: str) -> str:
    """As a Content-Security-Policy names what stands in the page."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
