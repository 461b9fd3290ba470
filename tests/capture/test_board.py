"""The printed board: its page, and what a photo of it tells of scale, roll and pitch."""

from __future__ import annotations

import math
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from posture.anatomy import View
from posture.capture.board import BOARD_SQUARE_CM, BOARD_SQUARES, board_picture, find_board
from posture.capture.level import detect_levelled
from posture.capture.markers import find_marker, find_printed
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.photo import Photo
from tests import stick

SIZE = WIDTH, HEIGHT = 1000, 1500
FOCAL_PX = 1600.0
LENS_MM = FOCAL_PX / math.hypot(*SIZE) * math.hypot(36, 24)


def turned(roll_deg, pitch_deg, pan_deg):
    """Return the plumb board as a camera sees it that is rolled and looks up by `pitch_deg`."""
    roll, pitch, pan = np.radians([roll_deg, -pitch_deg, pan_deg])
    c, s = np.cos, np.sin
    rolled = np.array([[c(roll), s(roll), 0], [-s(roll), c(roll), 0], [0, 0, 1]])
    pitched = np.array([[1, 0, 0], [0, c(pitch), -s(pitch)], [0, s(pitch), c(pitch)]])
    panned = np.array([[c(pan), 0, s(pan)], [0, 1, 0], [-s(pan), 0, c(pan)]])
    return rolled @ pitched @ panned


def photo_of_board(
    *, roll=0.0, pitch=0.0, pan=0.0, place_cm=(30.0, 20.0, 150.0), covered=0.0, bent=0.0
):
    """Return a picture of the board through a pinhole camera, some of it covered from below."""
    art = cv2.copyMakeBorder(board_picture(4), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=255)
    art = np.clip(art, 30, 225)
    if covered:
        art[round(art.shape[0] * (1 - covered)) :] = 120
    middle = np.array(BOARD_SQUARES) * BOARD_SQUARE_CM / 2
    to_cm = np.array([[1 / 40, 0, -0.5 - middle[0]], [0, 1 / 40, -0.5 - middle[1]], [0, 0, 1]])
    turn = turned(roll, pitch, pan)
    pose = np.column_stack([turn[:, 0], turn[:, 1], place_cm])
    lens = np.array([[FOCAL_PX, 0, (WIDTH - 1) / 2], [0, FOCAL_PX, (HEIGHT - 1) / 2], [0, 0, 1]])
    matrix = lens @ pose @ to_cm
    fine = np.diag([3.0, 3.0, 1.0])
    big = cv2.warpPerspective(art, fine @ matrix, (WIDTH * 3, HEIGHT * 3), borderValue=128)
    if bent:
        rows, columns = np.mgrid[: HEIGHT * 3, : WIDTH * 3].astype(np.float32)
        wave = np.float32(bent) * np.sin(columns / np.float32(120))
        big = cv2.remap(big, columns, rows + wave, cv2.INTER_LINEAR)
    grey = cv2.resize(big, SIZE, interpolation=cv2.INTER_AREA).astype(float)
    grey += np.random.default_rng(3).normal(0, 3, grey.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(
    ("roll", "pitch", "pan"), [(0, 0, 0), (3.0, -6, 8), (-4.0, 5, -10), (1.5, -10, 0)]
)
def test_a_plumb_board_tells_scale_roll_and_pitch(roll, pitch, pan):
    board = find_board(photo_of_board(roll=roll, pitch=pitch, pan=pan))
    assert board is not None
    assert len(board.corners_px) == 12
    assert board.scale(SIZE, FOCAL_PX).px_per_cm == pytest.approx(FOCAL_PX / 150, rel=0.004)
    assert board.scale(SIZE).px_per_cm == pytest.approx(FOCAL_PX / 150, rel=0.01)
    stance = board.stance(SIZE, FOCAL_PX)
    assert stance.tells_roll
    assert stance.roll_deg == pytest.approx(roll, abs=0.1)
    assert stance.pitch_deg == pytest.approx(pitch, abs=max(0.5, 3 * stance.pitch_sd_deg))


def test_where_the_lens_is_not_known_the_roll_is_told_only_as_far_as_any_lens_gives_it():
    board = find_board(photo_of_board(roll=2.0, pitch=-8, pan=5))
    known, unknown = board.stance(SIZE, FOCAL_PX), board.stance(SIZE, None)
    assert unknown.roll_sd_deg >= known.roll_sd_deg
    assert abs(unknown.roll_deg - 2.0) < 3 * unknown.roll_sd_deg


def test_a_hand_over_a_corner_leaves_enough_of_it():
    whole, part = (find_board(photo_of_board(covered=share)) for share in (0.0, 0.3))
    assert len(part.corners_px) < len(whole.corners_px)
    assert part.scale(SIZE).px_per_cm == pytest.approx(whole.scale(SIZE).px_per_cm, rel=0.01)


@pytest.mark.parametrize(
    "how", [{"covered": 0.8}, {"place_cm": (30.0, 20.0, 900.0)}, {"bent": 15.0}]
)
def test_a_board_that_is_hardly_seen_or_bent_is_not_read(how):
    assert find_board(photo_of_board(**how)) is None


def test_an_oblique_board_gives_no_scale():
    board = find_board(photo_of_board(pan=50, place_cm=(0.0, 0.0, 120.0)))
    assert board is not None
    assert board.scale(SIZE) is None


def test_marker_and_board_are_told_apart():
    printed = find_printed(photo_of_board())
    assert find_marker(photo_of_board(), printed) is None
    assert len(printed.quads) == 10


def photo_given(pixels):
    return Photo(pixels=pixels, file_sha256="0" * 64, focal_length_35mm=LENS_MM, name="photo.jpg")


def test_a_photo_is_levelled_by_the_board_and_told_of_a_steep_camera():
    pose = stick.standing_pose(View.FRONT)
    level = detect_levelled(
        photo_given(photo_of_board(roll=3.0, pitch=-11.0)), FakeDetector([pose]), "board"
    )
    assert level.source == "board"
    assert level.roll_deg == pytest.approx(3.0, abs=0.1)
    assert [note.code for note in level.notes] == ["camera_pitched"]
    assert "down by 11°" in level.notes[0].text
    upright = find_board(level.photo.pixels).stance(SIZE, FOCAL_PX)
    assert upright.roll_deg == pytest.approx(0.0, abs=0.15)


def test_without_a_board_the_photo_stays_as_it_is_and_that_is_said():
    pixels = np.full((HEIGHT, WIDTH, 3), 128, dtype=np.uint8)
    pose = stick.standing_pose(View.FRONT)
    level = detect_levelled(photo_given(pixels), FakeDetector([pose]), "board")
    assert (level.roll_deg, level.source) == (None, None)
    assert np.array_equal(level.photo.pixels, pixels)
    assert [note.code for note in level.notes] == ["no_board"]


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_board_is_one_page_of_its_true_size(paper, tmp_path: Path):
    import shutil
    import subprocess

    file = tmp_path / "board.pdf"
    assert main(["markers", "board", "-o", str(file), "--paper", paper]) == 0
    assert len(re.findall(rb"/Type ?/Page\b", file.read_bytes())) == 1
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is needed to look at the page")
    subprocess.run(["pdftoppm", "-r", "127", "-png", file, tmp_path / "page"], check=True)
    (page,) = tmp_path.glob("page*.png")
    picture = np.ascontiguousarray(cv2.imread(str(page))[..., ::-1])
    board = find_board(picture)
    assert len(board.corners_px) == 12
    assert board.scale(picture.shape[1::-1]).px_per_cm == pytest.approx(50, rel=0.004)
