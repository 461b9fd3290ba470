"""The photos of a test: who is in them, from where they are seen, and whether they fit together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side, View
from posture.capture.quality import picture_warnings
from posture.errors import PhotoError
from posture.landmarks import Keypoint, Pose
from posture.measures.compute import body_points
from posture.rom.head import read_head
from posture.rom.kinds import RomRemark, RomTest
from posture.rom.limbs import LIMBS, read_limbs
from posture.views import OBLIQUE_REFUSE_DEG, recognise_view

if TYPE_CHECKING:
    from posture.detect import Detector, NoPose
    from posture.photo import Photo

__all__ = ["RomPhoto", "check_pair", "detect_lying", "look"]

_LYING_DEG = 30.0
_SEGMENTS = (
    ("hip", "shoulder"),
    ("hip", "knee_centre"),
    ("knee_centre", "ankle"),
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
)
_SMALLER, _LARGER = 0.85, 1.15
"""A bent body's segments are shortened in the picture, but never all of them, nor lengthened: on
synthetic clients the longest came to 0.97 or more of the neutral photo's, the middle one to 1.05
or less."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomPhoto:
    """One photo of a test with what was found in it.

    `marks` are landmarks and joints read off close-ups, by full name; `notes` are faults that it
    can be measured with.
    """

    photo: Photo
    view: View
    pose: Pose
    marks: Mapping[str, Keypoint] = field(default_factory=dict)
    notes: tuple[RomRemark, ...] = ()

    @property
    def points(self) -> dict[str, NDArray[np.float64]]:
        """Its points in the body's frame, pixels."""
        return body_points(self.found, self.view)

    @property
    def found(self) -> Mapping[str, Keypoint]:
        """All its points by full name, in the photo."""
        return {**self.pose.points, **self.marks}

    def full_name(self, stem: str, side: Side) -> str:
        """Return a point's full name: the stem, with the side where it has one."""
        return stem if stem in self.found else f"{stem}_{side}"


def look(photo: Photo, test: RomTest, detector: Detector, *, view: View | None = None) -> RomPhoto:
    """Find the person in a photo of a test.

    Parameters
    ----------
    photo
        The neutral photo or the one at the end.
    test
        Which test it belongs to.
    detector
        An open detector.
    view
        What it must show: as stated, or as the neutral photo; None has it recognised.

    Raises
    ------
    PhotoError
        If nobody is in it, if it shows another view, if the client does not lie though the test
        is done lying, if what the test needs is outside, or if it is too dark or blurred.
    """
    found = detect_lying(photo.pixels, detector) if test.lies else detector.detect(photo.pixels)
    if not isinstance(found, Pose):
        raise PhotoError(f"{photo.name}: {found.reason}", key="nobody", photo=photo.name)
    if test.lies:
        _expect_lying(found, test, photo.name)
    looked = RomPhoto(
        photo=photo,
        view=_view_of(found, test, photo.name, view),
        pose=found,
        notes=_notes(found, photo.name),
    )
    _expect_inside(looked, test)
    marks: dict[str, Keypoint] = {}
    if test.reads_head:
        marks |= read_head(photo.pixels, found, looked.view)
    if test.limb is not None:
        marks |= read_limbs(photo.pixels, found, looked.view, LIMBS[test.limb])
    return replace(looked, marks=marks)


def check_pair(neutral: RomPhoto, end: RomPhoto) -> RomRemark | None:
    """Return what is to be said of two photos that one camera did not take from one place.

    Raises
    ------
    PhotoError
        If it is one photo given twice, or if the two show different sides.
    """
    names = f"{neutral.photo.name} and {end.photo.name}"
    if neutral.photo.file_sha256 == end.photo.file_sha256:
        raise PhotoError(
            f"Expected two photos, found the same one as {names}, so hardly any movement. Give the "
            "photo at the end of the movement.",
            key="rom_same_photo",
        )
    if end.view is not neutral.view:
        raise PhotoError(
            f"Expected both photos from one side, found the {neutral.view.value} in "
            f"{neutral.photo.name} and the {end.view.value} in {end.photo.name}.",
            key="rom_two_sides",
        )
    ratios = [
        _length_px(end, one, two, side) / max(_length_px(neutral, one, two, side), 1e-9)
        for one, two in _SEGMENTS
        for side in neutral.view.sides
    ]
    size, is_larger = max(ratios), float(np.median(ratios)) > _LARGER
    if size >= _SMALLER and not is_larger:
        return None
    how = "larger" if is_larger else "smaller"
    return RomRemark(
        code=f"camera_moved_{how}",
        text=f"The client is {how} at the end than in the neutral photo: the camera was moved, a "
        "picture was cropped, or another person is shown. Take both from one place with the camera "
        "at rest.",
    )


