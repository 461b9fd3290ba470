"""The doors: the address with the launch's token, and the form for the password."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from posture.web.access import Access
from posture.web.doors import door_page
from posture.web.security import session_of

__all__ = ["language", "router"]

router = APIRouter(include_in_schema=False)

_LONGEST_PASSWORD = 1024
_MOST_LOGINS = 4


@router.get("/open")
async def open_page(request: Request, token: str = "", code: str = "") -> Response:
    """Exchange the launch's token, or a code that works once, for a session."""
    access: Access = request.app.state.access
    if not (access.is_token(token) or access.use_code(code)):
        return HTMLResponse(door_page("outdated", language(request.app)), 401)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A browser would not send the strict cookie along a redirect that began elsewhere.
        page = door_page("opening", language(request.app))
        answer: Response = HTMLResponse(page)
    else:
        answer = RedirectResponse("/", 303)
    return _with_session(answer, access)


@router.get("/login")
async def login_page(request: Request) -> Response:
    """Show the form."""
    if request.app.state.access.password_hash is None:
        return RedirectResponse("/", 303)
    return HTMLResponse(door_page("sign_in", language(request.app)))


@router.post("/login")
async def login(
    request: Request, password: Annotated[str, Form(max_length=_LONGEST_PASSWORD)] = ""
) -> Response:
    """Exchange the password for a session; slow those down who guess."""
    access: Access = request.app.state.access
    address = request.client.host if request.client else ""
    wait = math.ceil(access.attempts.wait_seconds(address))
    if wait <= 0 and request.app.state.logins >= _MOST_LOGINS:
        wait = 1  # guesses from many addresses must not keep all threads busy
    if wait > 0:
        page = door_page("sign_in", language(request.app), wait_seconds=wait)
        return HTMLResponse(page, 429, {"Retry-After": str(wait)})
    if not await _is_password(request, password):
        access.attempts.failed(address)
        return HTMLResponse(door_page("sign_in", language(request.app), is_wrong=True), 401)
    access.attempts.succeeded(address)
    return _with_session(RedirectResponse("/", 303), access)


async def _is_password(request: Request, password: str) -> bool:
    """Compare slowly, as hashing is, but only a few at a time."""
    request.app.state.logins += 1
    try:
        return await run_in_threadpool(request.app.state.access.is_password, password)
    finally:
        request.app.state.logins -= 1


@router.post("/logout")
async def logout(request: Request) -> Response:
    """End the session."""
    access: Access = request.app.state.access
    secret = session_of(request.scope, access)
    if secret is not None:
        access.end_session(secret)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(access.cookie, secure=access.site.tls, httponly=True, samesite="strict")
    return answer


def _with_session(answer: Response, access: Access) -> Response:
    answer.set_cookie(
        access.cookie,
        access.open_session(),
        path="/",
        httponly=True,
        samesite="strict",
        secure=access.site.tls,
    )
    return answer


def language(app: FastAPI) -> str:
    """Return the practice's language, for pages that are shown before anyone signs in."""
    return app.state.records.settings().language if app.state.records is not None else "en"
