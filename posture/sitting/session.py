"""A sitting assessment: its photos, what each gave, and the files that hold it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.anatomy import View
from posture.errors import PhotoError
from posture.landmark_file import check_inside, with_placement_sd
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.results import Client
from posture.sitting.checks import refusal, view_of
from posture.sitting.estimate import SittingEstimate, estimate_sitting
from posture.sitting.measures import NO_NORMS, SITTING_MEASURES, measures_of

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.photo import Photo

__all__ = [
    "SittingPhoto",
    "SittingSession",
    "assess_sitting",
    "sitting_to_csv",
    "sitting_to_json",
]

SCHEMA_VERSION = 1

_STATURE_OVER_TRUNK = 3.4
"""Stature over the length from hips to shoulders, about: placement errors are known as shares
of stature."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SittingPhoto:
    """One photo with what was found in it."""

    photo: Photo
    view: View
    pose: Pose
    estimate: SittingEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SittingSession:
    """One sitting assessment. `created` is an ISO time, `software` what made the numbers."""

    client: Client
    created: str
    software: Mapping[str, str]
    photos: tuple[SittingPhoto, ...]


def assess_sitting(
    side: Photo,
    front: Photo | None,
    detector: Detector,
    *,
    client: Client,
    created: str,
    software: Mapping[str, str],
    placed: Mapping[View, LandmarkSet] | None = None,
) -> SittingSession:
    """Assess a client who sits.

    Parameters
    ----------
    side, front
        The photos; the front one is optional.
    detector
        An open detector.
    client, created, software
        For the record.
    placed
        Landmarks placed by hand, per view.

    Raises
    ------
    PhotoError
        If nobody is found, if the client stands, is turned, or is not in the picture.
    InputError
        If a landmark lies outside its photo.
    """
    found = []
    for photo, from_side in ((side, True), (front, False)):
        if photo is None:
            continue
        pose = detector.detect(photo.pixels)
        if not isinstance(pose, Pose):
            raise PhotoError(f"{photo.name}: {pose.reason}")
        view = view_of(pose, from_side=from_side)
        reason = refusal(pose, view)
        if reason is not None:
            raise PhotoError(f"{photo.name}: {reason}")
        estimate = estimate_sitting(
            pose,
            view,
            height_cm=client.height_cm,
            placed=_placed((placed or {}).get(view, LandmarkSet()), photo, pose, view),
        )
        found.append(SittingPhoto(photo=photo, view=view, pose=pose, estimate=estimate))
    return SittingSession(client=client, created=created, software=software, photos=tuple(found))


def _placed(marks: LandmarkSet, photo: Photo, pose: Pose, view: View) -> Mapping[str, Landmark]:
    check_inside(marks, photo, view)
    trunk = pose.middle("hip") - pose.middle("shoulder")
    return with_placement_sd(marks, _STATURE_OVER_TRUNK * float((trunk @ trunk) ** 0.5))


def sitting_to_json(session: SittingSession) -> str:
    """Return the assessment as the text of its file."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "assessment": "sitting",
        "created": session.created,
        "software": dict(session.software),
        "client": {"id": session.client.id, "height_cm": session.client.height_cm},
        "norms": NO_NORMS,
        "photos": [_photo(photo) for photo in session.photos],
        "measures": [_plain(row) for row in _rows(session)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def sitting_to_csv(session: SittingSession) -> str:
    """Return one row per measure; empty where it was not measured, with the reason."""
    out = io.StringIO()
    rows = _rows(session)
    writer = csv.DictWriter(out, fieldnames=_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


_COLUMNS = ("id", "view", "status", "value", "low", "high", "unit", "method", "reason")


def _rows(session: SittingSession) -> list[dict[str, Any]]:
    rows = []
    for photo in session.photos:
        values = {value.id: value for value in photo.estimate.values}
        for name in measures_of(photo.view.plane):
            row: dict[str, Any] = dict.fromkeys(_COLUMNS, "")
            row |= {"id": name, "view": photo.view.value, "status": "not_measured"}
            value = values.get(name)
            if value is None:
                row["reason"] = photo.estimate.reason
            else:
                row |= {
                    "status": "ok",
                    "value": round(value.value, 2),
                    "low": round(value.low, 2),
                    "high": round(value.high, 2),
                    "unit": value.unit.value,
                    "method": "manual" if value.is_placed else "estimated",
                }
            rows.append(row)
    return rows


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
        "landmarks": {
            name: {
                "x_px": round(mark.x_px, 2),
                "y_px": round(mark.y_px, 2),
                "sd_px": round(mark.sd_px, 2),
                "method": mark.method.value,
            }
            for name, mark in photo.estimate.landmarks.items()
        },
    }