def detect_lying(pixels: NDArray[np.uint8], detector: Detector) -> Pose | NoPose:
    """Find a client who lies: in the picture turned so that the head is up.

    Returns what the detector does, with points in the given picture.
    """
    for quarter in (1, -1):
        pose = detector.detect(np.ascontiguousarray(np.rot90(pixels, quarter)))
        if isinstance(pose, Pose) and _is_upright(pose):
            return _turned_back(pose, quarter, pixels.shape[1], pixels.shape[0])
    return detector.detect(pixels)


def _is_upright(pose: Pose) -> bool:
    return bool(pose.middle("shoulder")[1] < pose.middle("hip")[1])


def _turned_back(pose: Pose, quarter: int, width: int, height: int) -> Pose:
    def back(point: Keypoint) -> Keypoint:
        x, y = point.x_px, point.y_px
        place = (width - 1 - y, x) if quarter == 1 else (y, height - 1 - x)
        return replace(point, x_px=place[0], y_px=place[1])

    mask = pose.silhouette
    return replace(
        pose,
        points={name: back(point) for name, point in pose.points.items()},
        silhouette=None if mask is None else np.ascontiguousarray(np.rot90(mask, -quarter)),
        width_px=width,
        height_px=height,
    )


def _expect_lying(pose: Pose, test: RomTest, name: str) -> None:
    across, down = pose.middle("shoulder") - pose.middle("hip")
    lean = math.degrees(math.atan2(abs(down), abs(across)))
    if lean > _LYING_DEG:
        raise PhotoError(
            f"{name}: expected a client who lies, as the {test.title.lower()} is done, found the "
            f"trunk {lean:.0f}° off the horizontal. Give a photo of the client on the table, seen "
            "level from the tested side.",
            key="rom_not_lying",
            photo=name,
            amount=round(lean),
        )


def _view_of(pose: Pose, test: RomTest, name: str, stated: View | None) -> View:
    recognised = recognise_view(pose)
    view = stated or (recognised.nearer_side if test.seen == "side" else View.FRONT)
    oblique = recognised.oblique_deg(view)
    if oblique < OBLIQUE_REFUSE_DEG:
        return view
    wanted = f"{view.value} side" if stated and view.is_lateral else test.seen
    raise PhotoError(
        f"{name}: expected the client from the {wanted} for {test.title.lower()}, found "
        f"them turned by about {oblique:.0f}°. Take the photo again, square to the camera.",
        key="client_turned",
        photo=name,
        amount=round(oblique),
    )


def _notes(pose: Pose, name: str) -> tuple[RomRemark, ...]:
    """Return warnings of the picture's quality; as `picture_warnings`, it may refuse it."""
    notes = picture_warnings(pose.picture, name)
    return tuple(RomRemark(code=note.code, text=f"{name}: {note.text}") for note in notes)


def _expect_inside(photo: RomPhoto, test: RomTest) -> None:
    needed = dict.fromkeys(
        photo.full_name(stem, side) for stem in test.points for side in photo.view.sides
    )
    outside: Sequence[str] = [name for name in needed if not photo.pose.is_inside(name)]
    if outside:
        names = ", ".join(name.replace("_", " ") for name in outside)
        raise PhotoError(
            f"{photo.photo.name}: {names} would lie outside the picture. Show all that moves, "
            "with room.",
            key="rom_outside",
            photo=photo.photo.name,
        )


def _length_px(photo: RomPhoto, one: str, two: str, side: Side) -> float:
    line = photo.points[f"{two}_{side}"] - photo.points[f"{one}_{side}"]
    return float(np.hypot(*line))
