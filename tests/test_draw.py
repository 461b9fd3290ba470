from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.anatomy import Method, View
from posture.draw import annotate, drawn_methods
from posture.draw.canvas import text_width
from posture.draw.figures import FIGURES, body_sign, plumb_x_px
from posture.draw.labels import _lines
from posture.draw.layout import Box, stack_labels
from posture.draw.stage import set_stage
from posture.i18n import LANGUAGES
from posture.i18n.phrases import say_in
from posture.landmarks import LandmarkSet
from posture.measures import MEASURES
from posture.results import AssessedPhoto, Measure, Status
from tests.examples import (
    FRONT_SHA,
    SIDE_SHA,
    example_assessment,
    example_pixels,
    front_landmarks,
    side_landmarks,
)
from tests.stick import FRONTAL, LATERAL, landmark_set

ASSESSMENT = example_assessment()
FRONT, SIDE = ASSESSMENT.photos


def _blank(width: int, height: int, shade: int = 200) -> np.ndarray:
    return np.full((height, width, 3), shade, dtype=np.uint8)


def _scaled(photo: AssessedPhoto, width: int, height: int) -> AssessedPhoto:
    """Return the photo as if taken with another number of pixels."""
    x, y = width / photo.width_px, height / photo.height_px
    marks = {
        name: replace(mark, x_px=mark.x_px * x, y_px=mark.y_px * y, sd_px=mark.sd_px * y)
        for name, mark in photo.landmarks.items()
    }
    return replace(photo, width_px=width, height_px=height, landmarks=LandmarkSet(marks))


@pytest.mark.parametrize("photo", [FRONT, SIDE], ids=["front", "side"])
@pytest.mark.parametrize("frame", ["photo", "body"])
def test_leaves_the_photo_unchanged(photo, frame):
    pixels = example_pixels()[photo.file_sha256]
    before = pixels.copy()
    drawn = annotate(pixels, photo, ASSESSMENT.measures, frame=frame)
    assert np.array_equal(pixels, before)
    assert drawn.dtype == np.uint8
    assert drawn.shape[2] == 3


@pytest.mark.parametrize(("width", "height"), [(300, 400), (1000, 1000), (3000, 4000)])
@pytest.mark.parametrize("frame", ["photo", "body"])
@pytest.mark.parametrize("shade", [0, 255])
def test_draws_on_small_and_large_dark_and_light_photos(width, height, frame, shade):
    photo = _scaled(SIDE, width, height)
    drawn = annotate(_blank(width, height, shade), photo, ASSESSMENT.measures, frame=frame)
    far_from_photo = np.abs(drawn.astype(int) - shade).max(axis=2) > 100
    assert far_from_photo.mean() > 0.01


def test_photo_frame_keeps_the_photo_at_its_size_between_two_strips():
    pixels = _blank(SIDE.width_px, SIDE.height_px, 120)
    drawn = annotate(pixels, replace(SIDE, landmarks=LandmarkSet()), ())
    strip = (drawn.shape[0] - SIDE.height_px) // 2
    assert drawn.shape[1] == SIDE.width_px
    assert np.array_equal(drawn[strip : strip + SIDE.height_px], pixels)


def test_photo_frame_keeps_labels_off_a_body_that_fills_the_photo():
    xs = [mark.x_px for mark in FRONT.landmarks.values()]
    left, right = int(min(xs)), int(max(xs)) + 1
    marks = {n: replace(m, x_px=m.x_px - left) for n, m in FRONT.landmarks.items()}
    stage = set_stage(_blank(right - left, 1500), LandmarkSet(marks), "photo", 0)
    assert stage.left.left >= 0
    assert stage.left.right < stage.at(0, 0)[0]
    assert stage.right.left > stage.at(right - left - 1, 0)[0]
    assert stage.right.right <= stage.canvas.shape[1]


def test_body_frame_has_the_height_asked_for_and_shows_less_of_the_room():
    stage = set_stage(_blank(1000, 1500), SIDE.landmarks, "body", 800)
    assert stage.unit == 8
    shown = (stage.right.left - stage.left.right) / stage.scale
    assert shown < 600


def test_body_frame_shows_the_whole_photo_where_no_body_is_known():
    stage = set_stage(_blank(400, 300), LandmarkSet(), "body", 600)
    assert stage.at(-0.5, -0.5) == pytest.approx((stage.origin[0], stage.origin[1]))
    assert stage.scale == 2.0


