"""Landmarks placed on each of several photos of one view, and what their mean makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assess import GivenPhoto, assess
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.landmarks import LandmarkSet
from posture.photo import Photo
from posture.results import Client
from tests.stick import HEIGHT_PX, LATERAL, WIDTH_PX, landmark_set, standing_pose


def angle(*placed: LandmarkSet | None, view: View = View.RIGHT):
    """Return the craniovertebral angle over photos from the right, each with landmarks or none."""
    photos = [
        GivenPhoto(
            photo=Photo(
                pixels=np.full((HEIGHT_PX, WIDTH_PX, 3), number, np.uint8),
                file_sha256=str(number),
                focal_length_35mm=None,
                name=str(number),
            ),
            role="side",
            view=None,
            placed={} if marks is None else {view: marks},
        )
        for number, marks in enumerate(placed)
    ]
    assessment = assess(
        photos,
        FakeDetector([standing_pose(View.RIGHT) for _ in photos]),
        client=Client(id="c1", height_cm=180.0),
        created="2026-01-02T03:04:05+00:00",
        software={"posture": "0"},
    )
    return next(m for m in assessment.measures if m.id == "craniovertebral_angle_deg")


def shifted(dx: float) -> LandmarkSet:
    points = {name: (x + (dx if name == "c7" else 0.0), y) for name, (x, y) in LATERAL.items()}
    return landmark_set(points, View.RIGHT)


def test_landmarks_on_each_photo_are_averaged_with_their_spread():
    first, second = angle(shifted(0.0)), angle(shifted(8.0))
    both = angle(shifted(0.0), shifted(8.0))
    assert both.method is Method.MANUAL
    assert both.repeats.n == 2
    assert both.value == pytest.approx((first.value + second.value) / 2, abs=0.2)
    assert both.repeats.sd == pytest.approx(abs(first.value - second.value) / 2**0.5)


def test_only_photos_with_landmarks_count_where_others_have_none():
    alone = angle(shifted(8.0))
    for found in (angle(shifted(8.0), None), angle(None, shifted(8.0))):
        assert found.value == pytest.approx(alone.value)
        assert found.repeats is None


def test_landmarks_of_another_view_than_the_photos_are_refused():
    with pytest.raises(InputError, match="placed for the view left, but the photos show: right"):
        angle(landmark_set(LATERAL, View.LEFT), view=View.LEFT)
