"""From the photos of a visit in the records to its assessment.

Twice: as a job, which looks at the photos; and live, on what was found in them before, while
a landmark is dragged.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from posture.anatomy import View
from posture.assess import GivenPhoto, Role
from posture.capture.options import CaptureOptions
from posture.closing import Closing
from posture.detect.remembered import RememberedDetector
from posture.errors import PhotoError
from posture.estimate.close_up import networks_sha256
from posture.estimate.estimator import look_closely
from posture.estimate.kernel import WEIGHTS_NAME
from posture.estimate.shipped import shipped_sha256
from posture.landmarks import LandmarkSet
from posture.results import Assessment, Client
from posture.visit import Assessor
from posture.web.close_looks import RememberedLook
from posture.web.remembered_eyes import RememberedEyes
from posture.web.shelf import NotLookedAtError

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.detect import Detector, NoPose
    from posture.landmarks import Pose
    from posture.photo import Photo
    from posture.web.jobs import Progress
    from posture.web.shelf import Shelf

__all__ = ["Bench", "Placed", "Shown", "detector_key", "photo_name"]

_VARIANT = "heavy"


Placed = Mapping[str, Mapping[View, LandmarkSet]]
"""Landmarks placed by hand, per photo's id and view."""


class Shown(Protocol):
    """A photo in the records."""

    @property
    def id(self) -> str:
        """What its landmarks are kept under."""
        ...

    @property
    def role(self) -> Role:
        """`front`, `side` or `back`."""
        ...

    @property
    def number(self) -> int:
        """Which of the photos in its role it is, from 1."""
        ...

    @property
    def view(self) -> View | None:
        """The side that was stated of it, None where it is to be recognised."""
        ...

    @property
    def sha256(self) -> str:
        """Checksum of the file's bytes."""
        ...


class Bench(Closing):
    """Assesses on what is kept of photos. One visit at a time lies on it.

    Parameters
    ----------
    shelf
        Where poses and photos are.
    detector_factory
        Opens the detector for photos that nothing is remembered of; None for a bench that
        measures live only.
    """

    def __init__(
        self, shelf: Shelf, detector_factory: Callable[[], Detector] | None = None
    ) -> None:
        self._shelf = shelf
        self._detector = None if detector_factory is None else detector_factory()
        self._memory = RememberedDetector(self._detector)
        look = RememberedLook(
            shelf.files,
            key=_digest(shelf.pose_name, shipped_sha256(WEIGHTS_NAME), networks_sha256()),
            look=None if detector_factory is None else look_closely,
        )
        self._assessor = Assessor(_VARIANT, detector=self._memory, look=look)
        self._eyes = RememberedEyes(
            shelf.files, key=_digest(shelf.pose_name), has_pixels=detector_factory is not None
        ).eyes()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the detector."""
        if self._detector is not None:
            self._detector.close()

    @property
    def detector(self) -> Detector:
        """The detector itself, for photos of other assessments than a visit's."""
        if self._detector is None:
            raise NotLookedAtError("Expected a bench that looks at photos. Assess them in a job.")
        return self._detector

    def measure(
        self,
        photos: Sequence[Shown],
        client: Client,
        placed: Placed,
        capture: CaptureOptions | None = None,
    ) -> Assessment:
        """Return the assessment on what was found in the photos before. Takes milliseconds.

        `placed` are the landmarks placed by hand, per photo's id and view; `capture` says how
        the photos were taken.

        Raises
        ------
        NotLookedAtError
            If a photo was not looked at yet.
        InputError
            If landmarks lie outside their photo, or were placed for a view that is not there.
        """
        found = {photo.sha256: self._shelf.pose(photo.sha256) for photo in photos}
        known = {sha: pose for sha, pose in found.items() if pose is not None}
        if len(known) < len(found) or not photos:
            raise NotLookedAtError("Expected photos that were assessed. Assess the visit first.")
        given = [
            _given(p, self._shelf.stand_in(p.sha256, name=photo_name(p)), placed) for p in photos
        ]
        return self._assess(given, known, client, {}, capture)

    def look_and_measure(
        self,
        photos: Sequence[Shown],
        client: Client,
        placed: Placed,
        progress: Progress,
        capture: CaptureOptions | None = None,
    ) -> Assessment:
        """Return the assessment; look at photos that were not looked at yet, and keep that.

        Raises
        ------
        PhotoError
            If no photo can be read.
        InputError
            As `measure`.
        """
        total = 2 * len(photos) + 2
        given: list[GivenPhoto] = []
        known: dict[str, Pose | NoPose] = {}
        unread: dict[str, str] = {}
        for place, photo in enumerate(photos):
            progress("read", 2 * place, total, photo.role)
            try:
                whole = self._shelf.photo(photo.sha256, name=photo_name(photo))
                progress("look", 2 * place + 1, total, photo.role)
                known[photo.sha256] = self._shelf.pose(photo.sha256) or self._look(whole)
                given.append(_given(photo, whole, placed))
            except PhotoError as error:
                unread[photo.role] = "\n".join(filter(None, (unread.get(photo.role), str(error))))
        if not given:
            raise PhotoError(
                "\n".join(unread.values()) or "The visit has no photo. Add one.",
                key="unusable_photos" if unread else "no_photos",
            )
        progress("measure", total - 2, total)
        return self._assess(given, known, client, unread, capture)

    def _look(self, photo: Photo) -> Pose | NoPose:
        if self._detector is None:
            raise NotLookedAtError(f"{photo.name}: expected one that was assessed before.")
        found = self._detector.detect(photo.pixels)
        self._shelf.keep_pose(photo.file_sha256, found)
        return found

    def _assess(
        self,
        given: Sequence[GivenPhoto],
        known: Mapping[str, Pose | NoPose],
        client: Client,
        unread: Mapping[str, str],
        capture: CaptureOptions | None,
    ) -> Assessment:
        photos = [item.photo for item in given]
        with self._lock, self._memory.knowing(photos, known):
            return self._assessor.assess_photos(
                given, client, unread=unread, capture=capture, eyes=self._eyes
            ).assessment


def detector_key() -> str:
    """Return a short name of the detector and its weights, for what is kept of its findings.

    Raises
    ------
    WeightsError
        If the weights are missing or damaged.
    """
    from importlib import metadata

    from posture.detect import weights_sha256

    return _digest(metadata.version("mediapipe"), weights_sha256(_VARIANT))


def photo_name(photo: Shown) -> str:
    """Return what messages call a photo: its role and number, never a file's name."""
    return f"{photo.role} photo{f' {photo.number}' if photo.number > 1 else ''}"


def _given(photo: Shown, decoded: Photo, placed: Placed) -> GivenPhoto:
    view = photo.view if photo.role == "side" else View(photo.role)
    return GivenPhoto(photo=decoded, role=photo.role, view=view, placed=placed.get(photo.id, {}))


def _digest(*versions: str) -> str:
    """Return a short name of what made something."""
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:16]
