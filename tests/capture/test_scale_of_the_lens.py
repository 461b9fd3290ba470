"""The focal length in pixels, and what the scale makes of one that is wrong or missing."""

from __future__ import annotations

import math

import pytest

from posture.anatomy import View
from posture.scale import NOMINAL_DISTANCE_M, body_scale, focal_length_px
from posture.silhouette import Outline

EXTENT = Outline(crown_y_px=300, sole_y_px=3300, touches_top=False, touches_bottom=False)


def test_a_turned_or_reduced_photo_has_the_same_field_of_view():
    upright = focal_length_px(26.0, 3024, 4032)
    assert upright == pytest.approx(26.0 / math.hypot(36, 24) * 5040)
    assert focal_length_px(26.0, 4032, 3024) == upright
    assert focal_length_px(26.0, 756, 1008) == pytest.approx(upright / 4)


@pytest.mark.parametrize(
    ("focal_mm", "size"),
    [
        (None, (3024, 4032)),
        (26.0, (1500, 4032)),
        (26.0, (3024, 3024)),
        (4.2, (3024, 4032)),
        (0.0, (3024, 4032)),
        (2600.0, (3024, 4032)),
        (math.nan, (3024, 4032)),
    ],
    ids=["missing", "cropped", "square", "of the lens itself", "zero", "absurd", "no number"],
)
def test_what_cannot_be_trusted_is_unknown(focal_mm, size):
    assert focal_length_px(focal_mm, *size) is None


@pytest.mark.parametrize("size", [(3000, 4000), (4000, 6000), (2268, 4032), (3023, 4032)])
def test_shapes_that_cameras_take_are_trusted(size):
    assert focal_length_px(35.0, *size) is not None


def test_without_a_lens_the_distance_of_the_protocol_is_taken():
    nominal = NOMINAL_DISTANCE_M * EXTENT.height_px / 1.7
    known = body_scale(EXTENT, View.FRONT, stature_cm=170.0, focal_px=nominal)
    unknown = body_scale(EXTENT, View.FRONT, stature_cm=170.0)
    assert unknown.stature_px == pytest.approx(known.stature_px)
    near = body_scale(EXTENT, View.FRONT, stature_cm=170.0, focal_px=nominal / 1.5)
    assert abs(near.stature_px / unknown.stature_px - 1) < unknown.relative_sd
