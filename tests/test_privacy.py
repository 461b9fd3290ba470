"""Faces are not recognisable, the ear can still be read, and no metadata leaves."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from posture.anatomy import DETECTOR_POINTS, Method, View
from posture.errors import PhotoError
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import read_photo
from posture.privacy import blur_face, blur_faces, encode_jpeg, strip_metadata
from tests import photos
from tests.examples import example_assessment, example_pixels
from tests.samples import sample
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

VIEWS = [
    ("client-a", View.FRONT),
    ("client-a", View.LEFT),
    ("client-b", View.FRONT),
    ("client-b", View.BACK),
    ("client-c", View.RIGHT),
    ("client-d", View.LEFT),
]


def mark(x_px, y_px, method=Method.MANUAL):
    return Landmark(x_px=float(x_px), y_px=float(y_px), method=method, sd_px=2.0)


def known_client(client, view):
    """Pixels of a sample client, and the landmarks that the renderer knows."""
    pixels = read_photo(sample(client, f"{view.value}.jpg")).pixels
    truth = json.loads(sample(client, "truth.json").read_text(encoding="utf-8"))
    places = truth["photos"][view.value]["landmarks_px"]
    return pixels, LandmarkSet({name: mark(*place) for name, place in places.items()})


def gradient_energy(pixels, where):
    grey = pixels.astype(float).mean(axis=2)
    down, across = np.gradient(grey)
    return float((down**2 + across**2)[where].sum())


def disc(shape, centre, radius):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.hypot(columns - centre.x_px, rows - centre.y_px) <= radius


def face_of(landmarks, view):
    """The middle of the face by the landmarks alone, and an eighth of a head as length."""
    eighth = (landmarks["malleolus_left"].y_px - landmarks["tragus_left"].y_px) / 64
    near = "right" if view is View.RIGHT else "left"
    eyes = (
        (landmarks[f"canthus_{near}"],)
        if view.is_lateral
        else (landmarks["canthus_left"], landmarks["canthus_right"])
    )
    x_px = np.mean([eye.x_px for eye in eyes])
    y_px = np.mean([eye.y_px for eye in eyes]) + 2 * eighth  # between eyes and mouth
    return mark(x_px, y_px), eighth


@pytest.mark.parametrize(("client", "view"), VIEWS)
def test_the_faces_detail_is_gone(client, view):
    pixels, landmarks = known_client(client, view)
    blurred = blur_face(pixels, landmarks, view)
    middle, eighth = face_of(landmarks, view)
    face = disc(pixels.shape, middle, 3.2 * eighth)
    for side in ("left", "right"):
        face &= ~disc(pixels.shape, landmarks[f"tragus_{side}"], 2.5 * eighth)
    assert face.sum() > 500
    share = gradient_energy(blurred, face) / gradient_energy(pixels, face)
    # From behind there is no face; hair has little detail to lose.
    assert share < (0.3 if view is View.BACK else 0.04)


@pytest.mark.parametrize(("client", "view"), [case for case in VIEWS if case[1] is not View.BACK])
def test_the_ear_stays_as_it_was(client, view):
    pixels, landmarks = known_client(client, view)
    blurred = blur_face(pixels, landmarks, view)
    _, eighth = face_of(landmarks, view)
    for side in ("left", "right"):
        if view.is_lateral and side != view.value:
            continue
        kept = disc(pixels.shape, landmarks[f"tragus_{side}"], 0.35 * eighth)
        assert (blurred[kept] == pixels[kept]).all()


@pytest.mark.parametrize(("client", "view"), VIEWS)
def test_the_body_below_the_neck_stays_as_it_was(client, view):
    pixels, landmarks = known_client(client, view)
    before = pixels.copy()
    blurred = blur_face(pixels, landmarks, view)
    shoulders = int(min(landmarks[f"acromion_{side}"].y_px for side in ("left", "right")))
    assert (blurred[shoulders + 10 :] == pixels[shoulders + 10 :]).all()
    assert (pixels == before).all()


def test_only_the_averages_of_a_few_cells_are_kept():
    """Two faces that differ in everything but their cells' averages come out alike."""
    view = View.FRONT
    places = {
        "tragus_left": (540, 400),
        "tragus_right": (460, 400),
        "malleolus_left": (520, 1240),
        "malleolus_right": (480, 1240),
    }
    landmarks = LandmarkSet({name: mark(*place) for name, place in places.items()})
    plain = np.full((1400, 1000, 3), 128, dtype=np.uint8)
    board = plain.copy()
    board[::2, ::2] = board[1::2, 1::2] = 228
    board[1::2, ::2] = board[::2, 1::2] = 28
    middle = disc(plain.shape, mark(500, 400), 20)
    ours, theirs = (blur_face(pixels, landmarks, view)[middle] for pixels in (plain, board))
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 6


def test_a_photo_without_a_head_is_blurred_whole():
    pixels, _ = known_client("client-a", View.FRONT)
    blurred = blur_face(pixels, LandmarkSet(), View.FRONT)
    everything = np.ones(pixels.shape[:2], dtype=bool)
    share = gradient_energy(blurred, everything) / gradient_energy(pixels, everything)
    assert blurred.shape == pixels.shape
    assert share < 0.1


def test_a_tragus_placed_on_the_eye_keeps_no_eye():
    pixels, landmarks = known_client("client-a", View.LEFT)
    eye = landmarks["canthus_left"]
    wrong = landmarks.updated({"tragus_left": mark(eye.x_px + 4, eye.y_px)})
    blurred = blur_face(pixels, wrong, View.LEFT)
    around = disc(pixels.shape, mark(eye.x_px - 6, eye.y_px), 5)
    assert gradient_energy(blurred, around) < 0.05 * gradient_energy(pixels, around)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("at", [(5, 5), (995, 1395), (-80, 700), (5000, 5000)])
