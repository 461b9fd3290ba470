"""A second look at parts of the photo: small networks that read landmarks off its pixels.

BlazePose sees the whole body in 256 pixels, one of which is 0.4–0.5 % of body height: too
coarse for an angle over the 14 cm from C7 to the tragus. A close-up is cut from the photo
at two to three times that resolution, where the first estimate says the part is, upright and
facing right, and a small convolutional network says where the landmarks lie in it and how
sure it is. What the regressions make of that is in `estimator`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Plane
from posture.estimate.features import BodyFrame
from posture.estimate.shipped import shipped, shipped_sha256
from posture.shrinking import halved

__all__ = [
    "CLOSE_UPS",
    "CloseUp",
    "Reading",
    "centre_of",
    "cut",
    "doubts",
    "load_network",
    "load_networks",
    "network_path",
    "networks_sha256",
    "of_plane",
    "read_close_ups",
    "read_landmarks",
    "read_square",
    "sampled",
]

Array = NDArray[np.float64]

CLOSE_UP_PX = 96
"""Side of the square that a network reads."""

_LEFT_TO_AVERAGE = 4
"""A part of a photo is halved, which is quick, while it stays so many times the square: what
the networks say then moves by a fifth of what it moves by when the photo is halved throughout."""

_networks_in_use = Lock()

_GREY = (0.299, 0.587, 0.114)
GREY_MEAN, GREY_SPREAD = 0.45, 0.25
LOG_SD_SHIFT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUp:
    """A part of the body that is looked at again.

    The square is centred on the middle of `anchors`, as first estimated, and reaches
    `half_width` to each side, in units of the body's frame.
    """

    name: str
    plane: Plane
    anchors: tuple[str, ...]
    half_width: float
    landmarks: tuple[str, ...]


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{side}" for name in names for side in ("left", "right"))


CLOSE_UPS = (
    CloseUp(
        name="lateral-head",
        plane="lateral",
        anchors=("tragus", "c7"),
        half_width=0.20,
        landmarks=("tragus", "canthus", "c7", "acromion"),
    ),
    CloseUp(
        name="lateral-pelvis",
        plane="lateral",
        anchors=("asis", "psis"),
        half_width=0.21,
        landmarks=("asis", "psis", "trochanter", "l4"),
    ),
    CloseUp(
        name="lateral-leg",
        plane="lateral",
        anchors=("knee", "malleolus"),
        half_width=0.26,
        landmarks=("knee", "malleolus"),
    ),
    CloseUp(
        name="frontal-head",
        plane="frontal",
        anchors=_both("tragus"),
        half_width=0.13,
        landmarks=_both("tragus", "canthus"),
    ),
    CloseUp(
        name="frontal-shoulders",
        plane="frontal",
        anchors=_both("acromion"),
        half_width=0.21,
        landmarks=_both("acromion"),
    ),
    CloseUp(
        name="frontal-pelvis",
        plane="frontal",
        anchors=_both("asis"),
        half_width=0.21,
        landmarks=_both("asis", "trochanter"),
    ),
    CloseUp(
        name="frontal-legs",
        plane="frontal",
        anchors=_both("knee", "malleolus"),
        half_width=0.28,
        landmarks=_both("knee", "malleolus"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What the close-ups of one photo showed, in the order of their landmarks.

    `places` (n, 2) in the body's frame; `log_sd` (n, 2) the logarithm of the network's own
    error, in units of the frame.
    """

    places: Array
    log_sd: Array


def centre_of(close_up: CloseUp, places: Mapping[str, Array]) -> Array:
    """Return where a close-up is centred, given the first estimate of its anchors."""
    centre: Array = np.mean([places[name] for name in close_up.anchors], axis=0)
    return centre


def cut(
    pixels: NDArray[np.uint8],
    frame: BodyFrame,
    centre: Array,
    half_width: float,
    size: int = CLOSE_UP_PX,
) -> NDArray[np.uint8]:
    """Return a square of the photo, RGB of shape (size, size, 3), facing right.

    What lies outside the photo repeats its border. A photo of higher resolution is averaged
    down, so that the square looks alike whatever the camera.
    """
    import cv2

    middle = frame.to_pixels(centre)
    reach = half_width * frame.unit_px
    height, width = pixels.shape[:2]
    # Only the neighbourhood is averaged down: a 12-megapixel photo costs no more.
    x0, x1 = _span(middle[0], 1.1 * reach, width)
    y0, y1 = _span(middle[1], 1.1 * reach, height)
    step = 2 * reach / size
    times = _halvings(min(step / _LEFT_TO_AVERAGE, y1 - y0, x1 - x0))
    y1, x1 = (first + (end - first >> times << times) for first, end in ((y0, y1), (x0, x1)))
    part = halved(pixels[y0:y1, x0:x1], times)
    shrink = max(1.0, step / 2**times)
    if shrink > 1.0:
        sides = (max(1, round(part.shape[1] / shrink)), max(1, round(part.shape[0] / shrink)))
        part = np.asarray(cv2.resize(part, sides, interpolation=cv2.INTER_AREA), np.uint8)
    ratio = np.array([part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)])
    origin = (middle - (x0, y0) + 0.5) * ratio - 0.5
    sx, sy = step * frame.flip * ratio[0], step * ratio[1]
    mid = (size - 1) / 2
    matrix = np.array([[sx, 0.0, origin[0] - sx * mid], [0.0, sy, origin[1] - sy * mid]])
    return sampled(part, matrix, size)


