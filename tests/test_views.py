from __future__ import annotations

from dataclasses import replace

import pytest

from posture.anatomy import View
from posture.landmarks import Pose
from posture.silhouette import Outline
from posture.views import as_stated, check_fitness, recognise_view
from tests.stick import standing_pose

INSIDE = Outline(crown_y_px=200.0, sole_y_px=1400.0, touches_top=False, touches_bottom=False)


def notes(pose: Pose, view: View, *, role: str | None = None, extent: Outline | None = INSIDE):
    role = role or ("side" if view.is_lateral else view.value)
    found = check_fitness(pose, recognise_view(pose), extent, role=role, view=view)
    return {note.code: note for note in found}


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("turned_deg", [-30.0, -8.0, 0.0, 8.0, 30.0])
def test_each_view_is_recognised_though_turned(view, turned_deg):
    recognised = recognise_view(standing_pose(view, turned_deg=turned_deg))
    assert recognised.view is view
    assert recognised.oblique_deg(view) == pytest.approx(abs(turned_deg), abs=1.0)


@pytest.mark.parametrize("view", list(View))
def test_a_square_photo_has_nothing_to_say(view):
    assert notes(standing_pose(view), view) == {}


@pytest.mark.parametrize(
    ("turned_deg", "severity"), [(10.0, None), (26.0, "warning"), (42.0, "refused")]
)
@pytest.mark.parametrize("view", list(View))
def test_oblique_photos_are_warned_of_and_then_refused(view, turned_deg, severity):
    found = notes(standing_pose(view, turned_deg=turned_deg), view)
    assert (found["oblique"].severity if found else None) == severity


def test_a_side_photo_that_is_a_front_is_refused_with_that_reason():
    found = notes(standing_pose(View.FRONT), View.LEFT)["wrong_view"]
    assert found.severity == "refused"
    assert "given as the side photo, but it shows the client from the front" in found.text


def test_the_wrong_side_is_refused():
    found = notes(standing_pose(View.RIGHT), View.LEFT)["wrong_view"]
    assert "from the right side" in found.text


def test_upside_down_is_refused():
    pose = standing_pose(View.FRONT)
    turned = {
        name: type(p)(
            x_px=pose.width_px - p.x_px,
            y_px=pose.height_px - p.y_px,
            z_px=p.z_px,
            visibility=1.0,
        )
        for name, p in pose.points.items()
    }
    upside_down = Pose(points=turned, silhouette=None, width_px=1000, height_px=1500)
    assert notes(upside_down, View.FRONT)["not_upright"].severity == "refused"


def test_several_people_are_said():
    found = notes(standing_pose(View.FRONT, people_count=2), View.FRONT)
    assert found["several_people"].severity == "warning"


@pytest.mark.parametrize(
    ("extent", "code"),
    [
        (Outline(crown_y_px=0, sole_y_px=1400, touches_top=True, touches_bottom=False), "crown_"),
        (Outline(crown_y_px=99, sole_y_px=1500, touches_top=False, touches_bottom=True), "soles_"),
    ],
)
def test_a_cut_outline_costs_the_scale_and_is_said(extent, code):
    found = notes(standing_pose(View.LEFT), View.LEFT, extent=extent)
    assert found[f"{code}cropped"].severity == "warning"


@pytest.mark.parametrize(("shift_y", "code"), [(-330.0, "head_cropped"), (200.0, "feet_cropped")])
def test_a_cropped_head_or_feet_are_refused(shift_y, code):
    pose = standing_pose(View.LEFT)
    moved = {
        name: type(p)(x_px=p.x_px, y_px=p.y_px + shift_y, z_px=p.z_px, visibility=1.0)
        for name, p in pose.points.items()
    }
    cropped = Pose(points=moved, silhouette=None, width_px=1000, height_px=1500)
    assert notes(cropped, View.LEFT, extent=None)[code].severity == "refused"


def test_a_client_too_small_is_refused():
    tiny = Outline(crown_y_px=700, sole_y_px=900, touches_top=False, touches_bottom=False)
    assert notes(standing_pose(View.LEFT), View.LEFT, extent=tiny)["too_small"].severity == (
        "refused"
    )


def with_face(pose: Pose, depth_m: float) -> Pose:
    """The pose in metric points, the nose so far behind the ears."""
    points = {
        name: replace(p, world_m=(p.x_px / 700, p.y_px / 700, p.z_px / 700))
        for name, p in pose.points.items()
    }
    x, y, _ = points["nose"].world_m
    points["nose"] = replace(
        points["nose"], world_m=(x, y, points["ear_left"].world_m[2] + depth_m)
    )
    return replace(pose, points=points)


@pytest.mark.parametrize(("seen", "stated"), [(View.BACK, View.FRONT), (View.FRONT, View.BACK)])
def test_where_the_face_is_doubtful_the_stated_view_stands(seen, stated):
    pose = with_face(standing_pose(seen), 0.03)
    settled, recognised = as_stated(pose, recognise_view(pose), stated)
    assert (recognised.view, recognised.is_as_stated) == (stated, True)
    assert settled.points["hip_left"] == pose.points["hip_right"]
    found = check_fitness(settled, recognised, INSIDE, role=stated.value, view=stated)
    assert [(note.code, note.severity) for note in found] == [("front_or_back", "warning")]


@pytest.mark.parametrize("depth_m", [-0.14, 0.14])
def test_where_the_face_is_plain_the_picture_stands(depth_m):
    pose = with_face(standing_pose(View.BACK), depth_m)
    same, recognised = as_stated(pose, recognise_view(pose), View.FRONT)
    assert same is pose
    assert recognised.view is View.BACK


def test_a_side_view_is_never_renamed():
    pose = with_face(standing_pose(View.LEFT), 0.0)
    assert as_stated(pose, recognise_view(pose), View.RIGHT)[0] is pose


def test_without_metric_points_nothing_is_renamed():
    pose = standing_pose(View.BACK)
    assert as_stated(pose, recognise_view(pose), View.FRONT)[0] is pose
