"""The doors: the address with the launch's token, and the form for the password."""

from __future__ import annotations

import math
from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from posture.web.access import Access
from posture.web.security import session_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_LONGEST_PASSWORD = 1024
_MOST_LOGINS = 4

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · posture</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<link rel="stylesheet" href="/static/app.css"></head>
<body><main class="login"><h1>{title}</h1>{body}</main></body></html>
"""
_FORM = """{alert}<form method="post" action="/login"><p><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 autofocus maxlength="1024"></p><p><button type="submit">Sign in</button></p></form>"""


@router.get("/open")
async def open_page(request: Request, token: str = "", code: str = "") -> Response:
    """Exchange the launch's token, or a code that works once, for a session."""
    access: Access = request.app.state.access
    if not (access.is_token(token) or access.use_code(code)):
        return _page(
            "This address is out of date",
            "<p>Open the address that <code>posture serve</code> printed at its latest start.</p>",
            status=401,
        )
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A browser would not send the strict cookie along a redirect that began elsewhere.
        answer: Response = _page(
            "Opening", '<p><a href="/">Continue</a></p>', refresh='<meta http-equiv="refresh" '
            'content="0;url=/">\n',
        )  # fmt: skip
    else:
        answer = RedirectResponse("/", 303)
    return _with_session(answer, access)


@router.get("/login")
async def login_page(request: Request) -> Response:
    """Show the form."""
    if request.app.state.access.password_hash is None:
        return RedirectResponse("/", 303)
    return _form()


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
        answer = _form(f"Too many tries. Wait {wait} s and try again.", 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    if not await _is_password(request, password):
        access.attempts.failed(address)
        return _form("That is not the password.", 401)
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
    secret = session_of(request.headers, access)
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


def _form(alert: str = "", status: int = 200) -> HTMLResponse:
    told = f'<p role="alert">{escape(alert)}</p>' if alert else ""
    return _page("Sign in", _FORM.format(alert=told), status=status)


def _page(title: str, body: str, *, refresh: str = "", status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body, refresh=refresh), status)
