"""Draw the angle of one measure: its reference direction, its arm, its arc, its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from posture.anatomy import View
from posture.draw import canvas as ink
from posture.draw.canvas import Point
from posture.draw.figures import Figure, body_sign, find_landmark
from posture.draw.labels import Label
from posture.draw.stage import Stage
from posture.draw.style import ANGLE
from posture.results import AssessedPhoto, Measure

__all__ = ["draw_figure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """A drawn angle on the canvas: its vertex, the arm's end, both directions in degrees."""

    vertex: Point
    end: Point
    reference_deg: float
    arm_deg: float

    @property
    def sweep_deg(self) -> float:
        return math.remainder(self.arm_deg - self.reference_deg, 360.0)


def draw_figure(
    stage: Stage, photo: AssessedPhoto, measure: Measure, figure: Figure
) -> Label | None:
    """Draw a measure's lines and return its label; None where a landmark is missing."""
    found = [find_landmark(photo.landmarks, name, photo.view) for name in figure.points]
    marks = [pair[1] for pair in found if pair is not None]
    if len(marks) < len(figure.points):
        return None
    points = [stage.at(mark.x_px, mark.y_px) for mark in marks]
    if len({(round(x, 3), round(y, 3)) for x, y in points}) < len(points):
        return None
    if figure.kind == "tilt":
        anchor = _draw_tilt(stage, photo.view, measure, figure, points)
    else:
        anchor = _draw_angle(stage, photo.view, measure, figure, points)
    return Label(measure=measure, anchor=anchor, to_left=_stands_left(figure, photo.view))


def _draw_angle(
    stage: Stage, view: View, measure: Measure, figure: Figure, points: list[Point]
) -> Point:
    """Draw reference direction, arm, interval and arc; return the arc's middle."""
    arm = _arm(figure, view, points)
    length = math.dist(arm.vertex, arm.end)
    radius = min(max(0.6 * length, 5 * stage.unit), 10 * stage.unit)
    _tint_interval(stage, view, measure, figure, arm, radius * 1.15)
    reference_end = ink.arc_points(arm.vertex, radius * 1.3, arm.reference_deg, arm.reference_deg)
    width = 0.24 * stage.unit
    ink.dashed_line(stage.canvas, arm.vertex, reference_end[0], width=width * 0.8, colour=ANGLE)
    ink.line(stage.canvas, arm.vertex, arm.end, width=width, colour=ANGLE)
    start, end = arm.reference_deg, arm.reference_deg + arm.sweep_deg
    arc = ink.arc_points(arm.vertex, radius, start, end)
    ink.polyline(stage.canvas, arc, width=width, colour=ANGLE)
    if figure.leader == "arm":
        return ((arm.vertex[0] + arm.end[0]) / 2, (arm.vertex[1] + arm.end[1]) / 2)
    return ink.arc_points(arm.vertex, radius, (start + end) / 2, (start + end) / 2)[0]


def _arm(figure: Figure, view: View, points: list[Point]) -> _Arm:
    if figure.kind == "bend":
        return _Arm(
            vertex=points[1],
            end=points[2],
            reference_deg=_direction_deg(points[0], points[1]),
            arm_deg=_direction_deg(points[1], points[2]),
        )
    forward_deg = 0.0 if body_sign(view) > 0 else 180.0
    reference = {"forward": forward_deg, "up": 90.0, "down": -90.0}[figure.reference or "up"]
    return _Arm(
        vertex=points[0],
        end=points[1],
        reference_deg=reference,
        arm_deg=_direction_deg(points[0], points[1]),
    )


def _tint_interval(
    stage: Stage, view: View, measure: Measure, figure: Figure, arm: _Arm, radius: float
) -> None:
    """Tint where the arm would lie at either end of the interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return
    turn = figure.turn * body_sign(view)
    ink.tint_sector(
        stage.canvas,
        arm.vertex,
        radius,
        arm.arm_deg + turn * (measure.low - measure.value),
        arm.arm_deg + turn * (measure.high - measure.value),
        colour=ANGLE,
        opacity=0.42,
    )


def _draw_tilt(
    stage: Stage, view: View, measure: Measure, figure: Figure, points: list[Point]
) -> Point:
    """Draw the line between both sides against the horizontal; return the anchored end."""
    (ax, ay), (bx, by) = points
    centre = ((ax + bx) / 2, (ay + by) / 2)
    half = 0.5 * math.dist(points[0], points[1])
    reach = half + 2.5 * stage.unit
    for i in (0, 1):
        arm = _Arm(
            vertex=centre,
            end=points[i],
            reference_deg=0.0,
            arm_deg=_direction_deg(centre, points[i]),
        )
        _tint_interval(stage, view, measure, figure, arm, reach)
    width = 0.24 * stage.unit
    level_left, level_right = (centre[0] - reach, centre[1]), (centre[0] + reach, centre[1])
    ink.dashed_line(stage.canvas, level_left, level_right, width=width * 0.8, colour=ANGLE)
    ink.line(stage.canvas, points[0], points[1], width=width, colour=ANGLE)
    pick = min if _stands_left(figure, view) else max
    outer = pick(points, key=lambda point: point[0])
    return (outer[0] + math.copysign(1.2 * stage.unit, outer[0] - centre[0]), outer[1])


def _stands_left(figure: Figure, view: View) -> bool:
    """Whether a figure's label stands in the left margin of the picture."""
    sign = body_sign(view)
    return {
        "front": sign < 0,
        "back": sign > 0,
        "picture left": True,
        "picture right": False,
        "client right": sign < 0,
        "client left": sign > 0,
    }[figure.label]


def _direction_deg(start: Point, end: Point) -> float:
    """Return a direction anticlockwise from the picture's right."""
    return math.degrees(math.atan2(start[1] - end[1], end[0] - start[0]))
