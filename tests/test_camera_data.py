"""How a phone was held, read from files made as phones write them."""

from __future__ import annotations

import math
import struct

import pytest
from PIL import Image

from posture.camera_data import CameraData, gravity_in
from posture.photo import decode_photo
from tests.photos import encoded, exif, four_corners

EXIF_IFD, LENS_MODEL, MAKER_NOTE = 0x8769, 0xA434, 0x927C
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def apple_note(vector=(0.0, -1.0, 0.0), *, order="MM", kind=10, count=3, tag=8, before=1):
    """Return a note as iPhones write it, the vector behind some other entries."""
    o = {"MM": ">", "II": "<"}[order]
    entries = [(1, 9, 1, struct.pack(f"{o}i", 14))] * before
    end = 14 + 2 + 12 * (len(entries) + 1) + 4
    entries.append((tag, kind, count, struct.pack(f"{o}I", end)))
    body = b"".join(struct.pack(f"{o}HHI", t, k, c) + v for t, k, c, v in entries)
    parts = [part for value in vector for part in (round(value * 10**6), 10**6)]
    head = b"Apple iOS\0\0\1" + order.encode() + struct.pack(f"{o}H", len(entries))
    return head + body + struct.pack(f"{o}I", 0) + struct.pack(f"{o}6i", *parts)


def photo_with(*, note=None, lens=None, file_format="JPEG"):
    tags = exif(1, focal_length_35mm=26)
    if note is not None:
        tags.get_ifd(EXIF_IFD)[MAKER_NOTE] = note
    if lens is not None:
        tags.get_ifd(EXIF_IFD)[LENS_MODEL] = lens
    return decode_photo(encoded(four_corners(), file_format, exif=tags.tobytes()), name="photo")


@pytest.mark.parametrize("order", ["MM", "II"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_gravity_is_read_from_the_note_of_an_iphone(order, before):
    found = gravity_in(apple_note((0.05, -0.99, 0.1), order=order, before=before))
    assert found == pytest.approx((0.05, -0.99, 0.1), abs=1e-6)


@pytest.mark.parametrize("file_format", FORMATS)
def test_it_comes_with_the_photo_in_every_format(file_format):
    photo = photo_with(note=apple_note((0.0523, -0.9986, 0.0)), file_format=file_format)
    assert photo.gravity == pytest.approx((0.0523, -0.9986, 0.0), abs=1e-6)
    assert photo.focal_length_35mm == 26


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"Apple iOS\0",
        b"Nikon\0" + apple_note()[6:],
        apple_note(order="MM")[:60],
        apple_note().replace(b"MM", b"XX"),
        apple_note(kind=5),
        apple_note(count=2),
        apple_note(tag=9),
        apple_note((0.0, 0.0, 0.0)),
        apple_note((0.4, -1.3, 0.2)),
        apple_note()[:-4] + bytes(4),
        apple_note()[:14] + b"\xff\xff" + apple_note()[16:40],
    ],
    ids=["empty", "short", "other maker", "cut off", "no byte order", "unsigned", "two parts",
         "other tag", "no weight", "moved", "over zero", "endless"],
)  # fmt: skip
def test_of_other_notes_nothing_is_made(note):
    assert gravity_in(note) is None


@pytest.mark.parametrize(
    ("lens", "is_front"),
    [
        ("iPhone 13 front TrueDepth camera 2.71mm f/2.2", True),
        ("Pixel 6 front camera 2.74mm f/2.2", True),
        ("iPhone 13 back dual wide camera 5.1mm f/1.6", False),
        ("Frontier 50mm", False),
        (None, False),
    ],
)
def test_the_front_camera_is_told_by_its_lens(lens, is_front):
    assert photo_with(lens=lens).is_front_camera is is_front


def test_a_file_without_metadata_tells_nothing():
    data = encoded(Image.new("RGB", (300, 300)), "PNG")
    photo = decode_photo(data, name="photo")
    assert (photo.gravity, photo.is_front_camera) == (None, False)
    assert CameraData().focal_length_35mm is None
    assert math.isclose(math.hypot(*(gravity_in(apple_note()) or ())), 1.0)
