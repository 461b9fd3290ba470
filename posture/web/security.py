"""The gate in front of every request: whose host, whose page, whose session.

A pure ASGI middleware, so that it stands before any body is read and adds its headers to
every answer, an error's and a stream's included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from posture.web.problems import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from posture.web.access import Access

__all__ = ["PAGE_POLICY", "Guard", "session_of"]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; "
    "frame-src 'self'; manifest-src 'self'; frame-ancestors 'none'"
)

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers then send `Origin: null` with forms of our own pages.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN_PATHS = frozenset({"/open", "/login", "/favicon.ico", "/api/v1/health"})
_OPEN_PREFIX = "/static/"


class Guard:
    """Lets a request through to whom it is meant for, from whom it may come.

    It has to name this server, come from its own page, and carry a session or the launch's
    token.

    Parameters
    ----------
    app
        What stands behind.
    access
        Knows the server's own address and its sessions.
    locked_page
        Returns the page for browsers that bring no session.
    """

    def __init__(self, app: ASGIApp, access: Access, locked_page: Callable[[], str]) -> None:
        self._app = app
        self._access = access
        self._locked_page = locked_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and hand it on, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        is_static = scope["path"].startswith(_OPEN_PREFIX)
        guarded = _with_headers(send, tls=self._access.site.tls, is_static=is_static)
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, guarded)
        else:
            await refusal(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        return self._wrong_place(headers, scope["method"]) or self._no_session(scope, headers)

    def _wrong_place(self, headers: Headers, method: str) -> Response | None:
        """Refuse a foreign host (DNS rebinding) and a foreign page (cross-site requests)."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._access.site.is_own_host(hosts[0]):
            return problem_response(
                421,
                "This server answers under its own address only. Open the address that "
                "`posture serve` printed.",
            )
        if method in _SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is None:
            own = "x-posture" in headers and headers.get("sec-fetch-site") in (
                None,
                "same-origin",
                "none",
            )
        else:
            own = self._access.site.is_own_origin(origin, hosts[0])
        if own:
            return None
        return problem_response(
            403,
            "A change is taken from this server's own pages only. A program that is no "
            "browser sends the header X-Posture: 1.",
        )

    def _no_session(self, scope: Scope, headers: Headers) -> Response | None:
        path: str = scope["path"]
        if path in _OPEN_PATHS or path.startswith(_OPEN_PREFIX):
            return None
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._access.is_token(bearer.strip()):
            return None
        secret = session_of(scope, self._access)
        if secret is not None and self._access.is_session(secret):
            return None
        has_password = self._access.password_hash is not None
        if path.startswith("/api/") or scope["method"] not in _SAFE_METHODS:
            return problem_response(
                401,
                "You are not signed in, or were not for a day. Sign in again."
                if has_password
                else "This needs the session that the address printed by `posture serve` opens.",
                {"WWW-Authenticate": "Bearer"},
            )
        if has_password:
            return RedirectResponse("/login", 303)
        return HTMLResponse(self._locked_page(), 401)


def session_of(scope: Scope, access: Access) -> str | None:
    """Return the session's secret from the cookie, None where there is none."""
    return HTTPConnection(scope).cookies.get(access.cookie)


def _with_headers(send: Send, *, tls: bool, is_static: bool) -> Send:
    """Return `send` with the security headers added where the answer does not set them."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if is_static:  # the program's own files, the same for all: asked for anew, by ETag
                headers["Cache-Control"] = "no-cache"
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if tls:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await send(message)

    return guarded
