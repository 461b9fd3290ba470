"""BlazePose through MediaPipe's PoseLandmarker. The only module that runs mediapipe.

MediaPipe's coordinates are fractions of the picture, x by its width and y by its height;
they become pixels here, once. So do its index numbers become names.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from posture.anatomy import DETECTOR_POINTS
from posture.capture.quality_picture import with_reading
from posture.closing import Closing
from posture.detect import NoPose
from posture.detect.checks import expect_rgb
from posture.detect.quiet import native_noise_logged
from posture.detect.second_look import painted_over, stands_beside
from posture.errors import WeightsError
from posture.landmarks import Keypoint, Pose
from posture.shrinking import shrunk, size_within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["BlazePoseDetector"]

_MAX_PEOPLE = 4
_MIN_CONFIDENCE = 0.5

_MAX_SIDE_PX = 1280
"""Larger photos are reduced to this before detection. BlazePose looks at a person through
256 × 256 pixels: on photos of 2240 × 1680 the reduction moves the points by no more than
cropping a few pixels off the edge does (docs/decisions/0002-weights.md), and it averages
pixels where MediaPipe would skip them."""

_SECOND_LOOK_PX = 448
"""Longer side of the copy in which others are looked for. The network for that sees 224."""

_MIN_SIDE_PX = 32
"""Below this no body can be told apart."""


class BlazePoseDetector(Closing):
    """Finds the person in a photo with BlazePose.

    The network is loaded once and serves every photo. Use it in a `with` statement or call
    `close`; it must not be left to the interpreter's exit.

    Parameters
    ----------
    weights
        A `.task` bundle, as `posture.detect.find_weights` gives.
    max_side_px
        Larger photos are reduced to this before detection; results are in pixels of the
        photo as given.

    Raises
    ------
    WeightsError
        If the bundle cannot be loaded.
    """

    def __init__(self, weights: Path, *, max_side_px: int = _MAX_SIDE_PX) -> None:
        self._max_side_px = max_side_px
        self._landmarker: Any = None
        if not weights.is_file():
            raise WeightsError(
                f"Expected BlazePose weights at {weights}, found none. Run `posture models fetch`."
            )
        with native_noise_logged():
            self._landmarker = _load(weights)

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        """Return the most central and largest person of a photo, or why there is none.

        Parameters
        ----------
        pixels
            The upright photo, sRGB, uint8 of shape (H, W, 3), in any memory layout.

        Raises
        ------
        ValueError
            If `pixels` has another shape or type, or the detector was closed.
        """
        if self._landmarker is None:
            raise ValueError("expected an open detector, found a closed one")
        expect_rgb(pixels)
        height_px, width_px = pixels.shape[:2]
        if min(height_px, width_px) < _MIN_SIDE_PX:
            return NoPose(
                reason=f"Expected a photo of at least {_MIN_SIDE_PX} pixels each way, found "
                f"{width_px} × {height_px}; give a larger one."
            )
        with native_noise_logged():
            reduced = shrunk(pixels, size_within(pixels, self._max_side_px))
            found = self._run(reduced)
        if not found.pose_landmarks:
            return NoPose(
                reason="Expected a person in the photo, found nobody. Give a photo of the whole "
                "body, upright, against a plain background."
            )
        chosen = _most_central_and_largest(found.pose_landmarks, width_px, height_px)
        masks = found.segmentation_masks
        pose = Pose(
            points=_points(
                found.pose_landmarks[chosen],
                found.pose_world_landmarks[chosen],
                width_px,
                height_px,
            ),
            silhouette=_mask(masks[chosen]) if masks else None,
            width_px=width_px,
            height_px=height_px,
            people_count=len(found.pose_landmarks),
        )
        return with_reading(self._with_others(pose, reduced), reduced)

    def close(self) -> None:
        """Free the network. Closing twice does nothing."""
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            with native_noise_logged():
                landmarker.close()

    def _with_others(self, pose: Pose, reduced: NDArray[np.uint8]) -> Pose:
        """Return the pose with the count of people that a second look gives."""
        if pose.people_count > 1 or pose.silhouette is None:
            return pose
        small = shrunk(reduced, size_within(reduced, _SECOND_LOOK_PX))
        with native_noise_logged():
            again = self._run(painted_over(small, pose))
        size = pose.width_px, pose.height_px
        others = [
            replace(pose, points=_points(person, world, *size))
            for person, world in zip(again.pose_landmarks, again.pose_world_landmarks, strict=True)
        ]
        beside = sum(stands_beside(other, pose) for other in others)
        return replace(pose, people_count=1 + beside)

    def _run(self, pixels: NDArray[np.uint8]) -> Any:
        from mediapipe.tasks.python.vision.core.image import Image, ImageFormat

        return self._landmarker.detect(Image(ImageFormat.SRGB, pixels))


def _load(weights: Path) -> Any:
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions

    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights)),
        num_poses=_MAX_PEOPLE,
        min_pose_detection_confidence=_MIN_CONFIDENCE,
        min_pose_presence_confidence=_MIN_CONFIDENCE,
        output_segmentation_masks=True,
    )
    try:
        return PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError, OSError) as error:
        raise WeightsError(
            f"Expected a PoseLandmarker bundle at {weights}, but it cannot be loaded "
            f"({str(error).splitlines()[0]}). Run `posture models fetch --force`."
        ) from error


def _most_central_and_largest(
    people: Sequence[Sequence[Any]], width_px: int, height_px: int
) -> int:
    """Return the index of the person whose size, less the distance off the middle, is greatest.

    The size is the diagonal of the box around the points. Both are taken as fractions of
    the photo's diagonal.
    """
    diagonal = math.hypot(width_px, height_px)

    def prominence(person: Sequence[Any]) -> float:
        xs = [point.x * width_px for point in person]
        ys = [point.y * height_px for point in person]
        size = math.hypot(max(xs) - min(xs), max(ys) - min(ys))
        middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
        off_centre = math.hypot(middle_x - width_px / 2, middle_y - height_px / 2)
        return (size - off_centre) / diagonal

    return max(range(len(people)), key=lambda index: prominence(people[index]))


def _points(
    person: Sequence[Any], world: Sequence[Any], width_px: int, height_px: int
) -> dict[str, Keypoint]:
    """Return the points by name, in pixels.

    A fraction 0 is the left or upper edge of the picture, half a pixel before the centre of
    the first pixel. Depth is a fraction of the width.
    """
    return {
        name: Keypoint(
            x_px=point.x * width_px - 0.5,
            y_px=point.y * height_px - 0.5,
            z_px=point.z * width_px,
            visibility=min(1.0, max(0.0, float(point.visibility or 0.0))),
            world_m=(metric.x, metric.y, metric.z),
        )
        for name, point, metric in zip(DETECTOR_POINTS, person, world, strict=True)
    }


def _mask(image: Any) -> NDArray[np.float32]:
    """Return a copy of the mask of shape (H, W); the view dies with MediaPipe's image."""
    view = np.asarray(image.numpy_view(), dtype=np.float32)
    return np.clip(view.reshape(view.shape[:2]), 0.0, 1.0)
