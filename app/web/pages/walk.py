"""A request about a walk: its form, the verb that it asks for, and the explorer as the answer."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from secrets import token_urlsafe
from time import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.engine.memory import MEMORY
from app.engine.network.errors import DivergedError, SetupError
from app.sessions.predict import QuestionError, answered, posed_question
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept, StaleRevisionError, operation_key
from app.sessions.training import StoppedError
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import Look, Play, explorer
from app.views.pages import room_of
from app.views.paths.paths import Opened
from app.web.http.dependencies import Walk, revision, walk_of
from app.web.http.forms import Form, edited_in, form_of
from app.web.http.fragments import Panel, Part, fragment
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response, preferences

EMPTY, PER_PARAMETER = 30_000, 1_000  # bytes of a page's panels, at most about
OP_BYTES = 6  # enough to tell apart the pages that show one revision of one walk


@dataclass(frozen=True)
class WalkRequest:
    """One request about a walk, and its form; it draws the panels of the walk, and their parts, by their templates."""

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

    @property
    def at(self) -> str:
        """The walk's address."""
        return f"{self.walk.services.templates.root}/sessions/{self.walk.id}"

    def panel(self, panel: Panel) -> str:
        """A panel's content."""
        templates = self.walk.services.templates
        return templates.render(panel.template, panel=panel, at=self.at, session=self.walk.id)

    def part(self, part: Part) -> str:
        """One part, as the panel's own template draws it too."""
        return self.walk.services.templates.part(part.template, part, self.at)

    def fragment(self, panel: Panel, status: int = 200) -> Response:
        """A panel's content as what htmx gets."""
        return HTMLResponse(self.panel(panel), status, headers=VARY)


View = Callable[[WalkRequest, Kept, str, int], Awaitable[Response]]  # the walk, what must be said of it, the status
Verb = Callable[[WalkRequest], Awaitable[Kept]]
Answer = Callable[[WalkRequest], Awaitable[Response]]
Opens = Callable[[Form, TrainingSession], Opened | None]  # what is open on the page after a verb
Leaves = Callable[[Request, Response, Kept], None]  # what the browser keeps of it


def edited(form: Form, session: TrainingSession) -> Opened | None:
    """The value that the form edits: it stays open for the next one."""
    if "of" in form:
        with suppress(SetupError):  # which the verb met as well, and the page then tells
            return Opened(edited_in(form, session))
    return None


async def show(
    the: WalkRequest,
    kept: Kept,
    message: str = "",
    status: int = 200,
    opened: Opened | None = None,
    reply: str = "",
    nudged: float = 0.0,
) -> Response:
    """The walk as the explorer shows it: the panels that changed, or the whole page.

    `message` is what the reader must know; `opened` is to be explained; `reply` is what there is to say to an answer;
    `nudged` is how far a parameter is moved to see what the loss does.
    """
    return await the.walk.view(kept.session, lambda: _shown(the, kept, message, status, opened, reply, nudged))


def _shown(
    the: WalkRequest, kept: Kept, message: str, status: int, opened: Opened | None, reply: str, nudged: float
) -> Response:
    rests = message or posed_question(kept.session) or answered(kept.session)
    playing = the.form.get("playing") == "1" and not rests
    play = Play(playing, preferences(the.request).speed)
    pressed = the.request.url.path.rsplit("/", 1)[1] if the.form else ""
    op = token_urlsafe(OP_BYTES)
    look = Look(the.digits, play, message, opened, time(), reply, op, pressed, nudged, kept.read_only)
    page = explorer(kept.session, kept.id, kept.rev, look)
    seen = the.form or the.request.query_params  # what the reader's page shows, as its form or its address says
    rev = int(seen["rev"]) if WHOLE.fullmatch(seen.get("rev", "")) else 0  # no walk has a revision 0
    before = MEMORY.get((show, kept.id, rev, the.digits, seen.get("open", ""), seen.get("nudged", "")))
    if pressed:
        page = page.after(before or ())
    now = show, kept.id, kept.rev, the.digits, opened.name if opened else "", f"{nudged:g}" if nudged else ""
    MEMORY.put(now, page.resting, panel_bytes(kept.session))
    if wants_fragment(the.request):
        return HTMLResponse(fragment(the, before, page.panels), status, headers=VARY)
    return page_response(the.request, "explorer/page.html", page, room_of(kept.session), status, kept.read_only)


