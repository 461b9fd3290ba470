"""What stickers change of the photos of a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from posture.anatomy import LANDMARKS
from posture.capture.scale_aids import NOMINAL_STATURE_CM
from posture.capture.skin import skin_of
from posture.capture.stickers import find_stickers, takes_dot
from posture.landmarks import LandmarkSet
from posture.results import AssessedPhoto, QualityNote
from posture.scale import body_length_px
from posture.seen import Estimate, SeenPhoto

__all__ = ["with_stickers"]

_Notes = dict[tuple[str, object], tuple[QualityNote, ...]]


def with_stickers(
    records: Sequence[AssessedPhoto], seen: Sequence[SeenPhoto], estimate: Estimate
) -> tuple[list[AssessedPhoto], list[SeenPhoto]]:
    """Return the photos with the landmarks that dots mark, and what is to be said of them."""
    marked: list[SeenPhoto] = []
    notes: _Notes = {}
    for photo in seen:
        height_px = photo.scale.stature_px if photo.scale else body_length_px(photo.pose)
        expected = estimate.landmarks.get(photo.view, LandmarkSet()).updated(
            {name: mark for name, mark in photo.landmarks.items() if name in LANDMARKS}
        )
        shown = LandmarkSet({n: m for n, m in expected.items() if takes_dot(n, photo.view)})
        pixels = photo.photo.pixels
        skin = skin_of(pixels, photo.pose, photo.view, height_px / NOMINAL_STATURE_CM)
        reading = find_stickers(pixels, shown, height_px, skin)
        marked.append(replace(photo, landmarks=photo.landmarks.updated(reading.landmarks)))
        if expected:
            notes[photo.photo.file_sha256, photo.view] = reading.notes()
    return _noted(records, notes), marked


def _noted(records: Sequence[AssessedPhoto], notes: _Notes) -> list[AssessedPhoto]:
    return [
        replace(record, quality=record.quality + notes.get((record.file_sha256, record.view), ()))
        for record in records
    ]
