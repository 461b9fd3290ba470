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
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.camera_data import CameraData, camera_data
from posture.errors import PhotoError
from posture.file_kind import Kind, describe, recognise

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
_EXIF_IFD_TAG = 0x8769
_TIFF_SUBFILE_TYPE_TAG = 254
_TIFF_BITS_TAG = 258
_TIFF_PHOTOMETRIC_TAG = 262
_DNG_VERSION_TAG = 50706

_STRIP_PIXELS = 2**16

_KEPT_BLOCKS = 4
"""Blocks of 16 MB that Pillow keeps for the next photo, enough for 16 megapixels: memory that is
fresh from the system takes a quarter of the time of decoding."""


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
            _keep_memory()
            image.load()
            upright = _upright(image, kind)
            rgb = _in_srgb(_on_white(_eight_bit(upright, image, kind, name)))
            return Picture(pixels=_pixels(rgb), camera=_camera(image))
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


def _keep_memory() -> None:
    from PIL import Image

    core = Image.core  # type: ignore[attr-defined]
    core.set_blocks_max(max(_KEPT_BLOCKS, core.get_blocks_max()))


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


def _upright(image: ImageFile.ImageFile, kind: Kind) -> Image.Image:
    """Turn by EXIF, unless the decoder has turned the picture already.

    Pillow turns TIFF files while loading. libheif applies a HEIC file's own rotation
    (`irot`, `imir`), beside which the standard tells readers to ignore EXIF.
    """
    from PIL.Image import Transpose

    if kind in ("TIFF", "HEIC"):
        return image
    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGE:
        return image
    return image if turn is None else image.transpose(turn)


def _camera(image: ImageFile.ImageFile) -> CameraData:
    try:
        return camera_data(image.getexif().get_ifd(_EXIF_IFD_TAG))
    except _DAMAGE:
        return CameraData()


def _eight_bit(
    upright: Image.Image, source: ImageFile.ImageFile, kind: Kind, name: str
) -> Image.Image:
    """Scale grey of more than 8 bits to 8; Pillow does so with colour while it loads."""
    from PIL import Image

    if not upright.mode.startswith(("I", "F")):
        return upright
    values = np.asarray(upright)
    tags = getattr(source, "tag_v2", {})
    top = 2 ** int(tags.get(_TIFF_BITS_TAG, (16,))[0]) - 1 if kind == "TIFF" else 65535
    if upright.mode == "F" or top > 65535 or values.min() < 0 or values.max() > top:
        raise PhotoError(
            f"{name}: expected a photo of 8 or 16 bits per colour, found 32. Save it as JPEG "
            "and give that."
        )
    scaled = ((values.astype(np.uint32) * 255 + top // 2) // top).astype(np.uint8)
    if tags.get(_TIFF_PHOTOMETRIC_TAG) == 0:  # white is zero
        scaled = 255 - scaled
    return Image.fromarray(scaled)


def _on_white(image: Image.Image) -> Image.Image:
    """Lay a picture with transparent parts on white; other pictures come back as they are."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    layer = image.convert("RGBA")
    if layer.getchannel("A").getextrema() != (255, 255):
        layer = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    flat = layer.convert("RGB")
    if "icc_profile" in image.info:
        flat.info["icc_profile"] = image.info["icc_profile"]
    return flat


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, by the picture's own profile where it has one that fits."""
    from PIL import ImageCms

    encoded = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGB")
    spaces = {"RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
    if encoded and image.mode in spaces:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(encoded))
            fits = profile.profile.xcolor_space.strip() == spaces[image.mode]
            if fits and "sRGB" not in (profile.profile.profile_description or ""):
                converted = ImageCms.profileToProfile(
                    image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            _logger.debug("colour profile ignored: %s", error)
    return image if image.mode == "RGB" else image.convert("RGB")


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
    pixels.flags.writeable = False
    return pixels
