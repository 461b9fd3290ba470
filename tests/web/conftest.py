from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from posture.web.access import Site
from posture.web.app import create_app

TOKEN = "t" * 43
BASE = "http://127.0.0.1:8737"


def never_assess():
    raise AssertionError("expected no assessment in this test")


def make_app(records=None, **options):
    options.setdefault("assessor_factory", never_assess)
    return create_app(records, token=TOKEN, site=options.pop("site", Site(port=8737)), **options)


def signed_in(app, base=BASE):
    client = TestClient(app, base_url=base, follow_redirects=False)
    client.headers["X-Posture"] = "1"
    assert client.get(f"/open?token={TOKEN}").status_code == 303
    return client


@pytest.fixture
def stranger():
    """A client without a session."""
    return TestClient(make_app(), base_url=BASE, follow_redirects=False)


@pytest.fixture
def client():
    return signed_in(make_app())
