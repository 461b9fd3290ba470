"""From the photos of a movement, neutral and at its end, to its angles with their intervals.

Where in the picture the joints lie is a pose network's word, not a clinician's. What that is worth
was measured on synthetic clients in known positions: `data/rom_error.csv` gives per movement the
line that turns the angle between detector points into the true one, and the spread that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side, View
from posture.data_tables import read_data_table
from posture.errors import PhotoError
from posture.landmarks import Keypoint, Pose
from posture.measures.compute import body_points
from posture.rom.angles import (
    ANGLES,
    foot_lift_deg,
    knee_flexion_deg,
    mid_trunk_lean_deg,
    trunk_lean_deg,
)
from posture.rom.catalogue import Movement, RomTest
from posture.views import OBLIQUE_REFUSE_DEG, recognise_view

if TYPE_CHECKING:
    from posture.detect import Detector, NoPose
    from posture.photo import Photo

__all__ = [
    "MeasuredMovement",
    "MovementError",
    "RomPhoto",
    "RomResult",
    "detect_lying",
    "look",
    "measure",
    "moved_sides",
    "movement_errors",
]

_Z_95 = 1.96
_LEAST_MOVEMENT_DEG = 5.0
_RAISED_DEG = 30.0
_COMPENSATION_DEG = 10.0
_HEEL_LIFT_DEG = 8.0
_FACE_ASIDE = 0.25
"""How far the nose may come off the middle of the ears, in ear distances, against the neutral."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementError:
    """True = offset_deg + slope × angle between the points; `sd_deg` is left; of `n` clients.

    A change has no offset: no movement stays none.
    """

    offset_deg: float
    slope: float
    sd_deg: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomPhoto:
    """One photo of a test with what was found in it."""

    photo: Photo
    view: View
    pose: Pose

    @property
    def points(self) -> dict[str, NDArray[np.float64]]:
        """Its points in the body's frame, pixels."""
        return body_points(self.pose.points, self.view)

    def full_name(self, stem: str, side: Side) -> str:
        """Return a point's full name: the stem, with the side where it has one."""
        return stem if stem in self.pose.points else f"{stem}_{side}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredMovement:
    """One angle in degrees with its 95 % interval."""

    movement: Movement
    value_deg: float
    low_deg: float
    high_deg: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomResult:
    """What a test gave on one side; `remarks` name compensations and what to mind."""

    test: RomTest
    side: Side
    neutral: RomPhoto
    end: RomPhoto
    movements: tuple[MeasuredMovement, ...]
    remarks: tuple[str, ...]