def test_a_head_at_or_beyond_the_edge_is_no_error(view, at):
    pixels = np.arange(1400 * 1000 * 3, dtype=np.uint32).astype(np.uint8).reshape(1400, 1000, 3)
    landmarks = {name: mark(*at, Method.PROXY) for name in DETECTOR_POINTS[:11]}
    landmarks["ankle_left"] = mark(at[0], at[1] + 900, Method.PROXY)
    blurred = blur_face(pixels, landmarks, view)
    assert (blurred.shape, blurred.dtype) == (pixels.shape, pixels.dtype)


def test_every_photo_of_an_assessment_is_blurred():
    assessment, pixels = example_assessment(), example_pixels()
    noisy = {
        sha: np.random.default_rng(1).integers(0, 255, shown.shape, dtype=np.uint8)
        for sha, shown in pixels.items()
    }
    blurred = blur_faces(assessment, noisy)
    assert blurred.keys() == noisy.keys()
    for photo in assessment.photos:
        ear = photo.landmarks["tragus_left"]
        y_px, x_px = round(ear.y_px) - 55, round(ear.x_px)
        place = np.s_[y_px - 5 : y_px + 5, x_px - 5 : x_px + 5]
        assert noisy[photo.file_sha256][place].std() > 50
        assert blurred[photo.file_sha256][place].std() < 15


@pytest.mark.parametrize("turns", [1, 3])
def test_the_whole_face_of_a_client_who_lies_is_covered(turns):
    """Of somebody who lies, the network places the points of the head too near to each other."""
    pose = standing_pose(View.LEFT)
    noise = np.random.default_rng(4).integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    ear = pose.points["ear_left"]
    head = ("nose", "eye", "mouth", "ear")

    def at(point, share, x_px, y_px):
        return ear.x_px + share * (x_px - ear.x_px), ear.y_px + share * (y_px - ear.y_px)

    points = {}
    for name, point in pose.points.items():
        x_px, y_px = at(point, 0.6 if name.startswith(head) else 1.0, point.x_px, point.y_px)
        for turn in range(turns):  # anticlockwise, as np.rot90 turns
            x_px, y_px = y_px, (HEIGHT_PX if turn % 2 else WIDTH_PX) - 1 - x_px
        points[name] = mark(x_px, y_px)
    lying = np.rot90(noise, turns)
    blurred = np.rot90(blur_face(lying, points, View.LEFT), -turns)
    chin_y_px = ear.y_px + 0.06 * 1200
    face = np.zeros(noise.shape[:2], bool)
    face[int(ear.y_px - 60) : int(chin_y_px), int(ear.x_px - 90) : int(ear.x_px - 45)] = True
    assert gradient_energy(blurred, face) < 0.04 * gradient_energy(noise, face)
    assert (blurred[int(ear.y_px + 250) :] == noise[int(ear.y_px + 250) :]).all()


@pytest.mark.weights
def test_the_points_that_the_detector_finds_are_covered():
    from posture.results import Client
    from posture.visit import Assessor, VisitPhotos

    with Assessor() as assessor:
        visit = assessor.assess_files(
            VisitPhotos(front=sample("client-b", "front.jpg"), side=sample("client-b", "left.jpg")),
            Client(id="b"),
        )
    blurred = blur_faces(visit.assessment, visit.pixels)
    for photo in visit.assessment.photos:
        before, after = visit.pixels[photo.file_sha256], blurred[photo.file_sha256]
        near = ("nose", "eye_left", "mouth_left", "eye_outer_left")
        face = np.any([disc(before.shape, photo.landmarks[name], 14) for name in near], axis=0)
        assert gradient_energy(after, face) < 0.04 * gradient_energy(before, face)


# Metadata


def tags_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return dict(image.getexif()), set(image.info) - {"jfif", "jfif_version", "jfif_unit"}


@pytest.mark.parametrize("file_format", ["JPEG", "HEIF", "PNG", "WEBP"])
def test_place_and_device_are_left_behind(file_format):
    exif = photos.exif(orientation=6, gps=(48.0, 12.0, 30.0))
    stored = photos.four_corners().transpose(photos.STORED_AS[6])
    given = photos.encoded(stored, file_format, exif=exif.tobytes())
    assert b"SecretCamera" in given
    sent = strip_metadata(given + b"SecretTrailer")
    assert b"Secret" not in sent
    tags, info = tags_of(sent)
    assert tags == {}
    assert info <= {"jfif_density", "dpi"}


def test_the_stripped_photo_is_upright():
    exif = photos.exif(orientation=6, gps=(48.0, 12.0, 30.0))
    stored = photos.four_corners().transpose(photos.STORED_AS[6])
    sent = strip_metadata(photos.encoded(stored, "JPEG", exif=exif.tobytes()))
    with Image.open(io.BytesIO(sent)) as image:
        assert image.size == (photos.WIDTH_PX, photos.HEIGHT_PX)
        corner = np.array(image.getpixel((10, 10)), dtype=int)
    assert np.abs(corner - photos.CORNERS["top left"]).max() < 12


def test_what_is_no_photo_is_refused_by_name():
    with pytest.raises(PhotoError, match=r"^holiday\.txt: expected a photo"):
        strip_metadata(b"no photo at all", name="holiday.txt")


def test_a_picture_survives_its_encoding():
    pixels = np.asarray(photos.four_corners())
    with Image.open(io.BytesIO(encode_jpeg(pixels))) as image:
        again = np.asarray(image).astype(int)
    assert np.abs(again - pixels).mean() < 2
