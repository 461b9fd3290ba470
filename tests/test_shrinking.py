"""Smaller copies are averaged, and in place."""

import numpy as np
import pytest

from posture.shrinking import shrunk, size_within


def reduced_to_1280(pixels):
    return shrunk(pixels, size_within(pixels, 1280))


SIZES = [(4000, 3000), (3024, 4032), (2561, 1921), (1281, 960)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_the_longer_side_becomes_the_limit_and_the_shape_stays(height, width):
    reduced = reduced_to_1280(np.zeros((height, width, 3), np.uint8))
    assert max(reduced.shape) == 1280
    assert reduced.shape[0] / reduced.shape[1] == pytest.approx(height / width, rel=0.002)


@pytest.mark.parametrize(("height", "width"), [(640, 480), (1280, 960)])
def test_a_small_photo_stays_as_it_is(height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    assert np.array_equal(reduced_to_1280(pixels), pixels)


def test_a_very_flat_photo_keeps_a_row():
    assert reduced_to_1280(np.zeros((2, 9000, 3), np.uint8)).shape == (1, 1280, 3)


def test_pixels_are_averaged_and_not_skipped():
    checks = np.indices((4000, 3000)).sum(axis=0) % 2 * 255
    reduced = reduced_to_1280(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8))
    assert reduced.min() > 120
    assert reduced.max() < 135


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_thing_stays_at_its_fraction_of_the_photo(height, width):
    top, bottom, left, right = (height * 7 // 10, height * 8 // 10, width // 5, width * 3 // 10)
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[top:bottom, left:right] = 255
    reduced = reduced_to_1280(pixels)[..., 0] / 255
    rows, columns = np.indices(reduced.shape) + 0.5
    y, x = (rows * reduced).sum() / reduced.sum(), (columns * reduced).sum() / reduced.sum()
    assert y / reduced.shape[0] == pytest.approx((top + bottom) / 2 / height, abs=1e-4)
    assert x / reduced.shape[1] == pytest.approx((left + right) / 2 / width, abs=1e-4)
