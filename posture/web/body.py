"""Limits on what a request may send: how much, how slowly, and how much at once.

A pure ASGI middleware around `receive`, so that every operation is held to them, whatever
reads its body.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from posture.web.problems import ProblemError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["DEFAULT_LIMITS", "BodyGate", "BodyLimit", "Pace"]

_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimit:
    """The largest body of the requests whose path matches `path`, a regular expression.

    `waits_for_room` says that the body is held in memory and so large that all of its kind
    together may hold only so much: it is begun once there is room for it.
    """

    path: str
    most_bytes: int
    waits_for_room: bool = False


DEFAULT_LIMITS: tuple[BodyLimit, ...] = (
    BodyLimit(path=r"/api/v1/visits/[^/]+/photos", most_bytes=65 * _MB, waits_for_room=True),
    BodyLimit(path=r"/api/v1/settings/logo", most_bytes=3 * _MB),
    BodyLimit(path=r"/api/v1/import", most_bytes=20_000 * _MB),
    BodyLimit(path=r"/login", most_bytes=10_000),
    BodyLimit(path=r".*", most_bytes=1 * _MB),
)
"""The first that matches holds. A photo of 108 megapixels has up to 50 MB as a JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How slow a body may come.

    Within `pause_seconds` something has to arrive; once `grace_seconds` are over, at least
    `least_bytes_per_second` on average. One that is too large is read away for at most
    `drain_seconds`; one waits for room for at most `room_seconds`.
    """

    pause_seconds: float = 15.0
    grace_seconds: float = 20.0
    least_bytes_per_second: float = 50_000.0
    drain_seconds: float = 10.0
    room_seconds: float = 120.0


class BodyGate:
    """Ends requests whose body is too large or too slow; lets bodies wait for room in memory.

    Parameters
    ----------
    app
        What stands behind.
    limits
        Per path; the first match holds.
    pace
        How slow a body may come.
    most_held_bytes
        What all bodies that wait for room may hold in memory together.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Sequence[BodyLimit] = DEFAULT_LIMITS,
        pace: Pace | None = None,
        most_held_bytes: int = 400 * _MB,
    ) -> None:
        self._app = app
        self._limits = tuple((re.compile(limit.path), limit) for limit in limits)
        self._pace = pace or Pace()
        self._most_held = most_held_bytes
        self._held = 0
        self._line: deque[object] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with its body under control."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next(limit for path, limit in self._limits if path.fullmatch(scope["path"]))
        body = _Body(self, receive, limit, Headers(scope=scope).get("content-length"))
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held -= body.held

    @property
    def pace(self) -> Pace:
        """How slow a body may come."""
        return self._pace

    async def hold(self, count: int) -> None:
        """Wait in line until there is room for `count` more bytes, and take it."""
        deadline = time.monotonic() + self._pace.room_seconds
        ticket = object()
        self._line.append(ticket)
        try:
            while self._line[0] is not ticket or not self._has_room(count):
                if time.monotonic() > deadline:
                    raise ProblemError(
                        503,
                        "Too many uploads at once. Try again soon.",
                        {"Retry-After": "30"},
                        key="busy",
                    )
                await asyncio.sleep(0.02)
            self._held += count
        finally:
            self._line.remove(ticket)

    def _has_room(self, count: int) -> bool:
        return self._held == 0 or self._held + count <= self._most_held


class _Body:
    """The body of one request."""

    def __init__(
        self, gate: BodyGate, receive: Receive, limit: BodyLimit, declared: str | None
    ) -> None:
        self._gate = gate
        self._receive = receive
        self._limit = limit
        self._declared = int(declared) if declared and declared.isdecimal() else None
        self._count = 0
        self._began = 0.0
        self._complete = False
        self.held = 0

    async def receive(self) -> Message:
        """Return the next piece, or end the request."""
        if self._complete:
            return await self._receive()  # waits for the client to go away
        if self._began == 0.0:
            await self._begin()
        message = await self._timely()
        if message["type"] != "http.request":
            return message
        self._complete = not message.get("more_body", False)
        self._count += len(message.get("body", b""))
        if self._count > self._limit.most_bytes:
            await self._refuse_size()
        return message

    async def _begin(self) -> None:
        most = self._limit.most_bytes
        expected = most if self._declared is None else self._declared
        if expected > most:
            await self._refuse_size()
        if self._limit.waits_for_room and expected:
            await self._gate.hold(expected)
            self.held = expected
        self._began = time.monotonic()

    async def _timely(self) -> Message:
        pace = self._gate.pace
        try:
            message = await asyncio.wait_for(self._receive(), pace.pause_seconds)
        except TimeoutError:
            raise _too_slow() from None
        seconds = time.monotonic() - self._began
        over_grace = seconds > pace.grace_seconds and message.get("more_body", False)
        if over_grace and self._count < pace.least_bytes_per_second * seconds:
            raise _too_slow()
        return message

    async def _refuse_size(self) -> None:
        """Read the rest away, so that the sender gets to read the answer; then refuse."""
        deadline = time.monotonic() + self._gate.pace.drain_seconds
        while not self._complete and (left := deadline - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(self._receive(), left)
            except TimeoutError:
                break
            self._complete = not message.get("more_body", False)
        self._complete = True
        raise ProblemError(
            413,
            f"Expected at most {self._limit.most_bytes // _MB} MB, found more. Send less.",
            key="large_file",
        )


def _too_slow() -> ProblemError:
    return ProblemError(
        408,
        "The data came too slowly and were not kept. Check the connection and try again.",
        {"Connection": "close"},
        key="slow",
    )