@pytest.mark.parametrize("missing", ["c7", "tragus_left"])
def test_draws_no_angle_for_a_missing_landmark(missing):
    kept = {name: mark for name, mark in SIDE.landmarks.items() if name != missing}
    photo = replace(SIDE, landmarks=LandmarkSet(kept))
    pixels = example_pixels()[SIDE_SHA]
    angle = [m for m in ASSESSMENT.measures if m.id == "craniovertebral_angle_deg"]
    assert np.array_equal(annotate(pixels, photo, angle), annotate(pixels, photo, ()))
    assert not np.array_equal(annotate(pixels, SIDE, angle), annotate(pixels, SIDE, ()))


def test_draws_nothing_for_measures_without_value_or_of_another_view():
    pixels = example_pixels()[SIDE_SHA]
    none = Measure(
        id="pelvic_tilt_deg",
        unit=MEASURES["pelvic_tilt_deg"].unit,
        status=Status.NOT_MEASURED,
        view=View.LEFT,
        reason="no landmark",
    )
    other_view = [m for m in ASSESSMENT.measures if m.is_ok and m.view is View.FRONT]
    plain = annotate(pixels, SIDE, ())
    assert np.array_equal(annotate(pixels, SIDE, [none, *other_view]), plain)


def test_draws_no_angle_between_coincident_landmarks():
    marks = dict(SIDE.landmarks)
    marks["tragus_left"] = replace(
        marks["tragus_left"], x_px=marks["c7"].x_px, y_px=marks["c7"].y_px
    )
    photo = replace(SIDE, landmarks=LandmarkSet(marks))
    angle = [m for m in ASSESSMENT.measures if m.id == "craniovertebral_angle_deg"]
    pixels = example_pixels()[SIDE_SHA]
    assert np.array_equal(annotate(pixels, photo, angle), annotate(pixels, photo, ()))


def test_refuses_pixels_of_another_photo():
    with pytest.raises(ValueError, match=r"expected pixels of shape \(1500, 1000, 3\), found"):
        annotate(_blank(10, 10), SIDE, ())


def test_provenances_differ_in_the_picture():
    pixels = example_pixels()[SIDE_SHA]
    pictures = []
    for method in Method:
        marks = {name: replace(mark, method=method) for name, mark in SIDE.landmarks.items()}
        photo = replace(SIDE, landmarks=LandmarkSet(marks))
        if method is not Method.PROXY:
            assert drawn_methods(photo) == [method]
        pictures.append(annotate(pixels, photo, ()).tobytes())
    assert len(set(pictures)) == len(Method)


def test_names_only_provenances_that_are_drawn():
    assert drawn_methods(SIDE) == [Method.ESTIMATED, Method.MANUAL, Method.STICKER]
    assert drawn_methods(FRONT) == [Method.ESTIMATED, Method.PROXY]
    assert drawn_methods(replace(FRONT, landmarks=LandmarkSet())) == []


def test_the_far_side_is_not_drawn_in_a_side_view():
    far = landmark_set(LATERAL, View.RIGHT, method=Method.STICKER)
    photo = replace(SIDE, landmarks=side_landmarks(estimated_sd_px=0).updated(far))
    assert Method.STICKER in drawn_methods(replace(SIDE, landmarks=far, view=View.RIGHT))
    sticker_only_far = {
        name: replace(mark, method=Method.ESTIMATED)
        for name, mark in photo.landmarks.items()
        if not name.endswith("_right")
    }
    marks = LandmarkSet(sticker_only_far).updated(
        {name: mark for name, mark in far.items() if name.endswith("_right")}
    )
    assert drawn_methods(replace(photo, landmarks=marks)) == [Method.ESTIMATED]


@pytest.mark.parametrize("view", [View.LEFT, View.RIGHT])
def test_plumb_line_stands_ahead_of_the_malleolus(view):
    marks = landmark_set(LATERAL, view)
    ahead = (plumb_x_px(marks, view) - marks[f"malleolus_{view.value}"].x_px) * body_sign(view)
    stature_px = (1110.0 - 50.0) / 0.887
    assert ahead == pytest.approx(0.0145 * stature_px)


