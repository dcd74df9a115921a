"""The page on which a network of one's own is built. Nothing is kept while one builds: the form carries everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.engine.network.errors import DivergedError, SetupError
from app.lessons.starting_points import STARTING_POINTS, UnknownStartingPointError, starting_point_named
from app.sessions.setups.draft import DATASET, TABLE, Draft, draft_of, uses_of, with_weights, wrong_in
from app.sessions.setups.table import ROWS, TableError, TooLongError, read_table, shortened
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import SessionTooLargeError
from app.sessions.walk.session import TrainingSession
from app.views.build.build import (
    FOLLOWING_PANELS,
    FORM_PANELS,
    Built,
    Manner,
    TextPanel,
    build,
    build_page,
    build_panels,
)
from app.web.http.dependencies import Services, before_a_walk, services, soon, walk_of
from app.web.http.forms import Sent, sent_by
from app.web.http.fragments import partials
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response

router = APIRouter(include_in_schema=False)
ADDRESS = "/build"
FIELDS = 80  # of one form besides those of its columns: six layers, and whatever else can be chosen
FORMS = 4  # times as long as its table a form may be: on its way in each comma and line end takes three bytes
LONGEST_OFFER = 200  # characters of what an offer sets
LONGEST_PROPOSAL = 2_000  # characters of what was proposed with the data
LEFT_BEHIND = "The mistake of that walk is left out: what you build here follows the right rules."


@router.get(ADDRESS)
async def builder(request: Request) -> Response:
    """The form: as a starting point has it, or as the walk that `like` names began."""
    query = request.query_params
    if "like" not in query:
        draft = await soon(request, lambda: _starting_draft(query.get("from", STARTING_POINTS[0].name)))
        return await _shown(request, await _built(request, draft), _manner(request))
    session = (await walk_of(request, query["like"]).load()).session
    if session.hunt:
        raise HTTPException(404)
    manner = _manner(request, note=LEFT_BEHIND if session.setup.mistakes else "")
    draft = await before_a_walk(request, lambda: draft_of(session.setup))
    return await _shown(request, await _built(request, draft), manner)


def _starting_draft(name: str) -> Draft:
    try:
        return draft_of(starting_point_named(name).setup)
    except UnknownStartingPointError as error:
        raise HTTPException(404) from error


@router.post(ADDRESS)
async def built(request: Request) -> Response:
    """What the form's button asks for; without one the form is looked at as it stands."""
    the = services(request)
    fields = FIELDS + 4 * the.settings.most_columns  # each column may be sent as off and on, and how it is taken
    sent = await sent_by(request, FORMS * the.settings.max_data_bytes, fields)
    if _verb(sent)[0] == "start":
        check_may_begin(request)
    action = await before_a_walk(request, lambda: _action(sent, the))
    found = await _built(request, action.draft, None if action.start else action.before)
    if action.start:
        return await _start(request, found)
    if found.draft != action.draft:  # what suits the data now stands in its fields
        drawn = found.draft["source"] == DATASET and "data.examples" in (action.before or {})
        action = replace(action, followed=True, focus=action.focus or ("data.dataset" if drawn else ""))
    if action.error is not None:
        found = replace(found, errors=(action.error, *found.errors))
    return await _shown(request, found, _manner(request, focus=action.focus), action)


