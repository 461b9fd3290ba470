"""The range-of-motion tests of one day as JSON, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.anatomy import DETECTOR_POINTS, View
from posture.landmarks import Keypoint, Pose
from posture.photo import Photo
from posture.results import Client
from posture.rom.catalogue import find_test
from posture.rom.kinds import Movement, RomRemark
from posture.rom.measure import MeasuredMovement, RomResult
from posture.rom.photos import RomPhoto
from posture.rom.session import RomOutcome, RomSession
from posture.strict_json import check_document, json_text, read_schema

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SCHEMA_VERSION",
    "check_rom",
    "rom_from_dict",
    "rom_schema",
    "rom_to_dict",
    "rom_to_json",
]

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
    return json_text(rom_to_dict(session))


def rom_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of the file."""
    return read_schema("rom")


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
    return check_document(
        document,
        rom_schema(),
        version=SCHEMA_VERSION,
        what="range-of-motion tests",
        name=name,
    )


def rom_from_dict(
    document: object, pixels: Mapping[str, NDArray[np.uint8]], *, name: str = "rom.json"
) -> RomSession:
    """Return the tests that `rom_to_dict` was given, to report them again.

    Parameters
    ----------
    document
        Plain JSON values.
    pixels
        Upright RGB pixels of every photo by its `file_sha256`.
    name
        What messages call the document.

    Raises
    ------
    InputError
        As `check_rom`, or if this program does not know a test.
    """
    plain = check_rom(document, name=name)
    return RomSession(
        created=plain["created"],
        client=Client(**plain["client"]),
        software=dict(plain["software"]),
        outcomes=tuple(_read_outcome(outcome, pixels) for outcome in plain["tests"]),
    )


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
        for name, point in photo.found.items()
    }
    return {"view": photo.view.value, "file_sha256": photo.photo.file_sha256, "points": used}


def _read_outcome(plain: Mapping[str, Any], pixels: Mapping[str, NDArray[np.uint8]]) -> RomOutcome:
    test = replace(find_test(plain["id"]), title=plain["title"], limits=plain["limits"])
    return RomOutcome(
        test=test,
        results=tuple(
            RomResult(
                test=test,
                side=result["side"],
                neutral=_read_photo(result["neutral"], pixels) if result["neutral"] else None,
                end=_read_photo(result["end"], pixels),
                movements=tuple(_read_movement(found) for found in result["movements"]),
                remarks=tuple(
                    RomRemark(
                        code=remark["code"],
                        text=remark["text"],
                        values=tuple(remark["values"].items()),
                    )
                    for remark in result["remarks"]
                ),
            )
            for result in plain["results"]
        ),
    )


def _read_movement(plain: Mapping[str, Any]) -> MeasuredMovement:
    usual = plain["usual"]
    movement = Movement(
        id=plain["id"],
        title=plain["title"],
        definition=plain["definition"],
        usual_deg=(usual["low"], usual["high"]) if usual else None,
        source=usual["source"] if usual else "",
        is_change=plain["is_change"],
    )
    return MeasuredMovement(
        movement=movement, value_deg=plain["value"], low_deg=plain["low"], high_deg=plain["high"]
    )


def _read_photo(plain: Mapping[str, Any], pixels: Mapping[str, NDArray[np.uint8]]) -> RomPhoto:
    sha = plain["file_sha256"]
    photo = Photo(pixels=pixels[sha], file_sha256=sha, focal_length_35mm=None, name="photo")
    found = {
        name: Keypoint(**point, z_px=0.0, visibility=1.0) for name, point in plain["points"].items()
    }
    marks = {name: point for name, point in found.items() if name not in DETECTOR_POINTS}
    points = {name: point for name, point in found.items() if name in DETECTOR_POINTS}
    pose = Pose(points=points, silhouette=None, width_px=photo.width_px, height_px=photo.height_px)
    return RomPhoto(photo=photo, view=View(plain["view"]), pose=pose, marks=marks)
