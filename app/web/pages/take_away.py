"""What leaves the program with its learner: the page of all forms, each form as a file, and a walk as a link or a file,
which comes back as a new walk.
"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.engine.network.errors import SetupError
from app.sessions.take_away.link import SUFFIX, link_of, opened, opened_file
from app.views.network.diagram import Network
from app.views.take_away.forms import MEDIA, Export, Wish, export_of, link_in, opened_page, take_away_page
from app.views.take_away.one_file import OneFilePage
from app.views.take_away.summary import SummaryPage
from app.views.take_away.worksheet import WorksheetPage
from app.web.api.schemas import SESSION_ERRORS, LinkAnswer
from app.web.api.state import dumps, json_response
from app.web.http.dependencies import TheWalk, Walk, services, soon
from app.web.http.forms import sent_by
from app.web.http.new_session import begun_walk, check_may_begin, linked_walk
from app.web.http.page import base_of, page_response, prefix, root_of
from app.web.http.standalone import theme_of
from app.web.http.templating import OneFile, Templates
from app.web.pages.walk import WalkPages, WalkRequest

api = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
router = APIRouter(include_in_schema=False)
pages = WalkPages()
ADDRESS = "/w"
SHEETS = ("tokens.css", "app.css")  # whose rules a drawing of the network wears
DRAWING = "svg/network.svg"
SLIDES = OneFile("take_away/walk.html", "take_away/walk.css", "take_away/walk.js", DRAWING)
FIELDS = 4  # of the form that sends a file


# What leaves ----------------------------------------------------------------------------------------------------------


@pages.route("/take-away")
async def take_away(the: WalkRequest) -> Response:
    """All forms of the walk, and how one of them looks."""
    kept, preview = await the.walk.load(), the.request.query_params.get("preview", "")
    root = base_of(the.request)
    page = await the.walk.make(kept.session, lambda: take_away_page(kept.session, the.walk.id, root, preview))
    return page_response(the.request, "take_away/page.html", page, read_only=kept.read_only)


@pages.route("/link")
async def to_link(the: WalkRequest) -> Response:
    """To the address that is the walk, where it fits into one; else to its file."""
    session = (await the.walk.load()).session
    link = await the.walk.view(session, lambda: link_in(session, root_of(the.request)))
    return RedirectResponse(link or f"{root_of(the.request)}/sessions/{the.walk.id}/take-away", 303)


@pages.route("/export/{form}")
async def download(the: WalkRequest) -> Response:
    """One form of the walk as a file."""
    return await _file(the.walk, the.request.path_params["form"])


@api.get("/export/{form}", response_class=Response, responses={200: {"content": {media: {} for media in MEDIA}}})
async def export(walk: TheWalk, form: str) -> Response:
    """The walk in one of its forms, such as numpy.py or equations.csv; an unknown one lists them all."""
    return await _file(walk, form)


async def _file(walk: Walk, name: str) -> Response:
    """The form, made, with a name for the file."""
    session, request, templates = (await walk.load()).session, walk.request, walk.services.templates
    root = base_of(request)

    def draw(part: Any) -> str:
        return templates.part(part.template, part, "")

    def made() -> Response:
        theme = theme_of(request.query_params)
        export = export_of(session, name, Wish(request.query_params, link_in(session, root), draw))
        headers = {"Content-Disposition": f'attachment; filename="{export.file}"'}
        return Response(drawn(export, templates, theme), headers=headers, media_type=export.form.media)

    return await walk.make(session, made)


def drawn(export: Export, templates: Templates, theme: str) -> str:
    """What is made, by its template where it has one."""
    match export.made:
        case str(text):
            return text
        case WorksheetPage() as page:
            return templates.render("take_away/worksheet.html", page=page)
        case SummaryPage() as page:
            drawing = templates.drawing(DRAWING, page.drawing, SHEETS, theme)
            return templates.render("take_away/summary.html", page=page, drawing=drawing)
        case Network() as network:
            return templates.drawing(DRAWING, network, SHEETS, theme, export.title)
        case OneFilePage() as page:
            worn = page.steps.replace('\\"', '"')
            return templates.one_file(SLIDES, page.first, SHEETS, worn, page)


@api.get("/link", response_model=LinkAnswer)
async def link(walk: TheWalk) -> Response:
    """The whole walk, the step included, as the address of a page that starts it again."""
    session = (await walk.load()).session
    path = f"{ADDRESS}/{await walk.view(session, lambda: link_of(session))}"
    root = base_of(walk.request)
    return json_response(dumps({"path": f"{prefix.get()}{path}", "url": f"{root}{path}"}))


# What comes back ------------------------------------------------------------------------------------------------------


@router.get(ADDRESS + "/{link}")
async def look(request: Request, link: str) -> Response:
    """What a link leads to; nothing is begun yet."""
    session = await linked_walk(request, lambda limits: opened(link, limits))
    page = opened_page(session, link)
    return await soon(request, lambda: page_response(request, "take_away/opened.html", page))


@router.post(ADDRESS + "/{link}")
async def start(request: Request, link: str) -> Response:
    """A new walk that stands where the link was made."""
    check_may_begin(request)
    return await begun_walk(request, await linked_walk(request, lambda limits: opened(link, limits)))


@router.post(ADDRESS)
async def start_from_file(request: Request) -> Response:
    """The same from a file."""
    check_may_begin(request)
    sent = await sent_by(request, services(request).settings.max_data_bytes, FIELDS)
    file = sent.file
    if file is None:
        raise SetupError("file", "No file was sent.", f"Choose one that ends in {SUFFIX} first.")
    return await begun_walk(request, await linked_walk(request, lambda limits: opened_file(file, limits)))
