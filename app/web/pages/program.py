"""What belongs to no feature: how pages look, the API's documentation, and what whoever runs the program asks of it."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.engine.memory import MEMORY
from app.sessions.store.store import StoreError, StoreFullError
from app.views.api_docs import api_docs
from app.views.pages import privacy_page
from app.web.http.dependencies import services, soon
from app.web.http.forms import form_of
from app.web.http.htmx import VARY
from app.web.http.page import chrome_of, local, page_response, remember, root_of
from app.web.http.request_log import Metrics

router = APIRouter(include_in_schema=False)
READY_WITHIN = 0.25  # seconds that the store may take to write


@router.post("/preferences")
async def preferences(request: Request) -> Response:
    """Remember how the reader wants pages to look, and go back to where that was chosen."""
    form = await form_of(request)
    response = RedirectResponse(local(form.get("next", ""), root_of(request)), 303, headers=VARY)
    remember(request, response, form)
    return response


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API's documentation as a page: the same for all who have chosen the same, and long, so it is kept."""
    chrome = chrome_of(request)
    if (text := MEMORY.get((docs, chrome))) is None:
        response = await soon(request, lambda: page_response(request, "docs.html", api_docs(request.app.openapi())))
        MEMORY.put((docs, chrome), response.body)
        return response
    return HTMLResponse(text, headers=VARY)


@router.get("/privacy")
async def privacy(request: Request) -> Response:
    """What is kept, and for how long."""
    settings = services(request).settings
    page = privacy_page(settings.session_hours, settings.class_hours)
    return await soon(request, lambda: page_response(request, "privacy.html", page))


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The API's documentation for programs."""
    root = root_of(request)
    servers = {"servers": [{"url": root}]} if root else {}
    return await soon(request, lambda: JSONResponse({**request.app.openapi(), **servers}))


@router.get("/healthz")
async def healthy(request: Request) -> Response:
    """200 while the program lives: it says nothing of the store, which no restart would mend."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 where work can be sent here; 503, and why, where the program is ending or its store does not write.

    A full store is ready for those whose walks it has, who have nowhere else to go: it says what it is not ready for.
    """
    the, reason, limit = services(request), "", {}
    if the.drain.asked:
        reason = "The program is ending."
    else:
        try:
            async with asyncio.timeout(READY_WITHIN):
                await the.store.check()
        except StoreFullError as error:
            limit = {"limit": str(error)}
        except TimeoutError:
            reason = f"The store did not write within {1000 * READY_WITHIN:.0f} milliseconds."
        except StoreError as error:
            reason = f"The store does not write. {error}"
    if reason:
        return JSONResponse({"status": "not ready", "reason": reason}, 503, headers={"Retry-After": "1"})
    return JSONResponse({"status": "ready"} | limit)


def metrics_router(metrics: Metrics) -> APIRouter:
    """The address of the metrics; where nobody asked for them there is none."""
    metered = APIRouter(include_in_schema=False)

    @metered.get("/metrics")
    async def numbers(request: Request) -> Response:
        """Prometheus's text format."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    return metered
