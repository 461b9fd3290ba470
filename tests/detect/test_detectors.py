"""One contract for the fake and the real detector, and what the real one promises besides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS, swap_sides
from posture.detect import Detector, NoPose, open_detector
from posture.detect.blazepose import BlazePoseDetector
from posture.detect.fake import FakeDetector
from posture.errors import WeightsError
from posture.landmarks import Keypoint, Pose

Picture = NDArray[np.uint8]
Open = Callable[[list[Pose | NoPose]], Detector]


def plain(height: int = 240, width: int = 160) -> Picture:
    return np.full((height, width, 3), 128, dtype=np.uint8)


def a_pose(picture: Picture) -> Pose:
    height, width = picture.shape[:2]
    points = {
        name: Keypoint(x_px=width / 2, y_px=float(i), z_px=0.0, visibility=1.0)
        for i, name in enumerate(DETECTOR_POINTS)
    }
    silhouette = np.zeros((height, width), dtype=np.float32)
    return Pose(points=points, silhouette=silhouette, width_px=width, height_px=height)


@pytest.fixture(params=["fake", pytest.param("blazepose", marks=pytest.mark.weights)])
def open_one(request: pytest.FixtureRequest) -> Open:
    """Open the detector under test; only the fake heeds the results it should give."""
    if request.param == "fake":
        return FakeDetector
    weights: Path = request.getfixturevalue("heavy_weights")
    return lambda _results: BlazePoseDetector(weights)


def test_nobody_is_a_result_with_a_reason(open_one: Open) -> None:
    with open_one([NoPose(reason="Expected a person, found nobody.")]) as detector:
        result = detector.detect(plain())
    assert isinstance(result, NoPose)
    assert "found nobody" in result.reason


def test_a_person_is_given_in_pixels_of_the_photo(open_one: Open, person: Picture) -> None:
    before = person.copy()
    with open_one([a_pose(person)]) as detector:
        pose = detector.detect(person)
    assert isinstance(pose, Pose)
    assert set(pose.points) == set(DETECTOR_POINTS)
    assert (pose.width_px, pose.height_px) == (person.shape[1], person.shape[0])
    assert pose.people_count == 1
    assert all(0 <= point.visibility <= 1 for point in pose.points.values())
    assert pose.silhouette is not None
    assert pose.silhouette.dtype == np.float32
    assert 0 <= pose.silhouette.min() <= pose.silhouette.max() <= 1
    assert np.array_equal(person, before)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((240, 160), np.uint8),
        np.zeros((240, 160, 4), np.uint8),
        np.zeros((240, 160, 3), np.float32),
        np.zeros((0, 160, 3), np.uint8),
    ],
    ids=["grey", "alpha", "float", "empty"],
)
def test_anything_but_rgb_bytes_is_refused(open_one: Open, pixels: Picture) -> None:
    with open_one([]) as detector, pytest.raises(ValueError, match="expected uint8 pixels"):
        detector.detect(pixels)


def test_closed_detector_says_so_and_closes_again_in_peace(open_one: Open) -> None:
    detector = open_one([])
    detector.close()
    detector.close()
    with pytest.raises(ValueError, match="expected an open detector"):
        detector.detect(plain())


def test_one_detector_serves_several_photos(open_one: Open) -> None:
    nobody = NoPose(reason="Expected a person, found nobody.")
    with open_one([nobody, nobody]) as detector:
        assert isinstance(detector.detect(plain()), NoPose)
        assert isinstance(detector.detect(plain(100, 300)), NoPose)


def test_fake_refuses_a_photo_of_another_size_and_one_too_many() -> None:
    with FakeDetector([a_pose(plain())]) as detector:
        with pytest.raises(ValueError, match="160 × 240 pixels, found 161 × 240"):
            detector.detect(plain(240, 161))
        with pytest.raises(ValueError, match="at most 1 photos"):
            detector.detect(plain())


@pytest.fixture
def blazepose(heavy_weights: Path):  # type: ignore[no-untyped-def]
    with BlazePoseDetector(heavy_weights) as detector:
        yield detector


def found(detector: Detector, picture: Picture) -> Pose:
    pose = detector.detect(picture)
    assert isinstance(pose, Pose)
    return pose


def positions(pose: Pose) -> NDArray[np.float64]:
    return np.array([(pose.points[n].x_px, pose.points[n].y_px) for n in DETECTOR_POINTS])


@pytest.mark.weights
@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (31, 31), (32, 32), (40, 5000), (5000, 40)])
def test_odd_sizes_hold_nobody(blazepose: Detector, shape: tuple[int, int]) -> None:
    assert isinstance(blazepose.detect(plain(*shape)), NoPose)


@pytest.mark.weights
def test_memory_layout_does_not_matter(blazepose: Detector, person: Picture) -> None:
    expected = positions(found(blazepose, person))
    reversed_twice = np.ascontiguousarray(person[:, ::-1])[:, ::-1]
    for same in (np.asfortranarray(person), reversed_twice):
        assert not same.flags.c_contiguous
        assert np.array_equal(positions(found(blazepose, same)), expected)


@pytest.mark.weights
def test_a_large_photo_gives_the_points_of_the_small_one(
    blazepose: Detector, person: Picture
) -> None:
    factor = 4
    large = person.repeat(factor, axis=0).repeat(factor, axis=1)
    # Centre of small pixel x is at factor · x + (factor − 1) / 2 of the large photo.
    expected = positions(found(blazepose, person)) * factor + (factor - 1) / 2
    difference = np.abs(positions(found(blazepose, large)) - expected)
    assert np.median(difference) < 0.005 * large.shape[0]


@pytest.mark.weights
def test_left_is_the_clients_left_and_a_mirror_swaps_sides(
    blazepose: Detector, person: Picture
) -> None:
    pose = found(blazepose, person)
    # Seen from the front, the client's left is at the right of the photo.
    assert pose.points["shoulder_left"].x_px > pose.points["shoulder_right"].x_px
    mirrored = found(blazepose, np.ascontiguousarray(person[:, ::-1]))
    width = person.shape[1]
    offsets = [
        point.x_px - (width - 1 - mirrored.points[swap_sides(name)].x_px)
        for name, point in pose.points.items()
    ]
    assert abs(np.median(offsets)) < 0.01 * person.shape[0]


@pytest.mark.weights
def test_points_lie_on_the_silhouette_and_top_to_bottom(
    blazepose: Detector, person: Picture
) -> None:
    pose = found(blazepose, person)
    ys = [pose.points[f"{n}_left"].y_px for n in ("ear", "shoulder", "hip", "knee_centre", "ankle")]
    assert ys == sorted(ys)
    assert pose.silhouette is not None
    rows, columns = pose.silhouette.shape
    for name in ("shoulder_left", "shoulder_right", "hip_left", "hip_right", "nose"):
        point = pose.points[name]
        row = int((point.y_px + 0.5) * rows / pose.height_px)
        column = int((point.x_px + 0.5) * columns / pose.width_px)
        assert pose.silhouette[row, column] > 0.5, name


@pytest.mark.weights
@pytest.mark.parametrize(("empty", "chosen"), [(0, 1), (2, 1)])
def test_of_two_people_the_central_one_is_chosen_and_both_are_counted(
    blazepose: Detector, person: Picture, empty: int, chosen: int
) -> None:
    width = person.shape[1]
    places = [person, person, person]
    places[empty] = np.ascontiguousarray(np.broadcast_to(person[:, :1], person.shape))
    pose = found(blazepose, np.concatenate(places, axis=1))
    assert pose.people_count == 2
    moved = positions(pose)[:, 0] - positions(found(blazepose, person))[:, 0]
    assert np.median(moved) == pytest.approx(chosen * width, abs=0.05 * width)
    # The mask is that of the same person.
    assert pose.silhouette is not None
    columns = np.flatnonzero((pose.silhouette > 0.5).any(axis=0))
    thirds = columns * 3 / pose.silhouette.shape[1]
    assert chosen <= thirds.min() <= thirds.max() <= chosen + 1


def test_missing_weights_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="posture models fetch"):
        BlazePoseDetector(tmp_path / "none.task")


def test_a_file_that_is_no_bundle_is_one_message(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.task"
    path.write_bytes(b"no bundle")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        BlazePoseDetector(path)
    assert capfd.readouterr().err == ""


def test_open_detector_without_weights_gives_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTURE_MODELS_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="posture models fetch --variant full"):
        open_detector("full")


@pytest.mark.weights
def test_no_native_noise_reaches_the_user(heavy_weights: Path, person: Picture, tmp_path) -> None:  # type: ignore[no-untyped-def]
    np.save(tmp_path / "person.npy", person)
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from posture.detect.blazepose import BlazePoseDetector\n"
        "with BlazePoseDetector(Path(sys.argv[1])) as detector:\n"
        "    for pixels in (np.load(sys.argv[2]), np.zeros((90, 90, 3), np.uint8)):\n"
        "        print(type(detector.detect(pixels)).__name__)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(heavy_weights), str(tmp_path / "person.npy")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["Pose", "NoPose"]
    assert result.stderr == ""


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, posture.detect, posture.cli.models\n"
        "print(sorted({'mediapipe', 'cv2', 'pooch', 'matplotlib'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