def _manner(request: Request, **more: Any) -> Manner:
    """How the page is shown on this server."""
    settings = services(request).settings
    return Manner(settings.max_layers - 1, settings.max_data_bytes // 1024, **more)  # the output is a layer too


# What a form asks for -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Action:
    """The draft after what a button does to it; the field that takes the focus; whether the walk is to start; whether
    there is another text of a table; whether fields hold something else now, or only those that follow the data; what
    is wrong with it; what was proposed with the data that it had.
    """

    draft: Draft
    focus: str = ""
    start: bool = False
    read: bool = False
    filled: bool = False
    followed: bool = False
    error: SetupError | None = None
    before: Mapping[str, str] | None = None


def _verb(sent: Sent) -> tuple[str, str]:
    """What the button does, and with what."""
    verb, _, object = sent.fields.get("do", "").partition(" ")
    return verb, object


def _action(sent: Sent, the: Services) -> Action:
    fields = {name: value for name, value in sent.fields.items() if name != "do"}
    shown = fields.pop("shown", "")
    before = dict(parse_qsl(shown[:LONGEST_PROPOSAL], keep_blank_values=True)) or None
    return replace(_asked(_verb(sent), fields, sent.file, the), before=before)


def _asked(wanted: tuple[str, str], fields: dict[str, str], file: bytes | None, the: Services) -> Action:
    verb, object = wanted
    draft = _starting_draft(fields["from"]) if "from" in fields else Draft(fields)
    if file is not None:
        return _read(draft, file, the)
    match verb:
        case "start":
            return Action(draft, start=True)
        case "add":
            return Action(draft.with_layer())
        case "remove":
            return Action(draft.without_layer(int(object)) if WHOLE.fullmatch(object) else draft, "add", filled=True)
        case "set":  # what an offer sets
            chosen = dict(parse_qsl(object[:LONGEST_OFFER], keep_blank_values=True))
            if chosen.get("rows") in ROWS:
                return _shortened(draft, chosen["rows"], the)
            return Action(draft.changed(chosen), next(iter(chosen), ""), filled=True)
        case "weights":
            return _given(draft, fields.get("weights", ""))
        case "read":
            return Action(draft, error=SetupError("file", "No file was sent.", "Choose a CSV file first."))
    return Action(draft)


def _read(draft: Draft, file: bytes, the: Services) -> Action:
    """The file as the draft's table; the draft as it was where it cannot be read."""
    draft = draft.changed({"source": TABLE})
    try:
        table = read_table(file, the.settings)
        with_table = draft.with_table(file.decode("utf-8-sig"))
        if wrong := wrong_in(table, uses_of(with_table, table)):
            raise wrong
    except TooLongError:  # some of its rows can be taken
        with_table = draft.with_table(file.decode("utf-8-sig"))
    except TableError as error:
        return Action(draft, error=SetupError("file", error.problem, error.remedy))
    return Action(with_table, read=True, filled=True)


def _given(draft: Draft, text: str) -> Action:
    """With the weights in the text; the draft as it was where they cannot be read."""
    try:
        return Action(with_weights(draft, text), filled=True)
    except SetupError as error:
        return Action(draft, error=error)


def _shortened(draft: Draft, rows: str, the: Services) -> Action:
    """With so many of the table's rows as can be used; the draft as it was where they cannot be read."""
    try:
        table = shortened(draft["table"], the.settings, rows)
    except TableError as error:
        return Action(draft, error=error)
    return Action(draft.changed({"table": table}), "target", read=True, filled=True)


# Answers --------------------------------------------------------------------------------------------------------------


async def _built(request: Request, draft: Draft, before: Mapping[str, str] | None = None) -> Built:
    """What is known of the draft; `before` as `read` takes it."""
    size = sum(len(text) for text in draft.texts.values())
    return await before_a_walk(request, lambda: build(draft, services(request).settings, before), size)


async def _start(request: Request, found: Built) -> Response:
    """The walk of this setup; back to the form, and why, where it cannot be."""
    if found.setup is not None:
        try:
            setup = found.setup
            return await begun_walk(request, await before_a_walk(request, lambda: TrainingSession.of_setup(setup)))
        except (SetupError, SessionTooLargeError) as error:
            found = replace(found, errors=(SetupError("", error.problem, error.remedy),))
        except DivergedError as error:
            found = replace(found, errors=(SetupError("", str(error), ""),))
    return await _shown(request, found, _manner(request, refused=True))


async def _shown(request: Request, found: Built, manner: Manner, action: Action | None = None) -> Response:
    """The page; for htmx its panels, the learner's own text only where it came from a file."""
    return await soon(request, lambda: _drawn(request, found, manner, action))


def _drawn(request: Request, found: Built, manner: Manner, action: Action | None) -> Response:
    status = 422 if manner.refused else 200
    if not wants_fragment(request):
        return page_response(request, "build/page.html", build_page(found, manner), "build", status)
    panels = [panel for panel in build_panels(found, manner) if panel.id != TextPanel.id or (action and action.read)]
    render = services(request).templates.render
    changed = FORM_PANELS if action and action.filled else FOLLOWING_PANELS if action and action.followed else ()
    anew = [panel.id for panel in panels if isinstance(panel, changed)]
    return HTMLResponse(partials(panels, lambda panel: render(panel.template, panel=panel), anew), status, headers=VARY)
