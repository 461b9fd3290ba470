from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect.second_look import painted_over, stands_beside
from posture.landmarks import Pose
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose


def aside(pose: Pose, by_px: float) -> Pose:
    points = {name: replace(p, x_px=p.x_px + by_px) for name, p in pose.points.items()}
    return replace(pose, points=points)


def test_the_client_is_covered_and_the_rest_is_left():
    pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), (90, 120, 150), np.uint8)
    pixels[200:1400, 400:600] = (250, 20, 20)
    pixels[300:1300, 800:900] = (10, 200, 10)
    before = pixels.copy()
    covered = painted_over(pixels, standing_pose(View.FRONT))
    assert np.array_equal(pixels, before)
    assert np.abs(covered[200:1400, 400:600].astype(int) - (90, 120, 150)).max() < 30
    assert np.array_equal(covered[:, 650:], pixels[:, 650:])


def test_no_shape_of_the_client_is_left_where_light_falls_off():
    wall = (
        np.linspace(220, 120, WIDTH_PX)[None, :, None]
        - np.linspace(0, 60, HEIGHT_PX)[:, None, None]
    )
    wall = np.repeat(wall, 3, axis=2).astype(np.uint8)
    pixels = wall.copy()
    pixels[200:1400, 400:600] = 20
    covered = painted_over(pixels, standing_pose(View.FRONT))
    assert np.abs(covered.astype(int) - wall).max() < 25


def test_a_smaller_copy_is_covered_alike():
    pixels = np.full((HEIGHT_PX // 3, WIDTH_PX // 3, 3), 200, np.uint8)
    pixels[67:467, 134:200] = 10
    assert (painted_over(pixels, standing_pose(View.FRONT)) == 200).all()


def test_without_a_silhouette_nothing_can_be_covered():
    pose = replace(standing_pose(View.FRONT), silhouette=None)
    with pytest.raises(ValueError, match="silhouette"):
        painted_over(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8), pose)


@pytest.mark.parametrize(("by_px", "beside"), [(0, False), (90, False), (330, True), (-330, True)])
def test_who_stands_in_the_clients_place_is_the_client(by_px, beside):
    client = standing_pose(View.FRONT)
    assert stands_beside(aside(client, by_px), client) is beside
