from __future__ import annotations

import time
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import posture.assess
import posture.estimate.estimator
from posture.anatomy import View
from posture.records import open_records
from posture.web.access import Site
from posture.web.app import create_app
from tests.photos import encoded
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

TOKEN = "t" * 43
BASE = "http://127.0.0.1:8737"
API = "/api/v1"
GREY = {"front": 240, "side": 200, "back": 160}
POSES = {
    "front": standing_pose(View.FRONT),
    "side": standing_pose(View.LEFT),
    "back": standing_pose(View.BACK),
}


class StickDetector:
    """Finds a stick figure in a photo of one grey, which says the view. Counts its looks."""

    def __init__(self):
        self.looks = 0

    def detect(self, pixels):
        self.looks += 1
        level = float(pixels.mean())
        return POSES[min(GREY, key=lambda role: abs(GREY[role] - level))]

    def close(self):
        pass


def photo_of(role: str, *, salt: int = 0) -> bytes:
    """Return a chequered photo of the stick figure; another `salt` makes another file."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX)) // 15
    grey = GREY[role] + 10 * ((rows + columns) % 2) - 5
    pixels = np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
    pixels[0, :, 0] = salt % 256
    return encoded(Image.fromarray(pixels), "PNG")


def make_app(records=None, **options):
    options.setdefault("detector_factory", StickDetector)
    site = options.pop("site", Site(port=8737))
    return create_app(records, token=TOKEN, site=site, detector_key="stick", **options)


def signed_in(app, base=BASE):
    client = TestClient(app, base_url=base, follow_redirects=False)
    client.headers["X-Posture"] = "1"
    assert client.get(f"/open?token={TOKEN}").status_code == 303
    return client


@contextmanager
def without_weights():
    """There is no estimator, which was never trained on stick figures, and no weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posture.estimate.estimator, "load_estimator", lambda look=None: None)
        patch.setattr(posture.assess, "software_versions", lambda variant: {"posture": "0"})
        yield


class Api:
    """A signed-in client, with the steps that many tests begin with."""

    def __init__(self, client: TestClient, detector: StickDetector) -> None:
        self.client, self.detector = client, detector
        self._salt = 0

    def __call__(self, method: str, path: str, expected: int = 200, **options):
        answer = self.client.request(method, API + path, **options)
        assert answer.status_code == expected, answer.text
        return answer

    def new_client(self, **fields) -> dict:
        return self("POST", "/clients", 201, json=fields).json()

    def new_visit(self, client_id: str, **fields) -> dict:
        return self("POST", f"/clients/{client_id}/visits", 201, json=fields).json()

    def add_photo(self, visit_id: str, role: str, data: bytes | None = None, **fields) -> dict:
        self._salt += 1
        return self(
            "POST",
            f"/visits/{visit_id}/photos",
            201,
            data={"role": role, **fields},
            files={"file": ("x", data or photo_of(role, salt=self._salt))},
        ).json()

    def visit_with_photos(self, *roles: str, **client) -> dict:
        client.setdefault("height_cm", 180)
        visit = self.new_visit(self.new_client(**client)["id"])
        for role in roles or ("front", "side"):
            self.add_photo(visit["id"], role)
        return self("GET", f"/visits/{visit['id']}").json()

    def assess(self, visit_id: str) -> dict:
        """Assess a visit, wait for it, and return the job."""
        return self.finished(self("POST", f"/visits/{visit_id}/assess", 202).json())

    def finished(self, job: dict) -> dict:
        """Wait for a job, and return how it ended."""
        deadline = time.monotonic() + 20
        while job["state"] not in ("done", "failed"):
            assert time.monotonic() < deadline
            time.sleep(0.01)
            job = self("GET", f"/jobs/{job['id']}").json()
        return job

    def assessed_visit(self, *roles: str, **client) -> dict:
        visit = self.visit_with_photos(*roles, **client)
        assert self.assess(visit["id"])["state"] == "done"
        return self("GET", f"/visits/{visit['id']}").json()


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The API on records of its own, shared by a module's tests."""
    detector = StickDetector()
    with without_weights(), open_records(tmp_path_factory.mktemp("records")) as records:
        app = make_app(records, detector_factory=lambda: detector)
        with signed_in(app) as client:
            yield Api(client, detector)


@pytest.fixture
def stranger():
    """A client without a session."""
    return TestClient(make_app(), base_url=BASE, follow_redirects=False)


@pytest.fixture
def client():
    """A client with a session, of a server without records."""
    return signed_in(make_app())
