"""Crops and peaks against arithmetic: where a pixel of the photo lands, and what is read back."""

from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect.onnx_decode import Crop, decode_heatmaps, decode_simcc, person_box
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

BOX = np.array([400.0, 200.0, 600.0, 1400.0])
SIZE = (192, 256)


def crop(*, padding: float = 1.25, corners_meet: bool = False, box=BOX) -> Crop:
    return Crop.around(box, SIZE, padding=padding, corners_meet=corners_meet)


def bell(x_px: float, y_px: float, *, sd: float = 2.0, size: tuple[int, int] = (48, 64)):
    columns, rows = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return np.exp(-((columns - x_px) ** 2 + (rows - y_px) ** 2) / (2 * sd**2)).astype(np.float32)


@pytest.mark.parametrize("corners_meet", [False, True])
def test_the_middle_of_the_box_is_the_middle_of_the_input(corners_meet):
    found = crop(corners_meet=corners_meet)
    middle = (np.array(SIZE) - (1.0 if corners_meet else 0.0)) / 2.0
    assert found.to_photo(middle[None]) == pytest.approx(np.array([[500.0, 800.0]]))


def test_a_tall_box_grows_sideways_to_the_inputs_proportions():
    corners = crop().to_photo(np.array([[0.0, 0.0], [192.0, 256.0]]))
    assert corners[:, 1] == pytest.approx([800.0 - 750.0, 800.0 + 750.0])
    assert corners[:, 0] == pytest.approx([500.0 - 562.5, 500.0 + 562.5])


def test_a_wide_box_grows_upwards():
    corners = crop(box=np.array([0.0, 500.0, 960.0, 600.0]), padding=1.0).to_photo(
        np.array([[0.0, 0.0], [192.0, 256.0]])
    )
    assert corners[:, 0] == pytest.approx([0.0, 960.0])
    assert corners[:, 1] == pytest.approx([550.0 - 640.0, 550.0 + 640.0])


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
@pytest.mark.parametrize("corners_meet", [False, True])
def test_what_is_cut_shows_each_place_where_the_crop_says(factor, corners_meet):
    """A ramp of grey tells from its value which column a pixel came from."""
    width, height = 200 * factor, 300 * factor
    ramp = np.broadcast_to(np.linspace(0, 255, width)[None, :, None], (height, width, 3))
    box = np.array([60.0, 30.0, 140.0, 270.0]) * factor
    found = crop(corners_meet=corners_meet, box=box, padding=1.0)
    picture = found.cut(np.round(ramp).astype(np.uint8))
    places = found.to_photo(np.array([[60.0, 128.0], [96.0, 128.0], [130.0, 128.0]]))
    expected = places[:, 0] / (width - 1) * 255
    assert picture[128, [60, 96, 130], 0].astype(float) == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize(("x_px", "y_px"), [(20.0, 30.0), (20.4, 30.0), (19.55, 41.3), (0.0, 63.0)])
def test_a_round_bell_is_read_between_its_samples(x_px, y_px):
    found = crop()
    placed = decode_heatmaps(bell(x_px, y_px)[None], found, corners_meet=False)
    assert placed.xy_px[0] == pytest.approx([4.0 * x_px, 4.0 * y_px], abs=0.1)
    assert placed.score[0] == pytest.approx(1.0, abs=0.05)


def test_corners_stand_on_corners_where_the_format_has_it_so():
    maps = np.stack([bell(0.0, 0.0), bell(47.0, 63.0)])
    meeting = decode_heatmaps(maps, crop(), corners_meet=True).xy_px
    apart = decode_heatmaps(maps, crop(), corners_meet=False).xy_px
    assert meeting[1] == pytest.approx([191.0, 255.0])
    assert apart[1] == pytest.approx([188.0, 252.0])
    assert meeting[0] == pytest.approx([0.0, 0.0])


def test_the_score_lies_between_nought_and_one():
    loud, flat = 3.0 * bell(20.0, 30.0), np.zeros((64, 48), np.float32)
    placed = decode_heatmaps(np.stack([loud, flat, -loud]), crop(), corners_meet=False)
    assert placed.score.tolist() == [1.0, 0.0, 0.0]
    assert np.isfinite(placed.xy_px).all()


@pytest.mark.parametrize("per_px", [1, 2, 3])
def test_bins_are_read_at_any_fineness(per_px):
    across = np.zeros((2, 192 * per_px), np.float32)
    down = np.zeros((2, 256 * per_px), np.float32)
    across[0, 100 * per_px], down[0, 37 * per_px] = 0.8, 0.6
    placed = decode_simcc(across, down, crop())
    assert placed.xy_px[0] == pytest.approx([100.0, 37.0])
    assert placed.score == pytest.approx([0.6, 0.0])


def test_the_box_holds_points_crown_and_soles():
    pose = standing_pose(View.FRONT)
    left, top, right, bottom = person_box(pose)
    assert all(left <= point.x_px <= right for point in pose.points.values())
    assert top < min(point.y_px for point in pose.points.values())
    assert 0 <= left < right <= WIDTH_PX
    assert 0 <= top < bottom <= HEIGHT_PX
