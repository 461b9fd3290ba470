"""The client's outline: crown and sole, and the edge of the back. NumPy only.

A silhouette is the mask of `Pose`: values in [0, 1] of shape (H, W), at any resolution,
covering the whole photo. Everything returned is in pixels of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.landmarks import Pose

__all__ = ["Outline", "back_contour", "edges_of_runs", "outline"]

_INSIDE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """How far the silhouette reaches, in pixels of the photo.

    `touches_top`, `touches_bottom` tell whether it runs out of the picture, in which case
    crown or sole are not in it.
    """

    crown_y_px: float
    sole_y_px: float
    touches_top: bool
    touches_bottom: bool

    @property
    def height_px(self) -> float:
        """Distance from crown to sole."""
        return self.sole_y_px - self.crown_y_px


def outline(pose: Pose) -> Outline | None:
    """Return the extent of the silhouette that holds the hips, or None without one.

    Only rows joined to the hips' row count, so that a stray blob above the head or a
    shadow beside the feet adds nothing.
    """
    mask = pose.silhouette
    if mask is None:
        return None
    row_scale, filled = pose.height_px / mask.shape[0], mask.max(axis=1)
    hips_y_px = float(pose.middle("hip")[1])
    start = int(np.clip((hips_y_px + 0.5) / row_scale, 0, mask.shape[0] - 1))
    if filled[start] < _INSIDE:
        return None
    empty = np.flatnonzero(filled < _INSIDE)
    above, below = empty[empty < start], empty[empty > start]
    first = int(above[-1]) + 1 if above.size else 0
    last = int(below[0]) - 1 if below.size else mask.shape[0] - 1
    return Outline(
        crown_y_px=_crossing(filled, first, -1) * row_scale - 0.5,
        sole_y_px=_crossing(filled, last, +1) * row_scale - 0.5,
        touches_top=not above.size,
        touches_bottom=not below.size,
    )


def _crossing(filled: NDArray[np.float32], row: int, step: int) -> float:
    """Return where the mask crosses one half beyond `row`, in mask rows counted by edges."""
    outside = row + step
    centre = row + 0.5
    if not 0 <= outside < len(filled):
        return centre + 0.5 * step
    inner, outer = float(filled[row]), float(filled[outside])
    return centre + step * (inner - _INSIDE) / max(inner - outer, 1e-6)


def back_contour(pose: Pose, view: View) -> NDArray[np.float64] | None:
    """Return the rear edge of the silhouette in a side view, top to bottom.

    Returns
    -------
    ndarray, shape (N, 2)
        One point per mask row from the shoulders' to the hips' neighbourhood, in pixels;
        None without a silhouette. The run of the mask that holds the line from mid-shoulder
        to mid-hip is followed, so that an arm held away from the body is left out.
    """
    mask = pose.silhouette
    if mask is None or not view.is_lateral:
        return None
    row_scale = pose.height_px / mask.shape[0]
    column_scale = pose.width_px / mask.shape[1]
    shoulder, hip = pose.middle("shoulder"), pose.middle("hip")
    torso = hip[1] - shoulder[1]
    if torso <= 0:
        return None
    first = int(max(0.0, (shoulder[1] - 0.35 * torso) / row_scale))
    last = int(min(mask.shape[0] - 1.0, (hip[1] + 0.35 * torso) / row_scale))
    rows = np.arange(first, last + 1)
    y_px = (rows + 0.5) * row_scale - 0.5
    share = np.clip((y_px - shoulder[1]) / torso, 0.0, 1.0)
    inside_x = shoulder[0] + share * (hip[0] - shoulder[0])
    starts = ((inside_x + 0.5) / column_scale).astype(int)
    columns = edges_of_runs(mask[rows], starts, 1 if view is View.LEFT else -1)
    edge = np.column_stack([columns * column_scale - 0.5, y_px])
    return edge[~np.isnan(columns)]


def edges_of_runs(
    rows: NDArray[np.float32], starts: NDArray[np.int_], step: int
) -> NDArray[np.float64]:
    """Return where in each mask row the run that holds its start ends in direction `step` (±1).

    In columns counted by edges, at the crossing of one half, shape (n,); NaN where the start
    lies outside the mask or the run leaves the picture.
    """
    width = rows.shape[1]
    if step < 0:
        from_right = edges_of_runs(rows[:, ::-1], width - 1 - starts, 1)
        return np.asarray(width - from_right, np.float64)
    each = np.arange(len(rows))
    found = (starts >= 0) & (starts < width)
    starts = np.where(found, starts, 0)
    outside = rows < _INSIDE
    found &= ~outside[each, starts]
    beyond = outside & (np.arange(width) >= starts[:, None])
    first = beyond.argmax(axis=1)
    found &= beyond[each, first]
    outer = rows[each, first].astype(np.float64)
    inner = rows[each, first - 1].astype(np.float64)
    edges = first - 0.5 + (inner - _INSIDE) / np.maximum(inner - outer, 1e-6)
    return np.where(found, edges, np.nan)
