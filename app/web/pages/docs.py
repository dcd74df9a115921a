"""The API's documentation, for people and for programs."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.views.api_docs import api_docs
from app.web.http.page import page_response
from app.web.http.prefix import root_of

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API's documentation as a page."""
    return page_response(request, "docs.html", api_docs(request.app.openapi()), "api")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The API's documentation for programs."""
    root = root_of(request)
    return JSONResponse({**request.app.openapi(), **({"servers": [{"url": root}]} if root else {})})
