"""For whoever runs the program: whether it lives, whether it can be sent work, and its numbers."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.sessions.store.store import StoreError
from app.web.http.dependencies import services
from app.web.http.request_log import Metrics

router = APIRouter(include_in_schema=False)
READY_WITHIN = 0.25  # seconds that the store may take to write


@router.get("/healthz")
async def healthy(request: Request) -> Response:
    """200 while the program lives: it says nothing of the store, which no restart would mend."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 where work can be sent here; 503, and why, where the program is ending or its store does not write."""
    reason = await _not_ready(request)
    if reason:
        return JSONResponse({"status": "not ready", "reason": reason}, 503, headers={"Retry-After": "1"})
    return JSONResponse({"status": "ready"})


async def _not_ready(request: Request) -> str:
    the = services(request)
    if the.drain.asked:
        return "The program is ending."
    try:
        async with asyncio.timeout(READY_WITHIN):
            await the.store.check()
    except TimeoutError:
        return f"The store did not write within {1000 * READY_WITHIN:.0f} milliseconds."
    except StoreError as error:
        return f"The store does not write. {error}"
    return ""


def metrics_router(metrics: Metrics) -> APIRouter:
    """The address of the metrics; where nobody asked for them there is none."""
    metered = APIRouter(include_in_schema=False)

    @metered.get("/metrics")
    async def numbers(request: Request) -> Response:
        """Prometheus's text format."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    return metered
