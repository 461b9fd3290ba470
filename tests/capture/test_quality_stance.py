"""How the client stands, on stick figures of known angles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.capture.quality_stance import check_stance
from posture.landmarks import Pose
from posture.silhouette import Outline
from tests.stick import standing_pose

EXTENT = Outline(crown_y_px=200.0, sole_y_px=1400.0, touches_top=False, touches_bottom=False)
UPPER = ("nose", "eye", "ear", "mouth", "shoulder", "elbow", "wrist", "pinky", "index", "thumb")


def codes(pose: Pose, view: View, extent: Outline | None = EXTENT) -> dict[str, str]:
    return {note.code: note.severity for note in check_stance(pose, view, extent)}


def moved(pose: Pose, **by: tuple[float, float]) -> Pose:
    """The pose with points, named with or without side, moved by (x, y) pixels."""
    points = dict(pose.points)
    for name, (x, y) in by.items():
        for full in (name, f"{name}_left", f"{name}_right"):
            if full in points:
                point = points[full]
                points[full] = replace(point, x_px=point.x_px + x, y_px=point.y_px + y)
    return replace(pose, points=points)


def turned(pose: Pose, names: tuple[str, ...], about: str, angle_deg: float) -> Pose:
    """The pose with points turned about the middle of a pair, in the picture's plane."""
    middle, (c, s) = pose.middle(about), (f(math.radians(angle_deg)) for f in (math.cos, math.sin))
    points = {}
    for full, point in pose.points.items():
        if full.removesuffix("_left").removesuffix("_right").startswith(names):
            x, y = np.array([point.x_px, point.y_px]) - middle
            to = middle + np.array([c * x - s * y, s * x + c * y])
            point = replace(point, x_px=float(to[0]), y_px=float(to[1]))
        points[full] = point
    return replace(pose, points=points)


def tipped(pose: Pose, names: tuple[str, ...], about: str, angle_deg: float) -> Pose:
    """The pose with points turned about the middle of a pair, towards the camera."""
    ys = pose.middle(about)[1]
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    points = {}
    for full, point in pose.points.items():
        if full.removesuffix("_left").removesuffix("_right").startswith(names):
            up = ys - point.y_px
            point = replace(point, y_px=ys - c * up, z_px=point.z_px - s * up)
        points[full] = point
    return replace(pose, points=points)


@pytest.mark.parametrize("view", list(View))
def test_a_client_who_stands_well_has_nothing_to_hear(view):
    assert codes(standing_pose(view), view) == {}


@pytest.mark.parametrize(
    ("lean_deg", "severity"), [(15.0, None), (27.0, "warning"), (50.0, "refused")]
)
def test_a_bent_trunk_is_told_from_the_side(lean_deg, severity):
    bent = turned(standing_pose(View.RIGHT), UPPER, "hip", lean_deg)
    assert codes(bent, View.RIGHT).get("not_standing") == severity


@pytest.mark.parametrize(
    ("lean_deg", "severity"), [(15.0, None), (30.0, "warning"), (50.0, "refused")]
)
@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_a_bent_trunk_is_told_from_depth_from_in_front(view, lean_deg, severity):
    bent = tipped(standing_pose(view), UPPER, "hip", lean_deg)
    assert codes(bent, view).get("not_standing") == severity


def test_a_seated_client_is_refused_with_that_reason():
    seat = standing_pose(View.LEFT)
    seat = turned(seat, ("knee", "ankle", "heel", "foot"), "hip", 85.0)
    seat = turned(seat, ("ankle", "heel", "foot"), "knee_centre", -85.0)
    (note,) = check_stance(seat, View.LEFT, None)
    assert (note.code, note.severity) == ("not_standing", "refused")
    assert "thighs raised" in note.text
    assert "about 86°" in note.text  # the thigh led 0.8° forward before


@pytest.mark.parametrize(
    ("angle_deg", "severity"), [(20.0, None), (38.0, "warning"), (60.0, "refused")]
)
def test_bent_knees_are_told(angle_deg, severity):
    knees = turned(standing_pose(View.RIGHT), ("ankle", "heel", "foot"), "knee_centre", angle_deg)
    assert codes(knees, View.RIGHT).get("not_standing") == severity


