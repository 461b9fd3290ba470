"""Where labels go: into columns beside the body, in the order of what they point at.

Pure: numbers in, numbers out. Labels never overlap one another nor an obstacle; one that
finds no room is left out, and the caller tells (every number also stands in the table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "stack_labels"]

_ROUNDING = 1e-6  # pixels; sums of heights differ in their last digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in pixels: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    def overlaps(self, other: Box) -> bool:
        """Whether both share more than an edge.

        >>> a = Box(left=0, top=0, right=2, bottom=2)
        >>> a.overlaps(Box(left=2, top=0, right=3, bottom=2))
        False
        """
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box moved."""
        return Box(
            left=self.left + dx, top=self.top + dy, right=self.right + dx, bottom=self.bottom + dy
        )


def stack_labels(
    heights: Sequence[float],
    wanted_y: Sequence[float],
    column: Box,
    *,
    gap: float,
    obstacles: Sequence[Box] = (),
) -> tuple[Box | None, ...]:
    """Place labels in a column, each as near as possible to the height it points at.

    Parameters
    ----------
    heights
        Heights of the labels, pixels.
    wanted_y
        Where the middle of each label would best be.
    column
        The column; labels take its whole width.
    gap
        Least distance between two labels, and between a label and an obstacle.
    obstacles
        Boxes that must stay free, such as the face.

    Returns
    -------
    tuple of Box or None
        In the order given; None for a label without room. The later of the labels given
        are left out first.

    Examples
    --------
    >>> column = Box(left=0, top=0, right=10, bottom=100)
    >>> [box.top for box in stack_labels([10, 10], [50, 52], column, gap=2)]
    [45.0, 57.0]
    """
    spans = _free_spans(column, obstacles, gap)
    for count in range(len(heights), 0, -1):
        order = sorted(range(count), key=lambda i: (wanted_y[i], i))
        tops = _tops(
            [heights[i] for i in order], [wanted_y[i] - heights[i] / 2 for i in order], spans, gap
        )
        if tops is not None:
            placed = {
                i: Box(left=column.left, top=top, right=column.right, bottom=top + heights[i])
                for i, top in zip(order, tops, strict=True)
            }
            return tuple(placed.get(i) for i in range(len(heights)))
    return (None,) * len(heights)


def _free_spans(
    column: Box, obstacles: Sequence[Box], gap: float
) -> tuple[tuple[float, float], ...]:
    """Return the vertical stretches of the column that no obstacle touches."""
    blocked = sorted(
        (box.top - gap, box.bottom + gap)
        for box in obstacles
        if box.left - gap < column.right and column.left < box.right + gap
    )
    spans, start = [], column.top
    for top, bottom in blocked:
        if top > start:
            spans.append((start, min(top, column.bottom)))
        start = max(start, bottom)
    if start < column.bottom:
        spans.append((start, column.bottom))
    return tuple(spans)


def _tops(
    heights: Sequence[float],
    wanted: Sequence[float],
    spans: tuple[tuple[float, float], ...],
    gap: float,
) -> list[float] | None:
    """Push labels down until none collide, then back up from the lowest end; None if full."""
    tops: list[float] = []
    floor = float("-inf")
    for height, top in zip(heights, wanted, strict=True):
        fitted = _first_fit(max(top, floor), height, spans)
        tops.append(fitted)
        floor = fitted + height + gap
    ceiling = float("inf")
    for i in range(len(tops) - 1, -1, -1):
        lifted = _last_fit(min(tops[i], ceiling - heights[i]), heights[i], spans)
        if lifted is None:
            return None
        tops[i] = lifted
        ceiling = lifted - gap
    return tops


def _first_fit(top: float, height: float, spans: tuple[tuple[float, float], ...]) -> float:
    """Return the first top at or below `top` with room; infinity where there is none."""
    for start, end in spans:
        candidate = max(top, start)
        if candidate + height <= end:
            return candidate
    return float("inf")


def _last_fit(top: float, height: float, spans: tuple[tuple[float, float], ...]) -> float | None:
    """Return the last top at or above `top` with room; None where there is none."""
    for start, end in reversed(spans):
        candidate = min(top, end - height)
        if candidate >= start - _ROUNDING:
            return max(candidate, start)
    return None
