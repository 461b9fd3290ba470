"""Reading photos: every format upright and in true colours, every bad file one clear line."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from posture.errors import PhotoError
from posture.photo import MAX_FILE_BYTES, MAX_PIXELS, MIN_SIDE_PX, Photo, decode_photo, read_photo
from tests import photos
from tests.photos import CORNERS, HEIGHT_PX, STORED_AS, WIDTH_PX, encoded, exif, four_corners

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF")
LOSSY_TOLERANCE = 6


def assert_upright(pixels: np.ndarray) -> None:
    assert pixels.shape == (HEIGHT_PX, WIDTH_PX, 3)
    at = {"top": 40, "bottom": -40, "left": 40, "right": -40}
    for corner, colour in CORNERS.items():
        row, column = corner.split()
        np.testing.assert_allclose(
            pixels[at[row], at[column]].astype(int), colour, atol=LOSSY_TOLERANCE, err_msg=corner
        )


def stored(orientation: int) -> Image.Image:
    turn = STORED_AS[orientation]
    return four_corners() if turn is None else four_corners().transpose(turn)


@pytest.mark.parametrize("orientation", sorted(STORED_AS))
@pytest.mark.parametrize("file_format", FORMATS)
def test_every_orientation_of_every_format_comes_out_upright(file_format, orientation):
    data = encoded(stored(orientation), file_format, exif=exif(orientation).tobytes())
    assert_upright(decode_photo(data, name="photo").pixels)


def test_a_heic_file_with_both_rotations_is_turned_once():
    import pillow_heif

    data = encoded(stored(6), "HEIF", exif=exif(6).tobytes())
    tags = Image.Exif()
    tags.load(pillow_heif.open_heif(data).info["exif"])
    assert b"irot" in data, "the file should carry its own rotation"
    assert tags[0x0112] == 6, "the file should carry EXIF orientation as well"
    assert_upright(decode_photo(data, name="photo").pixels)


def test_a_heic_file_follows_its_own_rotation_even_where_exif_says_otherwise():
    data = photos.without_heic_rotation(encoded(stored(6), "HEIF", exif=exif(6).tobytes()))
    assert decode_photo(data, name="photo").pixels.shape == (WIDTH_PX, HEIGHT_PX, 3)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_a_meaningless_orientation_is_ignored(orientation):
    data = encoded(four_corners(), "JPEG", exif=exif(orientation).tobytes())
    assert_upright(decode_photo(data, name="photo").pixels)


def test_a_photo_knows_its_checksum_focal_length_and_name(tmp_path):
    path = tmp_path / "side.jpg"
    path.write_bytes(encoded(four_corners(), "JPEG", exif=exif(1, focal_length_35mm=26).tobytes()))
    photo = read_photo(path)
    assert photo.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (photo.focal_length_35mm, photo.name) == (26.0, "side.jpg")
    assert (photo.width_px, photo.height_px) == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(("written", "expected"), [(50, 50.0), (0, None)])
def test_the_focal_length_is_read_from_every_format(file_format, written, expected):
    data = encoded(four_corners(), file_format, exif=exif(1, focal_length_35mm=written).tobytes())
    assert decode_photo(data, name="photo").focal_length_35mm == expected


def test_place_and_device_are_not_kept():
    data = encoded(four_corners(), "JPEG", exif=exif(1, gps=(47.0, 5.0, 9.0)).tobytes())
    assert b"SecretCamera" in data
    photo = decode_photo(data, name="photo")
    assert set(Photo.__dataclass_fields__) == {
        "pixels",
        "file_sha256",
        "focal_length_35mm",
        "gravity",
        "is_front_camera",
        "name",
        "turned_deg",
    }
    assert "SecretCamera" not in repr(photo)


def test_pixels_cannot_be_changed():
    photo = decode_photo(encoded(four_corners(), "PNG"), name="photo")
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0] = 0


def test_pixels_given_by_a_caller_are_copied():
    mine = np.zeros((4, 5, 3), dtype=np.uint8)
    photo = Photo(pixels=mine, file_sha256="", focal_length_35mm=None, name="made")
    mine[:] = 255
    assert photo.pixels.max() == 0


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 4)])
def test_pixels_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
        Photo(pixels=np.zeros(shape, np.uint8), file_sha256="", focal_length_35mm=None, name="made")


# --- colour ---------------------------------------------------------------------------------

RAMP = np.tile(np.linspace(0, 65535, WIDTH_PX).astype(np.uint16), (HEIGHT_PX, 1))
RAMP_8 = np.round(RAMP / 257).astype(int)


def grey_16_bit_tiff() -> bytes:
    return encoded(Image.fromarray(RAMP), "TIFF")


def colour_16_bit_tiff() -> bytes:
    # Pillow reads 16-bit colour TIFF but does not write it: a bare one, by hand.
    values = np.stack([RAMP, RAMP[:, ::-1], RAMP], axis=2).astype("<u2").tobytes()
    entries = [
        (256, 4, 1, WIDTH_PX),
        (257, 4, 1, HEIGHT_PX),
        (258, 3, 3, 8 + 2 + 9 * 12 + 4),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8 + 2 + 9 * 12 + 4 + 6),
        (277, 3, 1, 3),
        (278, 4, 1, HEIGHT_PX),
        (279, 4, 1, len(values)),
    ]
    directory = len(entries).to_bytes(2, "little") + b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + count.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, count, value in entries
    )
    depth = (16).to_bytes(2, "little") * 3
    return b"II*\0" + (8).to_bytes(4, "little") + directory + bytes(4) + depth + values


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(encoded(Image.fromarray(RAMP), "PNG"), id="grey PNG"),
        pytest.param(grey_16_bit_tiff(), id="grey TIFF"),
        pytest.param(photos.png_16_bit_rgb(np.stack([RAMP] * 3, axis=2)), id="colour PNG"),
        pytest.param(colour_16_bit_tiff(), id="colour TIFF"),
    ],
)
def test_16_bits_are_scaled_to_8_not_clipped(data):
    pixels = decode_photo(data, name="photo").pixels.astype(int)
    assert np.abs(pixels[:, :, 0] - RAMP_8).max() <= 1


@pytest.mark.parametrize("orientation", sorted(STORED_AS))
def test_16_bit_grey_tiff_is_turned_too(orientation):
    turn = STORED_AS[orientation]
    image = Image.fromarray(RAMP) if turn is None else Image.fromarray(RAMP).transpose(turn)
    pixels = decode_photo(encoded(image, "TIFF", exif=exif(orientation)), name="photo").pixels
    assert np.abs(pixels[:, :, 0].astype(int) - RAMP_8).max() <= 1


def grey_of(image: Image.Image, file_format: str, **options: object) -> tuple[int, ...]:
    pixels = decode_photo(encoded(image, file_format, **options), name="photo").pixels
    return tuple(int(value) for value in pixels[5, 5])


SIZE = (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize(
    ("image", "file_format", "expected"),
    [
        pytest.param(Image.new("L", SIZE, 90), "JPEG", (90, 90, 90), id="grey"),
        pytest.param(Image.new("1", SIZE, 1), "PNG", (255, 255, 255), id="one bit"),
        pytest.param(
            Image.new("RGB", SIZE, (250, 10, 20)).quantize(4), "PNG", (250, 10, 20), id="palette"
        ),
        pytest.param(
            Image.new("CMYK", SIZE, (0, 255, 255, 0)), "TIFF", (255, 0, 0), id="CMYK TIFF"
        ),
        pytest.param(
            Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", (254, 0, 0), id="CMYK JPEG"
        ),
        pytest.param(
            Image.new("RGBA", SIZE, (200, 0, 0, 0)), "PNG", (255, 255, 255), id="transparent"
        ),
        pytest.param(
            Image.new("RGBA", SIZE, (0, 0, 0, 128)), "PNG", (127, 127, 127), id="half transparent"
        ),
        pytest.param(Image.new("RGBA", SIZE, (9, 8, 7, 255)), "WEBP", (9, 8, 7), id="opaque alpha"),
        pytest.param(Image.new("LA", SIZE, (0, 0)), "PNG", (255, 255, 255), id="grey alpha"),
    ],
)
def test_every_mode_becomes_rgb(image, file_format, expected):
    assert grey_of(image, file_format) == pytest.approx(expected, abs=1)


def test_the_transparent_entry_of_a_palette_becomes_white():
    image = Image.new("P", SIZE, 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    assert grey_of(image, "PNG", transparency=1) == (255, 255, 255)
    assert grey_of(image, "PNG", transparency=0) == (10, 200, 30)


def linear_light_profile() -> bytes:
    """An sRGB profile with its tone curves set straight: mid-grey is then much lighter."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    for index in range(count):
        entry = 132 + 12 * index
        offset = int.from_bytes(profile[entry + 4 : entry + 8], "big")
        if profile[entry : entry + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + 12] = b"curv" + bytes(8)
        if profile[entry : entry + 4] == b"desc":
            size = int.from_bytes(profile[entry + 8 : entry + 12], "big")
            text = bytes(profile[offset : offset + size])
            profile[offset : offset + size] = text.replace(
                "sRGB".encode("utf-16-be"), "Line".encode("utf-16-be")
            )
    return bytes(profile)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_another_colour_profile_is_converted_to_srgb(file_format):
    linear_55 = grey_of(
        Image.new("RGB", SIZE, (55, 55, 55)), file_format, icc_profile=linear_light_profile()
    )
    # IEC 61966-2-1: 1.055 · (55/255)^(1/2.4) − 0.055 = 0.502
    assert linear_55 == pytest.approx((128, 128, 128), abs=2)


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), id="sRGB itself"
        ),
        pytest.param(b"no profile at all" * 20, id="damaged"),
        pytest.param(
            ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), id="of another mode"
        ),
    ],
)
def test_a_profile_that_changes_nothing_or_does_not_fit_leaves_pixels_alone(profile):
    assert grey_of(Image.new("RGB", SIZE, (55, 66, 77)), "PNG", icc_profile=profile) == (55, 66, 77)


