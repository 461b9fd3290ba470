"""What is true of a synthetic body: every measure from its landmarks in three dimensions.

Taken after posing, in the client's own sagittal and frontal planes and against gravity;
never from a picture, never from the pose's parameters. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_side
from posture.geometry import bend_deg
from posture.measures.curves import CURVES, curve_index
from posture.measures.formulas import FORMULAS, PLUMB_ANTERIOR_OF_MALLEOLUS
from posture.measures.table import MEASURES

__all__ = ["back_line", "measure_truth"]

Array = NDArray[np.float64]

_CM = 100.0


def measure_truth(
    landmarks: Mapping[str, Array],
    joints: Mapping[str, Array],
    view: View,
    *,
    stature_m: float,
    back: Array | None = None,
) -> dict[str, float]:
    """Return the clinical measures that a photo of this view is to show.

    Parameters
    ----------
    landmarks
        Clinical landmarks, (3,) in metres: x anterior, y the client's left, z up. A side
        view takes those of the near side.
    joints
        Joint centres and heel and toe points, likewise.
    view
        Which photo.
    stature_m
        For the place of the plumb line.
    back
        The back's mid-line from above C7 to the sacrum, (N, 3), for the curve indices.
    """
    if view.is_lateral:
        return _lateral(landmarks, view, stature_m, back)
    truth = _frontal(landmarks, joints)
    return truth | _posterior(landmarks) if view is View.BACK else truth


def _lateral(
    landmarks: Mapping[str, Array], view: View, stature_m: float, back: Array | None
) -> dict[str, float]:
    suffix = f"_{near_side(view)}"
    points = {
        name.removesuffix(suffix): np.array([mark[0], mark[2]]) * _CM
        for name, mark in landmarks.items()
    }
    truth = {
        name: FORMULAS[name](points)
        for name, definition in MEASURES.items()
        if definition.plane == "lateral" and not definition.is_proxy and name in FORMULAS
    }
    for name in truth:
        if name.startswith("plumb_"):
            truth[name] -= PLUMB_ANTERIOR_OF_MALLEOLUS * stature_m * _CM
    if back is not None:
        contour = back[:, [0, 2]] * _CM
        truth |= {name: curve_index(name, points, contour) for name in CURVES}
    return truth


def _frontal(landmarks: Mapping[str, Array], joints: Mapping[str, Array]) -> dict[str, float]:
    points = {
        name: np.array([-point[1], point[2]]) * _CM
        for name, point in {**joints, **landmarks}.items()
    }
    names = (
        "head_tilt_deg",
        "head_shift_cm",
        "shoulder_tilt_deg",
        "trunk_shift_cm",
        "pelvic_obliquity_deg",
    )
    truth = {name: FORMULAS[name](points) for name in names}
    for side, outward in (("left", 1.0), ("right", -1.0)):
        truth[f"knee_valgus_{side}_deg"] = outward * bend_deg(
            *(points[f"{name}_{side}"] for name in ("hip", "knee_centre", "ankle"))
        )
        along = joints[f"toes_{side}"] - joints[f"heel_{side}"]
        truth[f"foot_turnout_{side}_deg"] = math.degrees(math.atan2(outward * along[1], along[0]))
    return truth


def _posterior(landmarks: Mapping[str, Array]) -> dict[str, float]:
    points = {name: np.array([-point[1], point[2]]) * _CM for name, point in landmarks.items()}
    return {
        name: FORMULAS[name](points)
        for name in ("trunk_shift_psis_cm", "pelvic_obliquity_psis_deg")
    }


def back_line(vertices: Array, faces: NDArray[np.int32]) -> Array:
    """Return the hindmost skin of the trunk's mid-line, top to bottom, shape (N, 3).

    The cut of the mesh with the plane y = 0, as line segments, is read every 4 mm from the
    head to the buttocks; at each height its hindmost point is taken, so that throat, jaw
    and belly never stand in for the back.
    """
    start, end = _cut(vertices, faces)
    height = vertices[:, 2].max()
    low, high = np.minimum(start[:, 2], end[:, 2]), np.maximum(start[:, 2], end[:, 2])
    line = []
    for level in np.arange(0.92 * height, 0.50 * height, -0.004):
        meets = (low <= level) & (level < high)
        if meets.any():
            a, b = start[meets], end[meets]
            share = ((level - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None]
            points = a + share * (b - a)
            line.append(points[int(np.argmin(points[:, 0]))])
    return np.array(line).reshape(-1, 3)


def _cut(vertices: Array, faces: NDArray[np.int32]) -> tuple[Array, Array]:
    """Return both ends, (N, 3) each, of the segments in which the plane y = 0 cuts the mesh."""
    y = vertices[:, 1] + 1e-7  # An unposed body has vertices exactly in the plane.
    inside = y[faces] > 0
    crossed = faces[inside.any(axis=1) & ~inside.all(axis=1)]
    # The corner that lies alone on its side comes first; both its edges are cut.
    side = y[crossed] > 0
    alone = np.argmax(side == (side.sum(axis=1) == 1)[:, None], axis=1)
    rows = np.arange(len(crossed))
    apex = crossed[rows, alone]
    ends = []
    for step in (1, 2):
        other = crossed[rows, (alone + step) % 3]
        share = (y[apex] / (y[apex] - y[other]))[:, None]
        ends.append(vertices[apex] + share * (vertices[other] - vertices[apex]))
    return ends[0], ends[1]
