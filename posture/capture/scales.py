"""What things of known size in the photos of a visit change: a check on the height, or a scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from posture.capture.markers import DISAGREEMENT_SD, ScaleReading, compare_scales
from posture.capture.scale_aids import (
    NOMINAL_STATURE_CM,
    LookForScales,
    ScaleAids,
    read_scales,
    scales_in,
)
from posture.client_facts import STATURE_LIMITS_CM
from posture.results import AssessedPhoto, Client, Measure, QualityNote, Unit
from posture.scale import BodyScale
from posture.seen import Estimate, SeenPhoto

__all__ = ["Scaled", "with_scales"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scaled:
    """The photos of a visit with a scale from things of known size, where that was needed.

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """What one thing in one photo says of the client's height."""

    photo: SeenPhoto
    reading: ScaleReading
    stature_cm: float
    relative_sd: float


def with_scales(
    records: Sequence[AssessedPhoto],
    seen: Sequence[SeenPhoto],
    client: Client,
    aids: ScaleAids,
    look: LookForScales = scales_in,
) -> Scaled:
    """Read what is of known size in each photo.

    It checks a height that was entered and never replaces it. Where none was entered, it gives
    the height, with its error; where two things contradict each other, it does not. `look` finds
    what only the pixels show.

    Raises
    ------
    InputError
        If a known length was clicked outside its photo, or is none.
    """
    readings = read_scales(seen, aids, look)
    notes = [*_missed(seen, readings, aids), *_mirrored(readings)]
    told = [_told(photo, reading) for photo, reading in readings if photo.scale]
    if client.height_cm is not None:
        for photo, reading in readings:
            note = compare_scales(photo.scale, reading) if photo.scale else None
            notes += [(photo, note)] if note else []
        alone = [_scaled_alone(photo, readings, client) for photo in seen]
        return Scaled(records=_noted(records, notes), seen=alone, client=client)
    unused = _why_unused(readings, told)
    if unused is not None:
        notes.append((readings[0][0], unused))
    if not told or unused:
        alone = [_scaled_alone(photo, readings, client) for photo in seen]
        return Scaled(records=_noted(records, notes), seen=alone, client=client)
    stature_cm, relative_sd = _together(told)
    notes += _height_notes(told, stature_cm, relative_sd)
    return Scaled(
        records=_noted(records, notes),
        seen=[_scaled(photo, stature_cm, relative_sd) for photo in seen],
        client=replace(client, height_cm=stature_cm),
        relative_sd=relative_sd,
    )


def _missed(
    seen: Sequence[SeenPhoto],
    readings: Sequence[tuple[SeenPhoto, ScaleReading]],
    aids: ScaleAids,
) -> list[tuple[SeenPhoto, QualityNote]]:
    """Say so where a sheet was asked for and none of the photos shows one beyond doubt."""
    if not aids.paper or not seen or any(r.source == "sheet of paper" for _, r in readings):
        return []
    text = (
        "expected one sheet of paper, found none beyond doubt. Hold it flat beside the body, "
        "facing the camera, before something darker, all four corners in sight."
    )
    return [(seen[0], QualityNote(code="no_paper", severity="warning", text=text))]


def _mirrored(
    readings: Sequence[tuple[SeenPhoto, ScaleReading]],
) -> list[tuple[SeenPhoto, QualityNote]]:
    """Say which photos a printed thing shows to be flipped."""
    flipped = {id(photo): (photo, reading) for photo, reading in readings if reading.is_mirrored}
    return [(photo, _flipped_note(reading.source)) for photo, reading in flipped.values()]


def _flipped_note(source: str) -> QualityNote:
    text = (
        f"the {source} shows that the photo is mirrored: the client's left and right are swapped "
        "in it. Flip it back, or give the camera's own photo, not one of a mirror or a front "
        "camera."
    )
    return QualityNote(code="mirrored", severity="warning", text=text)


def _told(photo: SeenPhoto, reading: ScaleReading) -> _Told:
    scale = photo.scale
    assert scale is not None  # asked for photos with one
    return _Told(
        photo=photo,
        reading=reading,
        stature_cm=scale.stature_px / reading.px_per_cm,
        relative_sd=math.hypot(scale.relative_sd, reading.relative_sd),
    )


