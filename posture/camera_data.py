"""What a camera writes into a file that helps to measure: its lens, and how it was held.

Place, time, device and owner are left alone.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["CameraData", "camera_data", "gravity_in"]

_FOCAL_LENGTH_35MM_TAG = 0xA405
_LENS_MODEL_TAG = 0xA434
_MAKER_NOTE_TAG = 0x927C

_APPLE = b"Apple iOS\0"
_APPLE_FIRST_ENTRY = 14
_APPLE_GRAVITY_TAG = 0x0008
_SIGNED_RATIONAL = 10
_BYTE_ORDERS = {b"MM": ">", b"II": "<"}
_AT_REST_G = (0.9, 1.1)
"""Beyond, the phone was moved, and what it felt was not gravity alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraData:
    """What the file tells of the camera.

    `focal_length_35mm` in millimetres, as for 35 mm film. `gravity` is where the phone felt
    gravity, in its own frame, length about 1: to the right and to the top of its screen, and out
    of it. Each None where it was not written. `is_front_camera` says whether the phone took the
    picture with the camera beside its screen.
    """

    focal_length_35mm: float | None = None
    gravity: tuple[float, float, float] | None = None
    is_front_camera: bool = False


def camera_data(exif: Mapping[int, Any]) -> CameraData:
    """Return what the Exif part of a file's metadata tells of the camera."""
    lens, note = exif.get(_LENS_MODEL_TAG, ""), exif.get(_MAKER_NOTE_TAG, b"")
    return CameraData(
        focal_length_35mm=_focal_length(exif.get(_FOCAL_LENGTH_35MM_TAG, 0)),
        gravity=gravity_in(note) if isinstance(note, bytes) else None,
        # "iPhone 13 front TrueDepth camera 2.71mm f/2.2", "Pixel 6 front camera 2.74mm f/2.2"
        is_front_camera="front" in lens.lower().split() if isinstance(lens, str) else False,
    )


def _focal_length(written: Any) -> float | None:
    try:
        value = float(written)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return value if 0 < value < math.inf else None  # EXIF writes 0 for unknown


def gravity_in(note: bytes) -> tuple[float, float, float] | None:
    """Return gravity from the note that an iPhone writes, None from any other.

    The tag is `AccelerationVector` of ExifTool's table of Apple tags. Apple's axes: to the right
    and the top of the screen and out of it; an upright phone at rest has about (0, -1, 0).
    """
    if not note.startswith(_APPLE) or len(note) < _APPLE_FIRST_ENTRY + 2:
        return None
    order = _BYTE_ORDERS.get(note[_APPLE_FIRST_ENTRY - 2 : _APPLE_FIRST_ENTRY])
    if order is None:
        return None
    try:
        (count,) = struct.unpack_from(f"{order}H", note, _APPLE_FIRST_ENTRY)
        for index in range(count):
            entry = _APPLE_FIRST_ENTRY + 2 + 12 * index
            tag, kind, values, place = struct.unpack_from(f"{order}HHII", note, entry)
            if tag == _APPLE_GRAVITY_TAG:
                is_vector = (kind, values) == (_SIGNED_RATIONAL, 3)
                return _vector(struct.unpack_from(f"{order}6i", note, place)) if is_vector else None
    except struct.error:
        return None
    return None


def _vector(parts: tuple[int, ...]) -> tuple[float, float, float] | None:
    if not all(parts[1::2]):
        return None
    x, y, z = (parts[i] / parts[i + 1] for i in (0, 2, 4))
    least, most = _AT_REST_G
    return (x, y, z) if least <= math.hypot(x, y, z) <= most else None
