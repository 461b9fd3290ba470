"""How the phone was held, from the gravity that it felt when it took the picture."""

from __future__ import annotations

import math

from posture.capture.board_stance import CameraStance
from posture.capture.roll import MOST_ROLL_DEG

__all__ = ["phone_stance"]

_SENSOR_SD_DEG = 0.5
"""Error of a phone's sense of level, and of a hand's movement between picture and reading: what
its maker's calibration leaves, not measured here."""

_MOST_PITCH_DEG = 40.0
"""Beyond it the phone looks at the floor or the ceiling, and roll means little."""


def phone_stance(gravity: tuple[float, float, float]) -> CameraStance | None:
    """Return roll and pitch of a photo of the back camera.

    The picture is taken to be shown upright, so that the roll is what is left beside the nearest
    quarter turn. None where the phone looked steeply up or down, or was held aslant.

    Parameters
    ----------
    gravity
        In the phone's frame: to the right and the top of the screen and out of it, length 1.

    Examples
    --------
    >>> stance = phone_stance((0.0523, -0.9986, 0.0))
    >>> round(stance.roll_deg, 1)
    3.0
    """
    x, y, z = gravity
    pitch_deg = math.degrees(math.atan2(z, math.hypot(x, y)))
    turned_deg = math.degrees(math.atan2(x, -y))
    roll_deg = turned_deg - 90.0 * round(turned_deg / 90.0)
    if abs(pitch_deg) > _MOST_PITCH_DEG or abs(roll_deg) > MOST_ROLL_DEG:
        return None
    return CameraStance(
        roll_deg=roll_deg,
        roll_sd_deg=_SENSOR_SD_DEG,
        pitch_deg=pitch_deg,
        pitch_sd_deg=_SENSOR_SD_DEG,
    )
