"""Read a photo: upright, 8-bit sRGB, checked, and stripped of everything personal.

`read_photo` opens the file once, takes its checksum, and returns pixels. Of the file's
metadata only what helps to measure is used: the orientation, the 35 mm equivalent focal
length, how the phone was held, and whether with its front camera; place, time, device and owner
never leave this module.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.errors import PhotoError

__all__ = ["MAX_FILE_BYTES", "MAX_PIXELS", "MIN_SIDE_PX", "Photo", "decode_photo", "read_photo"]

MAX_PIXELS = 120_000_000
"""Largest photo that is decoded. Phones reach 108 megapixels; 120 need 0.9 GB of memory
while they are read, 1.4 GB if stored sideways. The header is checked, so that a larger
picture costs none."""

MIN_SIDE_PX = 240
"""Smallest width and height. The pose network looks at the person through a window of
256 pixels: of a smaller photo it sees only blur."""

MAX_FILE_BYTES = 500_000_000
"""Largest file that is read: an uncompressed 8-bit TIFF of `MAX_PIXELS` has 360 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photo:
    """An upright photo.

    `pixels` is a read-only uint8 array of shape (H, W, 3), sRGB. `file_sha256` is the
    checksum of the file's bytes. `focal_length_35mm` is the 35 mm equivalent focal length
    in millimetres, None where the camera did not write it. `gravity` and `is_front_camera` are as
    in `posture.camera_data.CameraData`, and the file's own. `name` is the file's name
    without its folder, for messages only. `turned_deg` is how far the pixels were turned
    clockwise since, to level them.
    """

    pixels: NDArray[np.uint8]
    file_sha256: str
    focal_length_35mm: float | None
    gravity: tuple[float, float, float] | None = None
    is_front_camera: bool = False
    name: str
    turned_deg: float = 0.0

    def __post_init__(self) -> None:
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ValueError(
                f"expected uint8 pixels of shape (H, W, 3), found {pixels.dtype} {pixels.shape}"
            )
        if pixels.flags.writeable:
            pixels = pixels.copy()
            pixels.flags.writeable = False
            object.__setattr__(self, "pixels", pixels)

    @property
    def width_px(self) -> int:
        """Width of the upright photo."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """Height of the upright photo."""
        return int(self.pixels.shape[0])


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Read a JPEG, PNG, WebP, TIFF or HEIC file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Photo
        Upright: turned by EXIF, or by the rotation a HEIC file carries itself, never by
        both. Transparent parts are white, 16-bit values are scaled to 8, and a colour
        profile other than sRGB is applied.

    Raises
    ------
    PhotoError
        If the file is missing, unreadable, not a photo, damaged, an animation, too large
        or too small. The message is one line: what was expected, found, and what to do.
    """
    path = Path(path)
    return decode_photo(_read_bytes(path), name=path.name)


def decode_photo(data: bytes, *, name: str) -> Photo:
    """Return the photo that `data`, the content of a file called `name`, holds.

    Raises
    ------
    PhotoError
        As `read_photo`.
    """
    from posture.picture import Limits, decode_picture

    shown = _printable(name)
    if not data:
        raise PhotoError(
            f"{shown}: expected a photo, found an empty file. Copy it from the camera again.",
            key="damaged_photo",
        )
    limits = Limits(max_pixels=MAX_PIXELS, min_side_px=MIN_SIDE_PX)
    picture = decode_picture(data, shown, limits)
    return Photo(
        pixels=picture.pixels,
        file_sha256=hashlib.sha256(data).hexdigest(),
        focal_length_35mm=picture.camera.focal_length_35mm,
        gravity=picture.camera.gravity,
        is_front_camera=picture.camera.is_front_camera,
        name=name,
    )


def _read_bytes(path: Path) -> bytes:
    shown = _printable(str(path))
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError(
                f"{shown}: expected a photo, found a folder. Give one file of that folder."
            )
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError(
                f"{shown}: expected a photo, found a device or pipe. Save the photo as a file."
            )
        if status.st_size > MAX_FILE_BYTES:
            raise PhotoError(
                f"{shown}: expected a file of at most {MAX_FILE_BYTES // 10**6} MB, found "
                f"{status.st_size / 1e6:.0f} MB. Save a smaller copy, as JPEG for instance."
            )
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise PhotoError(f"No photo at {shown}. {_did_you_mean(path)}") from None
    except PermissionError:
        raise PhotoError(
            f"{shown}: expected a photo that may be read, found no permission to. Allow "
            "reading, or copy the photo to a folder of your own."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoError(
            f"{shown}: expected a readable file, found: {reason}. Copy the photo to this "
            "computer and give that copy."
        ) from None


def _did_you_mean(path: Path) -> str:
    """Return a hint on a missing file: its likeliest neighbour, or the missing folder."""
    folder = path.parent
    try:
        names = {entry.name.lower(): entry.name for entry in folder.iterdir()}
    except OSError:
        return f"There is no folder {_printable(str(folder))}. Correct the path."
    close = difflib.get_close_matches(path.name.lower(), sorted(names), n=1, cutoff=0.6)
    if close:
        return f"Did you mean {_printable(str(folder / names[close[0]]))}?"
    return "Correct the path."


def _printable(text: str) -> str:
    """Return `text` on one line: a file name may hold line breaks and control characters."""
    return "".join(char if char.isprintable() else "?" for char in text)
