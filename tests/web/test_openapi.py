"""The API as its description says, on requests that schemathesis makes up from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from posture.records import Records, open_records
from posture.web.access import Site
from tests.web.conftest import TOKEN, make_app, photo_of, without_weights
from tests.web.live_server import LiveServer

load_all_checks()

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-Posture": "1"}


class Server:
    """A live server that holds one client with one visit and one photo, and their ids."""

    def __init__(self, url: str, records: Records) -> None:
        self.url = url
        self.calls = 0
        client = records.add_client(height_cm=180)
        visit = records.add_visit(client.id, taken=date(2026, 1, 5))
        photo = records.add_photo(visit.id, role="front", data=photo_of("front"))
        further = records.add_further(client.id, kind="sitting", taken=date(2026, 1, 5))
        further_photo = records.add_further_photo(further.id, role="side", data=photo_of("side"))
        consent = records.record_consent(client.id, scope="photos", given=date(2026, 1, 5))
        self.ids = {
            "client_id": client.id,
            "visit_id": visit.id,
            "photo_id": photo.id,
            "consent_id": consent.id,
            "further_id": further.id,
            "further_photo_id": further_photo.id,
        }

    def aim(self, case: schemathesis.Case) -> None:
        """Let every other case reach what is really there, but never delete it."""
        self.calls += 1
        path = case.meta.components.get(ParameterLocation.PATH)
        if path is None or path.mode.is_negative or case.method == "DELETE":
            return
        if self.calls % 2:
            known = set(self.ids) & set(case.path_parameters or {})
            case.path_parameters |= {name: self.ids[name] for name in known}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    records = open_records(tmp_path_factory.mktemp("records"))
    serving = LiveServer(lambda port: make_app(records, site=Site(port=port)), for_port=True)
    with without_weights(), records, serving as running:
        yield Server(running.url, records)


def described() -> dict[str, Any]:
    document = make_app().openapi()
    del document["security"]  # else requests without the token are made, which HEADERS add
    return document


schema = schemathesis.openapi.from_dict(described())


@schema.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_described(case, server):
    server.aim(case)
    case.call_and_validate(base_url=server.url, headers=HEADERS, checks=CHECKS)


def test_the_description_is_good_to_read():
    document = make_app().openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert "422" not in operation["responses"] or (
                "application/problem+json" in operation["responses"]["422"]["content"]
            ), where
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert good, where
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert all("description" in schema for schema in schemas.values())
