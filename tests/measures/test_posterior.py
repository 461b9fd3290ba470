"""The waist triangles, on silhouettes drawn by hand and on a body of boxes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.landmarks import LandmarkSet
from posture.measures.compute import compute_measures
from posture.measures.posterior import WAIST_HIDDEN, WAIST_SD, asymmetry, waist_gaps
from posture.results import Unit
from posture.scale import BodyScale
from posture.synthetic.waist import waist_truth
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

SCALE = BodyScale(stature_px=1200.0, relative_sd=0.0, stature_cm=180.0)


def waisted(view, left_px, right_px, *, halved=False):
    """Return a pose whose trunk is 200 px wide, with an arm beyond a gap on either side."""
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), dtype=np.float32)
    rows = slice(300, 900)
    mask[rows, 400:600] = 1.0
    to_left, to_right = (left_px, right_px) if view is View.BACK else (right_px, left_px)
    if to_left is not None:
        mask[rows, 400 - to_left - 40 : 400 - to_left] = 1.0
    if to_right is not None:
        mask[rows, 600 + to_right : 600 + to_right + 40] = 1.0
    if halved:
        mask = mask.reshape(HEIGHT_PX // 2, 2, WIDTH_PX // 2, 2).mean(axis=(1, 3))
    return replace(standing_pose(view), silhouette=mask)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
@pytest.mark.parametrize("halved", [False, True])
def test_gaps_are_the_clients_own_left_and_right(view, halved):
    for left, right in waist_gaps(waisted(view, 20, 50, halved=halved), view):
        assert left == pytest.approx(20, abs=1e-4)
        assert right == pytest.approx(50, abs=1e-4)


def test_the_wider_right_gap_is_positive_and_in_centimetres():
    gaps = waist_gaps(waisted(View.BACK, 20, 60), View.BACK)
    found = {m.id: m for m in compute_measures(LandmarkSet(), View.BACK, scale=SCALE, waist=gaps)}
    measure = found["waist_asymmetry_cm"]
    assert measure.value == pytest.approx(40 * 180 / 1200)
    assert measure.unit is Unit.CENTIMETRES
    assert measure.method is Method.ESTIMATED
    assert measure.high - measure.low == pytest.approx(2 * 1.96 * WAIST_SD * 180)


@pytest.mark.parametrize(("left", "right"), [(None, 50), (20, None), (None, None)])
def test_an_arm_that_hides_its_gap_gives_a_reason(left, right):
    gaps = waist_gaps(waisted(View.BACK, left, right), View.BACK)
    found = {m.id: m for m in compute_measures(LandmarkSet(), View.BACK, scale=SCALE, waist=gaps)}
    assert not found["waist_asymmetry_cm"].is_ok
    assert found["waist_asymmetry_cm"].reason == WAIST_HIDDEN


def test_a_few_heights_alone_say_nothing():
    assert asymmetry([(1.0, 2.0)] * 3 + [(None, 2.0)] * 9) is None
    assert asymmetry([(1.0, 2.0)] * 4) == pytest.approx(1.0)


def test_without_silhouette_or_from_the_side_there_are_no_gaps():
    assert waist_gaps(replace(standing_pose(View.BACK), silhouette=None), View.BACK) == ()
    assert waist_gaps(standing_pose(View.LEFT), View.LEFT) == ()


def test_the_true_asymmetry_of_boxes_is_that_of_their_gaps():
    boxes = [box(-0.15, 0.15), box(0.20, 0.28), box(-0.32, -0.25)]  # left gap 5, right 10 cm
    vertices = np.concatenate([corners for corners, _ in boxes])
    faces = np.concatenate([sides + 8 * k for k, (_, sides) in enumerate(boxes)])
    joints = {
        f"{name}_{side}": np.array([0.0, 0.0, z])
        for name, z in (("hip", 0.9), ("shoulder", 1.4))
        for side in ("left", "right")
    }
    assert waist_truth(vertices, faces, joints)["waist_asymmetry_cm"] == pytest.approx(5.0)
    assert waist_truth(vertices[:16], faces[:24], joints) == {}


def box(y0, y1):
    """Return corners and triangles of an upright box."""
    corners = np.array([(x, y, z) for x in (-0.1, 0.1) for y in (y0, y1) for z in (0.5, 1.7)])
    quads = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))
    sides = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return corners, np.array(sides, dtype=np.int32)
