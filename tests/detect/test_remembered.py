from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import NoPose
from posture.detect.remembered import RememberedDetector, blank_pixels
from posture.photo import Photo
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose


def stand_in(sha: str) -> Photo:
    return Photo(
        pixels=blank_pixels(WIDTH_PX, HEIGHT_PX), file_sha256=sha, focal_length_35mm=None, name=sha
    )


def test_each_photo_gets_what_was_found_in_it_in_any_order():
    front, side = stand_in("a"), stand_in("b")
    pose, nobody = standing_pose(View.FRONT), NoPose(reason="Nobody.")
    with (
        RememberedDetector() as detector,
        detector.knowing([front, side], {"a": pose, "b": nobody}),
    ):
        assert detector.detect(side.pixels) is nobody
        assert detector.detect(front.pixels) is pose


@pytest.mark.parametrize("found", [{}, {"other": NoPose(reason="Nobody.")}])
def test_a_photo_that_was_not_looked_at_is_a_fault_of_the_caller(found):
    photo, detector = stand_in("a"), RememberedDetector()
    with detector.knowing([photo], found), pytest.raises(ValueError, match="found another"):
        detector.detect(photo.pixels)


def test_nothing_is_known_after_the_block():
    photo, detector = stand_in("a"), RememberedDetector()
    with detector.knowing([photo], {"a": NoPose(reason="Nobody.")}):
        pass
    with pytest.raises(ValueError, match="found another"):
        detector.detect(photo.pixels)


def test_blank_pixels_take_no_memory_and_cannot_be_written():
    pixels = blank_pixels(4000, 3000)
    assert pixels.shape == (3000, 4000, 3)
    assert pixels.dtype == np.uint8
    assert pixels.strides == (0, 0, 0)
    assert not pixels.flags.writeable
