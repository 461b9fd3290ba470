"""The file of landmarks placed by hand: what it means, and every way it can be wrong."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.anatomy import LANDMARK_PROTOCOL, LANDMARKS, Method, View
from posture.errors import InputError
from posture.landmark_file import (
    PLACEMENT_SD_FRACTION,
    check_inside,
    read_landmark_file,
    with_placement_sd,
    write_landmark_file,
)
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import Photo


@pytest.fixture
def read(tmp_path):
    def read_text(text: str) -> dict[View, LandmarkSet]:
        path = tmp_path / "marks.json"
        path.write_text(text, encoding="utf-8")
        return read_landmark_file(path)

    return read_text


def document(photos: object) -> str:
    return json.dumps({"schema_version": 1, "photos": photos})


def placed(x_px: float, y_px: float, sd_px: float = 0.0) -> Landmark:
    return Landmark(x_px=x_px, y_px=y_px, method=Method.MANUAL, sd_px=sd_px)


def test_both_ways_of_writing_a_point(read):
    marks = read(
        document({"left": {"c7": [412, 310.5], "t8": {"x_px": 1, "y_px": 2, "sd_px": 3.5}}})
    )
    assert dict(marks[View.LEFT]) == {"c7": placed(412, 310.5), "t8": placed(1, 2, 3.5)}


@pytest.mark.parametrize(("view", "full"), [("left", "tragus_left"), ("right", "tragus_right")])
def test_an_unsided_name_in_a_side_view_is_the_near_side(read, view, full):
    marks = read(document({view: {"tragus": [3, 4], "c7": [5, 6]}}))
    assert set(marks[View(view)]) == {full, "c7"}


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "marks.json"
    path.write_text(document({"front": {}}), encoding="utf-8-sig")
    assert read_landmark_file(path) == {View.FRONT: LandmarkSet()}


BAD = {
    "empty": ("", "line 1, column 1"),
    "no JSON": ("c7: 1, 2", "line 1, column 1"),
    "comma missing": ('{"schema_version": 1\n "photos": {}}', "line 2, column 2"),
    "a list": ("[]", "expected an object in braces, found []"),
    "no version": ('{"photos": {}}', "expected the keys photos, schema_version"),
    "a key too many": (
        '{"schema_version": 1, "photos": {}, "note": 1}',
        'found "note", "photos", "schema_version"',
    ),
    "a newer version": ('{"schema_version": 2, "photos": {}}', "expected schema_version 1"),
    "version true": ('{"schema_version": true, "photos": {}}', "found true"),
    "photos a list": (document([]), "photos: expected an object"),
    "unknown view": (document({"lefft": {}}), "Did you mean left?"),
    "side as view": (document({"side": {}}), "expected a view"),
    "view twice": ('{"schema_version": 1, "photos": {"left": {}, "left": {}}}', '"left" twice'),
    "landmark twice": (
        '{"schema_version": 1, "photos": {"left": {"c7": [1, 2], "c7": [3, 4]}}}',
        '"c7" twice',
    ),
    "landmark twice, once without side": (
        document({"left": {"tragus": [1, 2], "tragus_left": [3, 4]}}),
        'found it as "tragus" too',
    ),
    "misspelt": (document({"left": {"acromon": [1, 2]}}), "Did you mean acromion?"),
    "misspelt, sided": (
        document({"front": {"acromion_lft": [1, 2]}}),
        "Did you mean acromion_left?",
    ),
    "in capitals": (document({"left": {"C7": [1, 2]}}), "Did you mean c7?"),
    "nothing alike": (document({"left": {"zzz": [1, 2]}}), "Names are: achilles, acromion"),
    "a detector point": (document({"left": {"ear_left": [1, 2]}}), "expected a landmark's name"),
    "unsided in front": (
        document({"front": {"tragus": [1, 2]}}),
        "expected tragus_left or tragus_right",
    ),
    "one coordinate": (document({"left": {"c7": [1]}}), "photos.left.c7: expected [x, y]"),
    "three coordinates": (document({"left": {"c7": [1, 2, 3]}}), "found 3 values"),
    "a string": (document({"left": {"c7": "1,2"}}), 'found "1,2"'),
    "null": (document({"left": {"c7": None}}), "found null"),
    "a coordinate in words": (document({"left": {"c7": ["one", 2]}}), "photos.left.c7.x_px"),
    "a coordinate true": (document({"left": {"c7": [True, 2]}}), "found true"),
    "x missing": (document({"left": {"c7": {"y_px": 2}}}), "expected the keys x_px, y_px"),
    "an unknown field": (
        document({"left": {"c7": {"x_px": 1, "y_px": 2, "z_px": 3}}}),
        'found "x_px", "y_px", "z_px"',
    ),
    "NaN": ('{"schema_version": 1, "photos": {"left": {"c7": [NaN, 2]}}}', "found NaN"),
    "infinity": ('{"schema_version": 1, "photos": {"left": {"c7": [-Infinity, 2]}}}', "-Infinity"),
    "1e999": ('{"schema_version": 1, "photos": {"left": {"c7": [1e999, 2]}}}', "far too large"),
    "a long whole number": (document({"left": {"c7": [10**400, 2]}}), "far too large"),
    "a number beyond the reader": (
        '{"schema_version": 1, "photos": {"left": {"c7": [' + "1" * 5000 + ", 2]}}}",
        "expected JSON",
    ),
    "sd zero": (
        document({"left": {"c7": {"x_px": 1, "y_px": 2, "sd_px": 0}}}),
        "photos.left.c7.sd_px: expected a number above 0",
    ),
    "sd negative": (document({"left": {"c7": {"x_px": 1, "y_px": 2, "sd_px": -1}}}), "found -1"),
    "coincident": (
        document({"left": {"c7": [1, 2], "tragus": [1.0, 2.0]}}),
        'photos.left.tragus: expected a place of its own, found exactly that of "c7"',
    ),
    "nested without end": ("[" * 100_000, "nested too deep"),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_wrong_file_is_one_clear_line(kind, read):
    text, found = BAD[kind]
    with pytest.raises(InputError) as caught:
        read(text)
    message = str(caught.value)
    assert found in message
    assert "marks.json" in message
    assert "expected" in message
    assert "\n" not in message


def test_bytes_that_are_not_text(tmp_path):
    (tmp_path / "marks.json").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match="UTF-8"):
        read_landmark_file(tmp_path / "marks.json")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="No landmarks file at"):
        read_landmark_file(tmp_path / "marks.json")
    with pytest.raises(InputError, match="found a folder"):
        read_landmark_file(tmp_path)


PHOTO = Photo(
    pixels=np.zeros((30, 20, 3), np.uint8),
    file_sha256="",
    focal_length_35mm=None,
    name="side.jpg",
)


@pytest.mark.parametrize("point", [(0, 0), (-0.5, -0.5), (19.5, 29.5), (10, 15)])
def test_points_inside_the_photo_pass(point):
    check_inside({"c7": placed(*point)}, PHOTO, View.LEFT)


@pytest.mark.parametrize("point", [(-0.6, 5), (5, -0.6), (19.6, 5), (5, 29.6), (29, 5)])
def test_points_outside_the_photo_are_named(point):
    with pytest.raises(InputError, match=r"photos\.left\.c7: .*side\.jpg \(20 × 30 px"):
        check_inside({"c7": placed(*point)}, PHOTO, View.LEFT)


def test_the_placement_error_scales_with_the_client_and_spares_what_was_said():
    marks = LandmarkSet(
        {"c7": placed(1, 2), "knee_left": placed(3, 4), "t8": placed(5, 6), "l4": placed(7, 8, 9)}
    )
    filled = with_placement_sd(marks, 1000.0)
    assert {name: mark.sd_px for name, mark in filled.items()} == pytest.approx(
        {"c7": 3.8, "knee_left": 11.0, "t8": 4.0, "l4": 9.0}
    )
    assert all(mark.method is Method.MANUAL for mark in filled.values())


def test_the_measured_placement_errors_are_of_landmarks_that_exist():
    assert set(PLACEMENT_SD_FRACTION) <= set(LANDMARK_PROTOCOL)
    assert all(0.001 < value < 0.02 for value in PLACEMENT_SD_FRACTION.values())


numbers = st.floats(-1e6, 1e6)
points = st.builds(placed, numbers, numbers, st.one_of(st.just(0.0), st.floats(1e-3, 1e3)))
files = st.dictionaries(
    st.sampled_from(list(View)),
    st.dictionaries(st.sampled_from(LANDMARKS), points).filter(
        lambda marks: len({(m.x_px, m.y_px) for m in marks.values()}) == len(marks)
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(written=files)
def test_what_is_written_is_read_again(tmp_path, written):
    path = tmp_path / "marks.json"
    write_landmark_file(path, written)
    found = read_landmark_file(path)
    assert {view: dict(marks) for view, marks in found.items()} == written


def test_detector_points_are_not_written(tmp_path):
    with pytest.raises(InputError, match="ear_left"):
        write_landmark_file(tmp_path / "m.json", {View.LEFT: {"ear_left": placed(1, 2)}})
    assert list(tmp_path.iterdir()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    photos=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["left", "c7", "x_px", "y_px"]), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_landmarks_or_an_input_error(read, photos):
    try:
        marks = read(document(photos))
    except InputError as error:
        marks, message = {}, str(error)
    else:
        message = ""
    assert "\n" not in message
    values = [mark for view in marks.values() for mark in view.values()]
    assert all(math.isfinite(mark.x_px + mark.y_px) for mark in values)
