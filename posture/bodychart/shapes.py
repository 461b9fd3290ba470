"""The shapes of the chart: read from `front.toml`, `back.toml`, `side.toml`, placed by side."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from posture.anatomy import Side
from posture.bodychart.curves import Point, ellipse_path, mirrored, smooth_path
from posture.knowledge import load_knowledge

__all__ = ["CHART_VIEWS", "ChartView", "Layer", "Shape", "body_paths", "muscle_shapes"]
__all__ += ["region_shapes", "stroke_paths"]

ChartView = Literal["front", "back", "left", "right"]
CHART_VIEWS: tuple[ChartView, ...] = get_args(ChartView)

Layer = Literal["muscles", "arm_muscles", "deep_muscles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One muscle or region on one side, as an SVG path; `side` is None in the mid-line."""

    name: str
    side: Side | None
    path: str


@cache
def _figure(view: ChartView) -> Mapping[str, Any]:
    name = "side" if view in ("left", "right") else view
    text = files("posture").joinpath("bodychart", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def body_paths(view: ChartView) -> tuple[str, ...]:
    """Return the outline, and in side views the arm that hangs before it."""
    figure = _figure(view)
    outline = _points(figure["outline"])
    if figure["mirrored"]:
        # The curve runs down one half and up the other; the ends lie on the mid-line.
        return (smooth_path(outline + mirrored(outline)[-2:0:-1], closed=True),)
    parts = (outline, _points(figure["arm"]))
    return tuple(
        smooth_path(points, closed=True) for part in parts for points in _facing(view, part)
    )


@cache
def muscle_shapes(view: ChartView, layer: Layer) -> tuple[Shape, ...]:
    """Return the muscles of one layer, on every side that the view shows."""
    return tuple(
        Shape(name=name, side=side, path=smooth_path(placed, closed=True))
        for name, parts in _figure(view).get(layer, {}).items()
        for raw in parts
        for side, placed in _placed(view, _points(raw))
    )


@cache
def region_shapes(view: ChartView) -> tuple[Shape, ...]:
    """Return the regions of a view; one of the mid-line comes once, without a side."""
    regions = load_knowledge().regions
    shapes = []
    for name, (x, y, radius_x, radius_y) in _figure(view)["regions"].items():
        placed = list(_placed(view, [(float(x), float(y))]))
        for side, (centre,) in placed if regions[name].paired else placed[:1]:
            shapes.append(
                Shape(
                    name=name,
                    side=side if regions[name].paired else None,
                    path=ellipse_path(centre, radius_x, radius_y),
                )
            )
    return tuple(shapes)


@cache
def stroke_paths(view: ChartView, key: Literal["relief", "arm_relief", "lines"]) -> tuple[str, ...]:
    """Return the unnamed muscles and the drawn lines, which only make the figure a body."""
    return tuple(
        smooth_path(placed, closed=key != "lines")
        for raw in _figure(view).get(key, [])
        for _, placed in _placed(view, _points(raw))
    )


def _points(raw: Sequence[Sequence[float]]) -> list[Point]:
    return [(float(x), float(y)) for x, y in raw]


def _facing(view: ChartView, points: list[Point]) -> Iterator[list[Point]]:
    yield mirrored(points) if view == "left" else points


def _placed(view: ChartView, points: list[Point]) -> Iterator[tuple[Side, list[Point]]]:
    """Yield a shape for each of the client's sides on which this view shows it."""
    if view == "front":
        yield from (("left", points), ("right", mirrored(points)))
    elif view == "back":
        yield from (("right", points), ("left", mirrored(points)))
    elif view == "right":
        yield "right", points
    else:
        yield "left", mirrored(points)
