"""The explorer as an answer: a verb done, then the panels that changed, or the whole page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from time import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.predict.questions import QuestionError, question_of
from app.sessions.store.idempotency import operation_key
from app.sessions.store.store import Kept, StaleRevisionError
from app.sessions.training import StoppedError
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import SPEEDS, ExplorerPage, explorer
from app.views.explorer.headings import room_of
from app.views.explorer.look import Look, Play
from app.views.paths.paths import Opened
from app.web.http.dependencies import (
    Reach,
    Verb,
    Walk,
    revision,
    walk_of,
)
from app.web.http.forms import WHOLE, Form, form_of
from app.web.http.fragments import (
    Panel,
    Part,
    Shown,
    fragment,
)
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response
from app.web.http.preferences import preferences
from app.web.http.prefix import root_of
from app.web.http.templating import Templates

OP_BYTES = 6  # enough to tell apart the pages that show one revision of one walk
ELSEWHERE: dict[str, "Elsewhere"] = {}  # other pages that show a walk: the word that their forms send as `next`
PERIODS = {str(period): period for period, _ in SPEEDS}


@dataclass(frozen=True)
class Markup:
    """Panels and their parts, drawn by their templates for one session."""

    templates: Templates
    session: str

    @property
    def at(self) -> str:
        """The session's address."""
        return f"{self.templates.root}/sessions/{self.session}"

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

    async def do(self, verb: Verb, slow: Reach | bool = False, opened: Opened | None = None) -> Response:
        """Move the walk by the verb and show it, with what is to stay open."""
        return await self.after(lambda rev: self.walk.do(verb, rev, slow), opened)

    async def after(self, move: Callable[[int | None], Awaitable[Kept]], opened: Opened | None = None) -> Response:
        """The walk as a move from the form's revision leaves it; as it stands, and why, where it cannot be made."""
        try:
            kept = await move(revision(self.form.get("rev")))
        except StaleRevisionError as error:
            return await self._told(error.current, behind(error.current.session), 412, opened)
        except QuestionError as error:
            return self.show(await self.walk.load(), status=422, reply=str(error))
        except (SetupError, DivergedError, StoppedError) as error:
            status = 422 if isinstance(error, SetupError) else 409
            return await self._told(await self.walk.load(), str(error), status, opened)
        return await self.moved(kept, opened)

    async def moved(self, kept: Kept, opened: Opened | None = None) -> Response:
        """After a form: the panels that changed, or back to the page."""
        if wants_fragment(self.request):
            return await self._told(kept, "", 200, opened)
        page = f"/{self.form['next']}" if self._elsewhere else f"/paths?{opened.query}" if opened else ""
        return RedirectResponse(f"{root_of(self.request)}/sessions/{kept.id}{page}", 303, headers=VARY)

    async def _told(self, kept: Kept, message: str, status: int, opened: Opened | None) -> Response:
        """The walk as the page shows it that the form was sent from."""
        if self._elsewhere:
            return await self._elsewhere(self, kept, message, status)
        return self.show(kept, message, status, opened)

    def show(
        self, kept: Kept, message: str = "", status: int = 200, opened: Opened | None = None, reply: str = ""
    ) -> Response:
        """The walk as it stands; `message` is what the reader must know; `opened` is to be explained.

        `reply` is what there is to say to an answer, or to who would pass a question.
        """
        playing = self.form.get("playing") == "1" and not message and question_of(kept.session) is None
        digits = preferences(self.request).digits
        look = Look(digits, self._play(playing), message, opened, time(), reply, token_urlsafe(OP_BYTES))
        page = explorer(kept.session, kept.id, kept.rev, look)
        if wants_fragment(self.request):
            return HTMLResponse(self._fragment(page, kept, digits, _name(opened)), status, headers=VARY)
        self._shown.put((kept.id, kept.rev, digits, _name(opened)), page.resting)
        return page_response(self.request, "explorer/page.html", page, room_of(kept.session), status)

    @property
    def _elsewhere(self) -> "Elsewhere | None":
        """How the page shows the walk that the form was sent from, where that is not the explorer."""
        return ELSEWHERE.get(self.form.get("next", ""))

    def _play(self, on: bool) -> Play:
        return Play(on, PERIODS.get(self.form.get("speed", ""), Play().period))

    def _fragment(self, page: ExplorerPage, kept: Kept, digits: int, opened: str) -> str:
        seen = self._shown.get((kept.id, self._seen_revision, digits, self._asked.get("open", "")))
        self._shown.put((kept.id, kept.rev, digits, opened), page.resting)
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


Elsewhere = Callable[[Explorer, Kept, str, int], Awaitable[Response]]


def behind(session: TrainingSession) -> str:
    """What a tab is told that would have moved an older state of the walk."""
    return (
        f"This tab was behind: the walk went on elsewhere. Here is step {session.cursor} of iteration "
        f"{session.iteration + 1}; nothing was changed."
    )


def _name(opened: Opened | None) -> str:
    return "" if opened is None else opened.name


async def explorer_of(request: Request) -> Explorer:
    """The walk that the address names, with the form that was sent."""
    session_id = request.path_params["session_id"]
    if request.method == "GET":
        return Explorer(request, walk_of(request, session_id), {})
    form = await form_of(request)
    key = operation_key(form.get("op", ""), request.scope["path"], await request.body())
    return Explorer(request, walk_of(request, session_id, key), form)


Answer = Callable[[Explorer], Awaitable[Response]]


class WalkPages:
    """What one feature answers about a walk, for whoever holds the walk's id.

    Plain Starlette routes: what a click asks for is in its form, and each click counts.
    """

    def __init__(self) -> None:
        self.routes: list[BaseRoute] = []

    def get(self, path: str) -> Callable[[Answer], Answer]:
        """Answers what is read at this path below the walk's address."""
        return self._route("GET", path)

    def post(self, path: str) -> Callable[[Answer], Answer]:
        """Answers a form that is sent there."""
        return self._route("POST", path)

    def _route(self, method: str, path: str) -> Callable[[Answer], Answer]:
        def routed(answer: Answer) -> Answer:
            async def endpoint(request: Request) -> Response:
                return await answer(await explorer_of(request))

            self.routes.append(Route("/sessions/{session_id}" + path, endpoint, methods=[method]))
            return answer

        return routed
