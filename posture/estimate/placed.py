"""Landmarks that were placed by hand or by sticker, and the estimated ones beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View, near_name
from posture.estimate.belief import Belief
from posture.estimate.features import BodyFrame
from posture.estimate.outputs import Outputs
from posture.landmarks import Landmark

__all__ = ["Placed", "estimated_landmarks", "with_placed"]

Array = NDArray[np.float64]


_ALONG_BODY = {
    "lateral": {"c7": (1.0, 0.6), "acromion": (0.6, 1.0), "asis": (1.0, 0.35), "psis": (1.0, 0.4)},
    "frontal": {
        "c7": (0.35, 0.6),
        "acromion": (1.0, 0.9),
        "asis": (0.8, 0.35),
        "psis": (0.35, 0.35),
    },
}
"""Shares, across and up, of a sticker's error that is due to cloth: that stands off the body, and
slides along it little."""

_LEAST_STICKER_SD = 0.0024
"""3 mm, for the hand that felt for the bone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A landmark given by hand or sticker: place (2,) and errors (2,) in the body's frame."""

    place: Array
    sd: Array
    method: Method

    @classmethod
    def of(cls, name: str, mark: Landmark, frame: BodyFrame, plane: str) -> Placed:
        """Return a landmark of the photo, by its name, as it lies in the body's frame."""
        sd = max(mark.sd_px / frame.unit_px, 1e-6)
        shares = (1.0, 1.0)
        if mark.method is Method.STICKER:
            plain = name.removesuffix("_left").removesuffix("_right")
            shares = _ALONG_BODY.get(plane, {}).get(plain, shares)
        return cls(
            place=frame.to_body(np.array([mark.x_px, mark.y_px])),
            sd=np.maximum(np.multiply(sd, shares), min(sd, _LEAST_STICKER_SD)),
            method=mark.method,
        )


def with_placed(believed: Belief, outputs: Outputs, placed: Mapping[str, Placed]) -> Belief:
    """Return what is believed once landmarks were placed: they move all the rest."""
    if not placed:
        return believed
    seen = np.concatenate([mark.place for mark in placed.values()])
    noise = np.concatenate([mark.sd for mark in placed.values()])
    return believed.observing(outputs.rows(placed), seen, noise)


def estimated_landmarks(
    outputs: Outputs,
    view: View,
    frame: BodyFrame,
    mean: Array,
    half: Array,
    *,
    without: Collection[str],
    moved: Callable[[str], Array] = lambda name: np.zeros(2),
) -> dict[str, Landmark]:
    """Return the estimated landmarks in the photo, by full name.

    Parameters
    ----------
    outputs, view, frame
        What is estimated, in which view, and the body's frame.
    mean, half
        The outputs, and half their 95 % intervals.
    without
        Names as in `outputs` to leave out: those that were placed.
    moved
        By how much a landmark is moved, in the body's frame.
    """
    marks = {}
    for name in outputs.landmarks:
        if name in without:
            continue
        place = outputs.place(name)
        x_px, y_px = frame.to_pixels(mean[place] + moved(name))
        marks[near_name(name, view)] = Landmark(
            x_px=float(x_px),
            y_px=float(y_px),
            method=Method.ESTIMATED,
            sd_px=float(np.mean(half[place]) / 1.96 * frame.unit_px),
        )
    return marks
