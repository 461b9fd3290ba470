"""The curve indices of the back: sagitta over chord of its outline between landmark levels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from posture.geometry import sagitta_over_chord

__all__ = ["CURVES", "OUTLINE_SD", "NoContourError", "curve_index"]

CURVES = ("thoracic_curve_index", "lumbar_curve_index")

OUTLINE_SD = MappingProxyType({"thoracic_curve_index": 0.047, "lumbar_curve_index": 0.056})
"""How far a pose network's silhouette alone puts an index off, clothing included: the root mean
square on 40 side photos of the synthetic clients for validation, with the true landmarks."""

_FIRST_LUMBAR_SHARE = 0.709
"""L1 lies at 70.9 % of the way from C7 to the PSIS (Ernst 2013)."""

_LEAST_POINTS = 10


class NoContourError(ValueError):
    """The back's outline is missing or broken where a curve index needs it."""


def curve_index(
    measure_id: str,
    points: Mapping[str, NDArray[np.float64]],
    contour: NDArray[np.float64] | None,
) -> float:
    """Return a curve index: + for a rounded thorax and for a hollow lower back.

    Parameters
    ----------
    measure_id
        One of `CURVES`.
    points
        `c7` and `psis` in the body's frame: x anterior, y up, any unit.
    contour
        The back's edge from top to bottom, shape (N, 2), in the same frame.

    Raises
    ------
    NoContourError
        If the outline has fewer than ten points between the levels.
    """
    if contour is None or len(contour) == 0:
        raise NoContourError("the back's outline was not found")
    top, bottom = points["c7"], points["psis"]
    level = top[1] + _FIRST_LUMBAR_SHARE * (bottom[1] - top[1])
    thoracic = measure_id == "thoracic_curve_index"
    upper, lower = (top[1], level) if thoracic else (level, bottom[1])
    part = contour[(contour[:, 1] <= upper) & (contour[:, 1] >= lower)]
    if len(part) < _LEAST_POINTS:
        raise NoContourError("the back's outline is broken between C7 and the pelvis")
    depth = sagitta_over_chord(part, part[0], part[-1])
    return depth if thoracic else -depth
