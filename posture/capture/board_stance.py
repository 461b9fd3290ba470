"""How the camera was held, from the corners of a board that hangs plumb."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.capture.roll import MOST_ROLL_DEG, MOST_ROLL_SD_DEG

__all__ = ["CameraStance", "fitted_stance"]

Array = NDArray[np.float64]

_CORNER_SD_PX = 0.15
_FOCAL_LOG_SD = 0.03
_ANY_FOCAL = (0.67, 1.2, 2.2)
"""Over the picture's long side: 24, 43 and 80 mm, between which an unknown lens lies."""

_FITS_WORSE = 9.0
_STARTS_DEG = (-8.0, 8.0)
_AS_GOOD = 4.0
"""Differences of squared errors by which another fit may be the right one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStance:
    """Roll and pitch in degrees, each with its standard deviation.

    Roll is positive where the picture's content is turned anticlockwise, pitch where the camera
    looks up.
    """

    roll_deg: float
    roll_sd_deg: float
    pitch_deg: float
    pitch_sd_deg: float

    @property
    def tells_roll(self) -> bool:
        """Whether the roll is sure enough to level a photo by, and one that a camera has."""
        return self.roll_sd_deg <= MOST_ROLL_SD_DEG and abs(self.roll_deg) <= MOST_ROLL_DEG


def fitted_stance(
    places_cm: Array, places_px: Array, size: tuple[int, int], focal_px: float | None
) -> CameraStance:
    """Fit the camera to a plumb board: least squares over where its corners are seen.

    Parameters
    ----------
    places_cm
        Corners on the board, (N, 2), x right and y down, N at least 4.
    places_px
        Where the photo shows them, (N, 2).
    size
        Width and height of the photo.
    focal_px
        The focal length in pixels, None where it is not known.
    """
    if focal_px is not None:
        return _stance(places_cm, places_px, size, focal_px)[0]
    stances = [_stance(places_cm, places_px, size, share * max(size)) for share in _ANY_FOCAL]
    least = min(misfit for _, misfit in stances)
    likely = [stance for stance, misfit in stances if misfit - least < _FITS_WORSE]
    rolls = [stance.roll_deg for stance in likely]
    pitches = [stance.pitch_deg for stance in likely]
    return CameraStance(
        roll_deg=(min(rolls) + max(rolls)) / 2,
        roll_sd_deg=math.hypot(max(s.roll_sd_deg for s in likely), np.ptp(rolls) / 2),
        pitch_deg=(min(pitches) + max(pitches)) / 2,
        pitch_sd_deg=math.hypot(max(s.pitch_sd_deg for s in likely), np.ptp(pitches) / 2),
    )


def _stance(
    places_cm: Array, places_px: Array, size: tuple[int, int], focal_px: float
) -> tuple[CameraStance, float]:
    """Return the stance with a lens, and the sum of squared errors left."""
    from scipy.optimize import least_squares

    problem = _Problem(places_cm, places_px, size, focal_px)
    fits = [
        least_squares(problem.residuals, problem.start(pitch, pan), method="lm", x_scale="jac")
        for pitch, pan in itertools.product(_STARTS_DEG, _STARTS_DEG)
    ]
    best = min(fits, key=lambda fit: float(fit.cost))
    misfit = 2 * float(best.cost)
    rough = max(1.0, misfit / max(1, best.fun.size - best.x.size))
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * rough
    rivals = [fit.x for fit in fits if 2 * float(fit.cost) - misfit < _AS_GOOD * rough]
    apart = np.ptp(np.stack(rivals)[:, :2], axis=0) / 2
    roll_sd, pitch_sd = np.degrees(np.hypot(np.sqrt(np.diag(covariance)[:2]), apart))
    stance = CameraStance(
        roll_deg=math.degrees(best.x[0]),
        roll_sd_deg=float(roll_sd),
        pitch_deg=-math.degrees(best.x[1]),
        pitch_sd_deg=float(pitch_sd),
    )
    return stance, misfit


class _Problem:
    """Unknowns: roll, pitch downward and pan in radians, place in cm, logarithm of the focal."""

    def __init__(
        self, places_cm: Array, places_px: Array, size: tuple[int, int], focal_px: float
    ) -> None:
        middle = places_cm.mean(axis=0)
        self._board = np.column_stack([places_cm - middle, np.zeros(len(places_cm))])
        self._seen = places_px - (np.array(size) - 1) / 2
        self._focal = math.log(focal_px)

    def start(self, pitch_deg: float, pan_deg: float) -> Array:
        """Return where a fit may begin."""
        middle = self._seen.mean(axis=0)
        wide_px = float(np.linalg.norm(self._seen - middle))
        wide_cm = float(np.linalg.norm(self._board))
        depth = math.exp(self._focal) * wide_cm / wide_px
        place = [*(middle * wide_cm / wide_px), depth]
        return np.array([0.0, math.radians(pitch_deg), math.radians(pan_deg), *place, self._focal])

    def residuals(self, unknown: Array) -> Array:
        """Return how far the corners lie off, in units of the error expected of them."""
        roll, pitch, pan = unknown[:3]
        points = self._board @ _turn(roll, pitch, pan).T + unknown[3:6]
        seen = math.exp(min(unknown[6], 20.0)) * points[:, :2] / points[:, 2:]
        off = ((seen - self._seen) / _CORNER_SD_PX).ravel()
        return np.append(off, (unknown[6] - self._focal) / _FOCAL_LOG_SD)


def _turn(roll: float, pitch: float, pan: float) -> Array:
    """Return how the board is turned as the camera sees it (x right, y down, z away)."""
    cr, sr, cp, sp = math.cos(roll), math.sin(roll), math.cos(pitch), math.sin(pitch)
    cy, sy = math.cos(pan), math.sin(pan)
    rolled = np.array([[cr, sr, 0.0], [-sr, cr, 0.0], [0.0, 0.0, 1.0]])
    pitched = np.array([[1.0, 0.0, 0.0], [0.0, cp, -sp], [0.0, sp, cp]])
    panned = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    turn: Array = rolled @ pitched @ panned
    return turn
