"""From what each photo gave to the measures of a visit. Pure.

Photos are taken in rounds, each of which holds a view once. A measure is taken in every photo
and averaged over those of one view; left and right stay two numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from posture.anatomy import View
from posture.both_sides import disagreement
from posture.landmarks import LandmarkSet
from posture.measures import MEASURES, MeasureDefinition
from posture.measures.compute import compute_measures, not_measured
from posture.measures.posterior import waist_gaps
from posture.repeats import averaged
from posture.results import AssessedPhoto, Measure, QualityNote
from posture.seen import Estimate, SeenPhoto
from posture.silhouette import back_contour

__all__ = ["SAME_PHOTO", "Round", "in_rounds", "is_same_photo", "merge", "with_remarks"]

SAME_PHOTO = QualityNote(
    code="same_photo",
    severity="refused",
    text="this photo was given twice; only another photo, taken after the client has stepped "
    "away and stood up anew, tells more",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Photos of different views, with what an estimator made of them, if there is one."""

    seen: tuple[SeenPhoto, ...]
    estimate: Estimate | None


def is_same_photo(one: AssessedPhoto, other: AssessedPhoto) -> bool:
    """Whether both are one file, taken for the same view."""
    return one.file_sha256 == other.file_sha256 and one.view is other.view


def in_rounds(seen: Sequence[SeenPhoto]) -> list[list[SeenPhoto]]:
    """Return the photos in rounds: the first of every view, then the second, and so on."""
    rounds: list[list[SeenPhoto]] = []
    for photo in seen:
        free = (one for one in rounds if all(other.view is not photo.view for other in one))
        place = next(free, None)
        if place is None:
            rounds.append([photo])
        else:
            place.append(photo)
    return rounds


def merge(rounds: Sequence[Round], reasons: Mapping[str, str]) -> tuple[Measure, ...]:
    """Return one record per measure and view, in the table's order.

    A proxy stands only where its clinical measure is missing. `reasons` say per role why its
    photo was not used. What only a back view shows is left out where none was given.
    """
    taken: dict[str, dict[View | None, list[Measure]]] = {}
    for one in rounds:
        for measure in _measured(one):
            taken.setdefault(measure.id, {}).setdefault(measure.view, []).append(measure)
    found = {name: [averaged(same) for same in views.values()] for name, views in taken.items()}
    merged: list[Measure] = []
    for definition in MEASURES.values():
        if definition.stands_in_for is not None:
            stood_for = [
                measure
                for name in _clinical_of(definition.stands_in_for)
                for measure in found.get(name, [])
            ]
            done = {measure.view for measure in stood_for if measure.is_ok}
            merged += [m for m in found.get(definition.id, []) if m.view not in done]
        elif definition.id in found:
            merged += found[definition.id]
        elif definition.only_from is not View.BACK or "back" in reasons:
            merged.append(not_measured(definition, None, _absent(definition, reasons)))
    return tuple(merged)


def _clinical_of(measure: str) -> list[str]:
    """Return the clinical measure, and what a back view has in its place."""
    return [measure, *(m.id for m in MEASURES.values() if m.seen_from_front_as == measure)]


def _measured(one: Round) -> list[Measure]:
    """Return what each photo of a round gave.

    The estimator's measure goes first, since it knows of landmarks placed by hand and undoes
    the camera; where it has none, the measure on placed landmarks stands.
    """
    computed: dict[str, list[Measure]] = {}
    for photo in one.seen:
        contour = back_contour(photo.pose, photo.view)
        for measure in compute_measures(
            photo.landmarks,
            photo.view,
            scale=photo.scale,
            contour=contour,
            waist=waist_gaps(photo.pose, photo.view) if photo.view is View.BACK else (),
        ):
            computed.setdefault(measure.id, []).append(measure)
    for measure in one.estimate.measures if one.estimate else ():
        rivals = computed.setdefault(measure.id, [])
        same_view = [rival for rival in rivals if rival.view is measure.view]
        if measure.is_ok or not any(rival.is_ok for rival in same_view):
            rivals[:] = [rival for rival in rivals if rival.view is not measure.view]
            rivals.append(measure)
    return [measure for rivals in computed.values() for measure in rivals]


def _absent(definition: MeasureDefinition, reasons: Mapping[str, str]) -> str:
    if definition.plane == "lateral":
        roles: tuple[str, ...] = ("side",)
    else:
        roles = (definition.only_from.value,) if definition.only_from else ("front", "back")
    for role in roles:
        if role in reasons:
            return reasons[role]
    return f"no {roles[0]} photo was given"


def with_remarks(
    records: Sequence[AssessedPhoto], rounds: Sequence[Round], measures: Sequence[Measure]
) -> tuple[AssessedPhoto, ...]:
    """Return the photos with their landmarks and what the estimator remarked.

    Where left and right disagree, the last photo from the side says so.
    """
    photos = [_with_landmarks(record, rounds) for record in records]
    note = disagreement(measures)
    if note is not None:
        used = [i for i, p in enumerate(photos) if p.view.is_lateral and not p.is_refused]
        last = photos[used[-1]]
        photos[used[-1]] = replace(last, quality=(*last.quality, note))
    return tuple(photos)


def _with_landmarks(record: AssessedPhoto, rounds: Sequence[Round]) -> AssessedPhoto:
    if record.is_refused:
        return record
    for one in rounds:
        for photo in one.seen:
            if photo.photo.file_sha256 == record.file_sha256 and photo.view is record.view:
                estimated = one.estimate.landmarks.get(photo.view) if one.estimate else None
                landmarks = (estimated or LandmarkSet()).updated(photo.landmarks)
                notes = one.estimate.notes.get(photo.view, ()) if one.estimate else ()
                return replace(record, landmarks=landmarks, quality=(*record.quality, *notes))
    return record
