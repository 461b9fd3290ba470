from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View, swap_sides
from posture.estimate.features import CONTOUR_LEVELS, body_frame, extract_features
from posture.estimate.kernel import input_vector
from posture.landmarks import Keypoint, Pose
from tests.stick import standing_pose


def scaled_and_moved(pose: Pose, factor: float, dx: float, dy: float) -> Pose:
    points = {
        name: replace(p, x_px=p.x_px * factor + dx, y_px=p.y_px * factor + dy, z_px=p.z_px * factor)
        for name, p in pose.points.items()
    }
    return Pose(points=points, silhouette=None, width_px=4000, height_px=6000)


def mirrored(pose: Pose) -> Pose:
    points = {
        swap_sides(name): replace(p, x_px=pose.width_px - 1 - p.x_px)
        for name, p in pose.points.items()
    }
    mask = pose.silhouette[:, ::-1]
    return Pose(points=points, silhouette=mask, width_px=pose.width_px, height_px=pose.height_px)


@pytest.mark.parametrize("view", list(View))
def test_points_do_not_depend_on_size_and_place(view):
    pose = standing_pose(view)
    before = extract_features(pose, view)
    after = extract_features(scaled_and_moved(pose, 2.7, 300, -120), view)
    np.testing.assert_allclose(after.points, before.points, atol=1e-9)
    np.testing.assert_allclose(after.depth, before.depth, atol=1e-9)


def test_a_right_view_of_the_mirrored_client_gives_the_same_numbers():
    left = extract_features(standing_pose(View.LEFT), View.LEFT)
    right = extract_features(mirrored(standing_pose(View.LEFT)), View.RIGHT)
    np.testing.assert_allclose(right.points, left.points, atol=1e-9)
    np.testing.assert_allclose(right.contour, left.contour, atol=1e-6)


@pytest.mark.parametrize("view", list(View))
def test_the_frame_takes_pixels_there_and_back(view):
    frame = body_frame(standing_pose(view), view)
    pixels = np.array([[10.0, 20.0], [333.3, 1200.0]])
    np.testing.assert_allclose(frame.to_pixels(frame.to_body(pixels)), pixels)


def test_anterior_is_positive_in_both_side_views():
    for view in (View.LEFT, View.RIGHT):
        points = extract_features(standing_pose(view), view).points.reshape(33, 2)
        assert points[0, 0] > 0.05  # the nose


def test_the_contour_is_that_of_the_silhouette():
    features = extract_features(standing_pose(View.LEFT), View.LEFT)
    rear, front = features.contour.reshape(2, len(CONTOUR_LEVELS))
    inside = (CONTOUR_LEVELS > 0) & (CONTOUR_LEVELS < 2.8)
    assert np.isfinite(rear[inside]).all()
    width_px = (front - rear)[inside] * features.frame.unit_px
    np.testing.assert_allclose(width_px, 200.0, atol=0.5)


def test_without_a_silhouette_the_contour_is_missing_and_the_rest_is_not():
    pose = replace(standing_pose(View.LEFT), silhouette=None)
    vector = input_vector(extract_features(pose, View.LEFT))
    assert np.isnan(vector).sum() == 2 * len(CONTOUR_LEVELS)


def test_a_body_without_length_is_refused():
    point = Keypoint(x_px=5.0, y_px=5.0, z_px=0.0, visibility=1.0)
    pose = standing_pose(View.LEFT)
    flat = replace(pose, points=dict.fromkeys(pose.points, point))
    with pytest.raises(ValueError, match="at one place"):
        body_frame(flat, View.LEFT)
