"""From photos to what is told: sides, differences, compensations, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from posture.anatomy import View
from posture.errors import InputError, PhotoError
from posture.photo import Photo
from posture.results import Client
from posture.rom import RomOutcome, RomPhoto, RomSession, find_test
from posture.rom.file import check_rom, rom_to_dict, rom_to_json
from posture.rom.measure import measure, moved_sides, movement_errors
from tests.rom.bodies import front_view, marks_of, pose_of, side_view


def photo(points, view, name):
    pixels = np.full((400, 600, 3), 90, dtype=np.uint8)
    taken = Photo(
        pixels=pixels, file_sha256=f"{hash(name) % 2**32:064x}", focal_length_35mm=None, name=name
    )
    return RomPhoto(
        photo=taken, view=view, pose=pose_of(points, view), marks=marks_of(points, view)
    )


def pair(test, view, neutral, end):
    """Return the test and its two photos."""
    body = side_view if view.is_lateral else front_view
    near = {"side": view.value} if view.is_lateral else {}
    photos = [
        photo(body(**near, **changed), view, f"{name}.jpg")
        for name, changed in (("neutral", neutral), ("end", end))
    ]
    return find_test(test), *photos


def corrected(movement, angle):
    error = movement_errors()[movement]
    return error.offset_deg + error.slope * angle


@pytest.mark.parametrize("view", [View.LEFT, View.RIGHT])
def test_an_angle_is_corrected_and_stands_with_its_interval(view):
    test, neutral, end = pair("trunk-flexion", view, {}, {"trunk": 80})
    assert moved_sides(test, neutral, end) == (view.value,)
    (found,) = measure(test, neutral, end, view.value).movements
    assert found.value_deg == pytest.approx(corrected("trunk_flexion_deg", 80), abs=0.01)
    half = 1.96 * movement_errors()["trunk_flexion_deg"].sd_deg
    assert found.high_deg - found.value_deg == pytest.approx(half)
    assert found.value_deg - found.low_deg == pytest.approx(half)


@pytest.mark.parametrize("arm", [30, 90, 150, 175])
def test_what_is_learnt_from_several_angles_stays_near_the_angle_itself(arm):
    test, neutral, end = pair(
        "shoulder-flexion", View.RIGHT, {"trunk": 3}, {"trunk": 3, "arm": arm}
    )
    (found,) = measure(test, neutral, end, "right").movements
    assert found.value_deg == pytest.approx(arm, abs=12)
    assert found.low_deg < arm < found.high_deg + 4


@pytest.mark.parametrize(
    ("arms", "sides"),
    [((160, 0), ("left",)), ((0, 90), ("right",)), ((160, 90), ("left", "right"))],
)
def test_the_arms_that_were_raised_are_measured(arms, sides):
    test, neutral, end = pair("shoulder-abduction", View.FRONT, {}, {"arms": arms})
    assert moved_sides(test, neutral, end) == sides


@pytest.mark.parametrize(("face", "side"), [(30, "right"), (-30, "left")])
def test_the_side_that_was_bent_to_is_recognised(face, side):
    test, neutral, end = pair("cervical-lateral-flexion", View.FRONT, {}, {"face": face})
    assert moved_sides(test, neutral, end) == (side,)


@pytest.mark.parametrize(
    ("test", "view", "end", "words"),
    [
        ("shoulder-flexion", View.LEFT, {"arm": 170, "trunk": -20}, "lumbar extension"),
        ("shoulder-abduction", View.FRONT, {"arms": (0, 150), "trunk": -24}, "away from"),
        ("cervical-flexion", View.RIGHT, {"face": -50, "trunk": 20}, "leaned forwards"),
        (
            "shoulder-flexion",
            View.RIGHT,
            {"arm": 120, "forearm": 40},
            "elbow seems bent by about 40",
        ),
        ("lunge", View.LEFT, {"shank": 40, "foot": 14}, "heel"),
        ("trunk-flexion", View.LEFT, {"trunk": 80, "thigh": -20, "shank": 10}, "knees bent"),
    ],
)
def test_what_moved_along_is_named(test, view, end, words):
    test, neutral, end = pair(test, view, {}, end)
    side = moved_sides(test, neutral, end)[0]
    assert any(words in remark.text for remark in measure(test, neutral, end, side).remarks)


def test_a_clean_movement_has_no_remark():
    test, neutral, end = pair("lunge", View.LEFT, {}, {"shank": 38})
    assert measure(test, neutral, end, "left").remarks == ()


@pytest.mark.parametrize(
    ("neutral", "end", "words"),
    [({}, {}, "hardly any movement"), ({"shank": 40}, {"shank": 5}, "swapped")],
)
def test_no_movement_and_swapped_photos_are_told(neutral, end, words):
    test, one, two = pair("lunge", View.LEFT, neutral, end)
    with pytest.raises(PhotoError, match=words):
        measure(test, one, two, "left")


def test_a_face_turned_aside_is_refused():
    test, neutral, _ = pair("cervical-lateral-flexion", View.FRONT, {}, {"face": 30})
    points = front_view(face=30)
    points["nose"] = points["nose"] + np.array([7.0, 0.0])
    with pytest.raises(PhotoError, match="turned aside"):
        measure(test, neutral, photo(points, View.FRONT, "end.jpg"), "right")


@pytest.mark.parametrize(
    ("test", "view", "end", "words"),
    [
        ("squat", View.LEFT, {"thigh": -4, "shank": 4}, "knees bent by 8°"),
        ("squat-front", View.FRONT, {"knees": (10, 10)}, "hips at 100%"),
    ],
)
def test_one_who_did_not_squat_is_not_measured(test, view, end, words):
    test, neutral, end = pair(test, view, {}, end)
    with pytest.raises(PhotoError, match=f"hardly any movement .{words}"):
        measure(test, neutral, end, "left")


def test_one_photo_given_twice_is_told():
    test, neutral, _ = pair("squat", View.LEFT, {}, {})
    with pytest.raises(PhotoError, match="found the same one"):
        measure(test, neutral, neutral, "left")


def test_photos_of_two_sides_are_told():
    test, neutral, _ = pair("lunge", View.LEFT, {}, {})
    end = photo(side_view(side="right", shank=40), View.RIGHT, "end.jpg")
    with pytest.raises(PhotoError, match="Expected both photos from one side, found the left"):
        measure(test, neutral, end, "left")


@pytest.mark.parametrize(("scale", "code"), [(1.3, "larger"), (0.8, "smaller"), (1.05, None)])
def test_a_camera_that_moved_is_named(scale, code):
    test, neutral, _ = pair("lunge", View.LEFT, {}, {})
    points = {name: scale * place for name, place in side_view(shank=40, side="left").items()}
    remarks = measure(test, neutral, photo(points, View.LEFT, "end.jpg"), "left").remarks
    assert [remark.code for remark in remarks] == ([f"camera_moved_{code}"] if code else [])


def a_session(left=170):
    test, neutral, end = pair("shoulder-abduction", View.FRONT, {}, {"arms": (left, 90)})
    results = tuple(measure(test, neutral, end, side) for side in ("left", "right"))
    return RomSession(
        created="2026-11-23T12:00:00+00:00",
        client=Client(id="K-1"),
        software={"posture": "0"},
        outcomes=(RomOutcome(test=test, results=results),),
    )


@pytest.mark.parametrize(("left", "is_shown"), [(170, True), (93, False)])
def test_the_sides_are_held_against_each_other(left, is_shown):
    (outcome,) = a_session(left).outcomes
    (difference,) = outcome.differences
    slope = movement_errors()["shoulder_abduction_deg"].slope
    assert difference.value_deg == pytest.approx(slope * (left - 90), abs=0.01)
    assert difference.is_shown is is_shown


def test_the_file_holds_values_with_intervals_and_what_is_usual_and_follows_its_schema():
    document = json.loads(rom_to_json(a_session()))
    (test,) = check_rom(document)["tests"]
    assert [result["side"] for result in test["results"]] == ["left", "right"]
    (movement,) = test["results"][0]["movements"]
    assert movement["low"] < movement["value"] < movement["high"]
    assert movement["usual"] == {"low": 165.0, "high": 180.0, "source": "AAOS 1965"}
    assert test["differences"][0]["is_shown"] is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema_version": 2}, "made by a newer version"),
        ({"assessment": "sitting"}, r"at \$.assessment"),
        ({"tests": []}, r"at \$.tests"),
    ],
)
def test_a_file_of_something_else_is_told(change, words):
    with pytest.raises(InputError, match=words):
        check_rom(rom_to_dict(a_session()) | change)


@pytest.mark.parametrize(
    ("name", "words"), [("cervical-rotation", "not measurable in 2-D"), ("lung", "Expected one of")]
)
def test_tests_that_are_not_there_are_told(name, words):
    with pytest.raises(InputError, match=words):
        find_test(name)
