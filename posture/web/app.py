"""The web application, put together."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from posture import __version__
from posture.web import further_pages, login, pages
from posture.web.access import Access, Site
from posture.web.api import (
    clients,
    comparing,
    exchange,
    further,
    info,
    jobs,
    photos,
    reports,
    settings,
    visits,
)
from posture.web.assessing import Bench
from posture.web.body import BodyGate, Pace
from posture.web.description import describe
from posture.web.doors import door_page
from posture.web.jobs import JobQueue
from posture.web.live import LiveBench
from posture.web.pools import Pools
from posture.web.problems import Faults, add_handlers
from posture.web.report_cache import ReportCache
from posture.web.security import Guard
from posture.web.shelf import Shelf

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.records import Records

__all__ = ["create_app"]

API = "/api/v1"


def create_app(
    records: Records,
    *,
    token: str,
    site: Site,
    detector_factory: Callable[[], Detector],
    detector_key: str,
    password_hash: str | None = None,
    pace: Pace | None = None,
) -> FastAPI:
    """Return the application: pages, API, and the gate in front of both.

    Parameters
    ----------
    records
        The open records. They are not closed here.
    token
        The launch's secret, at least 32 random bytes in text.
    site
        The address the server answers under.
    detector_factory
        Opens the detector; called by the thread that assesses, at the first job.
    detector_key
        Names the detector and its weights; see `posture.web.assessing.detector_key`.
    password_hash
        Of the password that opens a session too, None where the token alone does.
    pace
        How slow an upload may come.
    """
    shelf = Shelf(records, detector_key=detector_key)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.jobs = JobQueue(lambda: Bench(shelf, detector_factory))
        app.state.pools = Pools()
        threading.Thread(target=app.state.live.warm_up, name="warm-up", daemon=True).start()
        yield
        await run_in_threadpool(app.state.jobs.close)
        await run_in_threadpool(app.state.pools.close)

    app = FastAPI(
        title="posture",
        summary="Clients, visits and postural assessments, on this machine.",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    access = Access(token=token, site=site, password_hash=password_hash)
    app.state.records, app.state.access, app.state.shelf = records, access, shelf
    app.state.live = LiveBench(records, shelf)
    app.state.reports = ReportCache()
    app.state.logins = 0
    # The last one added stands outermost.
    app.add_middleware(Faults)
    app.add_middleware(BodyGate, pace=pace)
    app.add_middleware(
        Guard, access=access, locked_page=lambda: door_page("locked", login.language(app))
    )
    add_handlers(app)
    app.include_router(login.router)
    _add_api(app)
    _add_pages(app)
    describe(app)
    return app


def _add_api(app: FastAPI) -> None:
    for router in (
        info.router,
        clients.router,
        clients.consents,
        visits.of_client,
        visits.router,
        photos.of_visit,
        photos.router,
        jobs.of_visit,
        jobs.router,
        reports.router,
        comparing.router,
        further.tests,
        further.of_client,
        further.router,
        further.photos,
        settings.router,
        exchange.router,
    ):
        app.include_router(router, prefix=API)


def _add_pages(app: FastAPI) -> None:
    """Add the HTML pages and what they load."""
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.include_router(pages.router)
    app.include_router(further_pages.router)
