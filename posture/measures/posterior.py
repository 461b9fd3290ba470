"""The waist triangles of a back view: the gaps between trunk and arms. Pure; NumPy only.

A deeper triangle on one side is one of the signs that screening for a trunk shifted or bent
sideways looks for (Zaina et al. 2009, Scoliosis 4:3, TRACE). It is read off the outline: no
landmark shows it, and it hangs on how the arms hang.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.landmarks import Pose

__all__ = ["WAIST", "WAIST_HIDDEN", "WAIST_LEVELS", "WAIST_SD", "Gap", "asymmetry", "waist_gaps"]

WAIST = "waist_asymmetry_cm"

WAIST_SD = 0.0055
"""Error of the asymmetry read off a network's silhouette, as a share of stature: the root mean
square on back views of synthetic clients, whose true asymmetries have a deviation of 0.0063."""

WAIST_HIDDEN = (
    "the gaps between trunk and arms are not both open in the outline; let the arms hang a "
    "little away from the body, in close-fitting clothes"
)

WAIST_LEVELS = tuple(float(share) for share in np.linspace(0.25, 0.60, 15))
"""Heights at which the gaps are read, from the hips (0) up to the shoulders (1)."""

_LEAST_LEVELS = 4
_INSIDE = 0.5

Gap = tuple[float | None, float | None]


def asymmetry(gaps: Sequence[Gap]) -> float | None:
    """Return by how much the right gap is wider than the left, over the heights with both.

    `gaps` are (left, right) from the client, None where there is none. None where fewer than
    four heights show both.

    >>> asymmetry([(3.0, 4.0)] * 5 + [(None, 4.0)])
    1.0
    """
    both = [right - left for left, right in gaps if left is not None and right is not None]
    return float(np.mean(both)) if len(both) >= _LEAST_LEVELS else None


def waist_gaps(pose: Pose, view: View) -> tuple[Gap, ...]:
    """Return the gaps at `WAIST_LEVELS` in pixels of the photo, (left, right) from the client.

    A row of the silhouette is followed outward from the trunk's axis: where it first falls
    below one half the trunk ends, where it next rises above it the arm begins.
    """
    mask = pose.silhouette
    if mask is None or view.is_lateral:
        return ()
    hips, shoulders = pose.middle("hip"), pose.middle("shoulder")
    row_scale, column_scale = pose.height_px / mask.shape[0], pose.width_px / mask.shape[1]
    to_right = int(view.body_x_sign)
    gaps: list[Gap] = []
    for share in WAIST_LEVELS:
        x_px, y_px = hips + share * (shoulders - hips)
        row, column = int((y_px + 0.5) / row_scale), int((x_px + 0.5) / column_scale)
        if not (0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]):
            gaps.append((None, None))
            continue
        left, right = (
            _gap(mask[row, column::step] if step > 0 else mask[row, column::-1])
            for step in (-to_right, to_right)
        )
        gaps.append(
            (
                None if left is None else left * column_scale,
                None if right is None else right * column_scale,
            )
        )
    return tuple(gaps)


def _gap(outward: NDArray[np.float32]) -> float | None:
    """Return the width of the first gap on the way out of the trunk, in columns."""
    inside = outward >= _INSIDE
    if not inside[0]:
        return None
    turns = np.flatnonzero(np.diff(inside.astype(np.int8)))
    if len(turns) < 2:
        return None
    edges = [float(k + (outward[k] - _INSIDE) / (outward[k] - outward[k + 1])) for k in turns[:2]]
    return edges[1] - edges[0]
