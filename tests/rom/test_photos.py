"""Which photos pass for a test's: the view of both, lying, and where the client is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import NoPose
from posture.errors import PhotoError
from posture.photo import Photo
from posture.rom import find_test, run_test
from posture.rom.photos import look
from tests.rom.bodies import front_view, pose_of, side_view


class Seer:
    """A detector that finds, in each upright picture, the pose that its first pixel numbers."""

    def __init__(self, *poses):
        self.poses = poses

    def detect(self, pixels):
        if pixels.shape != (400, 600, 3):
            return NoPose(reason="nobody is in it")
        return self.poses[int(pixels[0, 0, 0])]


def a_photo(number, name):
    pixels = np.full((400, 600, 3), number, dtype=np.uint8)
    return Photo(
        pixels=pixels, file_sha256=f"{number:064x}", focal_length_35mm=None, name=f"{name}.jpg"
    )


def turned(pose, view):
    """Give shoulders and hips the depths of a client seen from there."""
    near = {View.LEFT: -40.0, View.RIGHT: 40.0, View.FRONT: 0.0}[view]
    wide = 30.0 if view is View.FRONT else 0.0
    points = dict(pose.points)
    for stem in ("shoulder", "hip"):
        for side, sign in (("left", 1.0), ("right", -1.0)):
            point = points[f"{stem}_{side}"]
            place = (sign * wide, 0.0, sign * near)
            points[f"{stem}_{side}"] = replace(point, world_m=place)
    return replace(pose, points=points)


def from_side(view, **leans):
    return turned(pose_of(both_sides(view, **leans), view), view)


def both_sides(view, **leans):
    """Return a body from the side, its far side behind the near one."""
    points = side_view(side=view.value, **leans)
    far = "right" if view is View.LEFT else "left"
    return points | {n.replace(view.value, far): p for n, p in points.items() if view.value in n}


FROM_FRONT = turned(pose_of(front_view(), View.FRONT), View.FRONT)


def test_an_end_photo_from_another_side_is_told():
    seer = Seer(from_side(View.LEFT), FROM_FRONT)
    with pytest.raises(PhotoError, match=r"end.jpg: expected the client from the side"):
        run_test(find_test("lunge"), [a_photo(0, "neutral")], [a_photo(1, "end")], seer)


def test_an_end_photo_without_a_neutral_one_from_there_is_told():
    seer = Seer(from_side(View.LEFT), from_side(View.RIGHT, shank=30))
    with pytest.raises(PhotoError, match=r"end.jpg: shows the right, of which there is no neutral"):
        run_test(find_test("lunge"), [a_photo(0, "neutral")], [a_photo(1, "end")], seer)


def test_a_stated_side_is_held_against_the_photo():
    seer = Seer(FROM_FRONT)
    with pytest.raises(PhotoError, match="from the left side for weight-bearing lunge"):
        look(a_photo(0, "neutral"), find_test("lunge"), seer, view=View.LEFT)


def test_both_sides_are_measured_each_against_its_own_neutral():
    seer = Seer(
        from_side(View.LEFT),
        from_side(View.RIGHT),
        from_side(View.LEFT, shank=40),
        from_side(View.RIGHT, shank=20),
    )
    photos = [a_photo(number, name) for number, name in enumerate(("n1", "n2", "e1", "e2"))]
    outcome = run_test(find_test("lunge"), photos[:2], photos[2:], seer)
    values = {result.side: result.movements[0].value_deg for result in outcome.results}
    assert values["left"] == pytest.approx(2 * values["right"], rel=0.01)
    assert outcome.differences[0].value_deg == pytest.approx(values["right"], rel=0.02)


def test_a_client_who_stands_is_not_measured_as_one_who_lies():
    seer = Seer(from_side(View.LEFT))
    with pytest.raises(PhotoError, match="expected a client who lies"):
        run_test(find_test("modified-thomas"), [], [a_photo(0, "end")], seer)


def test_a_change_is_not_measured_without_a_neutral_photo():
    with pytest.raises(PhotoError, match="Expected a neutral photo for weight-bearing lunge"):
        run_test(find_test("lunge"), [], [a_photo(0, "end")], Seer())
