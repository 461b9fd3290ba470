"""What is derived from photos and kept: facts, pictures to show, poses; the latter in memory too.

Everything here can be made again from the photo, and is, where it is missing or damaged.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

import numpy as np

from posture.detect import NoPose
from posture.detect.pose_file import POSE_FILE_VERSION, pose_from_bytes, pose_to_bytes
from posture.detect.remembered import blank_pixels
from posture.errors import InputError, PhotoError
from posture.landmarks import Pose
from posture.photo import Photo, decode_photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "WIDTHS_PX",
    "DerivedFiles",
    "NotLookedAtError",
    "PhotoFacts",
    "Shelf",
    "jpeg",
    "reduced",
]

WIDTHS_PX = (240, 480, 960, 1600, 2400)
"""Widths that pictures are kept in; one asked for is rounded up to the next."""

_MADE_AT_ONCE_PX = (480, 1600)
_QUALITY = 88
_MOST_POSES_BYTES = 300_000_000


class NotLookedAtError(PhotoError):
    """A photo was not looked at yet, so it cannot be measured live. Remedy: assess it."""


class DerivedFiles(Protocol):
    """What the shelf needs of the records."""

    def photo_bytes(self, sha: str) -> bytes:
        """Return a photo's bytes as they were given."""
        ...

    def derived(self, sha: str, name: str) -> bytes | None:
        """Return a derived file, None where there is none."""
        ...

    def put_derived(self, sha: str, name: str, data: bytes) -> None:
        """Keep a derived file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What is known of a photo without its pixels. Sizes are of the upright photo."""

    width_px: int
    height_px: int
    focal_length_35mm: float | None
    is_front_camera: bool = False


class Shelf:
    """Keeps and returns what was derived from photos, by their SHA-256. Thread-safe.

    Parameters
    ----------
    files
        Where it is kept, the records as a rule.
    detector_key
        Names the detector and its weights: what another one found is not used.
    """

    def __init__(self, files: DerivedFiles, *, detector_key: str) -> None:
        self.files = files
        self.pose_name = f"pose-{POSE_FILE_VERSION}-{detector_key}.npz"
        self._poses: OrderedDict[str, Pose | NoPose] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, photo: Photo) -> None:
        """Keep the facts and the usual pictures of a photo that was just decoded."""
        facts = {
            "width_px": photo.width_px,
            "height_px": photo.height_px,
            "focal_length_35mm": photo.focal_length_35mm,
            "is_front_camera": photo.is_front_camera,
        }
        self.files.put_derived(photo.file_sha256, "facts.json", json.dumps(facts).encode())
        for width_px in _MADE_AT_ONCE_PX:
            self._picture(photo, width_px)

    def photo(self, sha: str, *, name: str) -> Photo:
        """Return the photo, decoded from its bytes.

        Raises
        ------
        PhotoError
            If it cannot be read.
        """
        return decode_photo(self.files.photo_bytes(sha), name=name)

    def stand_in(self, sha: str, *, name: str) -> Photo:
        """Return the photo without its pixels, for where its pose is remembered."""
        facts = self.facts(sha, name=name)
        return Photo(
            pixels=blank_pixels(facts.width_px, facts.height_px),
            file_sha256=sha,
            focal_length_35mm=facts.focal_length_35mm,
            is_front_camera=facts.is_front_camera,
            name=name,
        )

    def facts(self, sha: str, *, name: str) -> PhotoFacts:
        """Return the photo's facts, made again if they are missing."""
        kept = self.files.derived(sha, "facts.json")
        if kept is None:
            self.add(self.photo(sha, name=name))
            kept = self.files.derived(sha, "facts.json")
            assert kept is not None
        return PhotoFacts(**json.loads(kept))

    def picture(self, sha: str, *, name: str, width_px: int) -> bytes:
        """Return the upright photo as a JPEG without metadata.

        It is at least `width_px` wide, as far as the photo is, and at most the next of
        `WIDTHS_PX` or the photo itself.
        """
        kept = self.kept_picture(sha, width_px=width_px)
        return kept or self._picture(self.photo(sha, name=name), _kept_width(width_px))

    def kept_picture(self, sha: str, *, width_px: int) -> bytes | None:
        """Return the same picture if it was made before, None else."""
        return self.files.derived(sha, _picture_name(_kept_width(width_px)))

    def pose(self, sha: str) -> Pose | NoPose | None:
        """Return what was found in a photo, None where it was not looked at yet."""
        with self._lock:
            known = self._poses.get(sha)
            if known is not None:
                self._poses.move_to_end(sha)
                return known
        kept = self.files.derived(sha, self.pose_name)
        if kept is None:
            return None
        try:
            found = pose_from_bytes(kept)
        except InputError:
            return None
        self._remember(sha, found)
        return found

    def keep_pose(self, sha: str, found: Pose | NoPose) -> None:
        """Keep what was found in a photo."""
        self.files.put_derived(sha, self.pose_name, pose_to_bytes(found))
        self._remember(sha, found)

    def forget(self, *shas: str) -> None:
        """Drop what is held in memory of photos, because they were deleted."""
        with self._lock:
            for sha in shas:
                self._poses.pop(sha, None)

    def _remember(self, sha: str, found: Pose | NoPose) -> None:
        with self._lock:
            self._poses[sha] = found
            self._poses.move_to_end(sha)
            while len(self._poses) > 1 and self._held_bytes() > _MOST_POSES_BYTES:
                self._poses.popitem(last=False)

    def _held_bytes(self) -> int:
        masks = (getattr(found, "silhouette", None) for found in self._poses.values())
        return sum(mask.nbytes for mask in masks if mask is not None)

    def _picture(self, photo: Photo, width_px: int | None) -> bytes:
        data = jpeg(reduced(photo.pixels, width_px or photo.width_px))
        self.files.put_derived(photo.file_sha256, _picture_name(width_px), data)
        return data


def reduced(pixels: NDArray[np.uint8], width_px: int) -> NDArray[np.uint8]:
    """Return the picture at most `width_px` wide."""
    import cv2

    height, width = pixels.shape[:2]
    if width <= width_px:
        return pixels
    size = (width_px, max(1, round(height * width_px / width)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Return the picture as a JPEG that holds nothing else."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY, progressive=True)
    return buffer.getvalue()


def _kept_width(width_px: int) -> int | None:
    return next((width for width in WIDTHS_PX if width >= width_px), None)


def _picture_name(width_px: int | None) -> str:
    return f"picture-{width_px or 'full'}.jpg"
