"""What stickers change of the photos of a visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from posture.anatomy import LANDMARKS
from posture.capture.dot_colour import common_colour
from posture.capture.scale_aids import NOMINAL_STATURE_CM
from posture.capture.skin import skin_of
from posture.capture.stickers import DotsOfPhoto, look_for_dots, takes_dot
from posture.landmarks import LandmarkSet
from posture.results import AssessedPhoto, QualityNote
from posture.scale import body_length_px
from posture.seen import Estimate, SeenPhoto

__all__ = ["LookForDots", "dots_in", "with_stickers"]

LookForDots = Callable[[SeenPhoto, Estimate], DotsOfPhoto]
_Notes = dict[tuple[str, object], tuple[QualityNote, ...]]


def with_stickers(
    records: Sequence[AssessedPhoto],
    seen: Sequence[SeenPhoto],
    estimate: Estimate,
    look: LookForDots | None = None,
) -> tuple[list[AssessedPhoto], list[SeenPhoto]]:
    """Return the photos with the landmarks that dots mark, and what is to be said of them.

    `look` finds the dots of a photo, `dots_in` where it is None.
    """
    found = [(look or dots_in)(photo, estimate) for photo in seen]
    colour = common_colour([dot for dots in found for dot in dots.assigned().marking])
    marked: list[SeenPhoto] = []
    notes: _Notes = {}
    for photo, dots in zip(seen, found, strict=True):
        reading = dots.assigned(colour)
        marked.append(replace(photo, landmarks=photo.landmarks.updated(reading.landmarks)))
        if dots.expected:
            notes[photo.photo.file_sha256, photo.view] = reading.notes()
    return _noted(records, notes), marked


def dots_in(photo: SeenPhoto, estimate: Estimate) -> DotsOfPhoto:
    """Look for dots in a photo's pixels, near the landmarks that were not placed by hand."""
    height_px = photo.scale.stature_px if photo.scale else body_length_px(photo.pose)
    stature_cm = photo.scale.stature_cm if photo.scale else None
    expected = estimate.landmarks.get(photo.view, LandmarkSet()).updated(
        {name: mark for name, mark in photo.landmarks.items() if name in LANDMARKS}
    )
    stature_cm = stature_cm or NOMINAL_STATURE_CM
    return look_for_dots(
        photo.photo.pixels,
        LandmarkSet({n: m for n, m in expected.items() if takes_dot(n, photo.view)}),
        height_px,
        stature_cm=stature_cm,
        skin=skin_of(photo.photo.pixels, photo.pose, photo.view, height_px / stature_cm),
    )


def _noted(records: Sequence[AssessedPhoto], notes: _Notes) -> list[AssessedPhoto]:
    return [
        replace(record, quality=record.quality + notes.get((record.file_sha256, record.view), ()))
        for record in records
    ]
