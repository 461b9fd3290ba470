from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.scale import body_scale, focal_length_px
from posture.silhouette import back_contour, outline
from tests.stick import standing_pose

POSE = standing_pose(View.LEFT)


def with_mask(mask: np.ndarray):
    return replace(POSE, silhouette=mask.astype(np.float32))


def block(height: int = 1500, width: int = 1000) -> np.ndarray:
    """The stick figure's block of 200 x 1200 px at the resolution asked for."""
    mask = np.zeros((height, width))
    mask[
        round(height * 200 / 1500) : round(height * 1400 / 1500),
        round(width * 0.4) : round(width * 0.6),
    ] = 1
    return mask


@pytest.mark.parametrize("height", [1500, 750, 300])
def test_the_extent_does_not_depend_on_the_masks_resolution(height):
    found = outline(with_mask(block(height, height * 2 // 3)))
    assert found.crown_y_px == pytest.approx(199.5, abs=1500 / height * 0.51)
    assert found.height_px == pytest.approx(1200.0, abs=1500 / height * 0.51)
    assert not found.touches_top
    assert not found.touches_bottom


def test_a_soft_edge_gives_its_half_crossing():
    mask = block()
    mask[199, 400:600] = 0.25  # half a pixel less than the crossing at 0.5
    assert outline(with_mask(mask)).crown_y_px == pytest.approx(199.5 - 1 / 3 + 0.5, abs=0.4)


def test_a_blob_apart_from_the_body_adds_nothing():
    mask = block()
    mask[20:60, 450:550] = 1
    assert outline(with_mask(mask)).height_px == pytest.approx(1200.0)


def test_a_body_that_leaves_the_picture_is_said_to():
    mask = block()
    mask[1400:, 450:550] = 1
    assert outline(with_mask(mask)).touches_bottom


def test_no_mask_or_an_empty_one_gives_no_outline():
    assert outline(replace(POSE, silhouette=None)) is None
    assert outline(with_mask(np.zeros((1500, 1000)))) is None


@pytest.mark.parametrize(("view", "edge"), [(View.LEFT, 599.5), (View.RIGHT, 399.5)])
def test_the_back_is_the_edge_behind_the_body(view, edge):
    contour = back_contour(replace(standing_pose(view)), view)
    assert len(contour) > 300
    np.testing.assert_allclose(contour[:, 0], edge, atol=0.01)


def test_an_arm_held_away_is_not_the_back():
    mask = block()
    mask[500:800, 700:760] = 1
    np.testing.assert_allclose(back_contour(with_mask(mask), View.LEFT)[:, 0], 599.5, atol=0.01)


def test_scale_corrects_the_near_sole_and_keeps_the_stature():
    found = outline(POSE)
    near = body_scale(found, View.FRONT, stature_cm=170.0, focal_px=1200 * 2 / 1.7)
    far = body_scale(found, View.FRONT, stature_cm=170.0, focal_px=1200 * 8 / 1.7)
    assert near.stature_px < far.stature_px < found.height_px
    assert far.length(far.stature_px) == pytest.approx(170.0)
    assert body_scale(found, View.FRONT, stature_cm=None).length(found.height_px) > 100.0


def test_scale_needs_the_whole_body():
    cut = replace(outline(POSE), touches_bottom=True)
    with pytest.raises(ValueError, match="inside the picture"):
        body_scale(cut, View.LEFT, stature_cm=170.0)


def test_focal_length_does_not_depend_on_portrait_or_landscape():
    assert focal_length_px(26.0, 3000, 4000) == focal_length_px(26.0, 4000, 3000)
