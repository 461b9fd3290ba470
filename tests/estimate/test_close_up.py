"""The close-ups: where they are cut, and what is read off a heat map."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import pytest

from posture.estimate.close_up import (
    CLOSE_UP_PX,
    CLOSE_UPS,
    cut,
    load_networks,
    read_close_ups,
    read_landmarks,
    read_maps,
)
from posture.estimate.features import BodyFrame
from posture.estimate.outputs import FRONTAL, LATERAL


def dotted(scale: int) -> np.ndarray:
    """A grey photo with a white dot at (300, 200) times scale."""
    pixels = np.full((480 * scale, 640 * scale, 3), 90, np.uint8)
    centre = (int(300.5 * scale) - scale // 2, int(200.5 * scale) - scale // 2)
    cv2.circle(pixels, centre, 3 * scale, (255, 255, 255), -1)
    return pixels


def brightest(square: np.ndarray) -> np.ndarray:
    """Return the centre of what is bright, from −1 to 1, x right and y up."""
    weights = np.clip(square[..., 0].astype(float) - 120, 0, None)
    ys, xs = np.mgrid[: len(square), : len(square)]
    x, y = (float((grid * weights).sum() / weights.sum()) for grid in (xs, ys))
    return np.array([(2 * x + 1) / len(square) - 1, 1 - (2 * y + 1) / len(square)])


@pytest.mark.parametrize(("scale", "flip"), list(product([1, 4], [1.0, -1.0])))
def test_a_point_lies_in_the_close_up_where_the_bodys_frame_says(scale, flip):
    frame = BodyFrame(origin_px=np.array([320.0, 300.0]) * scale, unit_px=250.0 * scale, flip=flip)
    dot = frame.to_body(np.array([300.0, 200.0]) * scale)
    centre = dot + np.array([0.05, -0.02])
    square = cut(dotted(scale), frame, centre, 0.2)
    assert square.shape == (CLOSE_UP_PX, CLOSE_UP_PX, 3)
    expected = (dot - centre) / 0.2
    # A hundredth of the square's half is half a pixel in it.
    assert brightest(square) == pytest.approx(expected, abs=0.012)


def test_a_close_up_beyond_the_photo_repeats_its_border():
    frame = BodyFrame(origin_px=np.array([0.0, 0.0]), unit_px=100.0, flip=1.0)
    square = cut(dotted(1), frame, np.array([-50.0, 30.0]), 0.2)
    assert (square == 90).all()


def test_a_heat_maps_centre_of_mass_is_read_with_y_up():
    maps = np.full((2, 24, 24), -30.0, np.float32)
    maps[0, 0, 23] = 30.0  # upper right
    maps[1, 12, 11] = maps[1, 11, 11] = maps[1, 12, 12] = maps[1, 11, 12] = 30.0
    last = 23 / 24
    assert read_maps(maps) == pytest.approx(np.array([[last, last], [0.0, 0.0]]), abs=1e-9)


def test_every_landmark_is_read_once_and_is_an_output():
    for outputs in (LATERAL, FRONTAL):
        names = read_landmarks(outputs.looks)
        assert len(set(names)) == len(names)
        assert set(names) <= set(outputs.landmarks)
        for close_up in outputs.looks:
            assert set(close_up.anchors) <= set(outputs.landmarks)
    assert len({close_up.name for close_up in CLOSE_UPS}) == len(CLOSE_UPS)


def test_the_shipped_networks_read_every_close_up():
    frame = BodyFrame(origin_px=np.array([320.0, 300.0]), unit_px=250.0, flip=1.0)
    for outputs in (LATERAL, FRONTAL):
        places = {name: np.array([0.0, 0.3]) for name in outputs.landmarks}
        reading = read_close_ups(
            dotted(1), frame, outputs.looks, places, load_networks(outputs.looks)
        )
        assert reading.places.shape == reading.log_sd.shape
        assert len(reading.places) == len(read_landmarks(outputs.looks))
        assert np.isfinite(reading.places).all()
        # They see no body here, and say so.
        assert np.exp(reading.log_sd).mean() > 0.005
