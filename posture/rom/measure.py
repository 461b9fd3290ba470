"""From the photos of a movement, neutral and at its end, to its angles with their intervals.

Where in the picture the joints lie is a pose network's word, not a clinician's. What that is worth
was measured on synthetic clients in known positions: `data/rom_error.csv` gives per movement the
line that turns the angle between detector points into the true one, and the spread that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from posture.anatomy import Side
from posture.data_tables import read_data_table
from posture.errors import PhotoError
from posture.rom.angles import ANGLES, hip_height, knee_flexion_deg
from posture.rom.compensations import compensation
from posture.rom.kinds import Movement, RomRemark, RomTest
from posture.rom.photos import RomPhoto, check_pair
from posture.rom.regression import reading_deg

__all__ = [
    "MeasuredMovement",
    "MovementError",
    "RomResult",
    "measure",
    "moved_sides",
    "movement_errors",
]

_Z_95 = 1.96
_LEAST_MOVEMENT_DEG = 5.0
_LEAST_SQUAT_DEG = 15.0
_LOWERED_HIPS = 0.95
"""Of synthetic clients who squat by 40° or more the hips came to 0.92 or less of their height."""

_RAISED_DEG = 30.0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredMovement:
    """One angle in degrees with its 95 % interval."""

    movement: Movement
    value_deg: float
    low_deg: float
    high_deg: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomResult:
    """What a test gave on one side; `neutral` is None where the end photo alone tells it."""

    test: RomTest
    side: Side
    neutral: RomPhoto | None
    end: RomPhoto
    movements: tuple[MeasuredMovement, ...]
    remarks: tuple[RomRemark, ...]


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


def measure(test: RomTest, neutral: RomPhoto | None, end: RomPhoto, side: Side) -> RomResult:
    """Return what a test gave on one side of the client.

    Parameters
    ----------
    test
        Which.
    neutral
        None for a test that needs none.
    end
        The photo at the end of the movement.
    side
        The side of the client that is tested.

    Raises
    ------
    PhotoError
        If no movement is seen, if it goes the other way, if the face turned aside, or if the
        two photos do not fit together.
    """
    before = neutral or end
    pair_remark = None if neutral is None else check_pair(neutral, end)
    if test.faces_camera:
        _expect_no_rotation(before, end)
    movements = tuple(
        _measured(movement, reading_deg(movement.id, before.points, end.points, side))
        for movement in test.movements
    )
    _expect_done(test, before, end, side, movements[0])
    looked_for = (
        compensation(kind, before.points, end.points, side) for kind in test.compensations
    )
    notes = (*(neutral.notes if neutral else ()), *end.notes)
    return RomResult(
        test=test,
        side=side,
        neutral=neutral,
        end=end,
        movements=movements,
        remarks=tuple(note for note in (*looked_for, pair_remark, *notes) if note),
    )


def moved_sides(test: RomTest, neutral: RomPhoto | None, end: RomPhoto) -> tuple[Side, ...]:
    """Return the sides that a photo tests: the near one, or those that moved."""
    both: tuple[Side, Side] = ("left", "right")
    if test.tested == "near":
        return end.view.sides
    if test.tested == "both" or neutral is None:
        return both
    angle = ANGLES[test.movements[0].id]
    turned = {side: angle(neutral.points, end.points, side) for side in both}
    if test.tested == "raised":
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


def _expect_done(
    test: RomTest, neutral: RomPhoto, end: RomPhoto, side: Side, found: MeasuredMovement
) -> None:
    """Raise unless the photo at the end shows that the test was done."""
    names = f"{neutral.photo.name} (neutral) to {end.photo.name} (end)"
    title = found.movement.title.lower()
    if test.proof == "lying":  # seen when the photo was looked at
        return
    if test.proof == "knees_bent":
        bent = knee_flexion_deg(end.points, side) - knee_flexion_deg(neutral.points, side)
        moved, told = bent >= _LEAST_SQUAT_DEG, f"knees bent by {bent:.0f}°"
        title = "a squat"
    elif test.proof == "hips_lowered":
        left = hip_height(end.points) / max(hip_height(neutral.points), 1e-9)
        moved, told = left <= _LOWERED_HIPS, f"hips at {left:.0%} of their height"
        title = "a squat"
    else:
        moved, told = found.value_deg >= _LEAST_MOVEMENT_DEG, f"{found.value_deg:.0f}°"
        if found.value_deg <= -2 * _LEAST_MOVEMENT_DEG:
            raise PhotoError(
                f"Expected {title} from {names}, found a movement of {-found.value_deg:.0f}° the "
                "other way. Are the two photos swapped, or is it another test?",
                key="rom_other_way",
                amount=round(-found.value_deg),
            )
    if not moved:
        raise PhotoError(
            f"Expected {title} from {names}, found hardly any movement ({told}). "
            "Give the photo at the end of the movement.",
            key="rom_no_movement",
        )


def _expect_no_rotation(neutral: RomPhoto, end: RomPhoto) -> None:
    turned = abs(_nose_offset(end) - _nose_offset(neutral))
    if turned > _FACE_ASIDE:
        raise PhotoError(
            f"{end.photo.name}: the face is turned aside, which looks like lateral flexion. Take "
            "it again with the face to the camera.",
            key="rom_face_aside",
            photo=end.photo.name,
        )


def _nose_offset(photo: RomPhoto) -> float:
    """Return how far the nose lies off the middle of the ears along their line, in its lengths."""
    points = photo.points
    line = points["ear_right"] - points["ear_left"]
    middle = (points["ear_right"] + points["ear_left"]) / 2
    return float((points["nose"] - middle) @ line / max(float(line @ line), 1e-9))
