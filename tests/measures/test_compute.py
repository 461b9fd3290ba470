"""Truth tables and properties of the measures, on stick figures of known angles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.anatomy import Method, View
from posture.landmarks import LandmarkSet
from posture.measures import MEASURES
from posture.measures.compute import compute_measures
from posture.measures.formulas import FORMULAS
from posture.results import Measure, Unit
from posture.scale import BodyScale
from tests.stick import (
    CENTRE_X_PX,
    FRONTAL,
    LATERAL,
    at_angle,
    landmark_set,
    rotated,
    standing_pose,
)

SCALE = BodyScale(stature_px=1200.0, relative_sd=0.0, stature_cm=180.0)
PX_PER_CM = 1200.0 / 180.0
SIDES = (View.LEFT, View.RIGHT)
FRONTS = (View.FRONT, View.BACK)
_OBLIQUITY = {View.FRONT: "pelvic_obliquity_deg", View.BACK: "pelvic_obliquity_psis_deg"}


def measured(marks: LandmarkSet, view: View, **options: object) -> dict[str, Measure]:
    options = {"scale": SCALE, **options}
    return {m.id: m for m in compute_measures(marks, view, **options)}  # type: ignore[arg-type]


def lateral(view: View, **moved: tuple[float, float]) -> dict[str, Measure]:
    return measured(landmark_set({**LATERAL, **moved}, view), view)


def frontal(view: View, **moved: tuple[float, float]) -> dict[str, Measure]:
    return measured(landmark_set({**FRONTAL, **moved}, view), view)


@pytest.mark.parametrize("view", SIDES)
@pytest.mark.parametrize(
    ("measure", "moved", "expected"),
    [
        ("craniovertebral_angle_deg", {"tragus": (-40.0, 1110.0)}, 90.0),
        ("craniovertebral_angle_deg", {"tragus": at_angle(LATERAL["c7"], 60.0, 80.0)}, 60.0),
        ("craniovertebral_angle_deg", {"tragus": at_angle(LATERAL["c7"], 35.0, 80.0)}, 35.0),
        ("forward_head_cm", {"tragus": (4 * PX_PER_CM, 1110.0)}, 4.0),
        ("forward_head_cm", {"tragus": (-2 * PX_PER_CM, 1110.0)}, -2.0),
        ("sagittal_head_angle_deg", {"canthus": at_angle(LATERAL["tragus"], 15.0, 60.0)}, 15.0),
        ("sagittal_head_angle_deg", {"canthus": at_angle(LATERAL["tragus"], -20.0, 60.0)}, -20.0),
        ("forward_shoulder_angle_deg", {"acromion": (-40.0, 985.0)}, 0.0),
        ("forward_shoulder_angle_deg", {"acromion": at_angle(LATERAL["c7"], -45, 70)}, 45.0),
        ("shoulder_forward_cm", {"acromion": (-40.0 + 5 * PX_PER_CM, 985.0)}, 5.0),
        ("pelvic_tilt_deg", {"psis": (-60.0, 670.0)}, 0.0),
        ("pelvic_tilt_deg", {"asis": at_angle(LATERAL["psis"], -12.0, 120.0)}, 12.0),
        ("pelvic_tilt_deg", {"asis": at_angle(LATERAL["psis"], 5.0, 120.0)}, -5.0),
        ("trunk_lean_deg", {"acromion": at_angle(LATERAL["trochanter"], 84.0, 355.0)}, 6.0),
        ("trunk_lean_deg", {"acromion": at_angle(LATERAL["trochanter"], 93.0, 355.0)}, -3.0),
        ("body_lean_deg", {"tragus": at_angle(LATERAL["malleolus"], 88.0, 1060.0)}, 2.0),
        ("plumb_knee_cm", {"knee": (-15.0, 345.0)}, -2.61),
        ("plumb_ear_cm", {"tragus": (-15.0 + 6 * PX_PER_CM, 1110.0)}, 3.39),
    ],
)
def test_lateral_truth_table(view, measure, moved, expected):
    result = lateral(view, **moved)[measure]
    assert result.value == pytest.approx(expected, abs=1e-6)
    assert result.method is Method.MANUAL
    assert result.view is view


@pytest.mark.parametrize("view", SIDES)
@pytest.mark.parametrize("bend", [20.0, 4.0, -7.0])
def test_knee_flexion_is_positive_when_bent_and_negative_when_hyperextended(view, bend):
    knee = LATERAL["knee"]
    straight = {"trochanter": (knee[0], knee[1] + 285), "malleolus": (knee[0], knee[1] - 295)}
    # Bending takes the shank backward under the thigh: clockwise for a client facing +x.
    straight["malleolus"] = rotated(straight["malleolus"], knee, -bend)
    assert lateral(view, **straight)["knee_flexion_deg"].value == pytest.approx(bend)


@pytest.mark.parametrize("view", FRONTS)
@pytest.mark.parametrize(
    ("measure", "moved", "expected"),
    [
        ("head_tilt_deg", {}, 0.0),
        ("head_tilt_deg", {"tragus_right": (50.0, 1110.0 + 100 * math.tan(0.1))}, 5.729578),
        ("shoulder_tilt_deg", {"acromion_left": (-130.0, 985.0 + 260 * math.tan(0.05))}, -2.864789),
        ("head_shift_cm", {"tragus_right": (50.0 - 2 * 2 * PX_PER_CM, 1110.0)}, -2.0),
    ],
)
def test_frontal_truth_table(view, measure, moved, expected):
    assert frontal(view, **moved)[measure].value == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("view", "measure", "moved", "expected"),
    [
        (
            View.FRONT,
            "pelvic_obliquity_deg",
            {"asis_right": (85.0, 670.0 + 170 * math.tan(0.05))},
            2.864789,
        ),
        (View.FRONT, "trunk_shift_cm", {"asis_left": (-85.0 - 6 * PX_PER_CM, 670.0)}, 3.0),
        (
            View.BACK,
            "pelvic_obliquity_psis_deg",
            {"psis_right": (40.0, 695.0 + 80 * math.tan(0.05))},
            2.864789,
        ),
        (View.BACK, "trunk_shift_psis_cm", {"psis_left": (-40.0 - 6 * PX_PER_CM, 695.0)}, 3.0),
        (View.BACK, "scapular_tilt_deg", {}, 0.0),
        (
            View.BACK,
            "scapular_tilt_deg",
            {"scapula_left": (-90.0, 850.0 + 180 * math.tan(0.1))},
            -5.729578,
        ),
    ],
)
def test_what_one_view_alone_shows(view, measure, moved, expected):
    assert frontal(view, **moved)[measure].value == pytest.approx(expected, abs=1e-5)
    other = View.BACK if view is View.FRONT else View.FRONT
    assert measure not in frontal(other)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_heel_that_leans_outward_is_valgus(side):
    outward = 1.0 if side == "right" else -1.0
    moved = {f"calcaneus_{side}": (60.0 * outward + outward * 4.0, 15.0)}
    found = frontal(View.BACK, **moved)[f"calcaneal_angle_{side}_deg"]
    assert found.value == pytest.approx(math.degrees(math.atan2(4, 40)))
    inward = {f"calcaneus_{side}": (60.0 * outward - outward * 4.0, 15.0)}
    found = frontal(View.BACK, **inward)[f"calcaneal_angle_{side}_deg"]
    assert found.value == pytest.approx(-math.degrees(math.atan2(4, 40)))


@pytest.mark.parametrize("view", FRONTS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_knee_moved_inward_is_valgus(view, side):
    outward = 1.0 if side == "right" else -1.0
    points = {
        f"hip_{side}": (65.0 * outward, 640.0),
        f"knee_centre_{side}": (45.0 * outward, 350.0),
        f"ankle_{side}": (65.0 * outward, 60.0),
    }
    marks = landmark_set(points, view, method=Method.ESTIMATED)
    value = measured(marks, view)[f"knee_valgus_{side}_deg"].value
    assert value == pytest.approx(2 * math.degrees(math.atan2(20, 290)))


@pytest.mark.parametrize("measure", [name for name in FORMULAS if not MEASURES[name].is_proxy])
def test_a_missing_landmark_gives_a_reason_and_never_a_number(measure):
    definition = MEASURES[measure]
    view = _view_of(measure)
    whole = landmark_set(_every_point(definition.plane), view, method=Method.MANUAL)
    assert measured(whole, view)[measure].is_ok
    for gone in definition.landmarks:
        rest = {n: m for n, m in whole.items() if n not in (gone, f"{gone}_left")}
        result = measured(LandmarkSet(rest), view)[measure]
        assert not result.is_ok
        assert "no clinical landmark for" in result.reason


@pytest.mark.parametrize("measure", [name for name in FORMULAS if not MEASURES[name].is_proxy])
def test_a_detector_point_never_passes_for_a_clinical_landmark(measure):
    definition = MEASURES[measure]
    view = _view_of(measure)
    marks = dict(landmark_set(_every_point(definition.plane), view, method=Method.MANUAL))
    name = definition.landmarks[0]
    full = name if name in marks else f"{name}_left"
    marks[full] = replace(marks[full], method=Method.PROXY)
    assert not measured(LandmarkSet(marks), view)[measure].is_ok


@pytest.mark.parametrize(
    "measure",
    [name for name in FORMULAS if MEASURES[name].unit is Unit.DEGREES],
)
def test_coincident_landmarks_give_a_reason(measure):
    definition = MEASURES[measure]
    view = _view_of(measure)
    here = dict.fromkeys(definition.landmarks, (10.0, 700.0))
    marks = landmark_set(here, view, method=Method.ESTIMATED)
    result = measured(marks, view)[measure]
    assert not result.is_ok
    assert "one place" in result.reason


def test_without_scale_lengths_are_not_measured_and_angles_are():
    result = measured(landmark_set(LATERAL, View.LEFT), View.LEFT, scale=None)
    assert not result["forward_head_cm"].is_ok
    assert result["craniovertebral_angle_deg"].is_ok


def test_without_stature_lengths_are_percent_of_stature():
    scale = BodyScale(stature_px=1200.0, relative_sd=0.0)
    moved = {**LATERAL, "tragus": (24.0, 1110.0)}
    result = measured(landmark_set(moved, View.LEFT), View.LEFT, scale=scale)["forward_head_cm"]
    assert result.unit is Unit.PERCENT_STATURE
    assert result.value == pytest.approx(2.0)


def test_the_interval_widens_with_placement_error():
    narrow, wide = (
        measured(landmark_set(LATERAL, View.LEFT, sd_px=sd), View.LEFT)["craniovertebral_angle_deg"]
        for sd in (1.0, 8.0)
    )
    assert wide.high - wide.low > narrow.high - narrow.low > 0


def test_the_propagated_interval_agrees_with_sampling():
    rng = np.random.default_rng(7)
    sd_px = 4.0
    values = []
    for _ in range(4000):
        moved = {
            name: tuple(np.array(LATERAL[name]) + rng.normal(0, sd_px, 2))
            for name in ("c7", "tragus")
        }
        values.append(lateral(View.LEFT, **moved)["craniovertebral_angle_deg"].value)
    marks = landmark_set(LATERAL, View.LEFT, sd_px=sd_px)
    result = measured(marks, View.LEFT)["craniovertebral_angle_deg"]
    bare = lateral(View.LEFT)["craniovertebral_angle_deg"]
    placement = ((result.high - result.low) ** 2 - (bare.high - bare.low) ** 2) ** 0.5 / 2 / 1.96
    assert placement == pytest.approx(np.std(values), rel=0.06)


def test_provenance_is_that_of_the_weakest_landmark():
    marks = dict(landmark_set(LATERAL, View.LEFT))
    marks["c7"] = replace(marks["c7"], method=Method.ESTIMATED)
    result = measured(LandmarkSet(marks), View.LEFT)
    assert result["craniovertebral_angle_deg"].method is Method.ESTIMATED
    assert result["forward_head_cm"].method is Method.MANUAL


@given(
    scale=st.floats(0.2, 5.0),
    dx=st.floats(-500, 500),
    dy=st.floats(-500, 500),
    view=st.sampled_from(SIDES),
)
def test_angles_are_unchanged_by_scale_and_translation(scale, dx, dy, view):
    before = lateral(view)
    moved = {name: (x * scale + dx, y * scale + dy) for name, (x, y) in LATERAL.items()}
    after = measured(landmark_set(moved, view), view)
    for name, result in before.items():
        if result.is_ok and result.unit is Unit.DEGREES:
            assert after[name].value == pytest.approx(result.value, abs=1e-6)


@given(angle=st.floats(-20, 20), view=st.sampled_from(FRONTS))
def test_a_rotated_figure_shifts_every_tilt_by_the_angle(angle, view):
    moved = {name: rotated(point, (0.0, 0.0), angle) for name, point in FRONTAL.items()}
    after = measured(landmark_set(moved, view), view)
    for name in ("head_tilt_deg", "shoulder_tilt_deg", _OBLIQUITY[view]):
        assert after[name].value == pytest.approx(angle, abs=1e-6)


@pytest.mark.parametrize("view", FRONTS)
def test_mirroring_the_client_flips_every_frontal_sign(view):
    points = {**FRONTAL, "tragus_right": (58.0, 1118.0), "asis_left": (-80.0, 661.0)}
    points["psis_left"] = (-38.0, 691.0)
    mirrored = {
        name.replace("left", "L").replace("right", "left").replace("L", "right"): (-x, y)
        for name, (x, y) in points.items()
    }
    before = measured(landmark_set(points, view), view)
    after = measured(landmark_set(mirrored, view), view)
    shift = "trunk_shift_cm" if view is View.FRONT else "trunk_shift_psis_cm"
    for name in ("head_tilt_deg", "head_shift_cm", _OBLIQUITY[view], shift):
        assert after[name].value == pytest.approx(-before[name].value, abs=1e-9)


def test_the_curve_indices_follow_the_contour():
    # A back that bows rearward by 30 px over the thorax and forward by 12 px over the loin.
    top, bottom = LATERAL["c7"][1], LATERAL["psis"][1]
    level = top + 0.709 * (bottom - top)
    y = np.arange(bottom, top)[::-1]
    u = np.where(y > level, (y - level) / (top - level), (y - bottom) / (level - bottom))
    bow = np.where(y > level, -30.0, 12.0) * np.sin(np.pi * u)
    contour = np.column_stack([CENTRE_X_PX - (-50.0 + bow), 1400.0 - y])
    result = measured(landmark_set(LATERAL, View.LEFT), View.LEFT, contour=contour)
    assert result["thoracic_curve_index"].value == pytest.approx(30 / (top - level), rel=0.02)
    assert result["lumbar_curve_index"].value == pytest.approx(12 / (level - bottom), rel=0.03)


def test_proxies_are_measured_on_detector_points_and_marked_so():
    pose = standing_pose(View.LEFT)
    marks = {
        n: replace(
            next(iter(landmark_set({"c7": (0.0, 0.0)}, View.LEFT).values())),
            x_px=p.x_px,
            y_px=p.y_px,
            method=Method.PROXY,
        )
        for n, p in pose.points.items()
    }
    result = measured(LandmarkSet(marks), View.LEFT)
    for name, definition in MEASURES.items():
        if definition.plane == "lateral" and definition.is_proxy:
            assert result[name].method is Method.PROXY
    assert not result["craniovertebral_angle_deg"].is_ok


def _view_of(measure: str) -> View:
    definition = MEASURES[measure]
    return View.LEFT if definition.plane == "lateral" else definition.only_from or View.FRONT


def _every_point(plane: str) -> dict[str, tuple[float, float]]:
    if plane == "lateral":
        return dict(LATERAL)
    legs = {}
    for sign, side in ((1, "right"), (-1, "left")):
        legs |= {
            f"hip_{side}": (65.0 * sign, 640.0),
            f"knee_centre_{side}": (60.0 * sign, 350.0),
            f"ankle_{side}": (60.0 * sign, 60.0),
        }
    return {**FRONTAL, **legs}
