"""Where two detectors disagree: told by point and measure, and only beyond the usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect.agreement import (
    POINT_SD_PERCENT,
    CrossCheck,
    compare_points,
    measures_on,
)
from posture.detect.onnx_pose import OnnxNetwork
from posture.detect.onnx_settings import NetworkSettings
from posture.landmarks import Pose
from tests.detect.onnx_nets import painted, save_constant, save_simcc
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

BODY_PX = 1200.0


def moved(pose: Pose, shifts_percent: Mapping[str, tuple[float, float]]) -> Pose:
    """Return the pose with points moved by % of body height, right and down."""
    points = dict(pose.points)
    for name, (right, down) in shifts_percent.items():
        point = points[name]
        points[name] = replace(
            point,
            x_px=point.x_px + right / 100 * BODY_PX,
            y_px=point.y_px + down / 100 * BODY_PX,
        )
    return replace(pose, points=points)


def compared(first: Pose, second: Pose, view: View = View.FRONT):
    return compare_points(first, second, view=view, height_px=BODY_PX)


def told(first: Pose, second: Pose, view: View = View.FRONT) -> list[str]:
    found = compared(first, second, view)
    assert found is not None
    return [item.point for item in found.apart]


FRONT, LEFT = standing_pose(View.FRONT), standing_pose(View.LEFT)


def test_a_detector_agrees_with_itself():
    found = compared(FRONT, FRONT)
    assert found is not None
    assert found.apart == ()
    assert not found.is_hopeless
    assert found.compared == 1 + 2 * 10  # the nose, and ten pairs


@pytest.mark.parametrize(
    ("point", "inside", "outside"), [("ear_left", 2.5, 3.5), ("hip_right", 4.4, 5.6)]
)
def test_one_stray_point_is_told_beyond_the_scatter_of_both(point, inside, outside):
    assert told(FRONT, moved(FRONT, {point: (0.0, inside)})) == []
    found = compared(FRONT, moved(FRONT, {point: (0.0, outside)}))
    assert found is not None
    (only,) = found.apart
    assert only.point == point
    assert only.apart_percent == pytest.approx(outside)
    assert inside < only.usual_percent < outside


def test_it_does_not_matter_which_detector_comes_first():
    other = moved(FRONT, {"hip_left": (6.0, 0.0), "ear_left": (0.0, -4.0)})
    assert told(FRONT, other) == told(other, FRONT) == ["hip_left", "ear_left"]


def test_a_rough_second_network_widens_what_is_usual_but_not_without_limit():
    rng = np.random.default_rng(0)
    names = [name for name in FRONT.points if name.rpartition("_")[0] in POINT_SD_PERCENT]
    everywhere = {name: tuple(3.0 * rng.choice((-1.0, 1.0), 2) / 2**0.5) for name in names}
    rough = moved(FRONT, everywhere)
    calm, widened = (
        compared(FRONT, moved(FRONT, {"hip_left": (9.0, 0.0)})),
        compared(FRONT, moved(rough, {"hip_left": (9.0, 0.0)})),
    )
    assert calm is not None
    assert widened is not None
    usual = {item.point: item.usual_percent for item in widened.apart}
    assert usual["hip_left"] > calm.apart[0].usual_percent
    hopeless = compared(FRONT, moved(FRONT, {name: (20.0, 0.0) for name in names}))
    assert hopeless is not None
    assert hopeless.is_hopeless
    assert len(hopeless.apart) == len(names)


def test_from_the_side_the_far_side_is_not_compared():
    assert told(LEFT, moved(LEFT, {"hip_right": (9.0, 0.0)}), View.LEFT) == []
    assert told(LEFT, moved(LEFT, {"hip_left": (9.0, 0.0)}), View.LEFT) == ["hip_left"]


def test_points_hardly_seen_are_not_compared():
    hidden = replace(FRONT.points["hip_left"], visibility=0.2)
    first = replace(FRONT, points={**FRONT.points, "hip_left": hidden})
    assert told(first, moved(FRONT, {"hip_left": (9.0, 0.0)})) == []


def test_too_few_points_give_no_verdict():
    rest = frozenset(FRONT.points) - {"nose", "hip_left", "hip_right"}
    assert compared(FRONT, replace(FRONT, unmeasured=rest)) is None


@pytest.mark.parametrize(
    ("point", "view", "measures"),
    [
        (
            "ear_left",
            View.LEFT,
            (
                "craniovertebral_angle_deg",
                "forward_head_cm",
                "sagittal_head_angle_deg",
                "body_lean_deg",
            ),
        ),
        (
            "hip_left",
            View.FRONT,
            ("trunk_shift_cm", "pelvic_obliquity_deg", "knee_valgus_left_deg"),
        ),
        ("eye_right", View.FRONT, ("head_tilt_deg",)),
        ("ear_right", View.LEFT, ()),
        ("wrist_left", View.FRONT, ()),
    ],
)
def test_measures_that_rest_on_a_point_are_known(point, view, measures):
    assert measures_on([point], view) == measures


class TestCrossCheck:
    """With a stand-in that finds spots painted where BlazePose, or another, sees the points."""

    @pytest.fixture
    def network(self, tmp_path):
        settings = NetworkSettings(file=save_simcc(tmp_path / "second.onnx"), least_score=0.1)
        with OnnxNetwork(settings) as opened:
            yield opened

    def notes(self, network, pose: Pose):
        places = network.keypoints.points
        spots = {
            places[name]: (FRONT.points[name].x_px, FRONT.points[name].y_px)
            for name in places
            if name in FRONT.points
        }
        photo = painted(spots, network.keypoints.size, (WIDTH_PX, HEIGHT_PX))
        return CrossCheck(network).notes(photo, pose, View.FRONT, BODY_PX)

    def test_nothing_is_said_where_the_two_agree(self, network):
        assert self.notes(network, FRONT) == ()

    def test_a_stray_point_is_named_with_its_measures(self, network):
        (note,) = self.notes(network, moved(FRONT, {"knee_centre_left": (7.0, 0.0)}))
        assert (note.code, note.severity) == ("detectors_disagree", "warning")
        assert note.text.startswith("second.onnx, the second detector, places the left knee ")
        assert "Measures that rest on this: Knee valgus, left." in note.text

    def test_many_stray_points_are_counted(self, network):
        far = {name: (15.0, 0.0) for name in FRONT.points}
        (note,) = self.notes(network, moved(FRONT, far))
        assert "17 of 17 points elsewhere" in note.text
        assert "Measures" not in note.text

    def test_no_more_than_four_points_are_listed(self, network):
        pairs = ("knee_centre", "ankle", "wrist")
        far = {f"{name}_{side}": (9.0, 0.0) for name in pairs for side in ("left", "right")}
        (note,) = self.notes(network, moved(FRONT, far))
        assert note.text.count("% of body height away") == 4
        assert "and 2 more" in note.text

    def test_an_unsure_network_says_that_nothing_was_checked(self, tmp_path):
        file = save_constant(tmp_path / "blind.onnx", (1, 17, 384), (1, 17, 512))
        with OnnxNetwork(NetworkSettings(file=file)) as blind:
            (note,) = self.notes(blind, FRONT)
        assert note.code == "detectors_not_compared"
        assert "blind.onnx" in note.text
