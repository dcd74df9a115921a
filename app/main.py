"""create_app(): the only place where the rooms are joined."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from app import paths
from app.sessions import SessionStore, SqliteStore
from app.settings import Settings
from app.web import api, bug_lab, comparison, predictions, proof, routes
from app.web import paths as path_sums
from app.web.dependencies import Services
from app.web.errors import Unexpected, add_error_handlers
from app.web.fragments import Shown
from app.web.security import BodyLimit, Security
from app.web.templating import Assets, Templates

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
DESCRIPTION = (
    "Walk one training example through a small neural network, equation by equation: forward, loss, backward, update. "
    "The verbs are those of the page. Weights are (fan_out, fan_in), examples are rows, numbers are full float64."
)


def sqlite_store(settings: Settings) -> SessionStore:
    """The default store: one file in the data directory."""
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    return SqliteStore(settings.data_directory, settings.session_hours)


def services_of(settings: Settings, open_store: Callable[[Settings], SessionStore]) -> Lifespan:
    """What opens the live objects when the program starts and closes them when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = open_store(settings)
        app.state.services = Services(settings, store, Templates(paths.TEMPLATES, paths.STATIC), Shown())
        gc.freeze()  # modules live as long as the program: collections need not look at them again and again
        yield
        store.close()

    return lifespan


def create_app(settings: Settings, open_store: Callable[[Settings], SessionStore] = sqlite_store) -> FastAPI:
    """The application; its store is open while it runs."""
    app = FastAPI(
        title="Backprop Explorer",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=services_of(settings, open_store),
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=[
            Middleware(Security),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=3),
            Middleware(Unexpected),
            Middleware(BodyLimit, limit=settings.max_body_bytes),
        ],
    )
    add_error_handlers(app)
    app.router.routes.extend(routes.walks)  # the busiest first
    for room in (proof, path_sums, predictions, comparison, bug_lab):
        app.include_router(room.router)
    for router in (api.session, routes.router, api.router):
        app.include_router(router)
    app.mount("/static", Assets(directory=paths.STATIC), name="static")
    return app