def test_plumb_line_stands_midway_between_the_ankles_in_front():
    assert plumb_x_px(front_landmarks(), View.FRONT) == pytest.approx(500.0)


@pytest.mark.parametrize("view", list(View))
def test_no_plumb_line_without_ankles(view):
    points = {"tragus": (0.0, 1110.0)} if view.is_lateral else dict(list(FRONTAL.items())[:2])
    assert plumb_x_px(landmark_set(points, view), view) is None


@pytest.mark.parametrize("measure_id", sorted(FIGURES))
def test_every_figure_draws_a_measure_on_its_own_landmarks(measure_id):
    definition = MEASURES[measure_id]
    assert set(FIGURES[measure_id].points) == set(definition.landmarks)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("measure_id", sorted(FIGURES))
def test_label_lines_fit_their_column(measure_id, language):
    unit, width = 15.0, 0.229 * 1500
    measure = Measure(
        id=measure_id,
        unit=MEASURES[measure_id].unit,
        status=Status.OK,
        view=View.LEFT,
        value=-12.3,
        low=-25.4,
        high=-10.2,
        method=Method.ESTIMATED,
    )
    for words, size, bold in _lines(measure, width, unit, say_in(language)):
        assert text_width(words, size, bold=bold) <= width - 1.2 * unit


# --- layout -------------------------------------------------------------------------------

_COLUMN = Box(left=0, top=0, right=100, bottom=1000)
_labels = st.lists(st.tuples(st.floats(10, 120), st.floats(-100, 1100)), min_size=0, max_size=14)
_obstacles = st.lists(
    st.tuples(st.floats(-50, 120), st.floats(0, 900), st.floats(10, 200)), max_size=3
)


@given(labels=_labels, blocks=_obstacles, gap=st.floats(0, 20))
def test_labels_never_overlap_and_keep_their_order(labels, blocks, gap):
    obstacles = [
        Box(left=left, top=top, right=left + 60, bottom=top + height)
        for left, top, height in blocks
    ]
    heights = [height for height, _ in labels]
    wanted = [y for _, y in labels]
    boxes = stack_labels(heights, wanted, _COLUMN, gap=gap, obstacles=obstacles)
    placed = [(wanted[i], i, box) for i, box in enumerate(boxes) if box is not None]
    for _, i, box in placed:
        assert box.top >= _COLUMN.top - 1e-6
        assert box.bottom <= _COLUMN.bottom + 1e-6
        assert box.height == pytest.approx(heights[i])
        shrunk = Box(left=box.left, top=box.top + 1e-6, right=box.right, bottom=box.bottom - 1e-6)
        assert not any(shrunk.overlaps(obstacle) for obstacle in obstacles)
    ordered = [box for _, _, box in sorted(placed, key=lambda item: item[:2])]
    for upper, lower in itertools.pairwise(ordered):
        assert upper.bottom + gap <= lower.top + 1e-6


@given(labels=_labels)
def test_labels_with_room_are_all_placed(labels):
    heights, wanted = [height for height, _ in labels], [y for _, y in labels]
    boxes = stack_labels(heights, wanted, _COLUMN, gap=5)
    if sum(heights) + 5 * len(heights) < _COLUMN.height:
        assert all(box is not None for box in boxes)


def test_a_label_alone_stands_where_it_is_wanted():
    (box,) = stack_labels([40], [500], _COLUMN, gap=5)
    assert (box.top, box.bottom) == (480, 520)


def test_a_label_steps_aside_for_an_obstacle():
    face = Box(left=50, top=450, right=80, bottom=550)
    (box,) = stack_labels([40], [500], _COLUMN, gap=5, obstacles=[face])
    assert not box.overlaps(face)


def test_the_last_given_are_left_out_when_the_column_is_full():
    boxes = stack_labels([400, 400, 400], [100, 200, 300], _COLUMN, gap=5)
    assert [box is not None for box in boxes] == [True, True, False]


def test_front_picture_marks_sides_differently_from_the_back():
    pixels = example_pixels()[FRONT_SHA]
    front = annotate(pixels, FRONT, ())
    back = annotate(pixels, replace(FRONT, view=View.BACK), ())
    header = slice(0, (front.shape[0] - FRONT.height_px) // 2)
    assert not np.array_equal(front[header], back[header])