def test_photos_read_one_after_another_and_at_once_do_not_bear_on_each_other():
    random_ = np.random.default_rng(3)
    sizes = [(500, 400), (300, 600), (640, 480), (300, 300)]
    files = [
        encoded(Image.fromarray(random_.integers(0, 256, (*size, 3), dtype=np.uint8)), "JPEG")
        for size in sizes
    ]
    alone = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in files]
    one_by_one = [decode_photo(data, name="a.jpg").pixels for data in files]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda data: decode_photo(data, name="a.jpg").pixels, files * 8))
    for expected, found in zip(alone * 9, [*one_by_one, *at_once], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_only_the_photo_of_a_multi_picture_jpeg_is_read():
    depth_map = Image.new("RGB", (WIDTH_PX, HEIGHT_PX))
    data = encoded(four_corners(), "MPO", save_all=True, append_images=[depth_map], quality=95)
    assert Image.open(io.BytesIO(data)).n_frames == 2
    assert_upright(decode_photo(data, name="photo").pixels)


# --- bad input ------------------------------------------------------------------------------

JPEG = encoded(four_corners(), "JPEG")


def first_two_thirds(file_format: str, **options: object) -> bytes:
    data = encoded(four_corners(), file_format, **options)
    return data[: len(data) * 2 // 3]


BAD_CONTENT = {
    "zero bytes": (b"", "an empty file"),
    "text": (b"Dear colleague,\nplease find attached\n", "a text file"),
    "text cut in a character": (("x" * 511 + "é").encode(), "a text file"),
    "unknown": (bytes(range(256)), "something else"),
    "PDF": (b"%PDF-1.7\n", "a PDF"),
    "video": (b"\0\0\0\x18ftypqt  ", "a video"),
    "AVIF": (b"\0\0\0\x1cftypavif", "an AVIF picture"),
    "GIF": (encoded(four_corners().quantize(8), "GIF"), "a GIF"),
    "animated GIF": (photos.animation("GIF"), "a GIF"),
    "animated PNG": (photos.animation("PNG"), "an animation of 3 frames"),
    "animated WebP": (photos.animation("WEBP"), "an animation of 3 frames"),
    "TIFF of several pages": (photos.animation("TIFF"), "3 pages"),
    "header only": (JPEG[:4], "damaged or incomplete"),
    "too small": (encoded(four_corners(MIN_SIDE_PX - 1, 400), "PNG"), "239 × 400 px"),
    "raw": (encoded(four_corners(), "TIFF", tiffinfo={254: 1}), "a camera raw file"),
    "float TIFF": (encoded(Image.new("F", SIZE, 0.5), "TIFF"), "found 32"),
    "32-bit TIFF": (encoded(Image.new("I", SIZE, 70000), "TIFF"), "found 32"),
    "bomb PNG": (photos.png(30_000, 30_000, 8, 2, None), "30000 × 30000 px (900 megapixels)"),
    "bomb JPEG": (photos.jpeg_header(30_000, 30_000), "30000 × 30000 px"),
    "bomb WebP": (photos.webp_header(16_383, 16_383), "at most 120 megapixels"),
    **{
        f"truncated {file_format}": (first_two_thirds(file_format), "damaged or incomplete")
        for file_format in FORMATS
    },
    "truncated compressed TIFF": (
        first_two_thirds("TIFF", compression="tiff_lzw"),
        "damaged or incomplete",
    ),
}

REMEDY = ("Give", "Copy", "Save", "Export", "Did you mean", "Correct", "Allow")


def assert_one_clear_line(message: str) -> None:
    assert "\n" not in message
    assert "expected" in message or "No photo at" in message
    assert any(word in message for word in REMEDY), f"no remedy in: {message}"


@pytest.mark.parametrize("kind", sorted(BAD_CONTENT))
def test_bad_content_is_one_clear_line(kind, tmp_path, capfd):
    data, found = BAD_CONTENT[kind]
    path = tmp_path / "client.jpg"
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PhotoError) as caught:
            read_photo(path)
    assert found in str(caught.value)
    assert_one_clear_line(str(caught.value))
    assert capfd.readouterr() == ("", "")


def test_a_folder(tmp_path):
    with pytest.raises(PhotoError, match="found a folder") as caught:
        read_photo(tmp_path)
    assert_one_clear_line(str(caught.value))


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PhotoError, match="a device or pipe"):
        read_photo(tmp_path / "pipe.jpg")


