"""The report of a further assessment, made of its document and its photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

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
        made = _made(further, settings, pixels, has_face=has_face)
        return replace(made, logo=settings.logo or b"")

    return cache.get((further.id, further.version, settings, has_face), make)


def _made(
    further: FurtherRecord, settings: PracticeSettings, pixels: Pixels, *, has_face: bool
) -> Report:
    from posture.report.faceless import faceless_rom, faceless_sitting
    from posture.report.rom import build_rom_report, rom_pictures
    from posture.report.sitting import build_sitting_report, sitting_pictures

    kept = further.document or {}
    document = {**kept, "created": dated(kept["created"], further.taken)}
    said = {"practice": settings.practice, "language": settings.language}
    if further.kind == "sitting":
        sitting = sitting_from_dict(document, pixels)
        sitting = sitting if has_face else faceless_sitting(sitting)
        drawn = sitting_pictures(sitting, settings.language)
        return build_sitting_report(sitting, drawn, **said)
    rom = localised_session(rom_from_dict(document, pixels), settings.language)
    rom = rom if has_face else faceless_rom(rom)
    return build_rom_report(rom, rom_pictures(rom, settings.language), **said)
