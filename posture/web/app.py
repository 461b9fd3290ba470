"""The web application, put together."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from posture import __version__
from posture.web import login
from posture.web.access import Access, Site
from posture.web.api import info
from posture.web.body import BodyGate
from posture.web.problems import Faults, add_handlers
from posture.web.security import Guard

if TYPE_CHECKING:
    from posture.visit import Assessor

__all__ = ["create_app"]

API = "/api/v1"


def create_app(
    records: Any,
    *,
    token: str,
    assessor_factory: Callable[[], Assessor],
    site: Site,
    password_hash: str | None = None,
) -> FastAPI:
    """Return the application: pages, API, and the gate in front of both.

    Parameters
    ----------
    records
        The open records. They are not closed here.
    token
        The launch's secret, at least 32 random bytes in text.
    assessor_factory
        Opens the detector and the estimator; called once, by the thread that assesses.
    site
        The address the server answers under.
    password_hash
        Of the password that opens a session too, None where the token alone does.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(
        title="posture",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    access = Access(token=token, site=site, password_hash=password_hash)
    app.state.records = records
    app.state.access = access
    # The last one added stands outermost.
    app.add_middleware(Faults)
    app.add_middleware(BodyGate)
    app.add_middleware(Guard, access=access)
    add_handlers(app)
    app.include_router(login.router)
    app.include_router(info.router, prefix=API)
    _add_pages(app)
    return app


def _add_pages(app: FastAPI) -> None:
    """Add the HTML pages and what they load."""
    static = Path(__file__).parent / "static"
    if static.is_dir():
        app.mount("/static", StaticFiles(directory=static), name="static")
    if importlib.util.find_spec("posture.web.pages") is not None:
        app.include_router(importlib.import_module("posture.web.pages").router)
