"""Compose one annotated picture: body, plumb line, angles, landmarks, labels, legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from posture.anatomy import Method, View, near_side
from posture.draw import canvas as ink
from posture.draw.canvas import Image8, Point, Text
from posture.draw.figures import (
    FIGURES,
    FRONTAL_SEGMENTS,
    LATERAL_SEGMENTS,
    Figure,
    body_sign,
    find_first,
    find_landmark,
    plumb_x_px,
)
from posture.draw.labels import Label, draw_header, draw_labels, draw_legend
from posture.draw.stage import Frame, Stage, body_box, set_stage
from posture.draw.style import ANGLE, COLOURS, PLUMB, SEGMENT, SHAPES
from posture.landmarks import Landmark
from posture.results import AssessedPhoto, Measure

__all__ = ["annotate", "drawn_methods"]


def annotate(
    pixels: Image8,
    photo: AssessedPhoto,
    measures: Sequence[Measure],
    *,
    frame: Frame = "photo",
    height_px: int = 1600,
) -> Image8:
    """Return a picture of the photo with what was measured in it.

    Parameters
    ----------
    pixels
        The upright photo, RGB uint8, shape (H, W, 3). Not changed.
    photo
        Its view and landmarks, in pixels of that photo.
    measures
        Measures of the visit; those taken in this view with status `ok` are drawn where
        all their landmarks are present.
    frame
        `photo` keeps the whole photo at its size, with paper around it where labels
        need room; `body` crops to the client
        and puts labels into white margins at both sides.
    height_px
        Height of the photo's part of the picture with `body`.

    Raises
    ------
    ValueError
        If the pixels are not those of the photo.
    """
    expected = (photo.height_px, photo.width_px, 3)
    if pixels.shape != expected:
        raise ValueError(f"expected pixels of shape {expected}, found {pixels.shape}")
    stage = set_stage(pixels, photo.landmarks, frame, height_px)
    drawn = [
        measure
        for measure in measures
        if measure.is_ok and measure.view is photo.view and measure.id in FIGURES
    ]
    _draw_segments(stage, photo, drawn)
    _draw_plumb_line(stage, photo)
    labels = [
        label
        for measure in drawn
        if (label := _draw_figure(stage, photo, measure, FIGURES[measure.id])) is not None
    ]
    methods = _draw_landmarks(stage, photo)
    texts: list[Text] = [
        *draw_labels(stage, labels),
        *draw_header(stage, photo.view),
        *draw_legend(stage, methods, has_angles=bool(labels)),
    ]
    return ink.put_texts(stage.canvas, texts)


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


def _draw_segments(stage: Stage, photo: AssessedPhoto, drawn: Sequence[Measure]) -> None:
    """Draw the body's segments, except those that the arm of an angle covers anyway."""
    pairs = LATERAL_SEGMENTS if photo.view.is_lateral else FRONTAL_SEGMENTS
    covered = {
        frozenset(pair)
        for measure in drawn
        for pair in pairwise(FIGURES[measure.id].points)
        if FIGURES[measure.id].kind != "bend" or pair == FIGURES[measure.id].points[1:]
    }
    for ends in pairs:
        found = [find_first(photo.landmarks, names, photo.view) for names in ends]
        names = {_unsided(pair[0], photo.view) for pair in found if pair is not None}
        if len(names) == 2 and names not in covered:
            a, b = (stage.at(pair[1].x_px, pair[1].y_px) for pair in found if pair is not None)
            ink.line(stage.canvas, a, b, width=0.22 * stage.unit, colour=SEGMENT)


def _draw_plumb_line(stage: Stage, photo: AssessedPhoto) -> None:
    x_px = plumb_x_px(photo.landmarks, photo.view)
    body = body_box(photo.landmarks)
    if x_px is None or body is None:
        return
    top = max(0.0, body.top - 0.1 * body.height)
    foot = min(photo.height_px - 1.0, body.bottom + 0.02 * body.height)
    ink.dashed_line(
        stage.canvas,
        stage.at(x_px, top),
        stage.at(x_px, foot),
        width=0.26 * stage.unit,
        colour=PLUMB,
    )


def _draw_figure(
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


def _draw_landmarks(stage: Stage, photo: AssessedPhoto) -> list[Method]:
    """Draw the landmarks that matter in this view; return the provenances drawn, sorted."""
    shown = _shown_landmarks(photo)
    for mark in shown:
        reach = 1.96 * mark.sd_px * stage.scale
        if mark.method is Method.ESTIMATED and reach > 1.1 * stage.unit:
            ink.circle(
                stage.canvas,
                stage.at(mark.x_px, mark.y_px),
                reach,
                width=0.16 * stage.unit,
                colour=COLOURS[mark.method],
            )
    for mark in shown:
        ink.marker(
            stage.canvas,
            stage.at(mark.x_px, mark.y_px),
            SHAPES[mark.method],
            radius=0.62 * stage.unit,
            colour=COLOURS[mark.method],
        )
    return drawn_methods(photo)


def drawn_methods(photo: AssessedPhoto) -> list[Method]:
    """Return the provenances of the landmarks that `annotate` draws, in a fixed order."""
    shown = {mark.method for mark in _shown_landmarks(photo)}
    return [method for method in Method if method in shown]


def _shown_landmarks(photo: AssessedPhoto) -> list[Landmark]:
    """Return clinical landmarks of the near side, and the detector points lines end on."""
    pairs = LATERAL_SEGMENTS if photo.view.is_lateral else FRONTAL_SEGMENTS
    names = {
        found[0]
        for ends in pairs
        for end in ends
        if (found := find_first(photo.landmarks, end, photo.view)) is not None
    }
    for name, mark in photo.landmarks.items():
        far = photo.view.is_lateral and name.endswith(("_left", "_right"))
        far = far and not name.endswith(f"_{near_side(photo.view)}")
        if mark.method is not Method.PROXY and not far:
            names.add(name)
    return [mark for name, mark in photo.landmarks.items() if name in names]


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


def _unsided(name: str, view: View) -> str:
    return name.removesuffix(f"_{near_side(view)}") if view.is_lateral else name


def _direction_deg(start: Point, end: Point) -> float:
    """Return a direction anticlockwise from the picture's right."""
    return math.degrees(math.atan2(start[1] - end[1], end[0] - start[0]))
