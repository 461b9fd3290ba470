"""Sessions whose photos show no face, for reports that leave the practice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posture.privacy import blur_face
from posture.rom import RomSession
from posture.rom.measure import RomResult
from posture.rom.photos import RomPhoto
from posture.sitting.session import SittingPhoto, SittingSession

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = ["faceless_rom", "faceless_sitting"]


def faceless_sitting(session: SittingSession) -> SittingSession:
    """Return the session with the client's face blurred; the ear is kept."""
    photos = tuple(replace(seen, photo=_blurred(seen)) for seen in session.photos)
    return replace(session, photos=photos)


def faceless_rom(session: RomSession) -> RomSession:
    """Return the session with the client's face blurred; the ear is kept."""
    blurred: dict[str, Photo] = {}

    def faceless(seen: RomPhoto) -> RomPhoto:
        # One photo serves several tests and sides.
        key = seen.photo.file_sha256
        if key not in blurred:
            blurred[key] = _blurred(seen)
        return replace(seen, photo=blurred[key])

    def result(of: RomResult) -> RomResult:
        return replace(of, neutral=of.neutral and faceless(of.neutral), end=faceless(of.end))

    return replace(
        session,
        outcomes=tuple(
            replace(outcome, results=tuple(map(result, outcome.results)))
            for outcome in session.outcomes
        ),
    )


def _blurred(seen: RomPhoto | SittingPhoto) -> Photo:
    pixels = blur_face(seen.photo.pixels, seen.pose.points, seen.view)
    return replace(seen.photo, pixels=pixels)