@cache
def movement_errors() -> Mapping[str, MovementError]:
    """Return what was measured of each movement's error on synthetic clients."""
    return {
        row["movement"]: MovementError(
            offset_deg=float(row["offset_deg"]),
            slope=float(row["slope"]),
            sd_deg=float(row["sd_deg"]),
            n=int(row["n"]),
        )
        for row in read_data_table("rom_error.csv")
    }


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
        What the neutral photo of the same camera showed, for a photo at the end, where a bent
        body hides it; None has it recognised.

    Raises
    ------
    PhotoError
        If nobody is in it, if it shows the wrong view, or if what the test needs is outside.
    """
    found = detect_lying(photo.pixels, detector) if test.lies else detector.detect(photo.pixels)
    if not isinstance(found, Pose):
        raise PhotoError(f"{photo.name}: {found.reason}")
    looked = RomPhoto(photo=photo, view=view or _view_of(found, test, photo.name), pose=found)
    _expect_inside(looked, test)
    return looked


def _view_of(pose: Pose, test: RomTest, name: str) -> View:
    recognised = recognise_view(pose)
    view = recognised.nearer_side if test.seen == "side" else View.FRONT
    oblique = recognised.oblique_deg(view)
    if oblique >= OBLIQUE_REFUSE_DEG and not test.lies:
        raise PhotoError(
            f"{name}: expected the client from the {test.seen} for {test.title.lower()}, found "
            f"them turned by about {oblique:.0f}°. Take the photo again, square to the camera."
        )
    return view


def detect_lying(pixels: NDArray[np.uint8], detector: Detector) -> Pose | NoPose:
    """Find a client who lies: in the picture turned so that the head is up.

    Returns what the detector does, with points in the given picture.
    """
    missed: NoPose | None = None
    for quarter in (1, -1):
        pose = detector.detect(np.ascontiguousarray(np.rot90(pixels, quarter)))
        if not isinstance(pose, Pose):
            missed = pose
            continue
        if _is_upright(pose):
            return _turned_back(pose, quarter, pixels.shape[1], pixels.shape[0])
    return missed or detector.detect(pixels)


def _is_upright(pose: Pose) -> bool:
    shoulders = pose.points["shoulder_left"].y_px + pose.points["shoulder_right"].y_px
    hips = pose.points["hip_left"].y_px + pose.points["hip_right"].y_px
    return shoulders < hips


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


def _expect_inside(photo: RomPhoto, test: RomTest) -> None:
    needed = dict.fromkeys(
        photo.full_name(stem, side) for stem in test.points for side in photo.view.sides
    )
    outside = [name for name in needed if not photo.pose.is_inside(name)]
    if outside:
        names = ", ".join(name.replace("_", " ") for name in outside)
        raise PhotoError(
            f"{photo.photo.name}: {names} would lie outside the picture. Show all that moves, "
            "with room."
        )


def measure(test: RomTest, neutral: RomPhoto, end: RomPhoto, side: Side) -> RomResult:
    """Return what a test gave on one side of the client.

    Raises
    ------
    PhotoError
        If no movement is seen, if it goes the other way, or if the face turned aside.
    """
    if end.view is not neutral.view:
        raise PhotoError(
            f"Expected both photos from one side, found the {neutral.view.value} in "
            f"{neutral.photo.name} and the {end.view.value} in {end.photo.name}."
        )
    if test.id == "cervical-lateral-flexion":
        _expect_no_rotation(neutral, end)
    movements = tuple(
        _measured(movement, ANGLES[movement.id](neutral.points, end.points, side))
        for movement in test.movements
    )
    if test.movements[0].is_change and test.id != "squat-front":
        _expect_movement(movements[0], neutral, end)
    return RomResult(
        test=test,
        side=side,
        neutral=neutral,
        end=end,
        movements=movements,
        remarks=tuple(_remarks(test, neutral, end, side)),
    )


def moved_sides(test: RomTest, neutral: RomPhoto, end: RomPhoto) -> tuple[Side, ...]:
    """Return the sides that a photo tests: the near one, or those that moved."""
    if neutral.view.is_lateral:
        return neutral.view.sides
    if test.id == "squat-front":
        return ("left", "right")
    angle = ANGLES[test.movements[0].id]
    both: tuple[Side, Side] = ("left", "right")
    turned = {side: angle(neutral.points, end.points, side) for side in both}
    if test.id == "shoulder-abduction":
        # An arm that stayed down was not tested.
        raised = tuple(side for side in both if turned[side] > _RAISED_DEG)
        return raised or both
    return (max(both, key=lambda side: turned[side]),)


def _measured(movement: Movement, angle_deg: float) -> MeasuredMovement:
    error = movement_errors()[movement.id]
    value = error.offset_deg + error.slope * angle_deg
    half = _Z_95 * error.sd_deg
    return MeasuredMovement(
        movement=movement, value_deg=value, low_deg=value - half, high_deg=value + half
    )


def _expect_movement(found: MeasuredMovement, neutral: RomPhoto, end: RomPhoto) -> None:
    if found.value_deg >= _LEAST_MOVEMENT_DEG:
        return
    title = found.movement.title.lower()
    names = f"{neutral.photo.name} (neutral) to {end.photo.name} (end)"
    if found.value_deg <= -2 * _LEAST_MOVEMENT_DEG:
        raise PhotoError(
            f"Expected {title} from {names}, found a movement of {-found.value_deg:.0f}° the other "
            "way. Are the two photos swapped, or is it another test?"
        )
    raise PhotoError(
        f"Expected {title} from {names}, found hardly any movement ({found.value_deg:.0f}°). "
        "Give the photo at the end of the movement."
    )


def _expect_no_rotation(neutral: RomPhoto, end: RomPhoto) -> None:
    turned = abs(_nose_offset(end) - _nose_offset(neutral))
    if turned > _FACE_ASIDE:
        raise PhotoError(
            f"{end.photo.name}: the face is turned aside, which looks like lateral flexion. Take "
            "it again with the face to the camera."
        )


def _nose_offset(photo: RomPhoto) -> float:
    """Return how far the nose lies off the middle of the ears along their line, in its lengths."""
    points = photo.points
    line = points["ear_right"] - points["ear_left"]
    middle = (points["ear_right"] + points["ear_left"]) / 2
    return float((points["nose"] - middle) @ line / max(float(line @ line), 1e-9))


def _remarks(test: RomTest, neutral: RomPhoto, end: RomPhoto, side: Side) -> list[str]:
    """Return compensations: what moved along that should not."""
    one, two = neutral.points, end.points
    found = []
    if neutral.view.is_lateral and not test.lies:
        trunk = trunk_lean_deg(two, side) - trunk_lean_deg(one, side)
        if test.id.startswith("cervical") and abs(trunk) > _COMPENSATION_DEG:
            way = "forwards" if trunk > 0 else "backwards"
            found.append(f"The trunk leaned {way} by {abs(trunk):.0f}°; it is taken off.")
        if test.id == "shoulder-flexion" and trunk < -_COMPENSATION_DEG:
            found.append(
                f"The trunk leaned backwards by {-trunk:.0f}° (lumbar extension makes up for the "
                "shoulder); it is taken off."
            )
    if test.id in ("shoulder-abduction", "cervical-lateral-flexion"):
        lean = mid_trunk_lean_deg(two) - mid_trunk_lean_deg(one)
        away = -lean if side == "right" else lean
        if abs(lean) > _COMPENSATION_DEG:
            way = "away from" if away > 0 else "towards"
            found.append(f"The trunk leaned {way} that side by {abs(lean):.0f}°; it is taken off.")
    if test.id == "lunge" and (lift := foot_lift_deg(one, two, side)) > _HEEL_LIFT_DEG:
        found.append(f"The heel seems to leave the floor (by about {lift:.0f}°): it adds to this.")
    if test.id == "trunk-flexion":
        bent = knee_flexion_deg(two, side) - knee_flexion_deg(one, side)
        if bent > _COMPENSATION_DEG:
            found.append(f"The knees bent by {bent:.0f}°.")
    return found
