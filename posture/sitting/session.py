"""A sitting assessment: its photos, and what each gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture import assess
from posture.anatomy import View
from posture.capture.quality import picture_warnings
from posture.detect.smoothed import detect_patiently
from posture.errors import PhotoError
from posture.estimate.shipped import shipped_sha256
from posture.landmark_file import check_inside, with_placement_sd
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.results import Client, QualityNote
from posture.sitting.checks import refusal, view_of
from posture.sitting.estimate import SITTING_WEIGHTS_NAME, SittingEstimate, estimate_sitting

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.photo import Photo

__all__ = [
    "SittingPhoto",
    "SittingSession",
    "assess_sitting",
    "sitting_software",
]

_STATURE_OVER_TRUNK = 3.4
"""Stature over the length from hips to shoulders, about: placement errors are known as shares
of stature."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SittingPhoto:
    """One photo with what was found in it; `notes` are faults that it can be measured with."""

    photo: Photo
    view: View
    pose: Pose
    estimate: SittingEstimate
    notes: tuple[QualityNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SittingSession:
    """One sitting assessment. `created` is an ISO time, `software` what made the numbers."""

    client: Client
    created: str
    software: Mapping[str, str]
    photos: tuple[SittingPhoto, ...]


def sitting_software(variant: str) -> dict[str, str]:
    """Return what makes the numbers: versions, and the checksums of all weights."""
    weights = {SITTING_WEIGHTS_NAME: shipped_sha256(SITTING_WEIGHTS_NAME)}
    return {**assess.software_versions(variant), **weights}


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
        If nobody is found, if the client stands, is turned, or is not in the picture, or if it
        is too dark or blurred.
    InputError
        If a landmark lies outside its photo.
    """
    found = []
    for photo, from_side in ((side, True), (front, False)):
        if photo is None:
            continue
        pose = detect_patiently(photo.pixels, detector)
        if not isinstance(pose, Pose):
            raise PhotoError(f"{photo.name}: {pose.reason}", key="nobody", photo=photo.name)
        view = view_of(pose, from_side=from_side)
        refused = refusal(pose, view, name=photo.name)
        if refused is not None:
            raise refused
        notes = picture_warnings(pose.picture, photo.name)
        estimate = estimate_sitting(
            pose,
            view,
            pixels=photo.pixels,
            height_cm=client.height_cm,
            placed=_placed((placed or {}).get(view, LandmarkSet()), photo, pose, view),
        )
        found.append(
            SittingPhoto(photo=photo, view=view, pose=pose, estimate=estimate, notes=notes)
        )
    return SittingSession(client=client, created=created, software=software, photos=tuple(found))


def _placed(marks: LandmarkSet, photo: Photo, pose: Pose, view: View) -> Mapping[str, Landmark]:
    check_inside(marks, photo, view)
    trunk = pose.middle("hip") - pose.middle("shoulder")
    return with_placement_sd(marks, _STATURE_OVER_TRUNK * float((trunk @ trunk) ** 0.5))
