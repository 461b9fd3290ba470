"""What any picture's colours become: 8 bits, on white, sRGB."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import numpy as np

from posture.errors import PhotoError
from posture.file_kind import Kind

if TYPE_CHECKING:
    from PIL import Image, ImageFile
    from PIL.ImageCms import ImageCmsProfile

__all__ = ["eight_bit", "foreign_profile", "in_srgb", "on_white"]

_logger = logging.getLogger(__name__)

_TIFF_BITS_TAG = 258
_TIFF_PHOTOMETRIC_TAG = 262


def eight_bit(image: ImageFile.ImageFile, kind: Kind, name: str) -> Image.Image:
    """Scale grey of more than 8 bits to 8; Pillow does so with colour while it loads."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    top = 2 ** int(tags.get(_TIFF_BITS_TAG, (16,))[0]) - 1 if kind == "TIFF" else 65535
    if image.mode == "F" or top > 65535 or values.min() < 0 or values.max() > top:
        raise PhotoError(
            f"{name}: expected a photo of 8 or 16 bits per colour, found 32. Save it as JPEG "
            "and give that."
        )
    scaled = ((values.astype(np.uint32) * 255 + top // 2) // top).astype(np.uint8)
    if tags.get(_TIFF_PHOTOMETRIC_TAG) == 0:  # white is zero
        scaled = 255 - scaled
    return Image.fromarray(scaled)


def on_white(image: Image.Image) -> Image.Image:
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


def in_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, by the picture's own profile where it has one that fits."""
    from PIL import ImageCms

    if image.mode == "P":
        image = image.convert("RGB")
    profile = foreign_profile(image)
    if profile is not None:
        try:
            converted = ImageCms.profileToProfile(
                image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            _logger.debug("colour profile ignored: %s", error)
    return image if image.mode == "RGB" else image.convert("RGB")


def foreign_profile(image: Image.Image) -> ImageCmsProfile | None:
    """Return the picture's colour profile if it fits and is another than sRGB."""
    from PIL import ImageCms

    encoded = image.info.get("icc_profile")
    spaces = {"RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
    if not encoded or image.mode not in spaces:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(encoded))
        fits = profile.profile.xcolor_space.strip() == spaces[image.mode]
        name = profile.profile.profile_description or ""
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        _logger.debug("colour profile ignored: %s", error)
        return None
    return profile if fits and "sRGB" not in name else None
