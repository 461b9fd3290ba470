"""A sheet of paper, drawn as a camera sees it held and tilted, and things that are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from posture.capture.dots import Window
from posture.capture.paper import SHEET_CM, find_paper

PX_PER_CM = 8.0
SHAPE = (900, 700)
EVERYWHERE = Window(left=0, top=0, right=SHAPE[1], bottom=SHAPE[0])


def scene(
    size_cm=SHEET_CM["a4"],
    *,
    tilt_deg=0.0,
    turn_deg=0.0,
    at=((350, 450),),
    light=240,
    wall=120,
    bent=0.0,
    fingers=False,
):
    """Return a picture with sheets, seen by a camera 3 m away, tilted about their upright axis."""
    picture = np.full((*SHAPE, 3), wall, dtype=np.uint8)
    focal = 300 * PX_PER_CM
    tilt, turn = np.radians([tilt_deg, turn_deg])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size_cm) / 2
    outline = np.concatenate(
        [np.linspace(corners[i - 1], corners[i], 20, endpoint=False) for i in range(4)]
    )
    for middle in at:
        x, y = outline.T
        x = x + bent * np.cos(np.pi * y / size_cm[1])
        depth = 300 + x * np.sin(tilt)
        across, down = focal * x * np.cos(tilt) / depth, focal * y / depth
        rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        spun = np.stack([across, down], axis=1) @ rotate
        sixteenths = np.round((spun + middle) * 16).astype(np.int32)
        cv2.fillPoly(picture, [sixteenths], (light,) * 3, cv2.LINE_AA, shift=4)
        if fingers:
            spot = np.round(spun[10] + middle).astype(int)  # the middle of one long edge
            cv2.circle(picture, tuple(spot.tolist()), 18, (150, 110, 90), -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0)
    noisy = picture + np.random.default_rng(0).normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def found(picture, sheet="a4", px_per_cm=PX_PER_CM):
    return find_paper(picture, sheet, around=EVERYWHERE, px_per_cm=px_per_cm)


@pytest.mark.parametrize("sheet", ["a4", "letter"])
@pytest.mark.parametrize(("tilt", "turn"), [(0, 0), (0, 90), (0, 17), (15, 0), (18, 100)])
def test_the_scale_is_right_however_the_sheet_is_held(sheet, tilt, turn):
    reading = found(scene(SHEET_CM[sheet], tilt_deg=tilt, turn_deg=turn, fingers=True), sheet)
    assert reading is not None
    assert reading.px_per_cm == pytest.approx(PX_PER_CM, rel=0.012)
    assert reading.tilt_deg == pytest.approx(tilt, abs=8)
    assert reading.relative_sd >= 0.03


@pytest.mark.parametrize("px_per_cm", [PX_PER_CM / 1.25, PX_PER_CM * 1.25])
def test_the_person_may_be_tall_or_short(px_per_cm):
    assert found(scene(), px_per_cm=px_per_cm).px_per_cm == pytest.approx(PX_PER_CM, rel=0.01)


def test_a_small_photo_is_enough():
    small = cv2.resize(scene(), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    reading = found(small, px_per_cm=0.4 * PX_PER_CM)
    assert reading.px_per_cm == pytest.approx(0.4 * PX_PER_CM, rel=0.02)


@pytest.mark.parametrize(
    "picture",
    [
        scene(at=()),
        scene(at=((180, 300), (500, 600))),
        scene(tilt_deg=35),
        scene(bent=2.0),
        scene(wall=238),
        scene((21.0, 21.0)),
        scene((14.8, 21.0)),
        scene(light=100, wall=40),
        scene(SHEET_CM["letter"]),
    ],
    ids=["none", "two", "tilted", "bent", "on white", "square", "A5", "dark", "other paper"],
)
def test_no_scale_is_read_where_it_would_be_doubtful(picture):
    assert found(picture) is None


def test_a_sheet_far_from_the_person_is_not_looked_at():
    beside = Window(left=-50, top=0, right=200, bottom=SHAPE[0] + 50)
    assert find_paper(scene(), "a4", around=beside, px_per_cm=PX_PER_CM) is None
    nowhere = Window(left=900, top=0, right=800, bottom=10)
    assert find_paper(scene(), "a4", around=nowhere, px_per_cm=PX_PER_CM) is None
