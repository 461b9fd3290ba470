"""Several photos of one view: their mean, how far it narrows, and what it says of the client."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assess import Estimate, GivenPhoto, assess
from posture.detect import NoPose
from posture.detect.fake import FakeDetector
from posture.estimate.outputs import FRONTAL as FRONTAL_OUTPUTS
from posture.estimate.outputs import LATERAL as LATERAL_OUTPUTS
from posture.findings import format_repeats
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from posture.measures.compute import not_measured
from posture.photo import Photo
from posture.repeats import averaged, common_share, half_of_mean, mean_weights
from posture.results import Client, Measure, Repeats
from tests.measured import measured
from tests.stick import HEIGHT_PX, LATERAL, WIDTH_PX, landmark_set, standing_pose

CVA = "craniovertebral_angle_deg"


def measure(
    value: float, half: float, method: Method = Method.ESTIMATED, view: View = View.RIGHT
) -> Measure:
    return measured(CVA, view, value, half, method)


def half_of(found: Measure) -> float:
    assert found.low is not None
    assert found.high is not None
    return (found.high - found.low) / 2


def test_one_photo_stays_exactly_as_it_was():
    one = measure(44.2, 3.3)
    assert averaged([one]) is one


def test_the_mean_of_alike_photos_with_their_spread():
    found = averaged([measure(44.0, 3.0), measure(47.0, 3.0), measure(50.0, 3.0)])
    assert found.value == pytest.approx(47.0)
    assert found.repeats == Repeats(n=3, sd=3.0)
    assert format_repeats(found) == "mean of 3 photos, SD 3.0°"


@pytest.mark.parametrize("count", [2, 3, 10, 1000])
def test_the_interval_narrows_and_never_below_the_common_part(count):
    found = averaged([measure(45.0, 3.0)] * count)
    common = common_share(CVA, Method.ESTIMATED, "same view").at_most
    assert 0.5 < common < 1
    assert 3.0 * common**0.5 < half_of(found) < 3.0
    assert half_of(found) == pytest.approx(3.0 * (common + (1 - common) / count) ** 0.5)


def test_a_photo_with_a_wide_interval_weighs_little():
    found = averaged([measure(44.0, 2.0), measure(56.0, 8.0)])
    assert found.value == pytest.approx(44.0 + 12.0 / 17)


def test_where_nothing_is_known_to_average_out_the_interval_stays():
    found = averaged([measure(44.0, 2.0, Method.MANUAL), measure(46.0, 2.0, Method.MANUAL)])
    assert half_of(found) == pytest.approx(2.0)


def test_a_better_provenance_is_not_diluted():
    placed = measure(44.0, 2.0, Method.MANUAL)
    assert averaged([measure(50.0, 3.0), placed, measure(51.0, 3.0)]) is placed


def test_photos_without_the_measure_do_not_count():
    missing = not_measured(MEASURES[CVA], View.RIGHT, "hair")
    found = averaged([missing, measure(44.0, 2.0), measure(45.0, 2.0)])
    assert found.repeats is not None
    assert found.repeats.n == 2
    assert averaged([missing, not_measured(MEASURES[CVA], View.RIGHT, "late")]) is missing


def test_what_is_estimated_has_its_share_of_repeats_and_from_the_side_of_both_sides():
    for name in (*LATERAL_OUTPUTS.measures, *FRONTAL_OUTPUTS.measures):
        same = common_share(name, Method.ESTIMATED, "same view")
        assert 0 < same.at_least < same.at_most <= 1
    for name in LATERAL_OUTPUTS.measures:
        both = common_share(name, Method.ESTIMATED, "both sides")
        assert both.at_least < common_share(name, Method.ESTIMATED, "same view").at_least


def test_of_what_was_never_measured_nothing_cancels_and_nothing_averages_out():
    unknown = common_share("ear_shoulder_angle_deg", Method.PROXY, "same view")
    assert (unknown.at_least, unknown.at_most) == (0.0, 1.0)


def test_errors_drawn_with_the_common_share_are_held_as_often_as_one_photo_is():
    rng = np.random.default_rng(7)
    share, half = 0.6, 1.96
    common = rng.normal(0, share**0.5, (20_000, 1))
    errors = common + rng.normal(0, (1 - share) ** 0.5, (20_000, 3))
    weights = mean_weights([half] * 3)
    held = np.abs(errors @ np.array(weights)) <= half_of_mean([half] * 3, weights, share)
    assert held.mean() == pytest.approx(0.95, abs=0.01)


# --- through the whole composition ----------------------------------------------------------

PIXELS = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
PIXELS.flags.writeable = False


def photo(name: str) -> Photo:
    return Photo(pixels=PIXELS, file_sha256=name, focal_length_35mm=None, name=name)


class PhotoByPhoto:
    """Gives each photo the next of some angles, and marks C7 where the angle says."""

    def __init__(self, *angles: float) -> None:
        self.angles = iter(angles)

    def estimate(self, photos, client):
        assert len({one.view for one in photos}) == len(photos)
        found, marks = [], {}
        for one in photos:
            angle = next(self.angles)
            found.append(measure(angle, 3.0, view=one.view))
            mark = Landmark(x_px=angle, y_px=9.0, method=Method.ESTIMATED, sd_px=1.0)
            marks[one.view] = LandmarkSet({"c7": mark})
        return Estimate(landmarks=marks, measures=tuple(found))


def run(poses, estimator, **options):
    given = [
        GivenPhoto(photo=photo(name), role="front" if "front" in name else "side", view=None)
        for name, _ in poses
    ]
    given = [replace(g, view=View.FRONT) if g.role == "front" else g for g in given]
    return assess(
        given,
        FakeDetector([pose for _, pose in poses]),
        client=Client(id="c1", height_cm=180.0),
        created="2026-01-02T03:04:05+00:00",
        software={},
        estimator=estimator,
        **options,
    )


RIGHT, LEFT = standing_pose(View.RIGHT), standing_pose(View.LEFT)


def angles(assessment):
    return [m for m in assessment.measures if m.id == CVA]


def test_each_photo_keeps_its_landmarks_and_the_measure_is_their_mean():
    found = run([("a", RIGHT), ("b", RIGHT), ("c", RIGHT)], PhotoByPhoto(40.0, 43.0, 46.0))
    (angle,) = angles(found)
    assert angle.value == pytest.approx(43.0)
    assert angle.repeats == Repeats(n=3, sd=3.0)
    assert [one.landmarks["c7"].x_px for one in found.photos] == [40.0, 43.0, 46.0]


def test_repeats_of_both_sides_stay_two_numbers():
    found = run(
        [("a", RIGHT), ("b", LEFT), ("c", RIGHT), ("d", LEFT)],
        PhotoByPhoto(40.0, 50.0, 42.0, 54.0),
    )
    assert {(m.view, m.value) for m in angles(found)} == {(View.RIGHT, 41.0), (View.LEFT, 52.0)}
    assert [one.landmarks["c7"].x_px for one in found.photos] == [40.0, 50.0, 42.0, 54.0]


def test_a_refused_photo_leaves_the_others():
    nobody = NoPose(reason="Found nobody.")
    found = run([("a", RIGHT), ("b", nobody), ("c", RIGHT)], PhotoByPhoto(40.0, 44.0))
    (angle,) = angles(found)
    assert angle.repeats is not None
    assert angle.repeats.n == 2
    assert found.photos[1].is_refused


def test_the_same_file_twice_is_no_repeat():
    found = run([("a", RIGHT), ("a", RIGHT)], PhotoByPhoto(40.0))
    (angle,) = angles(found)
    assert angle.repeats is None
    assert [note.code for note in found.photos[1].quality] == ["same_photo"]
    assert not found.photos[1].landmarks


def test_landmarks_placed_by_hand_are_those_of_the_first_photo():
    placed = landmark_set(LATERAL, View.RIGHT, sd_px=2.0)
    found = run([("a", RIGHT), ("b", RIGHT)], None, hand_placed={View.RIGHT: placed})
    (angle,) = angles(found)
    assert angle.method is Method.MANUAL
    assert angle.repeats is None
    assert found.photos[0].landmarks["c7"].method is Method.MANUAL
    assert "c7" not in found.photos[1].landmarks
