"""The true waist triangles of a synthetic body: the gaps between trunk and arms, from behind.

At each height the cut of the skin with the horizontal plane, seen along the body's own
sagittal direction, is a row of stretches: arm, trunk, arm. NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from posture.measures.posterior import WAIST_LEVELS, asymmetry

__all__ = ["waist_truth"]

Array = NDArray[np.float64]

_TOUCHING_M = 1e-4


def waist_truth(
    vertices: Array, faces: NDArray[np.int32], joints: Mapping[str, Array]
) -> dict[str, float]:
    """Return `waist_asymmetry_cm` of a body, or nothing where an arm hides its gap.

    Parameters
    ----------
    vertices, faces
        The skin, (V, 3) in metres: y to the client's left, z up; (F, 3).
    joints
        Joint centres, which say at which heights the waist lies.
    """
    hips, shoulders = (
        float(joints[f"{name}_left"][2] + joints[f"{name}_right"][2]) / 2
        for name in ("hip", "shoulder")
    )
    gaps = [_gaps_at(vertices, faces, hips + share * (shoulders - hips)) for share in WAIST_LEVELS]
    found = asymmetry(gaps)
    return {} if found is None else {"waist_asymmetry_cm": found * 100.0}


def _gaps_at(
    vertices: Array, faces: NDArray[np.int32], height: float
) -> tuple[float | None, float | None]:
    """Return the gaps left and right of the trunk at one height, in metres."""
    above = vertices[:, 2] > height
    crossed = faces[above[faces].any(axis=1) & ~above[faces].all(axis=1)]
    low, high = np.full(len(crossed), np.inf), np.full(len(crossed), -np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        a, b = vertices[crossed[:, i]], vertices[crossed[:, j]]
        cut = (a[:, 2] > height) != (b[:, 2] > height)
        share = (height - a[:, 2]) / np.where(cut, b[:, 2] - a[:, 2], 1.0)
        y = a[:, 1] + share * (b[:, 1] - a[:, 1])
        low, high = np.where(cut, np.minimum(low, y), low), np.where(cut, np.maximum(high, y), high)
    stretches = _joined(low, high)
    middle = min(range(len(stretches)), key=lambda k: abs(sum(stretches[k])))
    left = stretches[middle + 1][0] - stretches[middle][1] if middle + 1 < len(stretches) else None
    right = stretches[middle][0] - stretches[middle - 1][1] if middle > 0 else None
    return left, right


def _joined(low: Array, high: Array) -> list[tuple[float, float]]:
    """Return the union of intervals, from the client's right to the left."""
    joined: list[tuple[float, float]] = []
    for k in np.argsort(low):
        start, end = float(low[k]), float(high[k])
        if joined and start <= joined[-1][1] + _TOUCHING_M:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
