"""create_app(): the only place where the rooms are joined."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from contextvars import Context
from logging.config import dictConfig
from socket import socket
from time import perf_counter, thread_time
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from app.engine.memory import MEGABYTE, MEMORY, keep_no_large_blocks, resident
from app.sessions.store.places import place_of
from app.sessions.store.store import SessionStore, StoreError
from app.settings import STATIC, TEMPLATES, Settings
from app.web.api import classroom as classroom_api
from app.web.api import sessions as api
from app.web.http.broadcast import Rooms
from app.web.http.dependencies import Rates, Services
from app.web.http.draining import Drain
from app.web.http.errors import Unexpected, add_error_handlers
from app.web.http.new_session import count_begun
from app.web.http.page import Prefixed, prefix
from app.web.http.processes import Packed, PassesOn, Start, WorkProcess, end_stuck, forked, spawned, work_apart
from app.web.http.request_log import Metrics, RequestLog, log_config
from app.web.http.security import BodyLimit, Head, HostAndOrigin, Security, check_access
from app.web.http.templating import Assets, Templates
from app.web.http.work import WAITING, Lines, Pieces, Pool, Turns, WithinBytes
from app.web.pages import (
    bug_lab,
    build,
    check,
    classroom,
    compare,
    connection,
    explorer,
    lessons,
    paths,
    pictures,
    predict,
    program,
    take_away,
    training,
    walks,
)

# What features answer: about a walk, the busiest first; then the routers of pages and API.
PAGES_OF_A_WALK = (explorer, check, paths, predict, pictures, training, compare, bug_lab, walks, take_away)
ROUTERS = (
    api.session, check.router, paths.router, predict.router, build.router, bug_lab.router, lessons.router, api.router,
    take_away.api, walks.router, take_away.router, classroom_api.router, classroom.router, connection.router,
    program.router,
)  # fmt: skip
SOON = 2.0  # seconds after its own start until the process that computes is started too, unless it is needed before
SWEPT_EVERY = 600.0  # seconds
PACKED: Mapping[str, Any] = {"minimum_size": 1000, "compresslevel": 3}  # answers of so many bytes, so well
GIVES_WAY = 0.0005  # seconds after which a thread that computes lets the event loop go first
COLLECTIONS = (5_000, 10, 10)  # a whole one holds all up for 40 to 90 ms: it was twice a second beside large networks
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
DESCRIPTION = (
    "Walk one training example through a small neural network, equation by equation: forward, loss, backward, update. "
    "The verbs are those of the page. Weights are (fan_out, fan_in), examples are rows, numbers are full float64."
)


def store_of(settings: Settings) -> SessionStore:
    """The store that the settings name."""
    return place_of(*settings.place).open(settings)


def larger_bodies(settings: Settings) -> dict[str, int]:
    """Where a whole table may be sent. A form may be longer than its table, and a table too long is told so there."""
    return {
        "/api/sessions": settings.max_data_bytes,
        build.ADDRESS: build.FORMS * settings.max_data_bytes,
        take_away.ADDRESS: 2 * settings.max_data_bytes,
    }


def telemetry(on: bool) -> TelemetryConfig:
    """The framework's OpenTelemetry, off unless it was asked for; never its logs, which hold what errors say."""
    return {"tracing": on, "metrics": on, "logs": False, "auto_configure": on}