def test_no_permission(tmp_path, monkeypatch):
    path = tmp_path / "locked.jpg"
    path.write_bytes(JPEG)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PhotoError, match="found no permission") as caught:
        read_photo(path)
    assert_one_clear_line(str(caught.value))


def test_a_disk_that_fails(tmp_path, monkeypatch):
    path = tmp_path / "card.jpg"
    path.write_bytes(JPEG)

    def fail(self: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(PhotoError, match="Input/output error"):
        read_photo(path)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "huge.tif"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(PhotoError, match="at most 500 MB"):
        read_photo(path)


@pytest.mark.parametrize(
    ("asked", "there", "hint"),
    [
        ("fornt.jpg", "front.jpg", "Did you mean"),
        ("FRONT.JPG", "front.jpg", "Did you mean"),
        ("front.jpg", "zebra.png", "Correct the path."),
    ],
)
def test_a_missing_photo_names_its_likeliest_neighbour(tmp_path, asked, there, hint):
    (tmp_path / there).write_bytes(JPEG)
    if (tmp_path / asked).exists():
        pytest.skip("this file system ignores case")
    with pytest.raises(PhotoError) as caught:
        read_photo(tmp_path / asked)
    message = str(caught.value)
    assert hint in message
    assert ("front.jpg?" in message) == (hint == "Did you mean")
    assert_one_clear_line(message)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(PhotoError, match=r"There is no folder .*visits"):
        read_photo(tmp_path / "visits" / "front.jpg")


def test_a_line_break_in_a_name_stays_out_of_the_message(tmp_path):
    path = tmp_path / "a\nb\x1b[31m.jpg"
    path.write_bytes(b"")
    with pytest.raises(PhotoError) as caught:
        read_photo(path)
    assert "a?b?[31m.jpg" in str(caught.value)


@pytest.mark.parametrize("file_format", FORMATS)
def test_damage_anywhere_is_a_photo_or_a_photo_error(file_format):
    whole = encoded(four_corners(), file_format, exif=exif(6, focal_length_35mm=26).tobytes())
    dice = random.Random(file_format)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 3, 20))):
            data[dice.randrange(min(len(data), 2000))] = dice.randrange(256)
        try:
            photo = decode_photo(bytes(data), name="photo")
        except PhotoError as error:
            assert_one_clear_line(str(error))
        else:
            assert photo.pixels.size <= 3 * MAX_PIXELS


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space as Linux does")
def test_a_decompression_bomb_takes_no_memory(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(photos.png(30_000, 30_000, 8, 2, None))
    code = (
        "import sys, resource, numpy, PIL.PngImagePlugin\n"
        "from posture.photo import read_photo\n"
        "from posture.errors import PhotoError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_photo(sys.argv[1])\n"
        "except PhotoError: pass\n"
        "else: sys.exit('not refused')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert int(done.stdout) * 1024 < 20e6
