"""The one composition: photos of one client → assessment.

Every step is done by a module of its own; this one only says in which order, and turns
what a step could not do into a reason that the assessment carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from posture import __version__
from posture.anatomy import Method, View, placeable_landmarks
from posture.capture.eyes import Eyes
from posture.capture.in_photos import with_stickers
from posture.capture.level import AskedRoll, Levelled, as_given, level_landmarks
from posture.capture.quality import check_quality
from posture.capture.scale_aids import ScaleAids
from posture.capture.scales import with_scales
from posture.findings import find
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.merging import SAME_PHOTO, Round, in_rounds, is_same_photo, merge, with_remarks
from posture.results import AssessedPhoto, Assessment, Client, QualityNote
from posture.scale import BodyScale, body_length_px, body_scale, focal_length_px
from posture.seen import Estimate, SeenPhoto
from posture.silhouette import Outline, outline
from posture.suggest import suggest
from posture.views import as_stated, check_fitness, recognise_view

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.detect.agreement import CrossCheck
    from posture.photo import Photo

__all__ = [
    "Estimate",
    "Estimator",
    "GivenPhoto",
    "SeenPhoto",
    "assess",
    "role_of",
    "software_versions",
]

Role = Literal["front", "side", "back"]


def role_of(view: View) -> Role:
    """Return the role of the photo that shows a view."""
    if view.is_lateral:
        return "side"
    return "front" if view is View.FRONT else "back"


_DETECTOR_SD_FRACTION = 0.004
"""Placement error of a detector point, as a fraction of the client's height in the
picture: BlazePose works on a crop of 256 px, in which one pixel is 0.4–0.5 % of the
height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPhoto:
    """A photo as the user gave it. `view` is None where it is to be recognised.

    `placed` are landmarks placed by hand on this very photo, per view.
    """

    photo: Photo
    role: Role
    view: View | None
    placed: Mapping[View, LandmarkSet] = field(default_factory=dict)


class Estimator(Protocol):
    """Supplies the clinical landmarks and measures that no pose network returns.

    It heeds the landmarks that were placed by hand among those of the photos.
    """

    def estimate(self, photos: Sequence[SeenPhoto], client: Client) -> Estimate:
        """Return the estimate for all photos of one visit together."""
        ...


def assess(
    given: Sequence[GivenPhoto],
    detector: Detector,
    *,
    client: Client,
    created: str,
    software: Mapping[str, str],
    hand_placed: Mapping[View, LandmarkSet] | None = None,
    unread: Mapping[str, str] | None = None,
    estimator: Estimator | None = None,
    stickers: bool = False,
    scales: ScaleAids | None = None,
    check: CrossCheck | None = None,
    roll: AskedRoll = "off",
    eyes: Eyes | None = None,
) -> Assessment:
    """Return the assessment of one visit.

    Parameters
    ----------
    given
        The photos that could be read. Those of one view are measured one by one and averaged.
    detector
        Finds the person in each.
    client
        Who was photographed.
    created
        Time of the assessment, ISO 8601 with offset. Never read from a clock here.
    software
        Versions to record.
    hand_placed
        Landmarks placed by hand, per view, on its first photo that can be used; they replace
        estimated ones.
    unread
        Roles ("front", "side", "back") of photos that were given but could not be read,
        with the reason.
    estimator
        Supplies clinical landmarks and measures; without one they come by hand only.
    stickers
        Whether adhesive dots are looked for where the estimator expects landmarks; those
        found are placed landmarks, on which the estimate is made anew.
    scales
        What of known size is looked for: it checks the height entered, and stands in for it
        where there is none.
    check
        A second detector that looks at each photo fit to measure.
    roll
        The camera's roll in degrees, "auto" to read it from upright lines in each photo. Photos
        are levelled by it before anything is measured in them.
    eyes
        How pixels are read, where that is not done anew.

    Raises
    ------
    InputError
        If landmarks were placed outside their photo, or for a view that was not given.
    """
    eyes = eyes or Eyes()
    records: list[AssessedPhoto] = []
    seen: list[SeenPhoto] = []
    by_hand = dict(hand_placed or {})
    reasons = {role: f"the {role} photo could not be read" for role in unread or {}}
    for item in given:
        marks = {**by_hand, **item.placed}
        record, usable = _look(item, detector, client, marks, check, roll, eyes)
        if usable is not None and any(is_same_photo(record, other) for other in records):
            record, usable = replace(record, quality=(SAME_PHOTO,)), None
        records.append(record)
        if usable is not None:
            seen.append(usable)
            by_hand.pop(usable.view, None)
        else:
            reasons[item.role] = f"the {item.role} photo was refused: {record.refusal}"
        _expect_used(item.placed, [record], reasons)
    _expect_used(hand_placed or {}, records, reasons)
    measured, scaled = client, None
    if scales and not scales.is_empty and seen:
        scaled = with_scales(records, seen, client, scales, eyes.scales)
        records, seen, measured = scaled.records, scaled.seen, scaled.client
    rounds = []
    for photos in in_rounds(seen):
        estimate = estimator.estimate(photos, measured) if estimator else None
        if stickers and estimator and estimate:
            records, photos = with_stickers(records, photos, estimate, eyes.dots)
            estimate = estimator.estimate(photos, measured)
        if scaled and estimate:
            estimate = scaled.widened(estimate)
        rounds.append(Round(seen=tuple(photos), estimate=estimate))
    measures = merge(rounds, reasons)
    findings = find(measures)
    return Assessment(
        created=created,
        software=dict(software),
        client=client,
        photos=tuple(as_given(photo) for photo in with_remarks(records, rounds, measures)),
        measures=measures,
        findings=findings,
        suggestions=suggest(findings),
    )


