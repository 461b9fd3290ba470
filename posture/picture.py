"""Decode encoded pictures to upright 8-bit sRGB pixels.

Pillow decodes, pillow-heif opens HEIC. Each format's own class is called after a look at
the first bytes, instead of `Image.open` with its global registry: nothing is registered,
a file's name says nothing, and our pixel limit is the only one. It also means that of a
phone's multi-picture JPEG (a portrait with its depth map, say) only the photo is seen.
"""

from __future__ import annotations

import io
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.camera_data import CameraData, camera_data
from posture.errors import PhotoError
from posture.file_kind import Kind, describe, recognise
from posture.picture_colours import eight_bit, foreign_profile, in_srgb, on_white

if TYPE_CHECKING:
    from PIL import Image, ImageFile

__all__ = ["Limits", "Picture", "decode_picture"]

_logger = logging.getLogger(__name__)

_EXPECTED = "expected a photo (JPEG, PNG, WebP, TIFF or HEIC)"

_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What the parsers of Pillow and libheif raise on damaged files."""

_ORIENTATION_TAG = 0x0112
_TURNS: Mapping[int, tuple[bool, int | None]] = MappingProxyType(
    {
        2: (False, 1),
        3: (False, -1),
        4: (False, 0),
        5: (True, None),
        6: (True, 1),
        7: (True, -1),
        8: (True, 0),
    }
)
"""By orientation: whether rows become columns, and how OpenCV flips what comes of it."""

_EXIF_IFD_TAG = 0x8769
_TIFF_SUBFILE_TYPE_TAG = 254
_DNG_VERSION_TAG = 50706

_kept = threading.local()
_MOST_KEPT = 4 * 16_000_000
"""Bytes of the memory that a thread keeps for its next JPEG: a phone's photo of 16 megapixels."""