def services_of(
    settings: Settings,
    assets: Assets,
    open_store: Callable[[Settings], SessionStore],
    clock: Callable[[], float],
    start_apart: Start | None,
    computes: bool,
) -> Lifespan:
    """What opens the live objects when the program starts and closes them when it ends."""
    templates = Templates(TEMPLATES, assets, settings.root_path)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = open_store(settings)
        stuck = end_stuck if computes else lambda: None
        used = thread_time if computes else clock  # not by those that it gives way to
        pool = Pool(settings.work_threads, settings.work_queue, settings.work_seconds, used, stuck)
        drain = Drain(settings.drain_seconds)
        rates = Rates.of(settings, clock)
        lines = Lines(pool, settings.joining_burst, settings.max_connection_bytes)
        app.state.rooms = Rooms(settings.max_connections // 2)
        MEMORY.bound(round(settings.cache_megabytes * MEGABYTE))
        keep_no_large_blocks()
        work_process = WorkProcess(start_apart, count_begun) if start_apart else None
        app.state.services = Services(settings, store, templates, pool, lines, rates, drain, clock, work_process)
        gc.set_threshold(*COLLECTIONS)
        gc.freeze()  # modules live as long as the program: collections need not look at them again and again
        if not computes:
            sys.setswitchinterval(GIVES_WAY)
        with drain.listening():
            async with work_process.open(SOON) if work_process else nullcontext(), sweeping(store):
                yield
        pool.close()
        await store.close()

    return lifespan


@asynccontextmanager
async def sweeping(store: SessionStore) -> AsyncIterator[None]:
    """As long as this lasts, what is over goes from the store, whether or not anybody comes."""

    async def sweep() -> None:
        while True:
            with suppress(StoreError):
                await store.sweep()
            await asyncio.sleep(SWEPT_EVERY)

    task = asyncio.create_task(sweep(), context=Context())  # it is of no request
    try:
        yield
    finally:
        task.cancel()


def middleware_of(settings: Settings, metrics: Metrics | None) -> list[Middleware]:
    """What a request goes through on its way in, the outermost first."""
    return [
        *([Middleware(Prefixed, root=settings.root_path)] if settings.root_path else ()),
        Middleware(RequestLog, metrics=metrics, log_requests=settings.log_format == "json"),
        Middleware(Turns),
        Middleware(Security, ancestors=settings.frame_ancestors, own_host=not settings.root_path),
        Middleware(Head),
        Middleware(GZipMiddleware, **PACKED),
        Middleware(Pieces),
        Middleware(Unexpected),
        Middleware(HostAndOrigin, hosts=settings.allowed_hosts, trusting=bool(settings.forwarded_allow_ips)),
        Middleware(BodyLimit, limit=settings.max_body_bytes, larger=larger_bodies(settings)),
        Middleware(PassesOn),
    ]


def middleware_apart(settings: Settings) -> list[Middleware]:
    """What is left of that in the process that computes: it gets what the one that serves passes on."""
    return [
        Middleware(Packed, **PACKED),
        Middleware(Pieces),
        Middleware(Unexpected),
        Middleware(
            WithinBytes,
            most=round(settings.work_megabytes * MEGABYTE),
            seconds=WAITING * settings.work_seconds,
            held=resident,
        ),
    ]


def compute(settings: Settings, connection: socket) -> None:
    """In a process of its own: answer what is passed on over the connection."""
    dictConfig(log_config(settings.log_format))
    work_apart(lambda: computing(settings), connection)


def computing(settings: Settings) -> FastAPI:
    """The application of the process that computes, which keeps at most half of what may be kept."""
    prefix.set(settings.root_path)
    return create_app(settings.model_copy(update={"cache_megabytes": settings.cache_megabytes / 2}), computes=True)


def serving(settings: Settings) -> FastAPI:
    """The application of the process that serves, with another one that computes where the settings have it so.

    That one is a copy of this, so nothing else is to have begun here; elsewhere libraries do not bear to be copied.
    """
    started = forked if sys.platform == "linux" else spawned
    return create_app(settings, start_apart=started(compute, settings) if settings.work_process else None)


def create_app(
    settings: Settings,
    open_store: Callable[[Settings], SessionStore] = store_of,
    clock: Callable[[], float] = perf_counter,
    start_apart: Start | None = None,
    computes: bool = False,
) -> FastAPI:
    """The application; its store is open while it runs. `clock` gives the seconds by which work is cut and rationed.

    `start_apart` starts the process that answers what takes long; `computes`: this is the application of that process.
    """
    metrics, assets = Metrics() if settings.metrics and not computes else None, Assets(STATIC)
    app = FastAPI(
        title="Backprop Explorer",
        description=DESCRIPTION,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # an address that does not exist is answered as one
        lifespan=services_of(settings, assets, open_store, clock, start_apart, computes),
        telemetry=telemetry(settings.telemetry),
        middleware=middleware_apart(settings) if computes else middleware_of(settings, metrics),
    )
    add_error_handlers(app, api.HANDLERS)
    for room in PAGES_OF_A_WALK:
        app.router.routes.extend(room.pages.routes)
    for router in ROUTERS:
        app.include_router(router)
    if metrics is not None:
        app.include_router(program.metrics_router(metrics))
    app.mount("/static", assets, name="static")
    check_access(app.router.routes)
    return app
