"""A photo of a further assessment with what was measured drawn on it, kept once drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.rom.file import rom_from_dict
from posture.sitting.file import sitting_from_dict
from posture.web.further_work import photo_of
from posture.web.shelf import jpeg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.records import FurtherPhoto, FurtherRecord
    from posture.web.shelf import Shelf

__all__ = ["drawn_photo", "kept_drawing"]

_STYLE = 1
"""Grows when drawings come out otherwise, so that kept ones are drawn anew."""


def kept_drawing(further: FurtherRecord, photo: FurtherPhoto, shelf: Shelf) -> bytes | None:
    """Return the drawing if it was made before, None else."""
    return shelf.files.derived(photo.sha256, _name(further))


def drawn_photo(further: FurtherRecord, photo: FurtherPhoto, shelf: Shelf) -> bytes:
    """Return the photo, cropped to what was measured, with its lines, as a JPEG.

    The plain photo where nothing was measured in it.
    """
    pixels = photo_of(shelf, photo).pixels
    data = jpeg(_drawn(further, photo, pixels))
    shelf.files.put_derived(photo.sha256, _name(further), data)
    return data


def _name(further: FurtherRecord) -> str:
    return f"drawn{_STYLE}-{further.id.replace('-', '')}.jpg"


def _drawn(
    further: FurtherRecord, photo: FurtherPhoto, pixels: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    # Only the wanted photo is decoded: for the others its pixels stand in, and are not drawn.
    stand_in = {one.sha256: pixels for one in further.photos}
    if further.kind == "sitting":
        from posture.draw.sitting import draw_sitting

        for shown in sitting_from_dict(further.document, stand_in).photos:
            if shown.photo.file_sha256 == photo.sha256:
                return draw_sitting(pixels, shown.view, shown.pose, shown.estimate.landmarks)
        return pixels
    from posture.draw.movement import draw_movement

    (outcome,) = rom_from_dict(further.document, stand_in).outcomes
    step = "neutral" if photo.role.startswith("neutral") else "end"
    measured = [(result.side, getattr(result, step)) for result in outcome.results]
    own = [(side, seen) for side, seen in measured if _is_of(seen, photo)]
    if not own:
        return pixels
    return draw_movement(own[0][1], outcome.test, [side for side, _ in own])


def _is_of(seen: object, photo: FurtherPhoto) -> bool:
    taken = getattr(seen, "photo", None)
    return taken is not None and taken.file_sha256 == photo.sha256
