"""Errors as `application/problem+json` (RFC 9457): the same words for every client."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from posture.errors import InputError, PhotoError, PostureError, WeightsError
from posture.records.errors import ConflictError, NotFoundError, RecordsError
from posture.web.fault_log import log_fault
from posture.web.jobs import BusyError
from posture.web.said import key_of, said, said_error
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
    detail: str = Field(description="A sentence for people, in the practice's language.")
    key: str | None = Field(
        default=None, description="Names this kind of problem in any language, where it has one."
    )
    version: int | None = Field(
        default=None, description="Today's version, with a 409 for an old one."
    )


class ProblemError(HTTPException):
    """Ends a request with a problem.

    `detail` is a sentence in English. Where a person on the page may meet it, `key` names the
    same sentence in other languages.
    """

    def __init__(
        self, status: int, detail: str, headers: dict[str, str] | None = None, *, key: str = ""
    ) -> None:
        super().__init__(status, detail, headers)
        self.key = key


def problem_response(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    *,
    key: str = "",
    version: int | None = None,
) -> JSONResponse:
    """Return the answer that carries a problem."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        key=key or None,
        version=version,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True),
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
    detail, key = error.detail, ""
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{detail}: {request.method} is not answered at this address."
    if isinstance(error, ProblemError) and error.key:
        key = error.key
        detail = said(error.key, {}, detail, await _language(request))
    return problem_response(error.status_code, detail, error.headers, key=key)


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


async def _posture_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PostureError)
    status = next(status for kind, status in _STATUS_OF if isinstance(error, kind))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log_fault(_logger, "a request failed", error)
    return problem_response(
        status,
        said_error(error, await _language(request)),
        key=key_of(error),
        version=error.version if isinstance(error, ConflictError) else None,
    )


async def _language(request: Request) -> str:
    """Return the practice's language; English where the records do not tell."""
    try:
        settings = await run_in_threadpool(request.app.state.records.settings)
    except RecordsError:
        return "en"
    return str(settings.language)


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
