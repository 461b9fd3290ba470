"""The HTML pages: records in, documents out. Whatever changes goes through the JSON API."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from posture import __version__
from posture.capture.options import options_to_plain
from posture.compare import Clothing
from posture.records.errors import NotFoundError
from posture.web import view_models as models
from posture.web.changes import trends
from posture.web.display import Display
from posture.web.further_view import further_tables
from posture.web.intake_page import intake_page
from posture.web.said import said_error
from posture.web.visit_parts import slots_of

__all__ = ["PageRoute", "display_of", "render_page", "router"]

_CLIENTS_A_PAGE = 50


class PageRoute(APIRoute):
    """A route whose missing records are told on a page, not as JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that answers with a page in every case."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except NotFoundError as error:
                language = request.app.state.records.settings().language
                told = said_error(error, language)
                return render_page(request, "missing", active="", status=404, message=told)

        return answered


router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def clients(
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Show the clients, all or those found."""
    query = q.strip()
    found = request.app.state.records.clients(query, limit=_CLIENTS_A_PAGE, offset=offset)
    return render_page(
        request, "clients", active="clients", query=query, page=_Pager.of(found, query)
    )


@router.get("/clients/{client_id}")
def client(request: Request, client_id: str) -> Response:
    """Show one client: visits, trends, consents."""
    records = request.app.state.records
    record = records.client(client_id)
    series = records.measure_series(client_id)
    settings = records.settings()
    sitting, tests = further_tables(records.further_of(client_id), display_of(settings))
    return render_page(
        request,
        "client",
        active="clients",
        client=record,
        visits=sorted(records.visits(client_id), key=lambda visit: visit.taken, reverse=True),
        trends=trends(series, display_of(settings), protocol=settings.measures),
        sitting=sitting,
        tests=tests,
    )


@router.get("/clients/{client_id}/new-visit")
def new_visit(request: Request, client_id: str, visit: str = "") -> Response:
    """Show the form for a new visit, or for more photos of one that exists."""
    records = request.app.state.records
    record = records.client(client_id)
    earlier = [item for item in records.visits(client_id) if item.photos and item.id != visit]
    last = max(earlier, key=lambda item: item.taken, default=None)
    shown = records.visit(visit) if visit else None
    return render_page(
        request,
        "new_visit",
        active="clients",
        client=record,
        visit=shown,
        slots=slots_of(shown),
        capture=options_to_plain(shown.capture) if shown else {"marker": True},
        ghosts={
            slot: photos[0].id
            for slot, photos in slots_of(records.visit(last.id) if last else None).items()
            if photos
        },
    )


@router.get("/visits/{visit_id}")
def visit(request: Request, visit_id: str) -> Response:
    """Show one visit: photos, numbers, findings, reports."""
    records = request.app.state.records
    record = records.visit(visit_id)
    others = [item for item in records.visits(record.client_id) if item.id != visit_id]
    display = display_of(records.settings())
    return render_page(
        request,
        "visit",
        active="clients",
        visit=record,
        client=records.client(record.client_id),
        others=sorted((o for o in others if o.photos), key=lambda o: o.taken, reverse=True),
        **models.visit_page(record, records.settings(), display),
    )


@router.get("/visits/{visit_id}/edit")
def edit(request: Request, visit_id: str, photo: str = "") -> Response:
    """Show the landmark editor on one photo of a visit."""
    records = request.app.state.records
    record = records.visit(visit_id)
    display = display_of(records.settings())
    return render_page(
        request,
        "editor",
        active="clients",
        visit=record,
        client=records.client(record.client_id),
        **models.editor_page(record, photo, display),
    )


@router.get("/visits/{visit_id}/intake")
def intake(request: Request, visit_id: str) -> Response:
    """Show the form of what the client told, begun with what an earlier visit noted."""
    records = request.app.state.records
    record = records.visit(visit_id)
    earlier = None
    if record.intake is None:
        lines = [v for v in records.visits(record.client_id) if v.has_intake]
        before = [line for line in lines if line.taken <= record.taken]
        last = max(before, key=lambda line: line.taken, default=None)
        earlier = records.visit(last.id) if last else None
    return render_page(
        request,
        "intake",
        active="clients",
        visit=record,
        client=records.client(record.client_id),
        earlier=earlier,
        **intake_page(record, earlier, records.settings().language),
    )


@router.get("/compare")
def compare(
    request: Request, before: str, after: str, clothing: Clothing = "not stated"
) -> Response:
    """Show two visits of one client side by side."""
    records = request.app.state.records
    first, second = sorted(
        (records.visit(before), records.visit(after)), key=lambda item: item.taken
    )
    if first.client_id != second.client_id:
        raise NotFoundError(
            "Expected two visits of one client, found visits of two. Choose them on the "
            "client's page."
        )
    display = display_of(records.settings())
    return render_page(
        request,
        "compare",
        active="clients",
        before=first,
        after=second,
        client=records.client(first.client_id),
        **models.compare_page(first, second, display, clothing=clothing),
    )


@router.get("/settings")
def settings(request: Request) -> Response:
    """Show the practice's settings."""
    record = request.app.state.records.settings()
    return render_page(
        request, "settings", active="settings", **models.settings_page(record, display_of(record))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pager:
    """One page of clients, and where the ones before and after it lie."""

    rows: tuple[Any, ...]
    total: int
    offset: int
    query: str

    @classmethod
    def of(cls, found: Any, query: str) -> _Pager:
        return cls(rows=found.items, total=found.total, offset=found.offset, query=query)

    @property
    def first(self) -> int:
        return self.offset + 1

    @property
    def last(self) -> int:
        return self.offset + len(self.rows)

    @property
    def has_before(self) -> bool:
        return self.offset > 0

    @property
    def has_after(self) -> bool:
        return self.last < self.total

    @property
    def before(self) -> str:
        return self._address(max(0, self.offset - _CLIENTS_A_PAGE))

    @property
    def after(self) -> str:
        return self._address(self.offset + _CLIENTS_A_PAGE)

    def _address(self, offset: int) -> str:
        return "/?" + urlencode({"q": self.query, "offset": offset})


def display_of(record: Any) -> Display:
    """Return the words and units that the practice's settings choose."""
    return Display.of(record.language, "in" if record.units == "imperial" else "cm")


def render_page(
    request: Request, template: str, *, active: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page in the practice's language."""
    record = request.app.state.records.settings()
    display = display_of(record)
    html = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            settings=record,
            practice=record.practice,
            active=active,
            version=__version__,
            t=display,
            today=date.today().isoformat(),
            script_texts=_script_texts(display),
            **context,
        )
    )
    return HTMLResponse(html, status_code=status)


def _script_texts(display: Display) -> dict[str, str]:
    """Return the texts that scripts show."""
    return {
        key.removeprefix("js."): text
        for key, text in display.texts.texts.items()
        if key.startswith("js.")
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("posture.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