def _why_unused(
    readings: Sequence[tuple[SeenPhoto, ScaleReading]], told: Sequence[_Told]
) -> QualityNote | None:
    """Return why what was found gives no height, None where it does or nothing was found."""
    if not readings:
        return None
    if not told:
        text = (
            f"the {readings[0][1].source} was found, but head and soles are not both in the photo, "
            "so it does not give the client's height: estimated lengths stay in % of height. "
            "Enter the height, or take the photo from head to feet."
        )
        return QualityNote(code="scale_without_height", severity="warning", text=text)
    low, high = STATURE_LIMITS_CM
    odd = next((one for one in told if not low <= one.stature_cm <= high), None)
    if odd is not None:
        text = (
            f"the {odd.reading.source} makes the client {odd.stature_cm:.0f} cm tall, so it is not "
            "used. Enter the height, or see that it is at the body and of the size stated."
        )
        return QualityNote(code="scale_implausible", severity="warning", text=text)
    return _contradiction(told)


def _contradiction(told: Sequence[_Told]) -> QualityNote | None:
    """Return a note on the two that lie furthest apart beyond their errors."""
    apart = [
        (abs(math.log(one.stature_cm / two.stature_cm)) / _sd_between(one, two), one, two)
        for one, two in combinations(told, 2)
    ]
    worst = max(apart, key=lambda item: item[0], default=None)
    if worst is None or worst[0] <= DISAGREEMENT_SD:
        return None
    _, one, two = worst
    return QualityNote(
        code="scales_contradict",
        severity="warning",
        text=f"the {one.reading.source} makes the client {one.stature_cm:.0f} cm tall, the "
        f"{two.reading.source} {two.stature_cm:.0f} cm, so lengths stay in % of height. Enter "
        "the height, or see that both are at the body and of the size stated.",
    )


def _sd_between(one: _Told, two: _Told) -> float:
    """Two things in one photo share the error of the body's outline."""
    if one.photo is two.photo:
        return math.hypot(one.reading.relative_sd, two.reading.relative_sd)
    return math.hypot(one.relative_sd, two.relative_sd)


def _together(told: Sequence[_Told]) -> tuple[float, float]:
    """Return the weighted mean height and its relative error.

    The error is that of the surest one, or half the range: what they err by is alike (how far
    the thing is held off the body's plane), so that more of them are hardly surer.
    """
    weights = np.array([one.relative_sd**-2 for one in told])
    statures = np.array([one.stature_cm for one in told])
    mean = float(weights @ statures / weights.sum())
    surest = min(one.relative_sd for one in told)
    return mean, max(surest, float(np.ptp(statures)) / 2 / mean)


def _height_notes(
    told: Sequence[_Told], stature_cm: float, relative_sd: float
) -> list[tuple[SeenPhoto, QualityNote]]:
    sources = " and the ".join(dict.fromkeys(one.reading.source for one in told))
    low, high = (stature_cm * (1 + side * 1.96 * relative_sd) for side in (-1, 1))
    note = QualityNote(
        code="height_from_scale",
        severity="warning",
        text=f"no height was entered; by the {sources} the client is {stature_cm:.0f} cm tall "
        f"({low:.0f} to {high:.0f}), and lengths are taken from that. "
        "A height that was measured gives narrower intervals.",
    )
    first = {id(one.photo): one.photo for one in told}
    return [(photo, note) for photo in first.values()]


def _scaled_alone(
    photo: SeenPhoto, readings: Sequence[tuple[SeenPhoto, ScaleReading]], client: Client
) -> SeenPhoto:
    """Give a photo without crown or soles the scale of the surest thing in it.

    That serves what is measured on placed landmarks. An estimate needs the height.
    """
    here = [reading for other, reading in readings if other is photo]
    if photo.scale is not None or not here:
        return photo
    surest = min(here, key=lambda reading: reading.relative_sd)
    stature_cm = client.height_cm or NOMINAL_STATURE_CM
    scale = BodyScale(
        stature_px=surest.px_per_cm * stature_cm,
        relative_sd=surest.relative_sd,
        stature_cm=stature_cm,
    )
    return replace(photo, scale=scale)


def _scaled(photo: SeenPhoto, stature_cm: float, relative_sd: float) -> SeenPhoto:
    if photo.scale is None:
        return photo
    scale: BodyScale = replace(photo.scale, stature_cm=stature_cm, relative_sd=relative_sd)
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


def _noted(
    records: Sequence[AssessedPhoto], notes: Sequence[tuple[SeenPhoto, QualityNote]]
) -> list[AssessedPhoto]:
    """Return the records with the notes on their photos."""
    here: dict[tuple[str, object], tuple[QualityNote, ...]] = {}
    for photo, note in notes:
        key = (photo.photo.file_sha256, photo.view)
        here[key] = (*here.get(key, ()), note)
    return [
        replace(record, quality=record.quality + here.get((record.file_sha256, record.view), ()))
        for record in records
    ]
