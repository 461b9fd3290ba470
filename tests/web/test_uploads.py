"""What is let in as a photo, by content alone."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest

from posture.errors import PhotoError
from posture.web.uploads import check_photo
from tests.photos import encoded, four_corners, jpeg_header


def jpeg(width: int = 300, height: int = 400) -> bytes:
    return encoded(four_corners(width, height), "JPEG", quality=90)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
def test_photos_are_let_in_by_their_content(kind):
    checked = check_photo(encoded(four_corners(300, 400), kind), name="front photo")
    assert checked.kind == kind
    assert checked.photo.pixels.shape == (400, 300, 3)


def test_heic_is_let_in():
    checked = check_photo(encoded(four_corners(300, 400), "HEIF"), name="front photo")
    assert checked.kind == "HEIC"
    assert (checked.photo.width_px, checked.photo.height_px) == (300, 400)


def zip_of(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "something")
    return stream.getvalue()


def jpeg_with_comment(comment: bytes) -> bytes:
    whole = jpeg()
    return whole[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + whole[2:]


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 20_000_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)

BAD = {
    "empty": (b"", "an empty file"),
    "svg": (SVG, "an SVG drawing"),
    "html": (b"<!doctype html><script>alert(1)</script>", "a text file"),
    "text": (b"Dear colleague,", "a text file"),
    "gif": (encoded(four_corners(), "GIF"), "a GIF"),
    "pdf": (b"%PDF-1.7\n" + b"\0" * 100, "a PDF"),
    "zip": (zip_of("page.html"), "a ZIP archive"),
    "jpeg and zip": (jpeg() + zip_of("page.html"), "a ZIP archive as well"),
    "jpeg and page": (jpeg() + b"<html><SCRIPT>alert(1)</script>", "a page, document or script"),
    "jpeg with a page in its comment": (jpeg_with_comment(b"<html><body>"), "a page, document"),
    "jpeg with an SVG in its comment": (jpeg_with_comment(b"<svg onload=x>"), "a page, document"),
    "jpeg and pdf": (jpeg_with_comment(b"%PDF-1.4 1 0 obj"), "a page, document or script"),
    "png bomb": (bomb_png(), "megapixels"),
    "jpeg bomb": (jpeg_header(65_000, 65_000), "megapixels"),
    "half a photo": (jpeg()[:3000], "damaged or incomplete"),
    "thumbnail": (jpeg(100, 120), "at least 240 px"),
}


@pytest.mark.parametrize("case", BAD)
def test_anything_else_is_refused_in_words(case):
    data, found = BAD[case]
    with pytest.raises(PhotoError) as caught:
        check_photo(data, name="side photo")
    message = str(caught.value)
    assert message.startswith("side photo: expected ")
    assert found in message


def test_what_cameras_append_is_no_second_nature():
    film = b"\0\0\0\x18ftypmp42" + np.random.default_rng(1).bytes(200_000)
    depth = jpeg(240, 240)
    assert check_photo(jpeg() + depth + film, name="front photo").kind == "JPEG"
