"""Smooth SVG paths through points. Pure."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Point", "ellipse_path", "mirrored", "smooth_path"]

Point = tuple[float, float]


def smooth_path(points: Sequence[Point], *, closed: bool) -> str:
    """Return the path of a Catmull–Rom spline through `points`, as cubic Béziers.

    Examples
    --------
    >>> smooth_path([(0, 0), (6, 0)], closed=False)
    'M0 0C1 0 5 0 6 0'
    """
    count = len(points)
    path = f"M{_pair(points[0])}"
    for i in range(count if closed else count - 1):
        before, start, end, after = (
            points[j % count] if closed else points[min(max(j, 0), count - 1)]
            for j in (i - 1, i, i + 1, i + 2)
        )
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        path += f"C{_pair(first)} {_pair(second)} {_pair(end)}"
    return path + ("Z" if closed else "")


def mirrored(points: Sequence[Point]) -> list[Point]:
    """Return the points on the other side of the mid-line."""
    return [(-x, y) for x, y in points]


def ellipse_path(centre: Point, radius_x: float, radius_y: float) -> str:
    """Return an ellipse as a path of two arcs."""
    x, y = centre
    arc = f"A{_number(radius_x)} {_number(radius_y)} 0 1 1"
    return f"M{_pair((x - radius_x, y))}{arc} {_pair((x + radius_x, y))}{arc} " + (
        f"{_pair((x - radius_x, y))}Z"
    )


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"
