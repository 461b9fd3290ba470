"""Skin told from cloth by colour, in light and in shade."""

from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import View
from posture.capture.skin import Skin, skin_of
from tests import stick

SKIN, SHIRT = (198, 150, 125), (90, 110, 170)


def photo(colour):
    """Return a client whose face is of skin, with `colour` about a place below it."""
    pixels = np.full((stick.HEIGHT_PX, stick.WIDTH_PX, 3), 235, dtype=np.uint8)
    pixels[:600] = SKIN
    pixels[600:1200] = colour
    return pixels


def likelihood(colour):
    pixels = photo(colour)
    pose = stick.standing_pose(View.LEFT)
    skin = skin_of(pixels, pose, View.LEFT, 1200 / 170)
    return skin.likelihood(pixels, (500.0, 900.0), 6.0, 10.0)


def shaded(colour, light):
    linear = (np.array(colour) / 255) ** 2.2 * light
    return tuple(int(v) for v in np.rint(255 * linear ** (1 / 2.2)))


@pytest.mark.parametrize("light", [1.0, 0.5, 1.3])
def test_skin_is_skin_in_light_and_in_shade(light):
    assert likelihood(shaded(SKIN, light)) > 0.95


@pytest.mark.parametrize("colour", [SHIRT, (30, 30, 30), (240, 240, 240), (170, 30, 60)])
def test_cloth_of_another_colour_is_none(colour):
    assert likelihood(colour) < 0.1


def test_without_a_face_or_a_place_in_the_photo_nothing_is_known():
    pixels = photo(SKIN)
    assert Skin(colours=()).likelihood(pixels, (500.0, 900.0), 6.0, 10.0) == 0.5
    skin = skin_of(pixels, stick.standing_pose(View.LEFT), View.LEFT, 7.0)
    assert skin.likelihood(pixels, (-500.0, 900.0), 6.0, 10.0) == 0.5
