"""Whether skin or cloth shows about a place: by the colour of the client's own face.

Light makes skin darker or brighter and hardly changes the ratios of its colours, so these are
compared, and brightness only roughly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_side
from posture.landmarks import Pose

__all__ = ["Skin", "skin_of"]

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]

_SPREAD = np.array([0.18, 0.25, 1.0])
"""Standard deviations, over one person's skin, of the logarithms of red over green, blue over
green, and green."""

_CLOTH_ODDS = 0.03
"""How much rarer cloth has exactly the skin's colour than skin has."""

_LEAST_PIXELS = 12
_SPOT_CM = 1.0
_DARKEST = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skin:
    """The colours of a client's skin in one photo, each (3,) as `_colour_of` gives it.

    Without any, nothing is known, and skin is as likely as cloth.
    """

    colours: Sequence[Array]

    def likelihood(
        self, pixels: Pixels, middle_px: tuple[float, float], inner_px: float, outer_px: float
    ) -> float:
        """Return how likely it is skin that shows in a ring, in [0, 1].

        Parameters
        ----------
        pixels
            uint8 RGB of shape (H, W, 3), the photo that the colours were read in.
        middle_px
            The ring's middle, x and y.
        inner_px, outer_px
            Its radii.
        """
        colour = _colour_of(pixels, middle_px, inner_px, outer_px)
        if colour is None or not self.colours:
            return 0.5
        apart = min(float((((colour - own) / _SPREAD) ** 2).sum()) for own in self.colours)
        return 1.0 / (1.0 + _CLOTH_ODDS * math.exp(min(apart, 60.0) / 2))


def skin_of(pixels: Pixels, pose: Pose, view: View, px_per_cm: float) -> Skin:
    """Return the colours of the cheeks that a photo shows.

    Hands are left out: beside the trousers they are easily missed.
    """
    sides = (near_side(view),) if view.is_lateral else ("left", "right")
    colours = []
    for side in sides:
        beside = pose.points[f"{'ear' if view.is_lateral else 'eye_outer'}_{side}"]
        mouth = pose.points[f"mouth_{side}"]
        cheek = ((mouth.x_px + beside.x_px) / 2, (mouth.y_px + beside.y_px) / 2)
        colour = _colour_of(pixels, cheek, 0.0, _SPOT_CM * px_per_cm)
        if colour is not None:
            colours.append(colour)
    return Skin(colours=colours)


def _colour_of(
    pixels: Pixels, middle_px: tuple[float, float], inner_px: float, outer_px: float
) -> Array | None:
    """Return the logarithms of red over green, blue over green, and green, of linear light."""
    x, y = middle_px
    left, top = max(0, math.floor(x - outer_px)), max(0, math.floor(y - outer_px))
    right, bottom = math.ceil(x + outer_px) + 1, math.ceil(y + outer_px) + 1
    part = pixels[top : max(top, bottom), left : max(left, right)]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    away = np.hypot(columns + left - x, rows + top - y)
    chosen = part[(away >= inner_px) & (away <= outer_px)]
    if len(chosen) < _LEAST_PIXELS:
        return None
    red, green, blue = np.maximum((np.median(chosen, axis=0) / 255) ** 2.2, _DARKEST)
    return np.array([math.log(red / green), math.log(blue / green), math.log(green)])
