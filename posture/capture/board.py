"""A chessboard with markers (ChArUco): a scale at the body, and the camera's roll and pitch.

Its many corners are found though a hand covers some of them, and how they draw together in the
picture tells how far the camera looks up or down. A board that hangs plumb so tells the roll
without a straight wall or door behind the client.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.capture.board_stance import CameraStance, fitted_stance
from posture.capture.markers import (
    BOARD_IDS,
    DEPTH_SD,
    MOST_TILTED_DEG,
    Printed,
    ScaleReading,
    cut_about,
    find_printed,
    grey_of,
    marker_dictionary,
)

__all__ = ["BOARD_SQUARES", "BOARD_SQUARE_CM", "BoardReading", "board_picture", "find_board"]

Array = NDArray[np.float64]

BOARD_SQUARES = (4, 5)
BOARD_SQUARE_CM = 4.5
_MARKER_CM = 3.6

_LEAST_MARKERS = 2
_LEAST_CORNERS = 6
_MANY_CORNERS = 10
_MOST_BENT = 0.04
"""How far a corner may lie from where the others put it, over a square's side."""

_FINE_PX = 90.0
"""A square's side in the picture that the corners are read in; larger is reduced."""

_CORNER_SD_PX = 0.15
_USUAL_FOCAL = 1.0
"""Over the picture's long side: 36 mm."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoardReading:
    """The board in one photo.

    `plane` (3, 3) takes a place on the board, in cm, to the photo's pixels; `corners_cm`,
    `corners_px` (N, 2) are the corners that it rests on.
    """

    plane: Array
    corners_cm: Array
    corners_px: Array

    def scale(self, size: tuple[int, int], focal_px: float | None = None) -> ScaleReading | None:
        """Return pixels per cm at the board's middle, None where it is too oblique.

        An edge's length is taken as it lies in space, across the picture and away from the
        camera, so that neither the board's turn nor its place beside the lens's axis counts. The
        part away from the camera is small: a lens that is not known is taken to be a usual one.
        A few corners do not tell it; then the board's longer direction in the picture is taken.
        """
        lens = focal_px or _USUAL_FOCAL * max(size)
        to_axis = np.array(
            [[1, 0, -(size[0] - 1) / 2], [0, 1, -(size[1] - 1) / 2], [0, 0, lens]], dtype=float
        )
        middle = np.append(np.array(BOARD_SQUARES) * BOARD_SQUARE_CM / 2, 1.0)
        edges = (to_axis @ self.plane[:, :2]) / (self.plane[2] @ middle)
        normal = np.cross(*edges.T)
        tilt_deg = math.degrees(math.acos(min(1.0, abs(normal[2]) / np.linalg.norm(normal))))
        if tilt_deg > MOST_TILTED_DEG:
            return None
        px_per_cm = float(np.linalg.norm(edges, axis=0).mean())
        if len(self.corners_px) < _MANY_CORNERS:
            x, y, w = self.plane @ middle
            slopes = (self.plane[:2, :2] - np.outer([x / w, y / w], self.plane[2, :2])) / w
            px_per_cm = float(np.linalg.norm(slopes, ord=2))
        reach_px = float(np.ptp(self.corners_px, axis=0).max())
        return ScaleReading(
            px_per_cm=px_per_cm,
            relative_sd=math.hypot(DEPTH_SD, _CORNER_SD_PX * math.sqrt(2) / reach_px),
            tilt_deg=tilt_deg,
            source="board",
        )

    def stance(self, size: tuple[int, int], focal_px: float | None) -> CameraStance:
        """Return how the camera was held if the board hangs plumb, from the photo's size.

        A focal length that is not known is fitted too. The corners are taken to lie about the
        lens's axis in the picture's middle.
        """
        return fitted_stance(self.corners_cm, self.corners_px, size, focal_px)


def find_board(pixels: NDArray[np.uint8], printed: Printed | None = None) -> BoardReading | None:
    """Return the printed board of a photo, None where it is not seen well enough.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).
    printed
        The markers of the photo, where they were looked for before.
    """
    import cv2

    printed = printed or find_printed(pixels)
    quads = {number: quad for number, quad in printed.quads if number in BOARD_IDS}
    if len(quads) < _LEAST_MARKERS:
        return None
    part, origin = cut_about(pixels, np.concatenate(list(quads.values())))
    grey = grey_of(part)
    side_px = float(
        np.mean([np.sqrt(cv2.contourArea(q.astype(np.float32))) for q in quads.values()])
    )
    shrink = max(1.0, side_px * BOARD_SQUARE_CM / _MARKER_CM / _FINE_PX)
    if shrink > 1:
        sides = (round(grey.shape[1] / shrink), round(grey.shape[0] / shrink))
        grey = np.asarray(cv2.resize(grey, sides, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    board = _board()
    corners, ids, _, _ = cv2.aruco.CharucoDetector(board).detectBoard(grey)
    if ids is None or len(ids) < _LEAST_CORNERS:
        return None
    ratio = np.array([part.shape[1] / grey.shape[1], part.shape[0] / grey.shape[0]])
    places_px = (corners.reshape(-1, 2) + 0.5) * ratio - 0.5 + origin
    places_cm = np.asarray(board.getChessboardCorners())[ids.ravel(), :2].astype(np.float64)
    plane = _plane(places_cm, places_px)
    if plane is None or not _is_flat(plane, places_cm, places_px):
        return None
    return BoardReading(plane=plane, corners_cm=places_cm, corners_px=places_px)


def board_picture(px_per_mm: int) -> NDArray[np.uint8]:
    """Return the board to print, uint8 of shape (H, W), at an even number of pixels a mm."""
    size = tuple(round(count * BOARD_SQUARE_CM * 10 * px_per_mm) for count in BOARD_SQUARES)
    return np.asarray(_board().generateImage(size, marginSize=0), dtype=np.uint8)


def _board() -> Any:
    import cv2

    return cv2.aruco.CharucoBoard(
        BOARD_SQUARES, BOARD_SQUARE_CM, _MARKER_CM, marker_dictionary(), np.array(BOARD_IDS)
    )


def _plane(places_cm: Array, places_px: Array) -> Array | None:
    """Return the matrix that takes the board to the picture, None where corners lie in line."""
    import cv2

    if np.linalg.matrix_rank(places_cm - places_cm.mean(axis=0), tol=1e-6) < 2:
        return None
    matrix, _ = cv2.findHomography(places_cm, places_px, 0)
    return None if matrix is None else np.asarray(matrix, dtype=np.float64)


def _is_flat(plane: Array, places_cm: Array, places_px: Array) -> bool:
    """Whether all corners lie where a flat board has them."""
    apart = np.hypot(*(_mapped(plane, places_cm) - places_px).T)
    extent_px = float(np.ptp(places_px, axis=0).max())
    extent_cm = float(np.ptp(places_cm, axis=0).max())
    return bool(apart.max() < _MOST_BENT * BOARD_SQUARE_CM * extent_px / extent_cm)


def _mapped(plane: Array, places_cm: Array) -> Array:
    found = np.column_stack([places_cm, np.ones(len(places_cm))]) @ plane.T
    mapped: Array = found[:, :2] / found[:, 2:]
    return mapped
