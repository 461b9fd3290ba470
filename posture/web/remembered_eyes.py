"""What photos show besides the person, looked at in a job and remembered for live measuring.

A job looks anew each time, since what is to be found depends on what is known of the visit; a
drag, which has no pixels, gets what the last job kept.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from posture.anatomy import Method
from posture.capture.dots import Dot
from posture.capture.eyes import Eyes
from posture.capture.in_photos import dots_in
from posture.capture.level import AskedRoll, Levelled, detect_levelled
from posture.capture.markers import ScaleReading
from posture.capture.scale_aids import ScaleAids, scales_in
from posture.capture.stickers import DotsOfPhoto
from posture.detect.pose_file import pose_from_bytes, pose_to_bytes
from posture.errors import InputError
from posture.landmarks import LandmarkSet
from posture.records.rows import landmark_from_plain, landmark_to_plain
from posture.results import QualityNote
from posture.web.shelf import NotLookedAtError

if TYPE_CHECKING:
    from posture.detect import Detector, NoPose
    from posture.landmarks import Pose
    from posture.photo import Photo
    from posture.results import RollSource
    from posture.seen import Estimate, SeenPhoto
    from posture.web.shelf import DerivedFiles

__all__ = ["RememberedEyes", "turned_name"]

_MOST_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A levelled photo without its pixels."""

    pose: Pose | NoPose
    roll_deg: float | None
    source: RollSource | None
    notes: tuple[QualityNote, ...]


class RememberedEyes:
    """Reads pixels, or remembers what they showed.

    Parameters
    ----------
    files
        Where it is kept.
    key
        Names the detector, whose findings in levelled photos are kept too.
    has_pixels
        Whether the photos' pixels are at hand.
    """

    def __init__(self, files: DerivedFiles, *, key: str, has_pixels: bool) -> None:
        self._files, self._key, self._has_pixels = files, key, has_pixels
        self._levels: OrderedDict[tuple[str, str], _Known] = OrderedDict()
        self._lock = threading.Lock()

    def eyes(self) -> Eyes:
        """Return how to look."""
        return Eyes(level=self.level, scales=self.scales, dots=self.dots)

    def level(self, photo: Photo, detector: Detector, asked: AskedRoll) -> Levelled:
        """Level the photo, and find the person in it."""
        if asked == "off":
            return detect_levelled(photo, detector, asked)
        asked_for = asked if isinstance(asked, str) else _token(asked)
        sha, name = photo.file_sha256, f"level-{asked_for}-{self._key}.bin"
        if self._has_pixels:
            found = detect_levelled(photo, detector, asked)
            notes = [asdict(note) for note in found.notes]
            how = json.dumps({"roll_deg": found.roll_deg, "source": found.source, "notes": notes})
            self._files.put_derived(sha, name, how.encode() + b"\n" + pose_to_bytes(found.pose))
            return found
        known = self._levelled(sha, name, photo.name)
        turned_deg = known.roll_deg or 0.0
        return Levelled(
            photo=replace(photo, turned_deg=turned_deg),
            pose=known.pose,
            roll_deg=known.roll_deg,
            source=known.source,
            notes=known.notes,
        )

    def scales(self, photo: SeenPhoto, aids: ScaleAids) -> Sequence[ScaleReading]:
        """Look for what is printed, and for the sheet."""
        asked = f"{'printed' if aids.marker else ''}{aids.paper or ''}"
        sha, name = photo.photo.file_sha256, f"scales-{asked}{turned_name(photo)}.json"
        if self._has_pixels:
            found = scales_in(photo, aids)
            plain = [asdict(reading) for reading in found]
            self._files.put_derived(sha, name, json.dumps(plain).encode())
            return found
        return [ScaleReading(**one) for one in json.loads(self._kept(sha, name, photo.photo.name))]

    def dots(self, photo: SeenPhoto, estimate: Estimate) -> DotsOfPhoto:
        """Look for dots; those at landmarks that a person placed since mark nothing."""
        sha, name = photo.photo.file_sha256, f"dots{turned_name(photo)}.json"
        if self._has_pixels:
            found = dots_in(_without_placed(photo), estimate)
            self._files.put_derived(sha, name, json.dumps(_dots_to_plain(found)).encode())
        else:
            found = _dots_from_plain(json.loads(self._kept(sha, name, photo.photo.name)))
        placed = {n for n, mark in photo.landmarks.items() if mark.method is Method.MANUAL}
        expected = {n: mark for n, mark in found.expected.items() if n not in placed}
        return replace(found, expected=expected)

    def _levelled(self, sha: str, name: str, photo: str) -> _Known:
        """Return roll and pose, from the disk at the first drag; a pose is large."""
        with self._lock:
            if (sha, name) in self._levels:
                return self._levels[sha, name]
        how, _, pose = self._kept(sha, name, photo).partition(b"\n")
        try:
            told = json.loads(how)
            notes = tuple(QualityNote(**note) for note in told.pop("notes"))
            known = _Known(pose=pose_from_bytes(pose), notes=notes, **told)
        except InputError as error:
            raise _not_looked_at(photo) from error
        with self._lock:
            self._levels[sha, name] = known
            while len(self._levels) > _MOST_KEPT:
                self._levels.popitem(last=False)
        return known

    def _kept(self, sha: str, name: str, photo: str) -> bytes:
        data = self._files.derived(sha, name)
        if data is None:
            raise _not_looked_at(photo)
        return data


def turned_name(photo: SeenPhoto) -> str:
    """Return what tells files of a levelled photo from those of the photo as it was given."""
    turned_deg = photo.photo.turned_deg
    return f"-{photo.view.value}{f'-{_token(turned_deg)}' if turned_deg else ''}"


def _token(roll_deg: float) -> str:
    """Return an angle as a part of a file's name: p150 for 1.5 degrees, m150 for -1.5."""
    return f"{'m' if roll_deg < 0 else 'p'}{abs(round(100 * roll_deg))}"


def _without_placed(photo: SeenPhoto) -> SeenPhoto:
    kept = {n: mark for n, mark in photo.landmarks.items() if mark.method is not Method.MANUAL}
    return replace(photo, landmarks=LandmarkSet(kept))


def _dots_to_plain(dots: DotsOfPhoto) -> dict[str, Any]:
    return {
        "dots": [asdict(dot) for dot in dots.dots],
        "cloth": list(dots.cloth),
        "expected": {name: landmark_to_plain(mark) for name, mark in dots.expected.items()},
        "height_px": dots.height_px,
    }


def _dots_from_plain(plain: Mapping[str, Any]) -> DotsOfPhoto:
    return DotsOfPhoto(
        dots=tuple(Dot(**{**dot, "lab": tuple(dot["lab"])}) for dot in plain["dots"]),
        cloth=tuple(plain["cloth"]),
        expected={
            name: mark
            for name, kept in plain["expected"].items()
            if (mark := landmark_from_plain(kept)) is not None
        },
        height_px=plain["height_px"],
    )


def _not_looked_at(photo: str) -> NotLookedAtError:
    return NotLookedAtError(
        f"{photo}: expected one that was looked at as is asked for now. Assess the visit first."
    )
