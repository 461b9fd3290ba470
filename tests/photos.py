"""Picture files for tests, ordinary and odd, made on the fly."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

WIDTH_PX, HEIGHT_PX = 320, 256
CORNERS = {
    "top left": (220, 30, 30),
    "top right": (30, 200, 30),
    "bottom left": (30, 30, 220),
    "bottom right": (230, 220, 40),
}

# What a camera held in that orientation stores: `exif_transpose` undoes exactly this.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def four_corners(width: int = WIDTH_PX, height: int = HEIGHT_PX) -> Image.Image:
    """A picture with a colour of its own in each quarter: its orientation is plain."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    rows = {"top": slice(0, height // 2), "bottom": slice(height // 2, height)}
    columns = {"left": slice(0, width // 2), "right": slice(width // 2, width)}
    for name, colour in CORNERS.items():
        row, column = name.split()
        pixels[rows[row], columns[column]] = colour
    return Image.fromarray(pixels)


def exif(orientation: int | None = None, **more: Any) -> Image.Exif:
    """EXIF with an orientation, and with `focal_length_35mm` or `gps` on demand."""
    tags = Image.Exif()
    if orientation is not None:
        tags[0x0112] = orientation
    if "focal_length_35mm" in more:
        tags.get_ifd(0x8769)[0xA405] = more["focal_length_35mm"]
    if "gps" in more:
        tags[0x010F] = "SecretCamera"
        tags.get_ifd(0x8825)[1] = "N"
        tags.get_ifd(0x8825)[2] = more["gps"]
    return tags


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """The bytes of `image` in a format of Pillow, or of pillow-heif as "HEIF"."""
    if file_format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    if file_format in ("JPEG", "HEIF"):
        options = {"quality": 95, **options}
    if file_format == "WEBP":
        options = {"lossless": True, **options}
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def png(width: int, height: int, bit_depth: int, colour_type: int, samples: bytes | None) -> bytes:
    """A PNG written by hand; without `samples` only its header, as a bomb needs no more."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header)]
    if samples is None:
        samples = b""
    parts.append(chunk(b"IDAT", zlib.compress(samples)))
    parts.append(chunk(b"IEND", b""))
    return b"".join(parts)


def png_16_bit_rgb(values: np.ndarray[Any, np.dtype[np.uint16]]) -> bytes:
    """A PNG of 16 bits per colour, which Pillow reads but does not write."""
    height, width, _ = values.shape
    rows = values.astype(">u2").tobytes()
    stride = width * 6
    lines = b"".join(b"\0" + rows[row * stride : (row + 1) * stride] for row in range(height))
    return png(width, height, 16, 2, lines)


def jpeg_header(width: int, height: int) -> bytes:
    """A JPEG that claims a size and ends where its pixels should begin."""
    data = bytearray(encoded(Image.new("RGB", (16, 16)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_header(width: int, height: int) -> bytes:
    """A lossless WebP that claims a size and holds the pixels of a small one."""
    data = bytearray(encoded(Image.new("RGB", (16, 16)), "WEBP"))
    at = data.index(b"VP8L") + 9  # fourcc, length, signature
    data[at : at + 4] = ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    return bytes(data)


def animation(file_format: str, frames: int = 3) -> bytes:
    """A GIF, animated PNG or WebP, or a TIFF of several pages."""
    first, *rest = (
        Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (80 * index, 20, 40)) for index in range(frames)
    )
    return encoded(first, file_format, save_all=True, append_images=rest)


def without_heic_rotation(data: bytes) -> bytes:
    """A HEIC file whose rotation box is void, so that only its EXIF asks for a turn."""
    assert b"irot" in data
    at = data.index(b"irot")
    return data[: at + 4] + b"\0" + data[at + 5 :]
