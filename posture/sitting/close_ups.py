"""The close-ups that are read of a client who sits: those of standing, as large as there.

Head and shoulders look alike sitting. Pelvis and legs do not: their networks are not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from posture.anatomy import Plane
from posture.estimate.close_up import CLOSE_UPS, CloseUp

__all__ = ["sitting_looks"]

_READ = ("lateral-head", "frontal-head", "frontal-shoulders")

_UNITS: Mapping[Plane, float] = {"lateral": 2.83, "frontal": 3.39}
"""The unit of a standing client's frame over that of a sitting one's: the trunk's length in the
picture, which a front view shortens. Medians over synthetic clients."""


def sitting_looks(plane: Plane) -> tuple[CloseUp, ...]:
    """Return the close-ups of one plane, in units of the sitting frame."""
    return tuple(
        replace(close_up, half_width=close_up.half_width * _UNITS[plane])
        for close_up in CLOSE_UPS
        if close_up.plane == plane and close_up.name in _READ
    )
