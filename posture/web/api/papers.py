"""How reports leave: as one page that runs nothing, or as PDF."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, Response

__all__ = ["PAGE", "PAPER", "report_page", "report_paper"]

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
"""The report is one page with its style inside. It runs nothing: a sandbox says so again."""

PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {}}, "description": "One page, all inside."}
}
PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The report."}
}


def report_page(html: str) -> HTMLResponse:
    """Return the answer that carries a report's page."""
    headers = {"Content-Security-Policy": _POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(html, headers=headers)


def report_paper(pdf: bytes, name: str) -> Response:
    """Return the answer that carries a report's PDF, under a file's name."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
