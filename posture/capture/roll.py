"""The camera's roll from upright edges of the room: door frames, cupboards, a plumb line.

Upright edges lean alike in a level picture. A rolled camera turns all of them by its roll; one
that looks up or down spreads them like a fan, in proportion to their place across the
picture. Both are fitted together by the largest agreement among the edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.capture.asked_roll import MOST_ROLL_DEG
from posture.capture.edges import straight_edges

__all__ = ["MOST_ROLL_DEG", "MOST_ROLL_SD_DEG", "RollReading", "estimate_roll"]

Array = NDArray[np.float64]

_LONG_SIDE_PX = 1200
_MIN_LENGTH = 0.04
_STEEPEST_LEAN_DEG = 15.0
_MOST_FAN_DEG = 8.0
"""How far edges at the picture's rim may lean against those in its middle."""

_AGREE_DEG = 0.35
_LEAST_SUPPORT = 0.22
_LEAST_SHARE = 0.55
_FAN_PRIOR_DEG = 3.0
_EDGE_SD_DEG = 0.25
_FLOOR_SD_DEG = 0.1
MOST_ROLL_SD_DEG = 0.29
_OFF_CENTRE = 0.08
"""How far, in half widths, the lens's axis may lie beside the middle of a photo that was cropped:
the fan opens about that axis."""

_INSIDE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class RollReading:
    """The camera's roll, positive where the picture's content is turned anticlockwise.

    `edges` is how many edges agree on it.
    """

    roll_deg: float
    sd_deg: float
    edges: int


def estimate_roll(
    pixels: NDArray[np.uint8], person_mask: NDArray[np.float32] | None
) -> RollReading | None:
    """Return the camera's roll, or None where the picture does not tell it beyond doubt.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).
    person_mask
        Values in [0, 1] that cover the whole photo at any resolution; edges on the person
        are left out, since a straight limb or seam is not plumb.
    """
    middle, lean, length = _upright_edges(pixels, person_mask)
    if not len(lean):
        return None
    roll, fan = _most_agreed(middle, lean, length)
    agree = np.abs(lean - roll - fan * middle) < 2 * _AGREE_DEG
    support = float(length[agree].sum())
    if support < _LEAST_SUPPORT or support < _LEAST_SHARE * float(length.sum()):
        return None
    roll, sd = _fitted(middle[agree], lean[agree], length[agree])
    if sd > MOST_ROLL_SD_DEG or abs(roll) > MOST_ROLL_DEG:
        return None
    return RollReading(roll_deg=roll, sd_deg=sd, edges=int(agree.sum()))


def _upright_edges(
    pixels: NDArray[np.uint8], person_mask: NDArray[np.float32] | None
) -> tuple[Array, Array, Array]:
    """Return place across (−1 to 1), lean (degrees) and length (of the height) of each edge."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    shrink = min(1.0, _LONG_SIDE_PX / max(grey.shape))
    grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = grey.shape
    ends = straight_edges(np.asarray(grey, dtype=np.uint8))
    across, down = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    sign = np.where(down < 0, -1.0, 1.0)
    # A picture turned anticlockwise carries the top of an upright edge to the left.
    lean = np.degrees(np.arctan2(across * sign, down * sign))
    length = np.hypot(across, down) / height
    x, y = (ends[:, 0] + ends[:, 2]) / 2, (ends[:, 1] + ends[:, 3]) / 2
    kept = (length > _MIN_LENGTH) & (np.abs(lean) < _STEEPEST_LEAN_DEG)
    if person_mask is not None:
        rows = np.clip(y / height * person_mask.shape[0], 0, person_mask.shape[0] - 1)
        columns = np.clip(x / width * person_mask.shape[1], 0, person_mask.shape[1] - 1)
        reach = 2 * (person_mask.shape[1] // 60) + 1
        grown = cv2.dilate(person_mask, np.ones((reach, reach), dtype=np.uint8))
        kept &= grown[rows.astype(int), columns.astype(int)] < _INSIDE
    return (2 * x / width - 1)[kept], lean[kept], length[kept]


def _most_agreed(middle: Array, lean: Array, length: Array) -> tuple[float, float]:
    """Return the roll and the fan on which most length of edge agrees."""
    rolls = np.arange(-MOST_ROLL_DEG, MOST_ROLL_DEG + 0.01, 0.1)
    fans = np.arange(-_MOST_FAN_DEG, _MOST_FAN_DEG + 0.01, 0.25)
    best = (-1.0, 0.0, 0.0)
    for fan in fans:
        off = np.abs(lean - fan * middle - rolls[:, None])
        votes = (np.clip(1 - off / _AGREE_DEG, 0, None) * length).sum(axis=1)
        votes = votes - 0.002 * abs(fan)
        index = int(np.argmax(votes))
        best = max(best, (float(votes[index]), float(rolls[index]), float(fan)))
    return best[1], best[2]


def _fitted(middle: Array, lean: Array, length: Array) -> tuple[float, float]:
    """Return the roll and its standard deviation by weighted least squares."""
    design = np.stack([np.ones_like(middle), middle], axis=1)
    weight = length / length.mean() / _EDGE_SD_DEG**2
    information = design.T @ (design * weight[:, None]) + np.diag([0.0, _FAN_PRIOR_DEG**-2])
    covariance = np.linalg.inv(information)
    roll, fan = covariance @ design.T @ (weight * lean)
    spread = float(np.sqrt(np.mean((lean - roll - fan * middle) ** 2)))
    factor = max(1.0, spread / _EDGE_SD_DEG)
    fitted, cropped = np.sqrt(covariance[0, 0]) * factor, _OFF_CENTRE * fan
    return float(roll), float(np.sqrt(fitted**2 + cropped**2 + _FLOOR_SD_DEG**2))
