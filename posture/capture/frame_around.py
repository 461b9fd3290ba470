"""Four straight sides around the client: the photo shows a screen, a print or a mirror.

A door, a cupboard or a poster behind the client ends above the feet or at the floor. What encloses
the client from over the head to under the soles, on four unbroken sides, is another picture's
border.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from posture.capture.edges import straight_edges
from posture.shrinking import size_within

__all__ = ["Box", "frame_around"]

Array = NDArray[np.float64]

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of the picture's width and height."""

_LONG_SIDE_PX = 288
_LEAST_PX = 6.0
_MOST_LEAN_DEG = 20.0
_BESIDE_PX = 2.0
"""How far pieces of one side may lie beside it in the small copy, and corners outside it."""

_TRIED = 6
_WORTH_A_LOOK = 0.5
_LEAST_CROSSING = 0.7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """A straight line through `middle` along `along`, drawn on `pieces` (n, 2), from and to."""

    middle: Array
    along: Array
    pieces: Array

    def place(self, point: Array) -> float:
        return float((point - self.middle) @ self.along)

    def drawn(self, start: float, end: float) -> float:
        """Return the share that is drawn between two places."""
        start, end = min(start, end), max(start, end)
        covered, reached = 0.0, start
        for first, last in np.clip(self.pieces, start, end):
            covered += max(0.0, last - max(first, reached))
            reached = max(reached, last)
        return covered / max(end - start, 1.0)


def frame_around(pixels: NDArray[np.uint8], client: Box) -> float:
    """Return how much is to be seen of a frame about the client.

    Parameters
    ----------
    pixels
        sRGB, uint8 of shape (H, W, 3).
    client
        Where the client is.

    Returns
    -------
    float
        The drawn share of the least drawn of four sides, for the best such four; 0 where there
        are no four.
    """
    small = _small(pixels)
    size = np.array([small.shape[1], small.shape[0]], dtype=np.float64)
    box = np.array(client) * np.tile(size, 2)
    segments = _segments(small)
    sides = [list(_sides(segments, box, index)) for index in range(4)]
    return float(max((_seen(four, size) for four in product(*sides)), default=0.0))


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a small grey copy."""
    import cv2

    # Every second pixel or so is enough for long edges, and far quicker than all of them.
    sparse = max(1, max(pixels.shape[:2]) // (2 * _LONG_SIDE_PX))
    rows = np.ascontiguousarray(pixels[::sparse, ::sparse])
    grey = cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY)
    size = size_within(pixels, _LONG_SIDE_PX)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _segments(grey: NDArray[np.uint8]) -> Array:
    """Return straight edges that are long enough."""
    ends = straight_edges(grey, are_refined=False)
    long = np.hypot(*(ends[:, 2:] - ends[:, :2]).T) > _LEAST_PX
    return np.asarray(ends[long])


def _sides(segments: Array, box: Array, index: int) -> Iterator[_Side]:
    """Yield lines that may be the left, upper, right or lower side of a frame about the box."""
    across = index % 2
    run = segments[:, 2:] - segments[:, :2]
    lean = np.degrees(np.arctan2(np.abs(run[:, across]), np.abs(run[:, 1 - across])))
    middle = (segments[:, across] + segments[:, 2 + across]) / 2
    outside = middle < box[index] if index < 2 else middle > box[index]
    found = segments[(lean < _MOST_LEAN_DEG) & outside]
    length = np.hypot(*(found[:, 2:] - found[:, :2]).T)
    least = _WORTH_A_LOOK * (box[3 - across] - box[1 - across])
    for segment in found[np.argsort(-length)[:_TRIED]]:
        side = _side_along(segment, found)
        if np.diff(side.pieces).sum() > least:
            yield side


def _side_along(segment: Array, others: Array) -> _Side:
    """Return the line of a segment and of all those in line with it."""
    start = segment[:2]
    along = (segment[2:] - start) / np.hypot(*(segment[2:] - start))
    normal = np.array([-along[1], along[0]])
    ends = others.reshape(-1, 2, 2)
    in_line = ends[(np.abs((ends - start) @ normal) < _BESIDE_PX).all(axis=1)]
    middle = in_line.reshape(-1, 2).mean(axis=0)
    along = np.linalg.svd(in_line.reshape(-1, 2) - middle)[2][0]
    pieces = np.sort((in_line - middle) @ along, axis=1)
    return _Side(middle=middle, along=along, pieces=pieces[np.argsort(pieces[:, 0])])


def _seen(four: tuple[_Side, ...], size: Array) -> float:
    """Return the drawn share of the least drawn side between the corners."""
    corners = [_crossing(four[index - 1], side) for index, side in enumerate(four)]
    places = [corner for corner in corners if corner is not None]
    if len(places) < 4 or any(_outside(place, size) for place in places):
        return 0.0
    ends = zip(places, (*places[1:], places[0]), strict=True)
    return min(
        side.drawn(side.place(start), side.place(end))
        for side, (start, end) in zip(four, ends, strict=True)
    )


def _crossing(one: _Side, other: _Side) -> Array | None:
    """Return where two sides meet, None where they are not about at right angles."""
    normals = np.array([[-side.along[1], side.along[0]] for side in (one, other)])
    if abs(np.linalg.det(normals)) < _LEAST_CROSSING:
        return None
    offsets = [normal @ side.middle for normal, side in zip(normals, (one, other), strict=True)]
    return np.asarray(np.linalg.solve(normals, offsets))


def _outside(place: Array, size: Array) -> bool:
    return bool(np.any(place < -_BESIDE_PX) or np.any(place > size + _BESIDE_PX))