def panel_bytes(session: TrainingSession) -> int:
    """About how many bytes the panels of a walk take."""
    sizes = session.setup.sizes
    return EMPTY + PER_PARAMETER * sum(size * (before + 1) for before, size in pairwise(sizes))


class WalkPages:
    """What one feature answers about a walk, for whoever holds the walk's id.

    Plain Starlette routes: what a click asks for is in its form, and each click counts. After a verb the walk is shown
    by the page that the form was sent from: the explorer, or the one of `views` that the form names as `next`.
    """

    def __init__(self, views: Mapping[str, View] | None = None) -> None:
        self.routes: list[BaseRoute] = []
        self._views = views or {}

    def route(self, path: str, method: str = "GET") -> Callable[[Answer], Answer]:
        """Answers what is read, or the form that is sent, at this path below the walk's address."""

        def routed(answer: Answer) -> Answer:
            async def endpoint(request: Request) -> Response:
                session_id = request.path_params["session_id"]
                if method == "GET":
                    return await answer(WalkRequest(request, walk_of(request, session_id), {}))
                form = await form_of(request)
                key = operation_key(form.get("op", ""), request.scope["path"], await request.body())
                return await answer(WalkRequest(request, walk_of(request, session_id, key), form))

            self.routes.append(Route("/sessions/{session_id}" + path, endpoint, methods=[method]))
            return answer

        return routed

    def verb(self, path: str, opens: Opens = edited, leaves: Leaves | None = None) -> Callable[[Verb], Verb]:
        """Moves the walk as a form asks that is sent there, and shows it with what `opens` finds open.

        `leaves` lets the browser keep something of it.
        """

        def routed(verb: Verb) -> Verb:
            self.route(path, "POST")(self.moves(verb, opens, leaves))
            return verb

        return routed

    def moves(self, verb: Verb, opens: Opens = edited, leaves: Leaves | None = None) -> Answer:
        """Answers a form by what the verb makes of the walk."""

        async def moved(the: WalkRequest) -> Response:
            return await self._moved(the, verb, opens, leaves)

        return moved

    async def _moved(self, the: WalkRequest, verb: Verb, opens: Opens, leaves: Leaves | None) -> Response:
        """The walk after the verb; as it stands, and why, where it cannot be done."""
        try:
            kept = await verb(the)
        except StaleRevisionError as error:
            session = error.current.session
            message = (
                f"This tab was behind: the walk went on elsewhere. Here is step {session.cursor} of iteration "
                f"{session.iteration + 1}; nothing was changed."
            )
            return await self._shown(the, error.current, opens, message, 412)
        except QuestionError as error:
            return await show(the, await the.walk.load(), status=422, reply=str(error))
        except (SetupError, DivergedError, StoppedError) as error:
            status = 422 if isinstance(error, SetupError) else 409
            return await self._shown(the, await the.walk.load(), opens, str(error), status)
        response = await self._shown(the, kept, opens) if wants_fragment(the.request) else self._led(the, kept, opens)
        if leaves:
            leaves(the.request, response, kept)
        return response

    def _led(self, the: WalkRequest, kept: Kept, opens: Opens) -> Response:
        """To the page that shows the walk after a verb."""
        next, opened = the.form.get("next", ""), opens(the.form, kept.session)
        page = f"/paths?{opened.query}" if opened else ""
        if next in self._views:
            page = f"/{next}?{urlencode({'show': the.form['show']})}" if the.form.get("show") else f"/{next}"
        return RedirectResponse(f"{the.at}{page}", 303, headers=VARY)

    async def _shown(
        self, the: WalkRequest, kept: Kept, opens: Opens, message: str = "", status: int = 200
    ) -> Response:
        view = self._views.get(the.form.get("next", ""))
        if view is None:
            return await show(the, kept, message, status, opens(the.form, kept.session))
        return await view(the, kept, message, status)