def sampled(pixels: NDArray[np.uint8], matrix: Array, size: int) -> NDArray[np.uint8]:
    """Return a square of a picture, by the matrix (2, 3) from the square's pixels to its own.

    What lies outside the picture repeats its border.
    """
    import cv2

    square = cv2.warpAffine(
        pixels,
        matrix,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(square, dtype=np.uint8)


def _halvings(factor: float) -> int:
    """Return how often a picture can be halved that is to become so many times smaller."""
    return max(0, int(np.log2(factor)))


def _span(middle: float, reach: float, end: int) -> tuple[int, int]:
    """Return the pixels within reach of the middle; at least one, if the middle lies outside."""
    first = int(np.clip(middle - reach, 0, end - 1))
    return first, int(np.clip(np.ceil(middle + reach), first + 1, end))


def network_input(square: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a square as its network reads it: grey, of shape (1, 1, size, size)."""
    grey = square.astype(np.float32) @ np.array(_GREY, dtype=np.float32) / np.float32(255)
    return ((grey - np.float32(GREY_MEAN)) / np.float32(GREY_SPREAD))[None, None]


def read_maps(maps: NDArray[np.float32]) -> Array:
    """Return the centres of mass of heat maps, shape (k, h, w), as (k, 2) from −1 to 1, y up."""
    count, height, width = maps.shape
    flat = maps.reshape(count, -1).astype(np.float64)
    share = np.exp(flat - flat.max(axis=1, keepdims=True))
    share = (share / share.sum(axis=1, keepdims=True)).reshape(maps.shape)
    across = np.linspace(-1 + 1 / width, 1 - 1 / width, width)
    upward = np.linspace(1 - 1 / height, -1 + 1 / height, height)
    return np.stack([share.sum(axis=1) @ across, share.sum(axis=2) @ upward], axis=-1)


def read_close_ups(
    pixels: NDArray[np.uint8],
    frame: BodyFrame,
    looks: Sequence[CloseUp],
    places: Mapping[str, Array],
    networks: Mapping[str, Any],
) -> Reading:
    """Look again at every part that is looked at.

    Parameters
    ----------
    pixels
        The upright photo, sRGB, shape (H, W, 3).
    frame
        The body's frame in it.
    looks
        The parts, in the order of the reading.
    places
        The first estimate of the landmarks, in the body's frame.
    networks
        As `load_networks` gives them.
    """
    found, spread = [], []
    for close_up in looks:
        centre = centre_of(close_up, places)
        square = cut(pixels, frame, centre, close_up.half_width)
        places_in_it, log_sd = read_square(networks[close_up.name], square)
        found.append(places_in_it * close_up.half_width + centre)
        spread.append(log_sd + np.log(close_up.half_width))
    return Reading(places=np.concatenate(found), log_sd=np.concatenate(spread))


def read_square(network: Any, square: NDArray[np.uint8]) -> tuple[Array, Array]:
    """Return what a network says of a square: places (k, 2), and the log of its own error (k, 2).

    Both in units of half the square's side; places from −1 to 1, y up.
    """
    with _networks_in_use:  # a network holds its input
        network.setInput(network_input(square))
        maps, log_sd = network.forward(["maps", "log_sd"])
    return read_maps(maps[0]), log_sd.reshape(-1, 2).astype(np.float64) - LOG_SD_SHIFT


def of_plane(plane: str) -> tuple[CloseUp, ...]:
    """Return the close-ups of one plane, in their order; a back view has none."""
    return tuple(close_up for close_up in CLOSE_UPS if close_up.plane == plane)


def read_landmarks(looks: Sequence[CloseUp]) -> tuple[str, ...]:
    """Return the landmarks that close-ups show, in the order of a reading."""
    return tuple(name for close_up in looks for name in close_up.landmarks)


def doubts(reading: Reading) -> Array:
    """Return how unsure the networks are of each landmark, shape (n,): mean log error."""
    unsure: Array = reading.log_sd.mean(axis=1)
    return unsure


def network_path(close_up: CloseUp) -> Path:
    """Return where a close-up's network lies.

    Raises
    ------
    WeightsError
        If it is missing.
    """
    return shipped(network_file(close_up))


def network_file(close_up: CloseUp) -> str:
    """Return how a close-up's network is named under `models/`."""
    return f"close_ups/{close_up.name}.onnx"


def networks_sha256() -> str:
    """Return one checksum of all networks, in the order of the close-ups."""
    return shipped_sha256(*(network_file(close_up) for close_up in CLOSE_UPS))


@cache
def load_networks(looks: tuple[CloseUp, ...] = CLOSE_UPS) -> Mapping[str, Any]:
    """Return the network of every close-up by its name.

    Raises
    ------
    WeightsError
        If one is missing.
    """
    return {close_up.name: load_network(network_path(close_up)) for close_up in looks}


@cache
def load_network(path: Path) -> Any:
    """Return a network that reads squares."""
    import cv2

    return cv2.dnn.readNetFromONNX(str(path))