def test_legs_that_a_network_made_up_are_refused():
    short = moved(standing_pose(View.FRONT), ankle=(0, -230), heel=(0, -230), foot_index=(0, -230))
    assert codes(short, View.FRONT, None) == {"implausible_body": "refused"}


def test_a_silhouette_that_ends_above_the_ankles_is_refused():
    bust = replace(EXTENT, sole_y_px=900.0)
    assert codes(standing_pose(View.FRONT), View.FRONT, bust) == {"implausible_body": "refused"}


def test_a_body_on_a_pole_is_refused():
    pose = standing_pose(View.FRONT)
    mask = np.array(pose.silhouette)
    mask[780:] = 0
    mask[780:1400, 490:510] = 1
    found = codes(replace(pose, silhouette=mask), View.FRONT)
    assert found == {"implausible_body": "refused"}


def test_feet_that_the_silhouette_lost_are_told():
    lost = replace(EXTENT, sole_y_px=1345.0)
    assert codes(standing_pose(View.LEFT), View.LEFT, lost) == {"feet_unclear": "warning"}


def test_ankles_that_are_hardly_seen_are_told():
    pose = standing_pose(View.FRONT)
    hidden = {
        name: replace(point, visibility=0.05) if name.startswith("ankle") else point
        for name, point in pose.points.items()
    }
    assert codes(replace(pose, points=hidden), View.FRONT) == {"implausible_body": "warning"}


def test_a_hand_before_the_pelvis_is_told_from_in_front_only():
    for view, found in ((View.FRONT, {"hand_over_pelvis": "warning"}), (View.BACK, {})):
        pose = standing_pose(view)
        aside = 500.0 - pose.points["index_left"].x_px
        assert codes(moved(pose, index_left=(aside, -100.0)), view) == found


@pytest.mark.parametrize("view", [View.FRONT, View.LEFT])
def test_a_raised_hand_is_told_and_what_it_may_mean(view):
    raised = moved(standing_pose(view), wrist_right=(0.0, -350.0))
    (note,) = check_stance(raised, view, EXTENT)
    assert (note.code, note.severity) == ("hand_raised", "warning")
    assert "mirror" in note.text


def test_both_hands_before_the_chest_are_not_a_raised_hand():
    card = moved(standing_pose(View.FRONT), wrist=(0.0, -270.0))
    assert codes(card, View.FRONT) == {}


@pytest.mark.parametrize(("view", "by"), [(View.LEFT, (110.0, 0.0)), (View.FRONT, (0.0, 60.0))])
def test_a_foot_ahead_of_the_other_is_told(view, by):
    stepped = moved(standing_pose(view), ankle_left=by, heel_left=by, foot_index_left=by)
    assert codes(stepped, view) == {"feet_not_square": "warning"}


def test_a_turned_head_is_told_from_in_front():
    assert codes(moved(standing_pose(View.FRONT), nose=(40.0, 0.0)), View.FRONT) == {
        "head_turned": "warning"
    }


def test_a_head_turned_to_the_camera_is_told_from_the_side():
    pose = standing_pose(View.LEFT)
    metric = {
        name: replace(p, world_m=(p.x_px / 700, p.y_px / 700, p.z_px / 700))
        for name, p in pose.points.items()
    }
    assert codes(replace(pose, points=metric), View.LEFT) == {}
    x, y, z = metric["nose"].world_m
    metric["nose"] = replace(metric["nose"], world_m=(x + 0.06, y, z - 0.12))
    assert codes(replace(pose, points=metric), View.LEFT) == {"head_turned": "warning"}


def test_what_stands_on_its_head_is_left_to_others():
    pose = standing_pose(View.FRONT)
    upside_down = {n: replace(p, y_px=1500 - p.y_px) for n, p in pose.points.items()}
    assert codes(replace(pose, points=upside_down), View.FRONT) == {}
