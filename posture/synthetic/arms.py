"""How arms hang: from the shoulder, out and forward, and beside the body, never inside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.pose import Turn

__all__ = ["clearing_abduction_deg", "hang"]

Array = NDArray[np.float64]

_WIDEST_DEG = 40.0
_NEAR_M = 0.03
_FOREARM_SHARE = 0.5
"""The forearm hangs this share of the upper arm's abduction away from the vertical."""


def hang(direction: Array, abduction_deg: float, flexion_deg: float, sign: float) -> Turn:
    """Return the turn that lets a limb hang from its rest direction, out and forward.

    `sign` is +1 for the left side and −1 for the right.
    """
    rest_out = math.degrees(math.atan2(sign * direction[1], -direction[2]))
    inward = rest_out - abduction_deg
    length = math.hypot(direction[1], direction[2])
    rest_forward = math.degrees(math.atan2(direction[0], length))
    return Turn(pitch_deg=rest_forward - flexion_deg, roll_deg=sign * inward)


def clearing_abduction_deg(
    trunk: Array, forearm: Array, head_of: Mapping[str, Array], letter: str
) -> float:
    """Return the least abduction at which elbow and wrist stand clear of the body.

    Parameters
    ----------
    trunk, forearm
        Vertices of trunk and thighs, and of this side's forearm, on the unposed body.
    head_of
        Rest position of each bone.
    letter
        `L` or `R`.
    """
    sign = 1.0 if letter == "L" else -1.0
    shoulder, elbow, wrist = (
        head_of[f"{bone}.{letter}"] for bone in ("upperarm01", "lowerarm01", "wrist")
    )
    upper, lower = float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))
    along = (wrist - elbow) / lower
    across = (forearm - elbow) - ((forearm - elbow) @ along)[:, None] * along
    radius = float(np.linalg.norm(across, axis=1).mean())
    outward = sign * trunk[:, 1] - sign * shoulder[1] + radius
    below = shoulder[2] - trunk[:, 2]
    for abduction in np.arange(0.0, _WIDEST_DEG, 1.0):
        a, b = math.radians(abduction), math.radians(_FOREARM_SHARE * abduction)
        clear = True
        for out, down in (
            (upper * math.sin(a), upper * math.cos(a)),
            (
                upper * math.sin(a) + lower * math.sin(b),
                upper * math.cos(a) + lower * math.cos(b),
            ),
        ):
            level = np.abs(below - down) < _NEAR_M
            clear &= not level.any() or float(outward[level].max()) <= out
        if clear:
            return float(abduction)
    return _WIDEST_DEG
