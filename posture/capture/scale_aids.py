"""Things of known size in photos: what to look for, and what each of them tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.capture.board import find_board
from posture.capture.dots import Window
from posture.capture.markers import (
    Printed,
    ScaleReading,
    find_marker,
    find_printed,
    known_length,
)
from posture.capture.paper import SheetName, find_paper
from posture.errors import InputError
from posture.scale import body_length_px, focal_length_px
from posture.seen import SeenPhoto

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = [
    "NOMINAL_STATURE_CM",
    "KnownLength",
    "LookForScales",
    "ScaleAids",
    "read_scales",
    "scales_in",
]

NOMINAL_STATURE_CM = 170.0
_BESIDE_BODY = 0.3
"""How far beside the outline a sheet is looked for, over the client's height."""

_ON_THE_PERSON = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLength:
    """Two points of a photo as it was given, and how far apart they are in life."""

    start_px: tuple[float, float]
    end_px: tuple[float, float]
    length_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleAids:
    """What of known size to look for in the photos.

    `marker` stands for the printed marker and the printed board; `known` are lengths clicked on
    the first photo of a role that can be used.
    """

    marker: bool = False
    paper: SheetName | None = None
    known: Mapping[str, KnownLength] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.marker or self.paper or self.known)


LookForScales = Callable[[SeenPhoto, ScaleAids], Sequence[ScaleReading]]


def scales_in(photo: SeenPhoto, aids: ScaleAids) -> list[ScaleReading]:
    """Look for what is printed, and for the sheet, in a photo's pixels."""
    found = _printed(photo.photo) if aids.marker else []
    if aids.paper and (reading := _paper(photo, aids.paper)):
        found.append(reading)
    return found


def read_scales(
    seen: Sequence[SeenPhoto], aids: ScaleAids, look: LookForScales = scales_in
) -> list[tuple[SeenPhoto, ScaleReading]]:
    """Return what each thing of known size in each photo tells, with its photo.

    `look` finds those that only the pixels show.

    Raises
    ------
    InputError
        If a known length was clicked outside its photo, or is none.
    """
    found: list[tuple[SeenPhoto, ScaleReading]] = []
    waiting = dict(aids.known)
    for photo in seen:
        if aids.marker or aids.paper:
            found += [(photo, reading) for reading in look(photo, aids)]
        clicked = waiting.pop("side" if photo.view.is_lateral else photo.view.value, None)
        if clicked is not None:
            found.append((photo, _clicked(clicked, photo)))
    return found


def _printed(photo: Photo) -> list[ScaleReading]:
    """Return what the printed marker and the printed board tell, looked for in one go."""
    pixels, printed = photo.pixels, find_printed(photo.pixels)
    if printed.is_mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        printed = find_printed(pixels)
        return [replace(one, is_mirrored=True) for one in _readings(photo, pixels, printed)]
    return _readings(photo, pixels, printed)


def _readings(photo: Photo, pixels: NDArray[np.uint8], printed: Printed) -> list[ScaleReading]:
    size = (photo.width_px, photo.height_px)
    board = find_board(pixels, printed)
    focal_px = focal_length_px(photo.focal_length_35mm, *size)
    readings = (find_marker(pixels, printed), board.scale(size, focal_px) if board else None)
    return [reading for reading in readings if reading is not None]


def _paper(photo: SeenPhoto, sheet: SheetName) -> ScaleReading | None:
    """Look for the sheet on and beside the person."""
    mask = photo.pose.silhouette
    if mask is None:
        return None
    rows, columns = np.nonzero(mask > _ON_THE_PERSON)
    if not len(rows):
        return None
    across, down = photo.photo.width_px / mask.shape[1], photo.photo.height_px / mask.shape[0]
    height_px = photo.scale.stature_px if photo.scale else body_length_px(photo.pose)
    beside = _BESIDE_BODY * height_px
    around = Window(
        left=math.floor(columns.min() * across - beside),
        top=math.floor(rows.min() * down),
        right=math.ceil((columns.max() + 1) * across + beside),
        bottom=math.ceil((rows.max() + 1) * down),
    )
    return find_paper(
        photo.photo.pixels, sheet, around=around, px_per_cm=height_px / NOMINAL_STATURE_CM
    )


def _clicked(length: KnownLength, photo: SeenPhoto) -> ScaleReading:
    width, height = photo.photo.width_px, photo.photo.height_px
    for x, y in (length.start_px, length.end_px):
        if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
            raise InputError(
                f"Known length: expected points inside {photo.photo.name} ({width} × {height} px, "
                f"upright), found x {x:g}, y {y:g}. Take them from the photo as shown upright."
            )
    try:
        return known_length(length.start_px, length.end_px, length.length_cm)
    except ValueError as error:
        raise InputError(f"Known length: {error}. Give two ends and centimetres.") from error
