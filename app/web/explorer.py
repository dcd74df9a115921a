"""The explorer as an answer: a verb done, then the panels that changed, or the whole page."""

from collections.abc import Callable
from dataclasses import dataclass
from time import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.engine import DivergedError, SetupError
from app.sessions import Kept, StaleRevisionError, TrainingSession
from app.views import SPEEDS, ExplorerPage, Look, Opened, Play, explorer
from app.web.dependencies import Walk, revision, walk_of
from app.web.forms import WHOLE, Form, form_of
from app.web.fragments import Panel, Part, Shown, fragment
from app.web.htmx import VARY, wants_fragment
from app.web.page import page_response
from app.web.preferences import preferences
from app.web.templating import Templates

BEHIND = "This page was older than the walk, which went on elsewhere. Here is where it stands; nothing was changed."
PERIODS = {str(period): period for period, _ in SPEEDS}


@dataclass(frozen=True)
class Markup:
    """Panels and their parts, drawn by their templates for one session."""

    templates: Templates
    session: str

    @property
    def at(self) -> str:
        """The session's address."""
        return f"/sessions/{self.session}"

    def panel(self, panel: Panel) -> str:
        """A panel's content."""
        return self.templates.render(panel.template, panel=panel, at=self.at, session=self.session)

    def part(self, part: Part) -> str:
        """One part, as the panel's own template draws it too."""
        return self.templates.part(part.template, part, self.at)


@dataclass(frozen=True)
class Explorer:
    """One request about a walk: its form, and how its reader wants to see the answer."""

    request: Request
    walk: Walk
    form: Form

    async def do(self, verb: Callable[[TrainingSession], TrainingSession], slow: bool = False) -> Response:
        """Move the walk and show it; where that cannot be done, show it as it stands, and say why."""
        try:
            kept = await self.walk.do(verb, revision(self.form.get("rev")), slow)
        except StaleRevisionError as error:
            return self.show(error.current, BEHIND, 412)
        except (SetupError, DivergedError) as error:
            status = 422 if isinstance(error, SetupError) else 409
            return self.show(await self.walk.load(), str(error), status)
        return self.moved(kept)

    def moved(self, kept: Kept) -> Response:
        """After a form: the panels that changed, or back to the page."""
        if wants_fragment(self.request):
            return self.show(kept)
        return RedirectResponse(f"/sessions/{kept.id}", 303, headers=VARY)

    def show(self, kept: Kept, message: str = "", status: int = 200, opened: Opened | None = None) -> Response:
        """The walk as it stands; `message` is what the reader must know; `opened` is to be explained."""
        playing = self.form.get("playing") == "1" and not message
        digits = preferences(self.request).digits
        look = Look(digits, self._play(playing), message, opened, time())
        page = explorer(kept.session, kept.id, kept.rev, look)
        if wants_fragment(self.request):
            return HTMLResponse(self._fragment(page, kept, digits, _name(opened)), status, headers=VARY)
        self._shown.put((kept.id, kept.rev, digits, _name(opened)), page.panels)
        return page_response(self.request, "pages/explorer.html", page, "lessons", status)

    def _play(self, on: bool) -> Play:
        return Play(on, PERIODS.get(self.form.get("speed", ""), Play().period))

    def _fragment(self, page: ExplorerPage, kept: Kept, digits: int, opened: str) -> str:
        seen = self._shown.get((kept.id, self._seen_revision, digits, self._asked.get("open", "")))
        self._shown.put((kept.id, kept.rev, digits, opened), page.panels)
        return fragment(Markup(self.walk.services.templates, kept.id), seen, page.panels)

    @property
    def _seen_revision(self) -> int:
        """The revision that the reader's page shows; 0, which no session has, where it does not say."""
        rev = self._asked.get("rev", "")
        return int(rev) if WHOLE.fullmatch(rev) else 0

    @property
    def _asked(self) -> Form:
        """What the request says of the page that it comes from: in its form, or in its address."""
        return self.form or self.request.query_params

    @property
    def _shown(self) -> Shown:
        return self.walk.services.shown


def _name(opened: Opened | None) -> str:
    return "" if opened is None else opened.name


async def explorer_of(request: Request) -> Explorer:
    """The walk that the address names, with the form that was sent."""
    form = {} if request.method == "GET" else await form_of(request)
    return Explorer(request, walk_of(request, request.path_params["session_id"]), form)
