"""What tests put into records."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import numpy as np
from PIL import Image

from posture.anatomy import Method, View
from posture.landmarks import Landmark, LandmarkSet
from posture.records import ClientRecord, FurtherRecord, Records, VisitRecord
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


def sitting_document(*shas: str, client_id: str = "K-1") -> dict[str, Any]:
    """Return what a sitting assessment's file holds: one measure with a value, one without."""
    plain = {"method": None, "unit": None, "value": None, "low": None, "high": None}
    words = {"title": "Angle, sitting", "definition": "what it is"}
    common = {"view": "left", **plain, **words}
    return {
        "schema_version": 1,
        "assessment": "sitting",
        "created": "2026-03-02T10:00:00+01:00",
        "software": {"posture": "0"},
        "client": {"id": client_id, "height_cm": 171.5},
        "norms": "None.",
        "photos": [
            {
                "name": "side photo",
                "file_sha256": sha,
                "view": view,
                "points": {"nose": {"x_px": 20.25, "y_px": 9.5}},
                "landmarks": {
                    "c7": {"x_px": 20.1, "y_px": 12.0, "sd_px": 0.7, "method": "estimated"}
                },
            }
            for sha, view in zip(shas, ("left", "front"), strict=False)
        ],
        "measures": [
            {
                "id": "sitting_craniovertebral_angle_deg",
                "status": "ok",
                "reason": None,
                **common,
                "value": 47.13,
                "low": 41.2,
                "high": 53.06,
                "unit": "deg",
                "method": "estimated",
            },
            {
                "id": "sitting_trunk_lean_deg",
                "status": "not_measured",
                "reason": "a table hides the hips",
                **common,
            },
        ],
    }


def rom_document(
    *shas: str, test: str = "cervical-flexion", value: float = 48.0, side: str = "left"
) -> dict[str, Any]:
    """Return what the file of a range-of-motion test holds; `shas` are neutral and end."""
    neutral, end = (
        {"view": side, "file_sha256": sha, "points": {"nose": {"x_px": 20.25, "y_px": 9.5}}}
        for sha in shas
    )
    movement = {
        "id": f"{test.replace('-', '_')}_deg",
        "title": "Cervical flexion",
        "definition": "what it is",
        "is_change": True,
        "value": value,
        "low": value - 6,
        "high": value + 6,
        "unit": "deg",
        "usual": {"low": 45.0, "high": 45.0, "source": "AAOS 1965"},
    }
    result = {
        "side": side,
        "neutral": neutral,
        "end": end,
        "movements": [movement],
        "remarks": [{"code": "trunk_leaned", "text": "The trunk leaned.", "values": {"deg": 12.0}}],
    }
    outcome = {
        "id": test,
        "title": "Cervical flexion",
        "seen": "side",
        "limits": "None.",
        "results": [result],
        "differences": [],
    }
    return {
        "schema_version": 1,
        "assessment": "range_of_motion",
        "created": "2026-03-02T10:00:00+01:00",
        "software": {"posture": "0"},
        "client": {"id": "K-1", "height_cm": 171.5},
        "tests": [outcome],
    }


def fill_further(records: Records, client_id: str, *, seed: int = 50) -> list[FurtherRecord]:
    """Keep a sitting assessment and a range-of-motion test, measured, and one that is not."""
    sitting = records.add_further(client_id, kind="sitting", taken=DAY, note="after a long day")
    side = records.add_further_photo(sitting.id, role="side", data=jpeg(seed))
    version = records.further(sitting.id).version
    records.put_derived(side.sha256, "picture.jpg", b"a small picture")
    records.add_further_document(sitting.id, sitting_document(side.sha256), version=version)
    rom = records.add_further(
        client_id, kind="range_of_motion", test="cervical-flexion", side="left", taken=DAY
    )
    shas = [
        records.add_further_photo(rom.id, role=role, data=jpeg(seed + number)).sha256
        for number, role in enumerate(("neutral", "end"), 1)
    ]
    version = records.further(rom.id).version
    records.add_further_document(rom.id, rom_document(*shas), version=version)
    begun = records.add_further(client_id, kind="sitting", taken=DAY)
    records.add_further_photo(begun.id, role="front", data=jpeg(seed + 3))
    return [records.further(item.id) for item in (sitting, rom, begun)]
