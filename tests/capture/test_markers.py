"""The printed sheet, and what a photo of its marker gives."""

from __future__ import annotations

import re
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from posture.capture.markers import (
    MARKER_CM,
    ScaleReading,
    compare_scales,
    find_marker,
    find_printed,
    known_length,
    marker_cells,
)
from posture.capture.scale_aids import ScaleAids, scales_in
from posture.cli import main
from posture.photo import Photo
from posture.scale import BodyScale

MARKER = ScaleAids(marker=True)


def photo_of_marker(edge_px=120.0, tilt_deg=0.0, turn_deg=0.0, copies=1):
    """Return a grey picture with the marker, tilted about its upright axis and then turned."""
    cells = np.kron(np.array(marker_cells(), dtype=np.uint8) * 255, np.ones((40, 40), np.uint8))
    art = cv2.copyMakeBorder(cells, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=255)
    scale = edge_px / cells.shape[0]
    tilt, turn = np.radians([tilt_deg, turn_deg])
    squeeze = np.diag([scale * np.cos(tilt), scale])
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotate @ squeeze
    picture = np.full((600, 900), 128, dtype=np.uint8)
    for copy in range(copies):
        shift = np.array([250 + 400 * copy, 300]) - matrix @ (np.array(art.shape) / 2)
        warp = np.column_stack([matrix, shift])
        mask = cv2.warpAffine(np.full_like(art, 255), warp, (900, 600), flags=cv2.INTER_AREA)
        drawn = cv2.warpAffine(cv2.GaussianBlur(art, (0, 0), 0.5 / scale), warp, (900, 600))
        picture = np.where(mask > 127, drawn, picture)
    noisy = picture + np.random.default_rng(1).normal(0, 5, picture.shape)
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(("tilt", "turn"), [(0, 0), (0, 33), (20, 0), (30, 12)])
def test_the_scale_is_right_however_the_marker_is_turned(tilt, turn):
    reading = find_marker(photo_of_marker(tilt_deg=tilt, turn_deg=turn))
    assert reading is not None
    assert reading.px_per_cm == pytest.approx(120 / MARKER_CM, rel=0.01)
    assert reading.tilt_deg == pytest.approx(tilt, abs=8)


def test_a_marker_in_a_photo_of_twelve_megapixels_is_read_in_its_own_pixels():
    small = photo_of_marker(turn_deg=12)
    large = np.full((4000, 3000, 3), 128, dtype=np.uint8)
    large[2500:3100, 1700:2600] = small
    near, far = find_marker(small), find_marker(large)
    assert far is not None
    assert far.px_per_cm == pytest.approx(near.px_per_cm, rel=2e-3)


@pytest.mark.parametrize(
    "picture",
    [
        np.full((400, 400, 3), 128, dtype=np.uint8),
        photo_of_marker(copies=2),
        photo_of_marker(edge_px=20),
        photo_of_marker(tilt_deg=52),
    ],
    ids=["none", "two", "too small", "too oblique"],
)
def test_no_scale_is_read_where_it_would_be_doubtful(picture):
    assert find_marker(picture) is None


def test_a_known_length_gives_a_scale_that_is_surer_the_longer_it_is():
    short, long = known_length((0, 0), (30, 40), 5), known_length((0, 0), (300, 400), 50)
    assert short.px_per_cm == long.px_per_cm == 10
    assert short.relative_sd > long.relative_sd
    with pytest.raises(ValueError, match="two different ends"):
        known_length((3, 3), (3, 3), 10)


def test_scales_are_compared_within_their_errors():
    def note(px_per_cm):
        reading = ScaleReading(px_per_cm=px_per_cm, relative_sd=0.015, tilt_deg=0, source="marker")
        return compare_scales(body, reading)

    body = BodyScale(stature_px=1700, relative_sd=0.02, stature_cm=170)
    assert note(10.5) is None
    assert "148 cm tall, 13% less" in note(11.5).text
    assert (
        compare_scales(
            BodyScale(stature_px=1700, relative_sd=0.02),
            ScaleReading(px_per_cm=20, relative_sd=0.01, tilt_deg=0, source="marker"),
        )
        is None
    )


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_sheets_are_one_page_and_their_marker_is_found(paper, tmp_path):
    import shutil
    import subprocess

    file = tmp_path / "sheet.pdf"
    assert main(["markers", "sheet", "-o", str(file), "--paper", paper]) == 0
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is needed to look at the page")
    subprocess.run(["pdftoppm", "-r", "127", "-png", file, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 1
    reading = find_marker(np.ascontiguousarray(cv2.imread(str(pages[0]))[..., ::-1]))
    assert reading is not None
    assert reading.px_per_cm == pytest.approx(50, rel=0.004)


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_guide_is_one_page(paper, tmp_path):
    file = tmp_path / "guide.pdf"
    assert main(["capture-guide", "-o", str(file), "--paper", paper]) == 0
    assert len(re.findall(rb"/Type ?/Page\b", file.read_bytes())) == 1


def test_a_flipped_photo_is_told_by_its_marker_and_scaled_all_the_same():
    plain = photo_of_marker(turn_deg=12)
    flipped = np.ascontiguousarray(plain[:, ::-1])
    assert not find_printed(plain).is_mirrored
    assert find_printed(flipped).is_mirrored
    assert find_marker(flipped) is None
    photo = Photo(pixels=flipped, file_sha256="", focal_length_35mm=None, name="flipped.jpg")
    (reading,) = scales_in(SimpleNamespace(photo=photo), MARKER)
    assert reading.is_mirrored
    assert reading.px_per_cm == pytest.approx(find_marker(plain).px_per_cm, rel=0.01)


def test_a_square_that_is_no_marker_is_not_a_flipped_one():
    picture = np.full((400, 600, 3), 200, dtype=np.uint8)
    cv2.rectangle(picture, (200, 100), (320, 220), (20, 20, 20), -1)
    assert not find_printed(picture).is_mirrored
