"""Sessions whose photos show no face, for reports that leave the practice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from posture.privacy import blur_face
from posture.rom import RomSession
from posture.rom.measure import RomResult
from posture.rom.photos import RomPhoto
from posture.sitting.session import SittingPhoto, SittingSession

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = ["faceless_rom", "faceless_sitting"]

Seen = TypeVar("Seen", RomPhoto, SittingPhoto)


def faceless_sitting(session: SittingSession) -> SittingSession:
    """Return the session with the client's face blurred; the ear is kept."""
    return replace(session, photos=tuple(_faceless(photo) for photo in session.photos))


def faceless_rom(session: RomSession) -> RomSession:
    """Return the session with the client's face blurred; the ear is kept."""
    blurred: dict[str, RomPhoto] = {}

    def faceless(photo: RomPhoto) -> RomPhoto:
        # One photo serves several tests and sides.
        key = photo.photo.file_sha256
        if key not in blurred:
            blurred[key] = _faceless(photo)
        return replace(photo, photo=blurred[key].photo)

    def result(of: RomResult) -> RomResult:
        return replace(of, neutral=of.neutral and faceless(of.neutral), end=faceless(of.end))

    return replace(
        session,
        outcomes=tuple(
            replace(outcome, results=tuple(map(result, outcome.results)))
            for outcome in session.outcomes
        ),
    )


def _faceless(seen: Seen) -> Seen:
    pixels = blur_face(seen.photo.pixels, seen.pose.points, seen.view)
    photo: Photo = replace(seen.photo, pixels=pixels)
    return replace(seen, photo=photo)
