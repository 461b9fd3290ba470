"""A sitting assessment as its files hold it: JSON there and back, and a table of its measures."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from posture.anatomy import Method, View
from posture.estimate.outputs import of_stature
from posture.landmarks import Keypoint, Landmark, LandmarkSet, Pose
from posture.photo import Photo
from posture.results import MEASURE_COLUMNS, Client, QualityNote, Status, Unit
from posture.sitting.estimate import SittingEstimate, SittingValue
from posture.sitting.measures import NO_NORMS, SITTING_MEASURES, measures_of
from posture.sitting.session import SittingPhoto, SittingSession
from posture.strict_json import check_document, json_text, read_schema

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SCHEMA_VERSION",
    "check_sitting",
    "sitting_from_dict",
    "sitting_schema",
    "sitting_to_csv",
    "sitting_to_dict",
    "sitting_to_json",
]

SCHEMA_VERSION = 1

_COLUMNS = ("id", "view", "status", "value", "low", "high", "unit", "method", "reason")


def sitting_to_dict(session: SittingSession) -> dict[str, Any]:
    """Return the assessment as plain JSON values, numbers with two decimals."""
    return {
        "schema_version": SCHEMA_VERSION,
        "assessment": "sitting",
        "created": session.created,
        "software": dict(session.software),
        "client": {"id": session.client.id, "height_cm": session.client.height_cm},
        "norms": NO_NORMS,
        "photos": [_photo(photo) for photo in session.photos],
        "measures": [_plain(row) for row in _rows(session)],
    }


def sitting_to_json(session: SittingSession) -> str:
    """Return the assessment as the text of its file."""
    return json_text(sitting_to_dict(session))


def sitting_to_csv(session: SittingSession) -> str:
    """Return one row per measure, in the columns of `measures.csv`.

    A measure that was not taken has empty cells, and the reason.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=MEASURE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    visit = {"client": session.client.id, "visit": "", "date": session.created[:10]}
    for row in _rows(session):
        writer.writerow(visit | {"measure": row.pop("id")} | row)
    return out.getvalue()


def sitting_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of the file."""
    return read_schema("sitting")


def check_sitting(document: object, *, name: str = "sitting.json") -> Mapping[str, Any]:
    """Return a document that `sitting_to_dict` made, held against its schema.

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
        sitting_schema(),
        version=SCHEMA_VERSION,
        what="a sitting assessment",
        name=name,
    )


def sitting_from_dict(
    document: object, pixels: Mapping[str, NDArray[np.uint8]], *, name: str = "sitting.json"
) -> SittingSession:
    """Return the assessment that `sitting_to_dict` was given, to report it again.

    Parameters
    ----------
    document
        Plain JSON values.
    pixels
        Upright RGB pixels by the photo's `file_sha256`; photos without are left out.
    name
        What messages call it.

    Raises
    ------
    InputError
        As `check_sitting`.
    """
    plain = check_sitting(document, name=name)
    return SittingSession(
        client=Client(**plain["client"]),
        created=plain["created"],
        software=dict(plain["software"]),
        photos=tuple(
            _read_photo(photo, plain["measures"], pixels[photo["file_sha256"]])
            for photo in plain["photos"]
            if photo["file_sha256"] in pixels
        ),
    )


def _rows(session: SittingSession) -> list[dict[str, Any]]:
    rows = []
    for photo in session.photos:
        values = {value.id: value for value in photo.estimate.values}
        for name in measures_of(photo.view.plane):
            row: dict[str, Any] = dict.fromkeys(_COLUMNS, "")
            row |= {
                "id": name,
                "view": photo.view.value,
                "status": Status.NOT_MEASURED.value,
                "unit": _unit(name, session.client.height_cm).value,
            }
            value = values.get(name)
            if value is None:
                row["reason"] = photo.estimate.reason
            else:
                method = Method.MANUAL if value.is_placed else Method.ESTIMATED
                row |= {
                    "status": Status.OK.value,
                    "value": value.value,
                    "low": value.low,
                    "high": value.high,
                    "method": method.value,
                }
            rows.append(row)
    return rows


def _unit(name: str, height_cm: float | None) -> Unit:
    """Return the unit that a value of the measure has, whether or not there is one."""
    measure = SITTING_MEASURES[name]
    return of_stature(height_cm)[0] if measure.is_length else measure.unit


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with null for what is empty, and what the measure is."""
    measure = SITTING_MEASURES[str(row["id"])]
    plain = {name: None if value == "" else value for name, value in row.items()}
    return plain | {"title": measure.title, "definition": measure.definition}


def _photo(photo: SittingPhoto) -> dict[str, Any]:
    return {
        "name": photo.photo.name,
        "file_sha256": photo.photo.file_sha256,
        "view": photo.view.value,
        "points": {
            name: {"x_px": round(point.x_px, 2), "y_px": round(point.y_px, 2)}
            for name, point in photo.pose.points.items()
        },
        "landmarks": {
            name: {
                "x_px": round(mark.x_px, 2),
                "y_px": round(mark.y_px, 2),
                "sd_px": round(mark.sd_px, 2),
                "method": mark.method.value,
            }
            for name, mark in photo.estimate.landmarks.items()
        },
        "quality": [asdict(note) for note in photo.notes],
    }


def _read_photo(
    plain: Mapping[str, Any], rows: list[Mapping[str, Any]], pixels: NDArray[np.uint8]
) -> SittingPhoto:
    view = View(plain["view"])
    own = [row for row in rows if row["view"] == view.value]
    marks = {
        name: Landmark(**{**mark, "method": Method(mark["method"])})
        for name, mark in plain["landmarks"].items()
    }
    points = {
        name: Keypoint(**point, z_px=0.0, visibility=1.0) for name, point in plain["points"].items()
    }
    return SittingPhoto(
        photo=Photo(
            pixels=pixels,
            file_sha256=plain["file_sha256"],
            focal_length_35mm=None,
            name=plain["name"],
        ),
        view=view,
        pose=Pose(
            points=points, silhouette=None, width_px=pixels.shape[1], height_px=pixels.shape[0]
        ),
        estimate=SittingEstimate(
            landmarks=LandmarkSet(marks),
            values=tuple(_read_value(row) for row in own if row["value"] is not None),
            reason=next((row["reason"] for row in own if row["reason"]), ""),
        ),
        notes=tuple(QualityNote(**note) for note in plain.get("quality", ())),
    )


def _read_value(row: Mapping[str, Any]) -> SittingValue:
    return SittingValue(
        id=row["id"],
        unit=Unit(row["unit"]),
        value=row["value"],
        low=row["low"],
        high=row["high"],
        is_placed=row["method"] == Method.MANUAL.value,
    )
