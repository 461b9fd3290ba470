"""The report of a further assessment, made of its document and its photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from posture.anatomy import DETECTOR_POINTS, Method, View
from posture.landmarks import Landmark
from posture.results import dated
from posture.rom.file import rom_from_dict
from posture.rom.localised import localised_session
from posture.sitting.file import sitting_from_dict
from posture.web.further_work import photo_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.records import FurtherRecord, PracticeSettings
    from posture.report import Report
    from posture.web.report_cache import ReportCache
    from posture.web.shelf import Shelf

    Pixels: TypeAlias = Mapping[str, NDArray[np.uint8]]

__all__ = ["further_report"]


def further_report(
    further: FurtherRecord,
    settings: PracticeSettings,
    shelf: Shelf,
    cache: ReportCache,
    *,
    has_face: bool = True,
) -> Report:
    """Return the report of an assessment that was measured, under the day of its photos.

    Without `has_face` the client's face is blurred.
    """

    def make() -> Report:
        pixels = {photo.sha256: photo_of(shelf, photo).pixels for photo in further.photos}
        if not has_face:
            pixels = _without_faces(further.document or {}, pixels)
        return replace(_made(further, settings, pixels), logo=settings.logo or b"")

    return cache.get((further.id, further.version, settings, has_face), make)


def _without_faces(document: Mapping[str, Any], pixels: Pixels) -> dict[str, NDArray[np.uint8]]:
    """Return photos with the face blurred; one that was not measured as a whole."""
    from posture.privacy import blur_face

    seen = {photo["file_sha256"]: photo for photo in _photos(document)}
    blurred = {}
    for sha, picture in pixels.items():
        photo = seen.get(sha, {"points": {}, "view": View.FRONT.value})
        points = {
            name: Landmark(**place, method=Method.PROXY, sd_px=0.0)
            for name, place in photo["points"].items()
            if name in DETECTOR_POINTS
        }
        blurred[sha] = blur_face(picture, points, View(photo["view"]))
    return blurred


def _photos(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from document.get("photos", ())
    for test in document.get("tests", ()):
        for result in test["results"]:
            yield from (photo for photo in (result["neutral"], result["end"]) if photo)


def _made(further: FurtherRecord, settings: PracticeSettings, pixels: Pixels) -> Report:
    from posture.report.rom import build_rom_report, rom_pictures
    from posture.report.sitting import build_sitting_report, sitting_pictures

    kept = further.document or {}
    document = {**kept, "created": dated(kept["created"], further.taken)}
    said = {"practice": settings.practice, "language": settings.language}
    if further.kind == "sitting":
        sitting = sitting_from_dict(document, pixels)
        drawn = sitting_pictures(sitting, settings.language)
        return build_sitting_report(sitting, drawn, **said)
    rom = localised_session(rom_from_dict(document, pixels), settings.language)
    return build_rom_report(rom, rom_pictures(rom, settings.language), **said)
