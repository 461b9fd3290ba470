"""Measures from the landmarks of one photo, each with its interval or its reason.

Pure. The 95 % interval joins three independent parts: the landmarks' own placement error
(propagated through the formula), the scale's, and the photo's (camera height, distance
and rotation, which no landmark shows), read from `data/photo_error.csv`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import LANDMARK_PROTOCOL, Method, View, near_side
from posture.data_tables import read_data_table
from posture.geometry import CoincidentPointsError
from posture.landmarks import Keypoint, Landmark, LandmarkSet
from posture.measures.curves import CURVES, OUTLINE_SD, NoContourError, curve_index
from posture.measures.formulas import FORMULAS, PLUMB_ANTERIOR_OF_MALLEOLUS
from posture.measures.posterior import WAIST, WAIST_HIDDEN, WAIST_SD, Gap, asymmetry
from posture.measures.table import MEASURES, MeasureDefinition
from posture.results import Measure, Status, Unit
from posture.scale import BodyScale

__all__ = ["body_points", "compute_measures", "not_measured"]

_Z_95 = 1.96
_NO_SCALE = "crown and soles are not both in the picture, so there is no scale"


def compute_measures(
    landmarks: LandmarkSet,
    view: View,
    *,
    scale: BodyScale | None,
    contour: NDArray[np.float64] | None = None,
    waist: Sequence[Gap] = (),
) -> tuple[Measure, ...]:
    """Return every measure of the table that belongs to this view, in the table's order.

    Parameters
    ----------
    landmarks
        Clinical landmarks and detector points of the photo.
    view
        From where the client is seen.
    scale
        None where the stature in the picture is not known: lengths are then not measured.
    contour
        The back's edge, shape (N, 2), pixels; for the curve indices of a side view.
    waist
        The gaps between trunk and arms as `waist_gaps` gives them; for a back view.
    """
    points = body_points(landmarks, view)
    if contour is not None:
        contour = contour * np.array([view.body_x_sign, -1.0])
    return tuple(
        _waist(definition, waist, view, scale)
        if definition.id == WAIST
        else _measure(definition, points, landmarks, view, scale, contour)
        for definition in MEASURES.values()
        if definition.shows_in(view)
    )


def not_measured(definition: MeasureDefinition, view: View | None, reason: str) -> Measure:
    """Return the record of a measure that could not be taken."""
    return Measure(
        id=definition.id,
        unit=definition.unit,
        status=Status.NOT_MEASURED,
        view=view,
        reason=reason,
    )


def body_points(
    landmarks: Mapping[str, Landmark | Keypoint], view: View
) -> dict[str, NDArray[np.float64]]:
    """Return the points in the body's frame, in pixels.

    Side views: x anterior, y up, near-side points under their unsided name too. Frontal
    views: x towards the client's right, y up.
    """
    forward = view.body_x_sign
    points = {
        name: np.array([forward * mark.x_px, -mark.y_px], dtype=np.float64)
        for name, mark in landmarks.items()
    }
    if view.is_lateral:
        suffix = f"_{near_side(view)}"
        points |= {
            name.removesuffix(suffix): point
            for name, point in points.items()
            if name.endswith(suffix)
        }
    return points


def _measure(
    definition: MeasureDefinition,
    points: Mapping[str, NDArray[np.float64]],
    landmarks: LandmarkSet,
    view: View,
    scale: BodyScale | None,
    contour: NDArray[np.float64] | None,
) -> Measure:
    used = {name: _landmark(name, landmarks, view) for name in definition.landmarks}
    missing = [name for name, mark in used.items() if not _fits(mark, definition)]
    if missing:
        return not_measured(definition, view, _needs(missing))
    if definition.unit is Unit.CENTIMETRES and scale is None:
        return not_measured(definition, view, _NO_SCALE)
    marks = {name: mark for name, mark in used.items() if mark is not None}
    try:
        value_px, variance = _value_and_variance(definition, points, marks, contour)
    except CoincidentPointsError:
        return not_measured(definition, view, "two of its landmarks lie at one place")
    except NoContourError as error:
        return not_measured(definition, view, str(error))
    return _scaled(definition, value_px, variance, marks.values(), view, scale)


def _waist(
    definition: MeasureDefinition, gaps: Sequence[Gap], view: View, scale: BodyScale | None
) -> Measure:
    apart_px = asymmetry(gaps)
    if apart_px is None:
        return not_measured(definition, view, WAIST_HIDDEN)
    if scale is None:
        return not_measured(definition, view, _NO_SCALE)
    factor = scale.length(1.0)
    half = _Z_95 * math.hypot(
        WAIST_SD * scale.length(scale.stature_px), apart_px * factor * scale.relative_sd
    )
    return Measure(
        id=definition.id,
        unit=Unit.CENTIMETRES if scale.stature_cm is not None else Unit.PERCENT_STATURE,
        status=Status.OK,
        view=view,
        value=apart_px * factor,
        low=apart_px * factor - half,
        high=apart_px * factor + half,
        method=Method.ESTIMATED,
    )


def _landmark(name: str, landmarks: LandmarkSet, view: View) -> Landmark | None:
    if name in landmarks:
        return landmarks[name]
    return landmarks.get(f"{name}_{near_side(view)}") if view.is_lateral else None


def _fits(mark: Landmark | None, definition: MeasureDefinition) -> bool:
    return mark is not None and (definition.is_proxy or mark.method is not Method.PROXY)


def _needs(missing: Iterable[str]) -> str:
    titles = ", ".join(_title(name) for name in missing)
    return f"no clinical landmark for {titles}; the pose network does not find it"


def _title(name: str) -> str:
    base = name.removesuffix("_left").removesuffix("_right")
    entry = LANDMARK_PROTOCOL.get(base)
    side = name.removeprefix(base).strip("_")
    title = entry.title if entry else base.replace("_", " ")
    return f"{title} ({side})" if side else title


def _value_and_variance(
    definition: MeasureDefinition,
    points: Mapping[str, NDArray[np.float64]],
    marks: Mapping[str, Landmark],
    contour: NDArray[np.float64] | None,
) -> tuple[float, float]:
    """Return the value and the variance that its landmarks, and for curves the outline, give it.

    Central differences over one standard deviation along each axis; angles are compared
    around the circle.
    """

    def formula(moved: Mapping[str, NDArray[np.float64]]) -> float:
        if definition.id in CURVES:
            return curve_index(definition.id, moved, contour)
        return FORMULAS[definition.id](moved)

    here = {name: points[name] for name in marks}
    value = formula(here)
    variance = OUTLINE_SD.get(definition.id, 0.0) ** 2
    for name, mark in marks.items():
        if mark.sd_px == 0:
            continue
        for axis in (0, 1):
            step = np.zeros(2)
            step[axis] = mark.sd_px
            spread = formula({**here, name: here[name] + step}) - formula(
                {**here, name: here[name] - step}
            )
            if definition.unit is Unit.DEGREES:
                spread = math.remainder(spread, 360.0)
            variance += (spread / 2.0) ** 2
    return value, variance


def _scaled(
    definition: MeasureDefinition,
    value: float,
    variance: float,
    marks: Iterable[Landmark],
    view: View,
    scale: BodyScale | None,
) -> Measure:
    unit = definition.unit
    sd_of_photo = _photo_error_sd(definition.id)
    if unit is Unit.CENTIMETRES and scale is not None:
        unit = Unit.CENTIMETRES if scale.stature_cm is not None else Unit.PERCENT_STATURE
        factor, whole = scale.length(1.0), scale.length(scale.stature_px)
        value *= factor
        if definition.id.startswith("plumb_"):
            value -= PLUMB_ANTERIOR_OF_MALLEOLUS * whole
        variance = variance * factor**2 + (value * scale.relative_sd) ** 2
        sd_of_photo *= whole / _STATURE_OF_TABLE_CM
    half = _Z_95 * math.sqrt(variance + sd_of_photo**2)
    return Measure(
        id=definition.id,
        unit=unit,
        status=Status.OK,
        view=view,
        value=value,
        low=value - half,
        high=value + half,
        method=min((mark.method for mark in marks), key=lambda method: method.trust),
    )


_STATURE_OF_TABLE_CM = 170.0


@cache
def _photo_errors() -> dict[str, float]:
    return {row["measure"]: float(row["sd"]) for row in read_data_table("photo_error.csv")}


def _photo_error_sd(measure_id: str) -> float:
    return _photo_errors()[measure_id]
