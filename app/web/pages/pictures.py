"""The page of pictures, and each picture alone for htmx."""

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.sessions.setups.typed import NUMBER
from app.sessions.store.store import Kept
from app.sessions.walk.history import points_followed
from app.sessions.walk.session import TrainingSession
from app.views.pages import heading_of, room_of
from app.views.pictures.curves import curves, marks_at
from app.views.pictures.film import Frame
from app.views.pictures.pictures import PICTURES, chosen_picture, drawing_of, looked_back, looked_over, pictures_page
from app.views.training.training import MEASURES, PACES, Asked
from app.web.http.fragments import partials, parts_of
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response
from app.web.http.standalone import theme_of
from app.web.pages.walk import OP_BYTES, WalkPages, WalkRequest

SHEETS = ("tokens.css", "charts.css", "pictures.css")  # whose rules a drawing wears

PLAYING = "playing"  # the field of the form that trains, while its page asks for more
OF_FORMS = (PLAYING, "next")  # that chooses nothing of a picture

pages = WalkPages()


@pages.route("/pictures")
async def pictures(the: WalkRequest) -> Response:
    """The page; `show` names the picture."""
    return await _page(the, await the.walk.load(), {})


@pages.route("/pictures/curves")
async def the_curves(the: WalkRequest) -> Response:
    """The curves of the training."""
    kept = await the.walk.load()
    if not wants_fragment(the.request):
        return await _page(the, kept, {})
    await the.walk.follow(kept.session, points_followed(kept.session))
    query, moving = _query_of(the), _moves(the, kept.session)
    epoch = None if moving else looked_back(kept.session, query)
    return await the.walk.work(lambda: the.fragment(curves(kept.session, query, the.digits, moving, epoch)))


@pages.route("/pictures/{name}.svg")
async def drawing(the: WalkRequest) -> Response:
    """One drawing of a picture, or of the curves, as a file in one of the themes."""
    name, theme, kept = the.request.path_params["name"], theme_of(the.request.query_params), await the.walk.load()
    await the.walk.follow(kept.session, looked_over(kept.session, name))
    found = await the.walk.work(lambda: drawing_of(kept.session, name, the.request.query_params, the.digits))
    if found is None:
        raise HTTPException(404)
    named = {"Content-Disposition": f'attachment; filename="{found.name}.svg"'}
    title = heading_of(kept.session).title
    drawn = the.walk.services.templates.drawing(found.template, found.shown, SHEETS, theme, title)
    return Response(drawn, media_type="image/svg+xml", headers=named)


@pages.route("/pictures/{name}")
async def picture(the: WalkRequest) -> Response:
    """One picture, and of the curves the mark of its epoch."""
    name = the.request.path_params["name"]
    if name not in PICTURES:
        raise HTTPException(404)
    kept = await the.walk.load()
    if not wants_fragment(the.request):
        return await _page(the, kept, {"show": name})
    query, moving = _query_of(the), _moves(the, kept.session)
    await the.walk.follow(kept.session, looked_over(kept.session, name))

    def drawn() -> Response:
        chosen = chosen_picture(kept.session, name, query, the.digits, moving)
        epoch = None if chosen.past is None else chosen.past.back
        marks = marks_at(kept.session, query, the.digits, epoch)
        return HTMLResponse(partials([chosen], the.panel) + parts_of(marks, the), headers=VARY)

    return await the.walk.work(drawn)


def _query_of(the: WalkRequest) -> dict[str, str]:
    """What the address asks for of a picture."""
    return {name: value for name, value in the.request.query_params.items() if name not in OF_FORMS}


def _moves(the: WalkRequest, session: TrainingSession) -> bool:
    """Whether the page shows the film of a training: then nobody points at a picture that is replaced at once."""
    return PLAYING in the.request.query_params and session.trains


async def _page(the: WalkRequest, kept: Kept, more: dict[str, str]) -> Response:
    return await pictures_response(the, kept, {**_query_of(the), **more}, Asked(token_urlsafe(OP_BYTES)))


async def pictures_response(
    the: WalkRequest, kept: Kept, query: Mapping[str, str], asked: Asked, status: int = 200
) -> Response:
    """The whole page; `query` names the picture and what is chosen of it."""
    await the.walk.follow(kept.session, looked_over(kept.session, query.get("show", "")))

    def shown() -> Response:
        page = pictures_page(kept.session, kept.id, query, the.digits, asked)
        return page_response(the.request, "pictures/page.html", page, room_of(kept.session), status, kept.read_only)

    return await the.walk.work(shown)


# The film of a training, of this page and of others ------------------------------------------------------------------

DIVERGED = 409


def asked_of(the: WalkRequest, message: str, status: int) -> Asked:
    """What a page asks of the training of a walk."""
    form, pressed = the.form, the.request.url.path.rsplit("/", 1)[1]
    running = not message and pressed != "pause" and ("until" in form or form.get(PLAYING) == "1")
    asked = Asked(token_urlsafe(OP_BYTES), running, message, pressed, diverged=status == DIVERGED)
    count, measure = form.get("count", ""), form.get("measure", "")
    if NUMBER.fullmatch(count) and measure in dict(MEASURES):
        asked = replace(asked, count=count, measure=measure)
    if form.get("pace") in dict(PACES):
        asked = replace(asked, pace=form["pace"])
    return asked


def film_response(the: WalkRequest, shown: Frame) -> Response:
    """One picture of the film, as the page's script reads it."""
    return JSONResponse(
        {
            "parts": [(part.id, the.part(part)) for part in shown.parts],
            "more": shown.more,
            "has": shown.has,
            "anew": partials([shown.anew], the.panel) if shown.anew else "",
        },
        headers=VARY,
    )
