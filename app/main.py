"""create_app(): the only place where the rooms are joined."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from app import paths
from app.sessions import Bounds, SessionStore, SqliteStore
from app.settings import Settings
from app.web import api, bug_lab, build, comparison, edits, forks, operations, pictures, predictions, proof, routes
from app.web import paths as path_sums
from app.web import training as run_pages
from app.web.access import check_declared
from app.web.bodies import BodyLimit
from app.web.dependencies import Rates, Services
from app.web.door import Door
from app.web.draining import Drain
from app.web.errors import Unexpected, add_error_handlers
from app.web.fragments import Shown
from app.web.metrics import Metrics
from app.web.prefix import Prefixed
from app.web.security import Security
from app.web.templating import Assets, Templates
from app.web.watch import Watched
from app.web.work import Pool

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
DESCRIPTION = (
    "Walk one training example through a small neural network, equation by equation: forward, loss, backward, update. "
    "The verbs are those of the page. Weights are (fan_out, fan_in), examples are rows, numbers are full float64."
)


def sqlite_store(settings: Settings) -> SessionStore:
    """The default store: one file in the data directory."""
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    return SqliteStore(settings.data_directory, bounds_of(settings))


def bounds_of(settings: Settings) -> Bounds:
    """How long and how much the store keeps."""
    return Bounds(
        hours=settings.session_hours,
        live_sessions=settings.max_live_sessions,
        live_minutes=settings.live_minutes,
        document_bytes=settings.max_session_bytes,
        synchronous=settings.synchronous,
    )


def larger_bodies(settings: Settings) -> dict[str, int]:
    """Where a whole table may be sent. A form may be longer than its table, and a table too long is told so there."""
    return {"/api/sessions": settings.max_data_bytes, build.ADDRESS: build.FORMS * settings.max_data_bytes}


def telemetry(on: bool) -> TelemetryConfig:
    """The framework's OpenTelemetry, off unless it was asked for; never its logs, which hold what errors say."""
    return {"tracing": on, "metrics": on, "logs": False, "auto_configure": on}


def services_of(
    settings: Settings, open_store: Callable[[Settings], SessionStore], clock: Callable[[], float]
) -> Lifespan:
    """What opens the live objects when the program starts and closes them when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = open_store(settings)
        pool = Pool(settings.work_threads, settings.work_queue, settings.work_seconds, clock)
        drain = Drain(settings.drain_seconds)
        templates = Templates(paths.TEMPLATES, paths.STATIC, settings.root_path)
        rates = Rates.of(settings, clock)
        app.state.services = Services(settings, store, templates, Shown(), pool, rates, drain, clock)
        gc.freeze()  # modules live as long as the program: collections need not look at them again and again
        with drain.listening():
            yield
        pool.close()
        store.close()

    return lifespan


def middleware_of(settings: Settings, metrics: Metrics | None) -> list[Middleware]:
    """What a request goes through on its way in, the outermost first."""
    return [
        *([Middleware(Prefixed, root=settings.root_path)] if settings.root_path else ()),
        Middleware(Watched, metrics=metrics, log_requests=settings.log_format == "json"),
        Middleware(Security, ancestors=settings.frame_ancestors),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=3),
        Middleware(Unexpected),
        Middleware(Door, hosts=settings.allowed_hosts),
        Middleware(BodyLimit, limit=settings.max_body_bytes, larger=larger_bodies(settings)),
    ]


def create_app(
    settings: Settings,
    open_store: Callable[[Settings], SessionStore] = sqlite_store,
    clock: Callable[[], float] = perf_counter,
) -> FastAPI:
    """The application; its store is open while it runs. `clock` gives the seconds by which work is cut and rationed."""
    metrics = Metrics() if settings.metrics else None
    app = FastAPI(
        title="Backprop Explorer",
        description=DESCRIPTION,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # an address that does not exist is answered as one
        lifespan=services_of(settings, open_store, clock),
        telemetry=telemetry(settings.telemetry),
        middleware=middleware_of(settings, metrics),
    )
    add_error_handlers(app)
    app.router.routes.extend(routes.walks)  # the busiest first
    for room in (proof, path_sums, edits, predictions, pictures, run_pages, comparison, forks, build, bug_lab):
        app.include_router(room.router)
    metered = () if metrics is None else (operations.metrics_router(metrics),)
    for router in (api.session, routes.router, api.router, operations.router, *metered):
        app.include_router(router)
    app.mount("/static", Assets(directory=paths.STATIC), name="static")
    check_declared(app.router.routes)
    return app
