"""What stickers and scale markers change of the photos of a visit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from posture.anatomy import LANDMARKS
from posture.capture.markers import ScaleReading, compare_scales, find_marker
from posture.capture.stickers import find_stickers, takes_dot
from posture.client_facts import STATURE_LIMITS_CM
from posture.landmarks import LandmarkSet
from posture.results import AssessedPhoto, Client, Measure, QualityNote, Unit
from posture.scale import body_length_px
from posture.seen import Estimate, SeenPhoto

__all__ = ["Marked", "with_markers", "with_stickers"]

_Notes = dict[tuple[str, object], tuple[QualityNote, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marked:
    """The photos of a visit with a scale from markers, where that was needed.

    `client` has the height to measure with; `relative_sd` is its standard deviation over
    the height, 0 where it was entered.
    """

    records: list[AssessedPhoto]
    seen: list[SeenPhoto]
    client: Client
    relative_sd: float = 0.0

    def widened(self, estimate: Estimate) -> Estimate:
        """Return the estimate with the height's error in the intervals of its lengths."""
        if not self.relative_sd:
            return estimate
        measures = tuple(_widened(measure, self.relative_sd) for measure in estimate.measures)
        return replace(estimate, measures=measures)


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
        reading = find_stickers(photo.photo.pixels, shown, height_px)
        marked.append(replace(photo, landmarks=photo.landmarks.updated(reading.landmarks)))
        if expected:
            notes[photo.photo.file_sha256, photo.view] = reading.notes()
    return _noted(records, notes), marked


def with_markers(
    records: Sequence[AssessedPhoto], seen: Sequence[SeenPhoto], client: Client
) -> Marked:
    """Read the scale marker of each photo; check it against the height, or stand in for it."""
    read = [(photo, find_marker(photo.photo.pixels)) for photo in seen]
    readings = [(photo, reading) for photo, reading in read if reading and photo.scale]
    if client.height_cm is not None:
        notes: _Notes = {}
        for photo, reading in readings:
            note = compare_scales(photo.scale, reading) if photo.scale else None
            notes[photo.photo.file_sha256, photo.view] = (note,) if note else ()
        return Marked(records=_noted(records, notes), seen=list(seen), client=client)
    statures = [_stature_cm(photo, reading) for photo, reading in readings]
    low, high = STATURE_LIMITS_CM
    if not statures or not low <= min(statures) <= max(statures) <= high:
        return Marked(records=list(records), seen=list(seen), client=client)
    stature_cm = sum(statures) / len(statures)
    relative_sd = max(
        math.hypot(photo.scale.relative_sd, reading.relative_sd)
        for photo, reading in readings
        if photo.scale
    )
    relative_sd = max(relative_sd, (max(statures) - min(statures)) / 2 / stature_cm)
    note = QualityNote(
        code="height_from_marker",
        severity="warning",
        text=f"no height was entered; by the marker the client is {stature_cm:.0f} cm tall "
        f"({stature_cm * (1 - 1.96 * relative_sd):.0f} to "
        f"{stature_cm * (1 + 1.96 * relative_sd):.0f}), and lengths are taken from that. "
        "A height that was measured gives narrower intervals.",
    )
    return Marked(
        records=_noted(records, {(p.photo.file_sha256, p.view): (note,) for p, _ in readings}),
        seen=[_scaled(photo, stature_cm, relative_sd) for photo in seen],
        client=replace(client, height_cm=stature_cm),
        relative_sd=relative_sd,
    )


def _stature_cm(photo: SeenPhoto, reading: ScaleReading) -> float:
    return photo.scale.stature_px / reading.px_per_cm if photo.scale else math.nan


def _scaled(photo: SeenPhoto, stature_cm: float, relative_sd: float) -> SeenPhoto:
    if photo.scale is None:
        return photo
    scale = replace(photo.scale, stature_cm=stature_cm, relative_sd=relative_sd)
    return replace(photo, scale=scale)


def _widened(measure: Measure, relative_sd: float) -> Measure:
    if measure.unit is not Unit.CENTIMETRES or measure.value is None:
        return measure
    added = 1.96 * relative_sd * measure.value
    value, low, high = measure.value, measure.low or 0.0, measure.high or 0.0
    return replace(
        measure,
        low=value - math.hypot(value - low, added),
        high=value + math.hypot(high - value, added),
    )


def _noted(records: Sequence[AssessedPhoto], notes: _Notes) -> list[AssessedPhoto]:
    return [
        replace(record, quality=record.quality + notes.get((record.file_sha256, record.view), ()))
        for record in records
    ]
