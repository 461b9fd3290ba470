"""A frame about the client is told from a door, a poster and a mat."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from posture.capture.frame_around import frame_around

HEIGHT_PX, WIDTH_PX = 1600, 1200
CLIENT = (0.4, 0.2, 0.6, 0.8)

Corners = list[tuple[int, int]]

LEVEL: Corners = [(250, 120), (950, 120), (950, 1480), (250, 1480)]
HELD: Corners = [(230, 160), (960, 90), (1010, 1450), (290, 1520)]


def room(corners: Corners, *, inside: int = 190, wall: int = 120) -> np.ndarray:
    """Return a wall with something four-cornered on it, and a dark client before that."""
    rng = np.random.default_rng(3)
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), wall, np.uint8)
    cv2.fillPoly(picture, [np.array(corners, np.int32)], (inside,) * 3)
    left, top, right, bottom = CLIENT
    first = (int(left * WIDTH_PX), int(top * HEIGHT_PX))
    cv2.rectangle(picture, first, (int(right * WIDTH_PX), int(bottom * HEIGHT_PX)), (60,) * 3, -1)
    noisy = cv2.GaussianBlur(picture, (0, 0), 1.5) + rng.normal(0, 3, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("corners", [LEVEL, HELD])
@pytest.mark.parametrize("size", [(WIDTH_PX, HEIGHT_PX), (300, 400), (3000, 4000)])
def test_four_sides_about_the_client_are_a_frame(corners, size):
    assert frame_around(cv2.resize(room(corners), size), CLIENT) > 0.9


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param([(250, 120), (950, 120), (950, 1270), (250, 1270)], id="door behind"),
        pytest.param([(250, 120), (950, 120), (950, 1600), (250, 1600)], id="open below"),
        pytest.param([(250, 1100), (950, 1100), (1050, 1500), (150, 1500)], id="mat"),
        pytest.param([(250, 120), (450, 120), (450, 700), (250, 700)], id="poster"),
    ],
)
def test_what_does_not_enclose_the_client_is_none(corners):
    assert frame_around(room(corners), CLIENT) < 0.3


def test_a_side_that_is_hidden_in_part_counts_for_less():
    picture = room(LEVEL)
    cv2.rectangle(picture, (900, 500), (1000, 1100), (150,) * 3, -1)
    assert 0.3 < frame_around(picture, CLIENT) < 0.75


def test_a_plain_wall_has_no_frame():
    assert frame_around(np.full((400, 300, 3), 128, np.uint8), CLIENT) == 0.0
