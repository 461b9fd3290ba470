"""The files of one measured visit: data, thumbnails and, if wished, the report."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from posture.batch.types import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.anatomy import View
    from posture.results import AssessedPhoto, Assessment
    from posture.visit import AssessedVisit

__all__ = ["files_of"]

_THUMBNAIL_PX = 420
_THUMBNAIL_QUALITY = 82


def files_of(assessed: AssessedVisit, settings: Settings) -> dict[str, bytes]:
    """Return the files of a visit that could be measured."""
    from posture.assessment_file import assessment_to_json

    assessment, pixels = assessed.assessment, assessed.pixels
    files = {"assessment.json": assessment_to_json(assessment).encode()}
    if settings.blur_face:
        from posture.privacy import blur_faces

        pixels = blur_faces(assessment, pixels)
    if settings.reports:
        from posture.report import write_report

        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            names = write_report(
                folder,
                assessment,
                pixels,
                practice=settings.practice,
                language=settings.language,
            )
            files |= {name: (folder / name).read_bytes() for name in names}
    return files | _thumbnails(assessment, pixels)


def _thumbnails(
    assessment: Assessment, pixels: Mapping[str, NDArray[np.uint8]]
) -> dict[str, bytes]:
    """Return one small annotated picture per photo that was measured, numbered within a view."""
    from posture.draw import annotate_plainly
    from posture.privacy import encode_jpeg

    made: dict[str, bytes] = {}
    count: Counter[View] = Counter()
    for photo in assessment.photos:
        if not photo.is_refused:
            count[photo.view] += 1
            more = f"-{count[photo.view]}" if count[photo.view] > 1 else ""
            smaller, shown = _thinned(photo, pixels[photo.file_sha256])
            drawn = annotate_plainly(shown, smaller, height_px=_THUMBNAIL_PX)
            jpeg = encode_jpeg(drawn, quality=_THUMBNAIL_QUALITY)
            made[f"thumbnail-{photo.view.value}{more}.jpg"] = jpeg
    return made


def _thinned(
    photo: AssessedPhoto, pixels: NDArray[np.uint8]
) -> tuple[AssessedPhoto, NDArray[np.uint8]]:
    """Return a photo of many pixels with every second or third of them only.

    A thumbnail averages over what is left, in a fraction of the time.
    """
    step = max(1, photo.height_px // (3 * _THUMBNAIL_PX))
    if step == 1:
        return photo, pixels
    thinned = pixels[::step, ::step]
    marks = {
        name: replace(mark, x_px=mark.x_px / step, y_px=mark.y_px / step, sd_px=mark.sd_px / step)
        for name, mark in photo.landmarks.items()
    }
    height_px, width_px = thinned.shape[:2]
    smaller = replace(
        photo, width_px=width_px, height_px=height_px, landmarks=type(photo.landmarks)(marks)
    )
    return smaller, thinned
