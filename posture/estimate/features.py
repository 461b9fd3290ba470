"""From one photo's points and silhouette to the numbers the estimator reads. NumPy only.

Everything is put into the body's own frame: side views mirrored so that anterior is +x,
frontal views so that the client's right is +x, y up, origin at the middle of the hips,
unit the client's own segment length (shoulder to hip to knee to ankle). The length is
taken from the pose network's points and not from the silhouette, whose ends are cut off
by picture borders, shoes and hair.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS, View, near_side, swap_sides
from posture.landmarks import Pose
from posture.silhouette import edges_of_runs

__all__ = ["BodyFrame", "PhotoFeatures", "body_frame", "contour_edges", "extract_features"]

Array = NDArray[np.float64]

CONTOUR_LEVELS: Array = np.concatenate(
    [np.linspace(-1.7, -0.05, 28), np.linspace(0.0, 1.0, 18), np.linspace(1.08, 2.9, 16)]
)
"""Levels at which the outline is read, along the axis ear (−1), shoulders (0), hips (1), knees
(2), ankles (3): finely about nape and trunk, coarser along the legs."""

_VISIBILITY_CLIP = 6.0
_FACING = {View.FRONT: 0.0, View.BACK: 0.0, View.LEFT: 1.0, View.RIGHT: -1.0}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BodyFrame:
    """How pixels of one photo become the body's frame, and back.

    `origin_px` of shape (2,) is the middle of the hips; `unit_px` the segment length;
    `flip` is −1 where the picture's x runs against the frame's.
    """

    origin_px: Array
    unit_px: float
    flip: float

    def to_body(self, pixels: Array) -> Array:
        """Return points of shape (…, 2) in the body's frame."""
        body: Array = (pixels - self.origin_px) * np.array([self.flip, -1.0]) / self.unit_px
        return body

    def to_pixels(self, points: Array) -> Array:
        """Return points of shape (…, 2) of the body's frame in pixels."""
        pixels: Array = points * np.array([self.flip, -1.0]) * self.unit_px + self.origin_px
        return pixels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoFeatures:
    """What the estimator reads of one photo, in groups that carry different trust.

    `points` of shape (66,): x, y of the 33 detector points. `depth` of shape (33,): their
    z. `world` of shape (99,): the network's metric points, turned into the same frame.
    `visibility` of shape (33,): log-odds. `contour` of shape (2·62,): rear and front edge of
    the outline about the trunk's axis, NaN where it was not found. `camera` of shape (4,):
    where the body sits in the picture, and which side faces the camera, for the network's
    own left–right bias.
    """

    frame: BodyFrame
    points: Array
    depth: Array
    world: Array
    visibility: Array
    contour: Array
    camera: Array


def body_frame(pose: Pose, view: View) -> BodyFrame:
    """Return the frame of one photo.

    Raises
    ------
    ValueError
        If shoulders, hips, knees and ankles lie at one place.
    """
    chain = [pose.middle(name) for name in ("shoulder", "hip", "knee_centre", "ankle")]
    unit = sum(float(np.hypot(*(b - a))) for a, b in itertools.pairwise(chain))
    if not unit > 0:
        raise ValueError("expected a body with length, found all joints at one place")
    return BodyFrame(origin_px=chain[1], unit_px=unit, flip=view.body_x_sign)


def extract_features(pose: Pose, view: View) -> PhotoFeatures:
    """Return the features of one photo taken as `view`.

    In a side view the points come near side first, so that left and right views of
    mirrored bodies give the same numbers.
    """
    frame = body_frame(pose, view)
    names = _ordered_names(view)
    points = [pose.points[name] for name in names]
    pixels = np.array([(p.x_px, p.y_px) for p in points])
    depth = np.array([p.z_px for p in points]) / frame.unit_px
    world = np.array([p.world_m or (0.0, 0.0, 0.0) for p in points])
    visibility = np.clip([p.visibility for p in points], 1e-4, 1 - 1e-4)
    log_odds = np.clip(np.log(visibility / (1 - visibility)), -_VISIBILITY_CLIP, _VISIBILITY_CLIP)
    return PhotoFeatures(
        frame=frame,
        points=frame.to_body(pixels).ravel(),
        depth=depth,
        world=(world * np.array([frame.flip, -1.0, 1.0])).ravel(),
        visibility=log_odds,
        contour=contour_edges(pose, frame).ravel(),
        camera=np.array(
            [
                *(frame.to_body(np.array([pose.width_px / 2, pose.height_px / 2]))),
                pose.height_px / frame.unit_px,
                _FACING[view],
            ]
        ),
    )


def _ordered_names(view: View) -> tuple[str, ...]:
    if view.is_lateral and near_side(view) == "right":
        return tuple(swap_sides(name) for name in DETECTOR_POINTS)
    return DETECTOR_POINTS


def contour_edges(pose: Pose, frame: BodyFrame, levels: Array = CONTOUR_LEVELS) -> Array:
    """Return rear and front edges at levels of the outline, shape (2, n), as x in body units.

    Each level's row is followed outward from the body's axis, to the first crossing of one
    half on either side; x is relative to the axis.
    """
    edges = np.full((2, len(levels)), np.nan)
    mask = pose.silhouette
    if mask is None:
        return edges
    row_scale, column_scale = pose.height_px / mask.shape[0], pose.width_px / mask.shape[1]
    chain = np.array(
        [pose.middle(name) for name in ("ear", "shoulder", "hip", "knee_centre", "ankle")]
    )
    parts = np.clip(np.floor(levels) + 1, 0, len(chain) - 2).astype(int)
    along = (levels + 1 - parts)[:, None]
    axis = chain[parts] + along * (chain[parts + 1] - chain[parts])
    rows = ((axis[:, 1] + 0.5) / row_scale).astype(int)
    columns = ((axis[:, 0] + 0.5) / column_scale).astype(int)
    in_picture = (rows >= 0) & (rows < mask.shape[0])
    lines = mask[np.where(in_picture, rows, 0)]
    for side, step in enumerate((-int(frame.flip), int(frame.flip))):
        x_px = edges_of_runs(lines, columns, step) * column_scale - 0.5
        found = frame.flip * (x_px - axis[:, 0]) / frame.unit_px
        edges[side] = np.where(in_picture, found, np.nan)
    return edges
