"""The range-of-motion tests of one day as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from posture.errors import InputError
from posture.rom.kinds import Movement
from posture.rom.measure import RomResult
from posture.rom.photos import RomPhoto
from posture.rom.session import RomOutcome, RomSession
from posture.strict_json import shown

__all__ = ["SCHEMA_VERSION", "check_rom", "rom_schema", "rom_to_dict", "rom_to_json"]

SCHEMA_VERSION = 1


def rom_to_dict(session: RomSession) -> dict[str, Any]:
    """Return the tests as plain JSON values; angles in degrees with two decimals."""
    return {
        "schema_version": SCHEMA_VERSION,
        "assessment": "range_of_motion",
        "created": session.created,
        "software": dict(session.software),
        "client": {"id": session.client.id, "height_cm": session.client.height_cm},
        "tests": [_outcome(outcome) for outcome in session.outcomes],
    }


def rom_to_json(session: RomSession) -> str:
    """Return the tests as the text of their file."""
    document = rom_to_dict(session)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@cache
def rom_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file."""
    text = files("posture").joinpath("data/rom.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_rom(document: object, *, name: str = "rom.json") -> Mapping[str, Any]:
    """Return a document that `rom_to_dict` made, held against its schema.

    Parameters
    ----------
    document
        Plain JSON values.
    name
        What messages call it.

    Raises
    ------
    InputError
        If it is of a newer version, or does not follow the schema.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    version = document.get("schema_version") if isinstance(document, Mapping) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise InputError(
            f"{name}: expected schema_version {SCHEMA_VERSION}, found {shown(version)}, made by "
            "a newer version of this program. Update the program to read it."
        )
    fault = best_match(Draft202012Validator(rom_schema()).iter_errors(document))
    if fault is not None:
        raise InputError(
            f"{name}: expected range-of-motion tests of this program, found at {fault.json_path}: "
            f"{shown(fault.instance)}. Use the file as it was written."
        )
    assert isinstance(document, Mapping)  # the schema says so
    return document


def _outcome(outcome: RomOutcome) -> dict[str, Any]:
    test = outcome.test
    return {
        "id": test.id,
        "title": test.title,
        "seen": test.seen,
        "limits": test.limits,
        "results": [_result(result) for result in outcome.results],
        "differences": [
            {
                "id": item.movement.id,
                **_interval(item.value_deg, item.low_deg, item.high_deg),
                "is_shown": item.is_shown,
            }
            for item in outcome.differences
        ],
    }


def _result(result: RomResult) -> dict[str, Any]:
    return {
        "side": result.side,
        "neutral": _photo(result.neutral) if result.neutral else None,
        "end": _photo(result.end),
        "movements": [
            {
                "id": found.movement.id,
                "title": found.movement.title,
                "definition": found.movement.definition,
                "is_change": found.movement.is_change,
                **_interval(found.value_deg, found.low_deg, found.high_deg),
                "usual": _usual(found.movement),
            }
            for found in result.movements
        ],
        "remarks": [
            {"code": remark.code, "text": remark.text, "values": dict(remark.values)}
            for remark in result.remarks
        ],
    }


def _interval(value_deg: float, low_deg: float, high_deg: float) -> dict[str, Any]:
    rounded = {"value": round(value_deg, 2), "low": round(low_deg, 2), "high": round(high_deg, 2)}
    return rounded | {"unit": "deg"}


def _usual(movement: Movement) -> dict[str, Any] | None:
    if movement.usual_deg is None:
        return None
    low, high = movement.usual_deg
    return {"low": low, "high": high, "source": movement.source}


def _photo(photo: RomPhoto) -> dict[str, Any]:
    used = {
        name: {"x_px": round(point.x_px, 2), "y_px": round(point.y_px, 2)}
        for name, point in photo.pose.points.items()
    }
    return {"view": photo.view.value, "file_sha256": photo.photo.file_sha256, "points": used}
