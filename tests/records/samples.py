"""What tests put into records."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
from PIL import Image

from posture.anatomy import Method, View
from posture.landmarks import Landmark, LandmarkSet
from posture.records import ClientRecord, Records, VisitRecord
from tests.examples import example_assessment

DAY = date(2026, 3, 2)


def jpeg(seed: int = 0, *, width: int = 48, height: int = 64) -> bytes:
    """Return a small JPEG of its own for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG")
    return stream.getvalue()


def placed(**points: tuple[float, float]) -> LandmarkSet:
    """Return landmarks placed by hand."""
    return LandmarkSet(
        {
            name: Landmark(x_px=x, y_px=y, method=Method.MANUAL, sd_px=1.5)
            for name, (x, y) in points.items()
        }
    )


def fill(records: Records, *, name: str = "Anna Berg", seed: int = 0) -> tuple[ClientRecord, str]:
    """Keep a client with a consent and one visit that has everything; return client and visit."""
    client = records.add_client(name=name, birth_year=1980, height_cm=171.5)
    records.record_consent(client.id, scope="photographs", given=DAY, note="on paper")
    visit = records.add_visit(client.id, taken=DAY, note="after work")
    records.add_photo(visit.id, role="front", data=jpeg(2 * seed))
    photo = records.add_photo(visit.id, role="side", data=jpeg(2 * seed + 1))
    records.put_derived(photo.sha256, "pose.npz", b"points of a pose")
    visit = place(records, visit.id, c7=(20.5, 12.0), tragus_left=(24.0, 8.0))
    records.add_assessment(visit.id, example_assessment(client_id=client.code))
    return records.client(client.id), visit.id


def place(records: Records, visit_id: str, **points: tuple[float, float]) -> VisitRecord:
    """Place landmarks on a visit's side photo."""
    version = records.visit(visit_id).version
    return records.place_landmarks(
        visit_id, version=version, landmarks={View.LEFT: placed(**points)}
    )