_STRIP_PIXELS = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large and how small a picture may be."""

    max_pixels: int
    min_side_px: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """Upright sRGB pixels, read-only uint8 of shape (H, W, 3), and what is told of the camera."""

    pixels: NDArray[np.uint8]
    camera: CameraData


def decode_picture(data: bytes, name: str, limits: Limits) -> Picture:
    """Decode one still picture.

    Parameters
    ----------
    data
        Content of the file.
    name
        What messages call the file.
    limits
        Checked from the header, before anything is decoded.

    Raises
    ------
    PhotoError
        If this is no supported still picture, is damaged, or breaks the limits.
    """
    from PIL.Image import DecompressionBombError

    kind = recognise(data)
    if kind is None:
        raise PhotoError(
            f"{name}: {_EXPECTED}, found {describe(data)}. Give the original photo, or save "
            "it in one of these formats.",
            key="no_photo",
        )
    with warnings.catch_warnings():
        # Pillow warns about odd metadata that is of no use here.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            image = _open(kind, data)
            _check_still(image, kind, name)
            _check_size(image, name, limits)
            pixels = _plain_jpeg(image, kind)
            if pixels is None:
                image.load()
                pixels = _pixels(in_srgb(on_white(eight_bit(image, kind, name))))
            return Picture(pixels=_upright(pixels, image, kind), camera=_camera(image))
        except DecompressionBombError as error:
            raise _too_large(name, "far more", limits) from error
        except _DAMAGE as error:
            _logger.debug("decoder said: %s", error)
            raise PhotoError(
                f"{name}: expected a whole {kind} photo, found a damaged or incomplete file. "
                "Copy it from the camera again.",
                key="damaged_photo",
            ) from error


def _open(kind: Kind, data: bytes) -> ImageFile.ImageFile:
    """Read the header only."""
    stream = io.BytesIO(data)
    if kind == "JPEG":
        from PIL.JpegImagePlugin import JpegImageFile

        return JpegImageFile(stream)
    if kind == "PNG":
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile(stream)
    if kind == "WebP":
        from PIL.WebPImagePlugin import WebPImageFile

        return WebPImageFile(stream)
    if kind == "TIFF":
        from PIL.TiffImagePlugin import TiffImageFile

        return TiffImageFile(stream)
    from pillow_heif import HeifImageFile

    image: ImageFile.ImageFile = HeifImageFile(stream)  # type: ignore[no-untyped-call]
    return image


def _check_still(image: ImageFile.ImageFile, kind: Kind, name: str) -> None:
    if kind == "HEIC":
        return  # other pictures beside the primary one are legitimate; only it is read
    tags = getattr(image, "tag_v2", {})
    if _DNG_VERSION_TAG in tags or tags.get(_TIFF_SUBFILE_TYPE_TAG, 0) & 1:
        raise PhotoError(
            f"{name}: {_EXPECTED}, found a camera raw file. Export it as JPEG and give that.",
            key="raw_photo",
        )
    count = getattr(image, "n_frames", 1)
    if count > 1:
        what = f"{count} pages" if kind == "TIFF" else f"an animation of {count} frames"
        raise PhotoError(
            f"{name}: expected one still photo, found {what}. Save the one to be measured as "
            "a file of its own.",
            key="moving_photo",
        )


def _too_large(name: str, found: str, limits: Limits) -> PhotoError:
    most = limits.max_pixels // 10**6
    return PhotoError(
        f"{name}: expected at most {most} megapixels, found {found}. Save a smaller copy and "
        "give that.",
        key="large_photo",
        most=most,
    )


def _check_size(image: Image.Image, name: str, limits: Limits) -> None:
    width, height = image.size
    found = f"{width} × {height} px"
    if width * height > limits.max_pixels:
        found = f"{found} ({width * height / 1e6:.0f} megapixels)"
        raise _too_large(name, found, limits)
    if min(width, height) < limits.min_side_px:
        raise PhotoError(
            f"{name}: expected at least {limits.min_side_px} px in width and height, found "
            f"{found}. Give the original photo, not a thumbnail.",
            key="small_photo",
            least=limits.min_side_px,
        )


def _plain_jpeg(image: ImageFile.ImageFile, kind: Kind) -> NDArray[np.uint8] | None:
    """Decode a JPEG that is in sRGB into an array of ours; None if it is none.

    Pillow, which keeps four bytes a pixel, is given their memory: what it allocates itself is
    slower to fill, and twice as slow to read out. Ours is kept for the next photo.
    """
    if kind != "JPEG" or image.mode != "RGB" or not image.tile:  # no tile: nothing to decode
        return None
    if foreign_profile(image) is not None:
        return None
    import cv2
    from PIL import Image

    width, height = image.size
    four = _four_bytes_a_pixel(height, width)
    ours = Image.frombuffer("RGBX", image.size, four, "raw", "RGBX", 0, 1).im
    image.im = ours
    image.load()
    if image.im is not ours:  # Pillow before version 11 takes none but its own
        return None
    return np.asarray(cv2.cvtColor(four, cv2.COLOR_RGBA2RGB), np.uint8)


def _four_bytes_a_pixel(height: int, width: int) -> NDArray[np.uint8]:
    """Return memory for a picture; what it holds is lost when this thread asks again."""
    size = 4 * height * width
    memory: NDArray[np.uint8] | None = getattr(_kept, "memory", None)
    if memory is None or memory.size < size:
        memory = np.empty(size, dtype=np.uint8)
        if size <= _MOST_KEPT:
            _kept.memory = memory
    return memory[:size].reshape(height, width, 4)


def _upright(
    pixels: NDArray[np.uint8], image: ImageFile.ImageFile, kind: Kind
) -> NDArray[np.uint8]:
    """Turn by EXIF, unless the decoder has turned the picture already; read-only.

    Pillow turns TIFF files while loading. libheif applies a HEIC file's own rotation
    (`irot`, `imir`), beside which the standard tells readers to ignore EXIF.
    """
    import cv2

    try:
        turn = 1 if kind in ("TIFF", "HEIC") else image.getexif().get(_ORIENTATION_TAG, 1)
    except _DAMAGE:
        turn = 1
    if turn in _TURNS:
        across, flip = _TURNS[turn]
        if across:
            pixels = np.asarray(cv2.transpose(pixels), np.uint8)
        if flip is not None:
            pixels = np.asarray(cv2.flip(pixels, flip), np.uint8)
    pixels.flags.writeable = False
    return pixels


def _camera(image: ImageFile.ImageFile) -> CameraData:
    try:
        return camera_data(image.getexif().get_ifd(_EXIF_IFD_TAG))
    except _DAMAGE:
        return CameraData()


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Copy out in strips that fit the cache: at 12 megapixels half the time of one copy.

    Pillow holds four bytes a pixel, which it gives out faster as they are than packed to three.
    """
    import cv2

    width, height = image.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        strip = pixels[top : top + rows]
        four = image.crop((0, top, width, top + len(strip))).tobytes("raw", "RGBX")
        cv2.cvtColor(
            np.frombuffer(four, np.uint8).reshape(-1, width, 4), cv2.COLOR_RGBA2RGB, dst=strip
        )
    return pixels
