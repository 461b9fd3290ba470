"""A range-of-motion test as JSON."""

from __future__ import annotations

import json
from typing import Any

from posture.rom.measure import RomPhoto, RomResult
from posture.rom.session import RomSession

__all__ = ["SCHEMA_VERSION", "rom_to_dict", "rom_to_json"]

SCHEMA_VERSION = 1


def rom_to_dict(session: RomSession) -> dict[str, Any]:
    """Return the test as plain JSON values; angles in degrees with two decimals."""
    return {
        "schema_version": SCHEMA_VERSION,
        "created": session.created,
        "software": dict(session.software),
        "client": {"id": session.client.id, "height_cm": session.client.height_cm},
        "test": session.test.id,
        "results": [_result(result) for result in session.results],
        "differences": [
            {
                "id": item.movement.id,
                "value": round(item.value_deg, 2),
                "low": round(item.low_deg, 2),
                "high": round(item.high_deg, 2),
                "is_shown": item.is_shown,
            }
            for item in session.differences
        ],
    }


def rom_to_json(session: RomSession) -> str:
    """Return the test as the text of its file."""
    document = rom_to_dict(session)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _result(result: RomResult) -> dict[str, Any]:
    return {
        "side": result.side,
        "neutral": _photo(result.neutral),
        "end": _photo(result.end),
        "movements": [
            {
                "id": found.movement.id,
                "value": round(found.value_deg, 2),
                "low": round(found.low_deg, 2),
                "high": round(found.high_deg, 2),
                "unit": "deg",
            }
            for found in result.movements
        ],
        "remarks": list(result.remarks),
    }


def _photo(photo: RomPhoto) -> dict[str, Any]:
    used = {
        name: {"x_px": round(point.x_px, 2), "y_px": round(point.y_px, 2)}
        for name, point in photo.pose.points.items()
    }
    return {"view": photo.view.value, "file_sha256": photo.photo.file_sha256, "points": used}
