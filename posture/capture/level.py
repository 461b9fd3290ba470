"""Level a photo that was taken with a rolled camera, and carry its points there and back.

Everything is found and measured in the levelled photo. The landmarks of an assessment lie in
the photo as it was given, so that they fit the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from posture.capture.board import find_board
from posture.capture.phone_level import phone_stance
from posture.capture.roll import MOST_ROLL_DEG, estimate_roll
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.results import AssessedPhoto, QualityNote, RollSource
from posture.scale import focal_length_px

if TYPE_CHECKING:
    from posture.capture.board_stance import CameraStance
    from posture.detect import Detector, NoPose
    from posture.photo import Photo

__all__ = [
    "MOST_ROLL_DEG",
    "AskedRoll",
    "Levelled",
    "as_given",
    "as_levelled",
    "detect_levelled",
    "level_landmarks",
    "level_pixels",
    "turned",
]

AskedRoll = Literal["off", "auto", "board"] | float
"""What is to be done about the camera's roll: nothing, read it off upright edges or off a board
that hangs plumb, or take this angle."""

_STEEP_PITCH_DEG = 6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levelled:
    """A photo to measure, with what the detector found in it.

    `roll_deg` is how far the camera was rolled, positive where the given photo's content was
    turned anticlockwise, and `source` who says so; both None where nothing was turned. `notes`
    say what is to be known of it.
    """

    photo: Photo
    pose: Pose | NoPose
    roll_deg: float | None = None
    source: RollSource | None = None
    notes: tuple[QualityNote, ...] = ()


def detect_levelled(photo: Photo, detector: Detector, asked: AskedRoll) -> Levelled:
    """Level the photo, and find the person in it.

    Parameters
    ----------
    photo
        As it was given.
    detector
        Looks at the photo, and with "auto" at the levelled one again: upright edges are read
        outside the person only.
    asked
        With a number, the photo is turned by it; with "auto" by what upright edges tell, or else
        what the phone wrote; with "board" by what a plumb board tells, if it does.

    Raises
    ------
    ValueError
        If the angle is beyond `MOST_ROLL_DEG`.
    """
    if isinstance(asked, float | int):
        if not abs(asked) <= MOST_ROLL_DEG:
            raise ValueError(
                f"expected a roll from -{MOST_ROLL_DEG:g} to {MOST_ROLL_DEG:g} degrees, "
                f"found {asked:g}"
            )
        return _turned(photo, detector, float(asked), "entered")
    if asked == "board":
        return _by_board(photo, detector)
    pose = detector.detect(photo.pixels)
    if asked == "auto" and isinstance(pose, Pose):
        reading = estimate_roll(photo.pixels, pose.silhouette)
        if reading is not None:
            return _turned(photo, detector, reading.roll_deg, "lines")
        stance = phone_stance(photo.gravity) if photo.gravity else None
        if stance is not None and not photo.is_front_camera:
            level = _turned(photo, detector, stance.roll_deg, "phone")
            return replace(level, notes=_steep(stance))
    return Levelled(photo=photo, pose=pose)


def _by_board(photo: Photo, detector: Detector) -> Levelled:
    """Level the photo by a board that hangs plumb, or say that there is none."""
    size = (photo.width_px, photo.height_px)
    board = find_board(photo.pixels)
    focal_px = focal_length_px(photo.focal_length_35mm, *size)
    stance = board.stance(size, focal_px) if board else None
    if stance is None or not stance.tells_roll:
        return Levelled(photo=photo, pose=detector.detect(photo.pixels), notes=(_NO_BOARD,))
    level = _turned(photo, detector, stance.roll_deg, "board")
    return replace(level, notes=_steep(stance))


_NO_BOARD = QualityNote(
    code="no_board",
    severity="warning",
    text="expected the printed board, hung plumb and whole in the picture, found none that tells "
    "the camera's roll. Hang it beside the client, flat, facing the camera.",
)


def _steep(stance: CameraStance) -> tuple[QualityNote, ...]:
    """Say so where the camera looks up or down more than it should."""
    if abs(stance.pitch_deg) - 2 * stance.pitch_sd_deg < _STEEP_PITCH_DEG:
        return ()
    how, what = ("up", "raise") if stance.pitch_deg > 0 else ("down", "lower")
    text = (
        f"the camera looked {how} by {abs(stance.pitch_deg):.0f}° "
        f"(± {2 * stance.pitch_sd_deg:.0f}°). Next time {what} it to the middle of the body and "
        "hold it level."
    )
    return (QualityNote(code="camera_pitched", severity="warning", text=text),)


def _turned(photo: Photo, detector: Detector, roll_deg: float, source: RollSource) -> Levelled:
    level = turned(photo, roll_deg)
    return Levelled(
        photo=level, pose=detector.detect(level.pixels), roll_deg=roll_deg, source=source
    )


def turned(photo: Photo, roll_deg: float) -> Photo:
    """Return the photo with its content turned clockwise by the roll."""
    return replace(photo, pixels=level_pixels(photo.pixels, roll_deg), turned_deg=roll_deg)


def level_pixels(pixels: NDArray[np.uint8], roll_deg: float) -> NDArray[np.uint8]:
    """Return the picture turned back about its centre, at its size.

    What comes in at the corners repeats the border.
    """
    import cv2

    height, width = pixels.shape[:2]
    turned = cv2.warpAffine(
        pixels,
        _turn(width, height, roll_deg),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(turned, dtype=np.uint8)


def level_landmarks(
    landmarks: Mapping[str, Landmark], size: tuple[int, int], roll_deg: float
) -> LandmarkSet:
    """Return landmarks of the given photo in the levelled one; `size` is width and height.

    With the roll's sign changed, the other way round.
    """
    matrix = _turn(*size, roll_deg)
    places = {name: matrix @ (mark.x_px, mark.y_px, 1.0) for name, mark in landmarks.items()}
    return LandmarkSet(
        {
            name: replace(mark, x_px=float(places[name][0]), y_px=float(places[name][1]))
            for name, mark in landmarks.items()
        }
    )


def as_given(photo: AssessedPhoto) -> AssessedPhoto:
    """Return the record of a levelled photo with its landmarks in the photo as given."""
    return _moved(photo, -1.0)


def as_levelled(
    pixels: NDArray[np.uint8], photo: AssessedPhoto
) -> tuple[NDArray[np.uint8], AssessedPhoto]:
    """Return a photo and its record as they were measured: levelled, where they were."""
    if not photo.roll_deg:
        return pixels, photo
    return level_pixels(pixels, photo.roll_deg), _moved(photo, 1.0)


def _moved(photo: AssessedPhoto, sign: float) -> AssessedPhoto:
    if not photo.roll_deg or not photo.landmarks:
        return photo
    size = (photo.width_px, photo.height_px)
    marks = level_landmarks(photo.landmarks, size, sign * photo.roll_deg)
    return replace(photo, landmarks=marks)


def _turn(width: int, height: int, roll_deg: float) -> NDArray[np.float64]:
    """Return the matrix (2, 3) that turns content clockwise about the picture's centre."""
    c, s = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    x, y = (width - 1) / 2, (height - 1) / 2
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])
