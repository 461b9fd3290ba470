"""The report of a further assessment, made of its document and its photos."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posture.results import dated
from posture.rom.file import rom_from_dict
from posture.rom.localised import localised_session
from posture.sitting.file import sitting_from_dict
from posture.web.further_work import photo_of

if TYPE_CHECKING:
    from posture.records import FurtherRecord, PracticeSettings
    from posture.report import Report
    from posture.web.report_cache import ReportCache
    from posture.web.shelf import Shelf

__all__ = ["further_report"]


def further_report(
    further: FurtherRecord, settings: PracticeSettings, shelf: Shelf, cache: ReportCache
) -> Report:
    """Return the report of an assessment that was measured, under the day of its photos."""

    def make() -> Report:
        return replace(_made(further, settings, shelf), logo=settings.logo or b"")

    return cache.get((further.id, further.version, settings), make)


def _made(further: FurtherRecord, settings: PracticeSettings, shelf: Shelf) -> Report:
    from posture.report.rom import build_rom_report, rom_pictures
    from posture.report.sitting import build_sitting_report, sitting_pictures

    kept = further.document or {}
    document = {**kept, "created": dated(kept["created"], further.taken)}
    pixels = {photo.sha256: photo_of(shelf, photo).pixels for photo in further.photos}
    said = {"practice": settings.practice, "language": settings.language}
    if further.kind == "sitting":
        sitting = sitting_from_dict(document, pixels)
        drawn = sitting_pictures(sitting, settings.language)
        return build_sitting_report(sitting, drawn, **said)
    rom = localised_session(rom_from_dict(document, pixels), settings.language)
    return build_rom_report(rom, rom_pictures(rom, settings.language), **said)
