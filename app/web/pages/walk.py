"""A request about a walk: its form, the verb that it asks for, and the explorer as the answer."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_urlsafe
from time import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.predict import QuestionError, question_of
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept, StaleRevisionError, operation_key
from app.sessions.training import StoppedError
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import SPEEDS, Look, Play, explorer
from app.views.explorer.headings import room_of
from app.views.paths.paths import Opened
from app.web.http.dependencies import Walk, revision, walk_of
from app.web.http.forms import Form, edited_in, form_of
from app.web.http.fragments import Panel, Part, fragment
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response
from app.web.http.preferences import preferences
from app.web.http.prefix import root_of
from app.web.http.templating import Templates

OP_BYTES = 6  # enough to tell apart the pages that show one revision of one walk
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
class WalkRequest:
    """One request about a walk, and its form."""

    request: Request
    walk: Walk
    form: Form

    @property
    def rev(self) -> int | None:
        """The revision that the form was made for. SetupError where it is none."""
        return revision(self.form.get("rev"))

    @property
    def digits(self) -> int:
        """How many decimals the reader wants to see."""
        return preferences(self.request).digits

    def opened(self, session: TrainingSession) -> Opened | None:
        """The value that the form edits: it stays open for the next one."""
        if "of" in self.form:
            with suppress(SetupError):  # which the verb met as well, and the page then tells
                return Opened(edited_in(self.form, session))
        return None


View = Callable[[WalkRequest, Kept, str, int], Awaitable[Response]]  # the walk, what must be said of it, the status
Verb = Callable[[WalkRequest], Awaitable[Kept]]
Answer = Callable[[WalkRequest], Awaitable[Response]]


def was_behind(session: TrainingSession) -> str:
    """What a tab is told that would have moved an older state of the walk."""
    return (
        f"This tab was behind: the walk went on elsewhere. Here is step {session.cursor} of iteration "
        f"{session.iteration + 1}; nothing was changed."
    )


# The explorer --------------------------------------------------------------------------------------------------------


async def explorer_view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The walk as the explorer shows it."""
    return show(the, kept, message, status, the.opened(kept.session))


def show(
    the: WalkRequest, kept: Kept, message: str = "", status: int = 200, opened: Opened | None = None, reply: str = ""
) -> Response:
    """The walk as it stands: the panels that changed, or the whole page.

    `message` is what the reader must know; `opened` is to be explained; `reply` is what there is to say to an answer.
    """
    playing = the.form.get("playing") == "1" and not message and question_of(kept.session) is None
    play = Play(playing, PERIODS.get(the.form.get("speed", ""), Play().period))
    look = Look(the.digits, play, message, opened, time(), reply, token_urlsafe(OP_BYTES))
    page = explorer(kept.session, kept.id, kept.rev, look)
    shown, now = the.walk.services.shown, (kept.id, kept.rev, the.digits, opened.name if opened else "")
    before = shown.get(_seen(the, kept)) if wants_fragment(the.request) else None
    shown.put(now, page.resting)
    if wants_fragment(the.request):
        text = fragment(Markup(the.walk.services.templates, kept.id), before, page.panels)
        return HTMLResponse(text, status, headers=VARY)
    return page_response(the.request, "explorer/page.html", page, room_of(kept.session), status)


def _seen(the: WalkRequest, kept: Kept) -> tuple[str, int, int, str]:
    """What the reader's page shows, as its form or its address says; revision 0, which none has, where neither does."""
    asked = the.form or the.request.query_params
    rev = asked.get("rev", "")
    return kept.id, int(rev) if WHOLE.fullmatch(rev) else 0, the.digits, asked.get("open", "")


# Routes --------------------------------------------------------------------------------------------------------------


class WalkPages:
    """What one feature answers about a walk, for whoever holds the walk's id.

    Plain Starlette routes: what a click asks for is in its form, and each click counts. After a verb the walk is shown
    by the page that the form was sent from: the explorer, or the one of `views` that the form names as `next`.
    """

    def __init__(self, views: Mapping[str, View] | None = None) -> None:
        self.routes: list[BaseRoute] = []
        self._views = views or {}

    def get(self, path: str) -> Callable[[Answer], Answer]:
        """Answers what is read at this path below the walk's address."""
        return self._answering("GET", path)

    def post(self, path: str) -> Callable[[Answer], Answer]:
        """Answers a form that is sent there."""
        return self._answering("POST", path)

    def verb(self, path: str) -> Callable[[Verb], Verb]:
        """Moves the walk as a form asks that is sent there, and shows it."""

        def routed(verb: Verb) -> Verb:
            async def moved(the: WalkRequest) -> Response:
                return await self._moved(the, verb)

            self._add("POST", path, moved)
            return verb

        return routed

    def _answering(self, method: str, path: str) -> Callable[[Answer], Answer]:
        def routed(answer: Answer) -> Answer:
            self._add(method, path, answer)
            return answer

        return routed

    def _add(self, method: str, path: str, answer: Answer) -> None:
        async def endpoint(request: Request) -> Response:
            return await answer(await walk_request(request))

        self.routes.append(Route("/sessions/{session_id}" + path, endpoint, methods=[method]))

    async def _moved(self, the: WalkRequest, verb: Verb) -> Response:
        """The walk after the verb; as it stands, and why, where it cannot be done."""
        try:
            kept = await verb(the)
        except StaleRevisionError as error:
            return await self._shown(the, error.current, was_behind(error.current.session), 412)
        except QuestionError as error:
            return show(the, await the.walk.load(), status=422, reply=str(error))
        except (SetupError, DivergedError, StoppedError) as error:
            status = 422 if isinstance(error, SetupError) else 409
            return await self._shown(the, await the.walk.load(), str(error), status)
        if wants_fragment(the.request):
            return await self._shown(the, kept, "", 200)
        return RedirectResponse(f"{root_of(the.request)}/sessions/{kept.id}{self._page(the, kept)}", 303, headers=VARY)

    async def _shown(self, the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
        view = self._views.get(the.form.get("next", ""), explorer_view)
        return await view(the, kept, message, status)

    def _page(self, the: WalkRequest, kept: Kept) -> str:
        """Where a plain form leads back to, below the walk's address."""
        if the.form.get("next") in self._views:
            return f"/{the.form['next']}"
        opened = the.opened(kept.session)
        return f"/paths?{opened.query}" if opened else ""


async def walk_request(request: Request) -> WalkRequest:
    """The request with the walk that its address names, and its form."""
    session_id = request.path_params["session_id"]
    if request.method == "GET":
        return WalkRequest(request, walk_of(request, session_id), {})
    form = await form_of(request)
    key = operation_key(form.get("op", ""), request.scope["path"], await request.body())
    return WalkRequest(request, walk_of(request, session_id, key), form)
