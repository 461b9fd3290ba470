"""From a photo to a top-down network's input, and from its outputs back to the photo.

NumPy, and OpenCV to warp. Pixels as everywhere: the centre of the top-left one is (0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posture.silhouette import outline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posture.landmarks import Pose

__all__ = ["Crop", "Placed", "decode_heatmaps", "decode_simcc", "person_box"]

_SMOOTHING_PX = 11
"""Width of the kernel that smooths a heat map before its peak is refined, as in DARK
(Zhang et al. 2020, doi:10.1109/CVPR42600.2020.00712)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Points of one person: `xy_px` of shape (K, 2), `score` of shape (K,) in [0, 1]."""

    xy_px: NDArray[np.float64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crop:
    """Which part of a photo a network sees: photo · `scale` + `shift` = input, per axis."""

    width_px: int
    height_px: int
    scale: NDArray[np.float64]
    shift: NDArray[np.float64]

    @classmethod
    def around(
        cls,
        box: NDArray[np.float64],
        size: tuple[int, int],
        *,
        padding: float,
        corners_meet: bool,
    ) -> Crop:
        """Return the crop for a person's box.

        Parameters
        ----------
        box
            Left, top, right and bottom, shape (4,), pixels.
        size
            Width and height of the network's input.
        padding
            Multiple of the box; then it grows to the input's proportions.
        corners_meet
            Whether the centres of the corner pixels stand for the crop's corners, as in
            networks trained with unbiased data processing (Huang et al. 2020,
            doi:10.1109/CVPR42600.2020.00574), or the pixels' outer edges.
        """
        width_px, height_px = size
        middle = (box[:2] + box[2:]) / 2.0
        wide, high = (box[2:] - box[:2]) * padding
        wide = max(wide, high * width_px / height_px)
        extent = np.array([wide, wide * height_px / width_px])
        span = np.array(size, dtype=np.float64) - (1.0 if corners_meet else 0.0)
        scale = span / extent
        return cls(
            width_px=width_px, height_px=height_px, scale=scale, shift=span / 2.0 - middle * scale
        )

    def cut(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return what the network sees of a photo, shape (height_px, width_px, 3).

        A large photo is averaged first, so that no pixel is skipped.
        """
        import cv2

        times = int(1.0 / self.scale.max())
        scale, shift = self.scale, self.shift
        if times > 1:
            height, width = pixels.shape[:2]
            small = (max(1, width // times), max(1, height // times))
            ratio = np.array(small, dtype=np.float64) / (width, height)
            pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
            shift = shift + scale * (0.5 / ratio - 0.5)
            scale = scale / ratio
        matrix = np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])
        return np.asarray(
            cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (self.width_px, self.height_px)),
            np.uint8,
        )

    def to_photo(self, xy_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points of the input as points of the photo, shape (K, 2)."""
        placed: NDArray[np.float64] = (xy_px - self.shift) / self.scale
        return placed


def person_box(pose: Pose) -> NDArray[np.float64]:
    """Return left, top, right and bottom of the person: points, crown and soles together."""
    points = np.array([(point.x_px, point.y_px) for point in pose.points.values()])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    extent = outline(pose)
    if extent is not None:
        top, bottom = min(top, extent.crown_y_px), max(bottom, extent.sole_y_px)
    return np.array([left, top, max(right, left + 1.0), max(bottom, top + 1.0)])


def decode_simcc(across: NDArray[np.float32], down: NDArray[np.float32], crop: Crop) -> Placed:
    """Return the points of two rows of bins each, in pixels of the input.

    Parameters
    ----------
    across, down
        Shapes (K, a · width) and (K, b · height): one classification a point and axis (Li et
        al. 2022, SimCC). The score is the lesser of the two peaks.
    crop
        Gives the input's size.
    """
    bins = np.stack([across.argmax(axis=1), down.argmax(axis=1)], axis=1)
    per_px = np.array([across.shape[1] / crop.width_px, down.shape[1] / crop.height_px])
    peaks = np.minimum(across.max(axis=1), down.max(axis=1))
    return Placed(xy_px=bins / per_px, score=np.clip(peaks.astype(np.float64), 0.0, 1.0))


def decode_heatmaps(maps: NDArray[np.float32], crop: Crop, *, corners_meet: bool) -> Placed:
    """Return the points of heat maps of shape (K, h, w), in pixels of the input.

    The peak is refined to the vertex of a parabola through the logarithm of the smoothed
    map, one axis at a time: exact for a round bell, which these networks are trained on.
    """
    import cv2

    count, rows, columns = maps.shape
    found = np.empty((count, 2))
    for index, single in enumerate(maps):
        bell = np.log(
            np.maximum(cv2.GaussianBlur(single, (_SMOOTHING_PX, _SMOOTHING_PX), 0), 1e-10)
        )
        row, column = divmod(int(single.argmax()), columns)
        found[index] = column + _vertex(bell[row], column), row + _vertex(bell[:, column], row)
    size = np.array([columns, rows], dtype=np.float64)
    whole = np.array([crop.width_px, crop.height_px], dtype=np.float64)
    factor = (whole - 1.0) / (size - 1.0) if corners_meet else whole / size
    peaks = maps.reshape(count, -1).max(axis=1).astype(np.float64)
    return Placed(xy_px=found * factor, score=np.clip(peaks, 0.0, 1.0))


def _vertex(line: NDArray[np.float32], peak: int) -> float:
    """Return how far off its highest sample a line's vertex lies, at most one sample."""
    if not 0 < peak < len(line) - 1:
        return 0.0
    before, here, after = (float(line[peak + step]) for step in (-1, 0, 1))
    bend = before - 2.0 * here + after
    return float(np.clip((before - after) / (2.0 * bend), -1.0, 1.0)) if bend < 0.0 else 0.0
