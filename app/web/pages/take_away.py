"""What leaves the program with its learner: the page of all forms, each form as a file, and a walk as a link or a file,
which comes back as a new walk.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.network.errors import SetupError
from app.sessions.take_away.link import SUFFIX, link_of, opened, opened_file
from app.views.take_away.forms import MEDIA, Wish, export_of, link_in, opened_page, take_away_page
from app.web.api.schemas import SESSION_ERRORS, LinkAnswer
from app.web.api.state import dumps, json_response
from app.web.http.dependencies import TheWalk, Walk, services, soon
from app.web.http.forms import sent_by
from app.web.http.new_session import begun_walk, check_may_begin, linked_walk
from app.web.http.page import page_response, prefix
from app.web.pages.walk import WalkPages, WalkRequest

api = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
router = APIRouter(include_in_schema=False)
pages = WalkPages()
ADDRESS = "/w"
FIELDS = 4  # of the form that sends a file


# What leaves ----------------------------------------------------------------------------------------------------------


@pages.route("/take-away")
async def take_away(the: WalkRequest) -> Response:
    """All forms of the walk, and how one of them looks."""
    kept, preview = await the.walk.load(), the.request.query_params.get("preview", "")
    root = str(the.request.base_url).rstrip("/")
    page = await the.walk.view(kept.session, lambda: take_away_page(kept.session, the.walk.id, root, preview))
    return page_response(the.request, "take_away/page.html", page, read_only=kept.read_only)


@pages.route("/export/{form}")
async def download(the: WalkRequest) -> Response:
    """One form of the walk as a file."""
    return await _file(the.walk, the.request.path_params["form"])


@api.get("/export/{form}", response_class=Response, responses={200: {"content": {media: {} for media in MEDIA}}})
async def export(walk: TheWalk, form: str) -> Response:
    """The walk in one of its forms, such as numpy.py or equations.csv; an unknown one lists them all."""
    return await _file(walk, form)


async def _file(walk: Walk, name: str) -> Response:
    """The form, made, with a name for the file; a page that stands alone is drawn by its template."""
    session, request = (await walk.load()).session, walk.request
    root = str(request.base_url).rstrip("/")

    def made() -> Response:
        export = export_of(session, name, Wish(request.query_params, link_in(session, root)))
        text = export.made
        if not isinstance(text, str):
            text = walk.services.templates.render(export.form.template, page=text)
        headers = {"Content-Disposition": f'attachment; filename="{export.file}"'}
        return Response(text, headers=headers, media_type=export.form.media)

    return await walk.view(session, made)


@api.get("/link", response_model=LinkAnswer)
async def link(walk: TheWalk) -> Response:
    """The whole walk, the step included, as the address of a page that starts it again."""
    session = (await walk.load()).session
    path = f"{ADDRESS}/{await walk.view(session, lambda: link_of(session))}"
    root = str(walk.request.base_url).rstrip("/")
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