def software_versions(variant: str) -> dict[str, str]:
    """Return what made the numbers: program, pose network and its weights' checksum."""
    from importlib import metadata

    from posture.detect import weights_sha256
    from posture.estimate.back import BACK_WEIGHTS_NAME
    from posture.estimate.close_up import networks_sha256
    from posture.estimate.kernel import WEIGHTS_NAME
    from posture.estimate.shipped import shipped_sha256

    return {
        "posture": __version__,
        "mediapipe": metadata.version("mediapipe"),
        f"pose_landmarker_{variant}.task": weights_sha256(variant),
        WEIGHTS_NAME: shipped_sha256(WEIGHTS_NAME),
        BACK_WEIGHTS_NAME: shipped_sha256(BACK_WEIGHTS_NAME),
        "close_ups": networks_sha256(),
    }


def _look(
    item: GivenPhoto,
    detector: Detector,
    client: Client,
    hand_placed: Mapping[View, LandmarkSet],
    check: CrossCheck | None,
    roll: AskedRoll,
    eyes: Eyes,
) -> tuple[AssessedPhoto, SeenPhoto | None]:
    """Detect, recognise the view, check fitness; refuse with a reason where it fails."""
    from posture.landmark_file import check_inside, with_placement_sd

    fallback = item.view or View.LEFT
    level = eyes.level(item.photo, detector, roll)
    photo, pose = level.photo, level.pose
    if not isinstance(pose, Pose):
        note = QualityNote(code="nobody", severity="refused", text=pose.reason)
        return _record(level, fallback, (note,)), None
    recognised = recognise_view(pose)
    view = item.view or (recognised.view if recognised.view.is_lateral else fallback)
    pose, recognised = as_stated(pose, recognised, view)
    extent = outline(pose)
    notes = check_fitness(pose, recognised, extent, role=item.role, view=view)
    notes += check_quality(
        pose,
        view,
        extent,
        is_fit=not _refuses(notes),
        has_camera_data=photo.focal_length_35mm is not None,
        is_front_camera=photo.is_front_camera,
    )
    if _refuses(notes):
        return _record(level, view, notes), None
    scale = _scale(photo, extent, view, client)
    height_px = scale.stature_px if scale else body_length_px(pose)
    by_hand = hand_placed.get(view, LandmarkSet())
    check_inside(by_hand, photo, view)
    if level.roll_deg is not None:
        size = (photo.width_px, photo.height_px)
        by_hand = level_landmarks(by_hand, size, level.roll_deg)
    by_hand = with_placement_sd(by_hand, height_px)
    landmarks = _detector_landmarks(pose, view, height_px).updated(by_hand)
    if check is not None:
        notes = (*notes, *check.notes(photo.pixels, pose, view, height_px))
    usable = SeenPhoto(
        photo=photo, view=view, pose=pose, extent=extent, landmarks=landmarks, scale=scale
    )
    return _record(level, view, notes), usable


def _refuses(notes: Sequence[QualityNote]) -> bool:
    return any(note.severity == "refused" for note in notes)


def _record(level: Levelled, view: View, notes: Sequence[QualityNote]) -> AssessedPhoto:
    return AssessedPhoto(
        view=view,
        file_sha256=level.photo.file_sha256,
        width_px=level.photo.width_px,
        height_px=level.photo.height_px,
        quality=(*notes, *level.notes),
        roll_deg=level.roll_deg,
        roll_source=level.source,
    )


def _scale(photo: Photo, extent: Outline | None, view: View, client: Client) -> BodyScale | None:
    if extent is None or extent.touches_top or extent.touches_bottom:
        return None
    focal_px = focal_length_px(photo.focal_length_35mm, photo.width_px, photo.height_px)
    return body_scale(extent, view, stature_cm=client.height_cm, focal_px=focal_px)


def _detector_landmarks(pose: Pose, view: View, height_px: float) -> LandmarkSet:
    """Return the detector's points, and the clinical landmarks it marks that this view shows."""
    sd_px = pose.point_sd_px or _DETECTOR_SD_FRACTION * height_px
    points = {
        name: Landmark(x_px=point.x_px, y_px=point.y_px, method=Method.PROXY, sd_px=sd_px)
        for name, point in pose.points.items()
        if name not in pose.unmeasured
    }
    shown = placeable_landmarks(view)
    return LandmarkSet(points | {n: mark for n, mark in pose.landmarks.items() if n in shown})


def _expect_used(
    hand_placed: Mapping[View, LandmarkSet],
    records: list[AssessedPhoto],
    failed: Mapping[str, str],
) -> None:
    """Refuse landmarks of a view that was not given; a photo that failed may have been it."""
    from posture.errors import InputError

    views = {record.view for record in records}
    unused = sorted(
        view.value
        for view in hand_placed
        if view not in views and ("side" if view.is_lateral else view.value) not in failed
    )
    if unused and records:
        found = ", ".join(sorted(view.value for view in views))
        raise InputError(
            f"Landmarks were placed for the view {', '.join(unused)}, but the photos show: "
            f"{found}. Correct the view's name in the landmarks file, or add the photo."
        )
