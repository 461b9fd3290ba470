"""Angles and distances of points in the plane. NumPy only.

Points are arrays of shape (2,) in a frame with x to the right and y **up**. The callers
turn pixels (y down) into this frame once. Angles in degrees, by `atan2`, never `acos`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CoincidentPointsError",
    "angle_above_horizontal_deg",
    "bend_deg",
    "from_vertical_deg",
    "line_tilt_deg",
    "midpoint",
    "rotation",
    "sagitta_over_chord",
]

Point = NDArray[np.float64]


class CoincidentPointsError(ValueError):
    """Two points that span a line lie on top of each other."""


def midpoint(a: Point, b: Point) -> Point:
    """Return the middle of two points."""
    return (a + b) / 2.0


def rotation(turn_deg: float) -> NDArray[np.float64]:
    """Return the matrix (2, 2) that turns points from +x towards +y."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return np.array([[cosine, -sine], [sine, cosine]])


def angle_above_horizontal_deg(start: Point, end: Point) -> float:
    """Return the angle of `start`→`end` above the +x axis, in (−180, 180].

    Raises
    ------
    CoincidentPointsError
        If both points are the same.

    Examples
    --------
    >>> angle_above_horizontal_deg(np.array([0.0, 0.0]), np.array([1.0, 1.0]))
    45.0
    """
    dx, dy = _difference(start, end)
    return math.degrees(math.atan2(dy, dx))


def from_vertical_deg(below: Point, above: Point) -> float:
    """Return how far `below`→`above` leans from the upward vertical; + towards +x.

    Examples
    --------
    >>> from_vertical_deg(np.array([0.0, 0.0]), np.array([0.0, 2.0]))
    0.0
    >>> round(from_vertical_deg(np.array([0.0, 0.0]), np.array([1.0, 1.0])), 6)
    45.0
    """
    dx, dy = _difference(below, above)
    return math.degrees(math.atan2(dx, dy))


def line_tilt_deg(raised: Point, other: Point) -> float:
    """Return the tilt of the line through two points, + where `raised` is higher.

    The order along x does not matter, so that front and back views agree: in [−90, 90].

    Examples
    --------
    >>> round(line_tilt_deg(np.array([-1.0, 1.0]), np.array([1.0, -1.0])), 6)
    45.0
    """
    dx, dy = _difference(other, raised)
    return math.degrees(math.atan2(dy, abs(dx)))


def bend_deg(top: Point, vertex: Point, bottom: Point) -> float:
    """Return the bend at `vertex`: 0 for a straight line, + where `vertex` lies towards +x.

    In (−180, 180]: the turn from `top`→`vertex` to `vertex`→`bottom`.

    Examples
    --------
    >>> bend_deg(np.array([0.0, 1.0]), np.array([0.0, 0.0]), np.array([0.0, -1.0]))
    0.0
    >>> round(bend_deg(np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([0.0, -1.0])), 6)
    90.0
    """
    ax, ay = _difference(top, vertex)
    bx, by = _difference(vertex, bottom)
    return math.degrees(math.atan2(ay * bx - ax * by, ax * bx + ay * by))


def sagitta_over_chord(curve: NDArray[np.float64], start: Point, end: Point) -> float:
    """Return the greatest signed depth of a curve over its chord, divided by the chord.

    `curve` has shape (N, 2). Depth is + to the right of the direction `start`→`end`, which
    for a chord running downward is towards −x, the back of a client facing +x.

    Raises
    ------
    CoincidentPointsError
        If the chord has no length.
    ValueError
        If the curve holds no point.

    Examples
    --------
    >>> bow = np.array([[0.0, 2.0], [-0.5, 1.0], [0.0, 0.0]])
    >>> sagitta_over_chord(bow, bow[0], bow[-1])
    0.25
    """
    if len(curve) == 0:
        raise ValueError("expected a curve of at least one point, found none")
    dx, dy = _difference(start, end)
    length = math.hypot(dx, dy)
    offsets = np.asarray(curve, dtype=float) - start
    depths = (offsets[:, 0] * dy - offsets[:, 1] * dx) / length
    deepest = int(np.argmax(np.abs(depths)))
    return float(depths[deepest] / length)


def _difference(
    start: Sequence[float] | Point, end: Sequence[float] | Point
) -> tuple[float, float]:
    dx, dy = float(end[0]) - float(start[0]), float(end[1]) - float(start[1])
    if math.hypot(dx, dy) < 1e-9:
        raise CoincidentPointsError("expected two different points, found them at one place")
    return dx, dy
