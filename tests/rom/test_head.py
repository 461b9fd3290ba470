"""Tragi and canthi read off a close-up, however far the head is turned."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import open_detector
from posture.photo import read_photo
from posture.rom.head import read_head
from tests.samples import sample

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def seen():
    """Return pixels and pose of one client's photos."""
    with open_detector() as detector:
        photos = {}
        for view in (View.LEFT, View.FRONT):
            pixels = read_photo(sample("client-b", f"{view.value}.jpg")).pixels
            photos[view] = pixels, detector.detect(pixels)
        return photos


def turned(pixels, pose, degrees):
    """Return a photo turned anticlockwise about its middle, with the points found in it."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    points = {}
    for name, point in pose.points.items():
        x, y = matrix @ (point.x_px, point.y_px, 1.0)
        points[name] = replace(point, x_px=float(x), y_px=float(y))
    picture = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return picture, replace(pose, points=points)


def slope_deg(marks, one, two):
    across = marks[two].x_px - marks[one].x_px
    return math.degrees(math.atan2(marks[one].y_px - marks[two].y_px, across))


LINES = {View.LEFT: ("tragus_left", "canthus_left"), View.FRONT: ("canthus_right", "canthus_left")}


@pytest.mark.parametrize("view", list(LINES))
def test_landmarks_lie_where_they_are(seen, view):
    pixels, pose = seen[view]
    truth = json.loads(sample("client-b", "truth.json").read_text(encoding="utf-8"))
    height_px = pixels.shape[0]
    for name, mark in read_head(pixels, pose, view).items():
        true = truth["photos"][view.value]["landmarks_px"][name]
        assert np.hypot(mark.x_px - true[0], mark.y_px - true[1]) < 0.01 * height_px, name


@pytest.mark.parametrize("degrees", [-50, -20, 35, 60])
@pytest.mark.parametrize("view", list(LINES))
def test_a_turned_photo_turns_their_line_as_far(seen, view, degrees):
    pixels, pose = seen[view]
    before = slope_deg(read_head(pixels, pose, view), *LINES[view])
    after = slope_deg(read_head(*turned(pixels, pose, degrees), view), *LINES[view])
    # The canthi are some thirty pixels apart in this photo: two pixels turn them by 4°.
    assert math.remainder(after - before, 360.0) == pytest.approx(degrees, abs=5)
