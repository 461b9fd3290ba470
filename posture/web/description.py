"""The API's description in OpenAPI, with what FastAPI cannot know: the gate and the problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from posture.web.problems import Problem, problem_responses

__all__ = ["describe"]

_ABOUT = """\
The API under the page of `posture serve`. Everything stays on this machine.

Send the token of the address that `posture serve` prints as `Authorization: Bearer …`, and
with every change the header `X-Posture: 1`. Errors are `application/problem+json` (RFC 9457)
with a sentence for people in `detail`. Left and right are the client's own; positions are
pixels of the upright photo, x to the right, y down; `low` and `high` are the 95 % interval.
"""

_OPEN = ("/health",)


def describe(app: FastAPI) -> None:
    """Let the application describe itself so, once it is asked."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            routes: list[BaseRoute] = list(app.routes)
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=_ABOUT,
                routes=routes,
            )
            _add_problems(document)
            _add_gate(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)


def _add_gate(document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "The launch's token."}
    }
    document["security"] = [{"token": []}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            statuses = [421]
            if path.endswith(_OPEN):
                operation["security"] = []
            else:
                statuses.append(401)
            if method not in ("get", "head"):
                statuses.append(403)
            if "requestBody" in operation:
                statuses += [400, 408, 413]
            for status, told in problem_responses(*statuses).items():
                operation["responses"].setdefault(str(status), told)
