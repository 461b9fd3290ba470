"""Errors as `application/problem+json` (RFC 9457): the same words for every client."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from posture.errors import InputError, PhotoError, PostureError, WeightsError
from posture.records.errors import ConflictError, NotFoundError, RecordsError
from posture.web.fault_log import log_fault
from posture.web.jobs import BusyError
from posture.web.shelf import NotLookedAtError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "Faults",
    "Problem",
    "ProblemError",
    "add_handlers",
    "problem_response",
    "problem_responses",
]

_logger = logging.getLogger(__name__)

_MEDIA_TYPE = "application/problem+json"
_MOST_FIELDS_TOLD = 5


class Problem(BaseModel):
    """What went wrong, and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "No client of that id. It may have been deleted.",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    version: int | None = Field(
        default=None, description="Today's version, with a 409 for an old one."
    )


class ProblemError(HTTPException):
    """Ends a request with a problem. `detail` is a sentence for the user."""


def problem_response(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    *,
    more: Mapping[str, object] | None = None,
) -> JSONResponse:
    """Return the answer that carries a problem, with `more` members of its own kind."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(
        {**problem.model_dump(exclude_none=True), **(more or {})},
        status_code=status,
        headers=headers,
        media_type=_MEDIA_TYPE,
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of the problems an operation may end with."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def add_handlers(app: FastAPI) -> None:
    """Answer every error that is meant for the user with a problem."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(PostureError, _posture_error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{detail}: {request.method} is not answered at this address."
    return problem_response(error.status_code, detail, error.headers)


async def _invalid_request(_: Request, error: Exception) -> Response:
    """Name the fields at fault, never their values: those may be a client's name."""
    assert isinstance(error, RequestValidationError)
    told = [
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
    ]
    more = len(told) - _MOST_FIELDS_TOLD
    tail = f" (and {more} more)" if more > 0 else ""
    return problem_response(422, "; ".join(told[:_MOST_FIELDS_TOLD]) + tail)


_STATUS_OF: tuple[tuple[type[PostureError], int], ...] = (
    (BusyError, 503),
    (ConflictError, 409),
    (NotFoundError, 404),
    (RecordsError, 500),
    (NotLookedAtError, 409),
    (PhotoError, 422),
    (InputError, 422),
    (WeightsError, 503),
    (PostureError, 500),
)


async def _posture_error(_: Request, error: Exception) -> Response:
    status = next(status for kind, status in _STATUS_OF if isinstance(error, kind))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log_fault(_logger, "a request failed", error)
    if isinstance(error, ConflictError):
        return problem_response(status, str(error), more={"version": error.version})
    return problem_response(status, str(error))


class Faults:
    """Answers a fault of ours with a problem that tells nothing of it, and logs it.

    It stands inside the gate, so that this answer carries the gate's headers too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; answer what it raises."""
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log_fault(_logger, "a request failed", error)
            if has_begun:  # the connection is closed, so that the answer is seen to be cut off
                raise ConnectionAbortedError("the answer was cut off by a fault") from None
            text = "The program failed at this request. Nothing was changed; please report it."
            await problem_response(500, text)(scope, receive, send)
