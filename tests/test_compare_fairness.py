"""The fair comparison guard: each way in which two visits differ is named, with its effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.anatomy import Method, View
from posture.compare import Verdict, compare, find_remarks
from posture.compare.fairness import setting_of
from posture.landmarks import Landmark, LandmarkSet
from posture.results import AssessedPhoto, Client, QualityNote
from tests.examples import example_assessment

HEIGHT_PX, WIDTH_PX = 1000, 700
DAYS = ("2026-03-01T09:00:00+01:00", "2026-06-01T09:00:00+02:00")


def points(**places):
    """Landmarks by name from (x, y) in pixels."""
    return LandmarkSet(
        {
            name: Landmark(x_px=x, y_px=y, method=Method.PROXY, sd_px=2.0)
            for name, (x, y) in places.items()
        }
    )


def standing(*, elbow=(360.0, 400.0), top=100.0, sole=920.0):
    """The near side of a client who stands to the left, trunk upright, arm hanging."""
    return points(
        ear_left=(340.0, top),
        shoulder_left=(350.0, 250.0),
        elbow_left=elbow,
        hip_left=(350.0, 500.0),
        ankle_left=(350.0, sole),
    )


def visit(number, *, view=View.LEFT, landmarks=None, sha=None, quality=(), **changes):
    photo = AssessedPhoto(
        view=view,
        file_sha256=sha or str(number) * 64,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        landmarks=landmarks if landmarks is not None else standing(),
        quality=quality,
    )
    return replace(example_assessment(), created=DAYS[number], photos=(photo,), **changes)


def codes(one, two, **options):
    found = find_remarks(one, two, clothing=options.pop("clothing", "same"), **options)
    return [(remark.code, remark.effect) for remark in found]


def test_like_visits_have_no_remark():
    assert codes(visit(0), visit(1)) == []


OBLIQUE = QualityNote(code="oblique", severity="warning", text="turned")
OTHER_CLIENT = Client(id="another", height_cm=172.0)
TALLER = Client(id="K-017", height_cm=175.0)
OTHER_MODEL = {"posture": "0.1.0", "mediapipe": "1.2.2", "pose_landmarker_heavy.task": "d" * 64}
OTHER_VERSION = {"posture": "0.2.0", "mediapipe": "1.2.2", "pose_landmarker_heavy.task": "c" * 64}


@pytest.mark.parametrize(
    ("after", "remark"),
    [
        (visit(1, client=OTHER_CLIENT), ("other_client", "withholds")),
        (visit(1, client=TALLER), ("other_stature", "named")),
        (visit(1, software=OTHER_MODEL), ("other_models", "widens")),
        (visit(1, software=OTHER_VERSION), ("other_version", "named")),
        (visit(1, sha="0" * 64), ("same_photo", "withholds")),
        (visit(1, quality=(OBLIQUE,)), ("oblique", "widens")),
        (visit(1, view=View.RIGHT), ("other_side", "named")),
        (visit(1, landmarks=standing(elbow=(250.0, 370.0))), ("arm_position", "withholds")),
        (visit(1, landmarks=standing(top=-190.0, sole=630.0)), ("camera_height", "widens")),
        (visit(1, landmarks=standing(top=240.0, sole=740.0)), ("camera_distance", "widens")),
    ],
)
def test_each_difference_is_named_with_its_effect(after, remark):
    assert codes(visit(0), after) == [remark]


@pytest.mark.parametrize(
    ("clothing", "code"), [("other", "other_clothing"), ("not stated", "clothing_not_stated")]
)
def test_clothing_is_named_unless_it_was_the_same(clothing, code):
    assert codes(visit(0), visit(1), clothing=clothing) == [(code, "named")]


def test_visits_of_one_day_are_named_only_where_the_day_is_known():
    one, two = visit(0), replace(visit(1), created=DAYS[0])
    assert codes(one, two) == [("same_day", "named")]
    assert codes(one, two, dated=False) == []


def test_the_gravest_remark_stands_first():
    after = visit(1, software=OTHER_MODEL, sha="0" * 64)
    effects = [effect for _, effect in codes(visit(0), after, clothing="other")]
    assert effects == ["withholds", "widens", "named"]


def test_a_moved_arm_withholds_what_hangs_on_the_shoulder_only():
    moved = compare([visit(0), visit(1, landmarks=standing(elbow=(250.0, 370.0)))])
    told = {change.measure: change.verdict for change in moved.changes}
    assert told["shoulder_forward_cm"] is Verdict.NOT_COMPARABLE
    assert told["knee_flexion_deg"] is not Verdict.NOT_COMPARABLE


def test_the_setting_is_read_from_the_points():
    # Ear to ankle is 0.887 of stature; the picture's middle lies 0.454 statures above the ankle.
    photo = visit(0, landmarks=standing(top=33.0, sole=920.0)).photos[0]
    setting = setting_of(photo)
    assert setting.body_share == pytest.approx(1.0)
    assert setting.camera_height == pytest.approx(0.04 + 0.42)
    assert setting.arms_deg["left"] == pytest.approx(3.81, abs=0.01)


def test_a_photo_without_points_tells_nothing_of_its_setting():
    setting = setting_of(visit(0, landmarks=LandmarkSet()).photos[0])
    assert (setting.body_share, setting.camera_height, dict(setting.arms_deg)) == (None, None, {})
