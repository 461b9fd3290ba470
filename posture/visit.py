"""The way in for programs: the photos of a visit, as files, to its assessment.

The command line, batches, comparisons and the web page all come through here, so that a
photo is read, refused and measured alike wherever it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posture.anatomy import View
from posture.assess import GivenPhoto, Role, assess
from posture.capture.options import CaptureOptions
from posture.capture.scale_aids import ScaleAids
from posture.closing import Closing
from posture.detect.agreement import CrossCheck
from posture.detect.onnx_pose import OnnxDetector, OnnxNetwork
from posture.errors import PhotoError
from posture.results import Assessment, Client

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.capture.eyes import Eyes
    from posture.capture.level import AskedRoll
    from posture.detect import Detector
    from posture.detect.onnx_settings import NetworkSettings
    from posture.estimate.estimator import CloseLook
    from posture.landmarks import LandmarkSet

__all__ = ["NOTHING_USABLE", "AssessedVisit", "Assessor", "VisitPhotos", "read_photos"]

NOTHING_USABLE = "No photo could be used, so nothing was written. Give other photos."


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPhotos:
    """The photos of one visit, as files: of each role one, several, or none.

    Several of one view are averaged; side photos may show the left and the right.
    `side_view` is None where each photo's is to be recognised.
    """

    front: Path | Sequence[Path] | None = None
    side: Path | Sequence[Path] | None = None
    back: Path | Sequence[Path] | None = None
    side_view: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedVisit:
    """An assessment with the photos it was made of.

    `unread` says per role ("front", "side", "back") why a photo could not be read.
    """

    assessment: Assessment
    given: tuple[GivenPhoto, ...]
    unread: Mapping[str, str]

    @property
    def is_complete(self) -> bool:
        """Whether every photo was read and none refused."""
        return not self.unread and not any(photo.is_refused for photo in self.assessment.photos)

    @property
    def is_usable(self) -> bool:
        """Whether at least one photo was not refused."""
        return not all(photo.is_refused for photo in self.assessment.photos)

    @property
    def pixels(self) -> dict[str, NDArray[np.uint8]]:
        """Upright RGB pixels of the photos by their `file_sha256`."""
        return {item.photo.file_sha256: item.photo.pixels for item in self.given}


class Assessor(Closing):
    """An open detector, and the estimator that goes with it.

    Opening takes about a second, so one assessor is made for many visits. It is not safe
    to use from two threads at once.

    Parameters
    ----------
    variant
        BlazePose variant; clinical measures are estimated with the one the estimator was
        calibrated on only.
    detector
        Stands in for the variant's own detector. It is not closed here.
    look
        Reads the estimator's close-ups, where the photos' pixels are not at hand.
    stickers
        Whether adhesive dots on the landmarks are looked for.
    scales
        What of known size is looked for in the photos.
    network
        A pose network to place the points; clinical measures are then not estimated, as the
        estimator knows BlazePose's points.
    check
        A pose network whose points are compared with the detector's.
    roll
        The camera's roll in degrees, "auto" to read it from upright lines in each photo.
    """

    def __init__(
        self,
        variant: str = "heavy",
        *,
        detector: Detector | None = None,
        look: CloseLook | None = None,
        stickers: bool = False,
        scales: ScaleAids | None = None,
        network: NetworkSettings | None = None,
        check: NetworkSettings | None = None,
        roll: AskedRoll = "off",
    ) -> None:
        from posture.assess import software_versions
        from posture.detect import open_detector
        from posture.estimate.estimator import CALIBRATED_VARIANT, load_estimator

        self._placing = OnnxNetwork(network) if network else None
        self._checking = OnnxNetwork(check) if check else None
        roles = {"detector": self._placing, "second detector": self._checking}
        self.software: Mapping[str, str] = software_versions(variant) | {
            f"{role}, {opened.name}": opened.sha256 for role, opened in roles.items() if opened
        }
        is_calibrated = variant == CALIBRATED_VARIANT and network is None
        self._estimator = load_estimator(look) if is_calibrated else None
        self._capture = CaptureOptions(roll=roll, scales=scales or ScaleAids(), stickers=stickers)
        self._owns_finder = detector is None
        self._finder = open_detector(variant) if detector is None else detector
        self._detector = (
            OnnxDetector(self._finder, self._placing) if self._placing else self._finder
        )
        self._check = CrossCheck(self._checking) if self._checking else None

    @property
    def unused_landmarks(self) -> tuple[str, ...]:
        """The landmarks, without side, that a network marks but whose error was not stated."""
        return self._placing.left_out if self._placing else ()

    def close(self) -> None:
        """Close what was opened here."""
        if self._owns_finder:
            self._finder.close()
        for opened in (self._placing, self._checking):
            if opened is not None:
                opened.close()

    def assess_files(
        self,
        photos: VisitPhotos,
        client: Client,
        *,
        hand_placed: Mapping[View, LandmarkSet] | None = None,
        created: str | None = None,
    ) -> AssessedVisit:
        """Read the photos and assess those that can be read.

        Parameters
        ----------
        photos
            At least one file.
        client
            Who was photographed.
        hand_placed
            Landmarks placed by hand, per view.
        created
            Time of the assessment, ISO 8601 with offset; None stands for now.

        Raises
        ------
        PhotoError
            If no photo could be used. Its message holds the reason of each.
        InputError
            If landmarks were placed outside their photo, or for a view that was not given.
        """
        given, unread = read_photos(photos)
        if not given:
            raise _nothing_usable(unread)
        visit = self.assess_photos(
            given, client, hand_placed=hand_placed, unread=unread, created=created
        )
        if not visit.is_usable:
            raise _nothing_usable(unread | _refusals(visit))
        return visit

    def assess_photos(
        self,
        given: Sequence[GivenPhoto],
        client: Client,
        *,
        hand_placed: Mapping[View, LandmarkSet] | None = None,
        unread: Mapping[str, str] | None = None,
        created: str | None = None,
        capture: CaptureOptions | None = None,
        eyes: Eyes | None = None,
    ) -> AssessedVisit:
        """Assess photos that were read, at least one. As `assess_files` else.

        A visit of which every photo was refused is returned with the reasons, not raised.
        `capture` says how this visit's photos were taken, in place of what the assessor was
        opened with; `eyes` how pixels are read, where that is not done anew.
        """
        options = capture or self._capture
        assessment = assess(
            given,
            self._detector,
            client=client,
            hand_placed=hand_placed,
            estimator=self._estimator,
            stickers=options.stickers,
            scales=options.scales,
            check=self._check,
            roll=options.roll,
            eyes=eyes,
            unread=unread,
            created=created or datetime.now().astimezone().isoformat(timespec="seconds"),
            software=self.software,
        )
        return AssessedVisit(assessment=assessment, given=tuple(given), unread=dict(unread or {}))


def read_photos(photos: VisitPhotos) -> tuple[list[GivenPhoto], dict[str, str]]:
    """Return the photos that could be read, and per role why others could not."""
    from posture.photo import read_photo

    given: list[GivenPhoto] = []
    unread: dict[str, str] = {}
    asked: tuple[tuple[Role, Path | Sequence[Path] | None, View | None], ...] = (
        ("front", photos.front, View.FRONT),
        ("side", photos.side, photos.side_view),
        ("back", photos.back, View.BACK),
    )
    for role, paths, view in asked:
        for path in [paths] if isinstance(paths, Path) else paths or ():
            try:
                given.append(GivenPhoto(photo=read_photo(path), role=role, view=view))
            except PhotoError as error:
                _add_reason(unread, role, str(error))
    return given, unread


def _refusals(visit: AssessedVisit) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for item, photo in zip(visit.given, visit.assessment.photos, strict=True):
        if photo.refusal is not None:
            _add_reason(reasons, item.role, photo.refusal)
    return reasons


def _add_reason(reasons: dict[str, str], role: str, reason: str) -> None:
    """Add why a photo of this role was not used; where several were not, the reasons join."""
    known = reasons.get(role)
    reasons[role] = f"{known.rstrip('.')}. {reason}" if known else reason


def _nothing_usable(reasons: Mapping[str, str]) -> PhotoError:
    told = [f"{role} photo: {reason}" for role, reason in reasons.items()]
    return PhotoError("\n".join([*told, NOTHING_USABLE]))
