"""What `posture compare` may be given for a visit: an assessment, its folder, or photos."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from posture.anatomy import View
from posture.client_facts import STATURE_LIMITS_CM, stature_cm
from posture.errors import InputError
from posture.file_kind import PHOTO_ENDINGS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.results import Assessment, Client
    from posture.visit import AssessedVisit, VisitPhotos

__all__ = ["GivenVisit", "Options", "find_pixels", "needs_assessor", "photos_in", "read_visit"]

_SIDES = {"left": View.LEFT, "right": View.RIGHT, "side": None}
_DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
_PHOTO_NAME = re.compile(r"(?P<view>front|back|left|right|side)(_\d\d?)?")
_CHUNK_BYTES = 1 << 20


class Assesses(Protocol):
    """Opened only when photos are given: see `posture.visit.Assessor`."""

    def assess_files(
        self, photos: VisitPhotos, client: Client, *, created: str | None = None
    ) -> AssessedVisit:
        """Return the assessment of the photos."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was said for all visits that are given as photos."""

    client: str | None
    height_cm: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GivenVisit:
    """A visit to compare. `is_dated`: its time is that of the visit, not of this run."""

    assessment: Assessment
    pixels: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    is_dated: bool = True
    is_complete: bool = True


def needs_assessor(path: Path) -> bool:
    """Whether a visit is given as photos, which must be measured first."""
    return path.is_dir() and not (path / "assessment.json").is_file()


def read_visit(path: Path, options: Options, assessor: Assesses | None) -> GivenVisit:
    """Return the visit at `path`.

    Parameters
    ----------
    path
        An assessment.json, a folder that holds one, or a folder of photos named front,
        left, right, side or back.
    options
        The client and the height, for photos.
    assessor
        Measures photos; may be None where none are given.

    Raises
    ------
    InputError
        If there is nothing to read there.
    PhotoError
        If none of the photos could be used.
    """
    from posture.assessment_file import read_assessment

    if not path.exists():
        raise InputError(
            f"Expected a visit at {path}, found nothing. Give an assessment.json, the folder "
            "that `posture analyze` wrote, or a folder of photos."
        )
    if path.is_file() and path.suffix.lower() in PHOTO_ENDINGS:
        raise InputError(
            f"{path}: expected a visit, found a single photo. Put each visit's photos into a "
            "folder of its own, called front, left, right, side or back, and give the folders."
        )
    if not needs_assessor(path) or assessor is None:
        return GivenVisit(
            assessment=read_assessment(path / "assessment.json" if path.is_dir() else path)
        )
    return _measured(path, options, assessor)


def _measured(folder: Path, options: Options, assessor: Assesses) -> GivenVisit:
    from posture.results import Client

    client = Client(id=options.client or "client", height_cm=options.height_cm or _height(folder))
    created = _created(folder)
    visit = assessor.assess_files(photos_in(folder), client, created=created)
    for role, reason in visit.unread.items():
        print(f"posture: {folder}: {role} photo: {reason}", file=sys.stderr)
    for item, photo in zip(visit.given, visit.assessment.photos, strict=True):
        for note in photo.quality:
            print(f"posture: {folder / item.photo.name}: {note.text}", file=sys.stderr)
    return GivenVisit(
        assessment=visit.assessment,
        pixels=visit.pixels,
        is_dated=created is not None,
        is_complete=visit.is_complete,
    )


def photos_in(folder: Path) -> VisitPhotos:
    """Return the photos of a folder by their names: the view, and a number for further ones.

    Raises
    ------
    InputError
        If there are none, or one is there in two formats.
    """
    from posture.visit import VisitPhotos

    found: dict[str, list[Path]] = {}
    names: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        match = _PHOTO_NAME.fullmatch(path.stem.lower())
        if path.suffix.lower() in PHOTO_ENDINGS and match is not None:
            found.setdefault(match["view"], []).append(path)
            other = names.setdefault(match[0], path)
            if other is not path:
                raise InputError(
                    f"{folder}: expected one file of a photo, found {other.name} and {path.name}. "
                    f"Leave one, or number a second photo of this view: {match['view']}_2."
                )
    if not found:
        raise InputError(
            f"{folder}: expected assessment.json, or photos called front, left, right, side or "
            "back; found neither. Rename the photos, or give another folder."
        )
    sides = [name for name in _SIDES if name in found]
    return VisitPhotos(
        front=found.get("front"),
        back=found.get("back"),
        side=[path for name in sides for path in found[name]] or None,
        side_view=_SIDES[sides[0]] if len(sides) == 1 else None,
    )


def _height(folder: Path) -> float | None:
    """Return the height that stands beside the photos, None where none does."""
    path = folder / "height_cm.txt"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    height = stature_cm(text)
    if height is None:
        low, high = STATURE_LIMITS_CM
        raise InputError(
            f"{path}: expected a height in centimetres between {low:g} and {high:g}, "
            f"found {text[:20]!r}. Correct it, or remove the file."
        )
    return height


def _created(folder: Path) -> str | None:
    """Return the day that the folder's name holds, as an ISO 8601 time, or None."""
    match = _DAY.search(folder.resolve().name)
    if match is None:
        return None
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return f"{day.isoformat()}T12:00:00+00:00"


def find_pixels(
    visits: Sequence[GivenVisit], folders: Iterable[Path]
) -> dict[str, NDArray[np.uint8]]:
    """Return the pixels of all visits' photos that are known or lie in the folders.

    A photo is known by its checksum, whatever its file is called.
    """
    from posture.photo import read_photo

    known = {sha: pixels for visit in visits for sha, pixels in visit.pixels.items()}
    wanted = {photo.file_sha256 for visit in visits for photo in visit.assessment.photos}
    for folder in folders:
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PHOTO_ENDINGS)
        for path in files:
            if wanted <= set(known):
                return known
            sha = _sha256(path)
            if sha in wanted - set(known):
                known[sha] = read_photo(path).pixels
    return known


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
