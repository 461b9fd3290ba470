"""What was found in a photo fit to measure, and what an estimator makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posture.anatomy import View
from posture.landmarks import LandmarkSet, Pose
from posture.results import Measure, QualityNote
from posture.scale import BodyScale
from posture.silhouette import Outline

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = ["Estimate", "SeenPhoto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPhoto:
    """A photo fit to measure, with everything found in it."""

    photo: Photo
    view: View
    pose: Pose
    extent: Outline | None
    landmarks: LandmarkSet
    scale: BodyScale | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an estimator adds: clinical landmarks per view, and measures with intervals.

    `notes` are its remarks on the photos, per view.
    """

    landmarks: Mapping[View, LandmarkSet]
    measures: tuple[Measure, ...]
    notes: Mapping[View, tuple[QualityNote, ...]] = field(default_factory=dict)
