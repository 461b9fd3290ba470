"""From the photos of a further assessment in the records to the document that they give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from posture.records.errors import ConflictError
from posture.results import Client
from posture.rom import RomSession, find_test, rom_software, run_test
from posture.rom.file import rom_to_dict
from posture.sitting.file import sitting_to_dict
from posture.sitting.session import assess_sitting, sitting_software

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.photo import Photo
    from posture.records import FurtherPhoto, FurtherRecord, FurtherRole, Records
    from posture.web.assessing import Bench
    from posture.web.jobs import Progress, Work
    from posture.web.shelf import Shelf

__all__ = ["PHOTO_NAMES", "further_work", "lacking_roles", "photo_of"]

_MOST_TRIES = 5
_VARIANT = "heavy"

PHOTO_NAMES: Mapping[str, str] = {
    "side": "side photo",
    "front": "front photo",
    "neutral": "neutral photo",
    "end": "end photo",
    "neutral_other": "neutral photo of the other side",
    "end_other": "end photo of the other side",
}
"""What messages call a photo, never a file's name."""


def photo_of(shelf: Shelf, photo: FurtherPhoto) -> Photo:
    """Return a photo, decoded.

    Raises
    ------
    PhotoError
        If it cannot be read.
    """
    return shelf.photo(photo.sha256, name=PHOTO_NAMES[photo.role])


def lacking_roles(further: FurtherRecord) -> tuple[FurtherRole, ...]:
    """Return the photos without which an assessment cannot be measured, and which are missing."""
    needed: tuple[FurtherRole, ...] = ("side",)
    if further.kind == "range_of_motion":
        test = find_test(further.test or "")
        needed = ("neutral", "end") if test.needs_neutral else ("end",)
    return tuple(role for role in needed if further.photo(role) is None)


def further_work(records: Records, shelf: Shelf, further_id: str) -> Work:
    """Return the job: measure the photos as they are then, again if they change meanwhile."""

    def work(bench: Bench, progress: Progress) -> None:
        for _ in range(_MOST_TRIES):
            further = records.further(further_id)
            if further.document is not None:
                return
            kept = records.client(further.client_id)
            client = Client(id=kept.code, height_cm=kept.height_cm)
            document = _measured(further, client, shelf, bench.detector, progress)
            total = 2 * len(further.photos) + 1
            progress("store", total - 1, total)
            try:
                records.add_further_document(further_id, document, version=further.version)
            except ConflictError:
                continue
            return
        raise ConflictError(
            "The assessment was changed again and again while it was measured. Measure it again.",
            version=records.further(further_id).version,
            changes=(),
        )

    return work


def _measured(
    further: FurtherRecord,
    client: Client,
    shelf: Shelf,
    detector: Detector,
    progress: Progress,
) -> dict[str, Any]:
    """Return the document that the photos give; raise PhotoError where they do not."""
    total = 2 * len(further.photos) + 1
    photos: dict[FurtherRole, Photo] = {}
    for place, photo in enumerate(further.photos):
        progress("read", place, total, photo.role)
        photos[photo.role] = photo_of(shelf, photo)
    progress("measure", len(photos), total)
    created = datetime.now().astimezone().isoformat(timespec="seconds")
    if further.kind == "sitting":
        sitting = assess_sitting(
            photos["side"],
            photos.get("front"),
            detector,
            client=client,
            created=created,
            software=sitting_software(_VARIANT),
        )
        return sitting_to_dict(sitting)
    outcome = run_test(
        find_test(further.test or ""),
        [photos[role] for role in ("neutral", "neutral_other") if role in photos],
        [photos[role] for role in ("end", "end_other") if role in photos],
        detector,
        side=further.side,
    )
    return rom_to_dict(
        RomSession(
            created=created,
            client=client,
            software=rom_software(_VARIANT),
            outcomes=(outcome,),
        )
    )
