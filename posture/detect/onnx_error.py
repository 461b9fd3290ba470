"""How far a network's landmarks are off, on photos where their true places are known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posture.anatomy import LANDMARK_PROTOCOL, LANDMARKS, View, placeable_landmarks
from posture.detect.onnx_pose import OnnxNetwork, body_height_px
from posture.errors import InputError
from posture.landmark_file import read_landmark_file
from posture.landmarks import Pose
from posture.photo import read_photo
from posture.strict_json import read_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posture.detect import Detector
    from posture.detect.onnx_settings import NetworkSettings

__all__ = ["KnownPhoto", "LandmarkError", "known_photos", "landmark_errors"]

_DRAWS = 2000
_FEWEST_CLIENTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhoto:
    """A photo whose landmarks are known, by full name, in pixels; `client` is its folder."""

    client: str
    path: Path
    view: View
    places: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkError:
    """How far one landmark is off along each axis, root mean square in % of body height.

    `low` and `high` are its 95 % interval, from drawing the clients anew; `count` is how
    often it was compared.
    """

    name: str
    sd_percent: float
    low: float
    high: float
    count: int


def known_photos(folder: Path) -> list[KnownPhoto]:
    """Return the photos of a folder of clients, whose landmarks are known.

    Each client's folder holds photos called front, back, left or right, and `truth.json` as
    synthetic clients have it, or `landmarks.json` as `posture analyze --landmarks` reads it.

    Raises
    ------
    InputError
        If no folder holds both, or a file cannot be used.
    """
    found = [
        photo for place in sorted(folder.glob("*/")) for photo in _photos(place, _places(place))
    ]
    if not found:
        raise InputError(
            f"Expected folders in {folder}, one a client, with photos called front, back, left or "
            "right and a landmarks.json each, found none. Name another folder."
        )
    return found


def _places(folder: Path) -> Mapping[View, Mapping[str, tuple[float, float]]]:
    truth, placed = folder / "truth.json", folder / "landmarks.json"
    if placed.is_file():
        return {
            view: {name: (mark.x_px, mark.y_px) for name, mark in marks.items()}
            for view, marks in read_landmark_file(placed).items()
        }
    if not truth.is_file():
        return {}
    data: Any = read_json(truth, what="visit's truth")
    try:
        return {
            View(view): {
                name: (float(x_px), float(y_px))
                for name, (x_px, y_px) in entry["landmarks_px"].items()
                if name in LANDMARKS
            }
            for view, entry in data["photos"].items()
        }
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"Expected a visit's truth in {truth}, found {error!r}.") from error


def _photos(
    folder: Path, places: Mapping[View, Mapping[str, tuple[float, float]]]
) -> Iterator[KnownPhoto]:
    for view, marks in places.items():
        for path in sorted(folder.glob(f"{view.value}.*")):
            yield KnownPhoto(client=folder.name, path=path, view=view, places=marks)


def landmark_errors(
    photos: list[KnownPhoto], finder: Detector, settings: NetworkSettings
) -> tuple[LandmarkError, ...]:
    """Return how far off a network's landmarks are, in the protocol's order.

    Parameters
    ----------
    photos
        Of five clients or more.
    finder
        Finds the person in each.
    settings
        Of the network; what they say of its error is not used.

    Raises
    ------
    InputError
        If the network marks no clinical landmark, none was compared, or clients are too few.
    """
    clients = sorted({photo.client for photo in photos})
    if len(clients) < _FEWEST_CLIENTS:
        raise InputError(
            f"Expected {_FEWEST_CLIENTS} clients or more to tell an error from, found "
            f"{len(clients)}. Add clients."
        )
    squares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with _marking_everything(settings) as network:
        for photo in photos:
            for name, square in _squares(photo, finder, network):
                squares[name][photo.client].append(square)
    if not squares:
        raise InputError(
            f"{settings.file.name} was sure of no landmark that is known on these photos. Check "
            "how the network is to be fed."
        )
    return tuple(_error(name, squares[name]) for name in LANDMARK_PROTOCOL if name in squares)


def _marking_everything(settings: NetworkSettings) -> OnnxNetwork:
    """Return the network, opened so that it gives every landmark it marks."""
    with OnnxNetwork(replace(settings, landmark_sd_percent={})) as network:
        names = network.left_out
        if not names:
            raise InputError(
                f"{network.name} ({network.keypoints.title}) marks no landmark on bone, so there "
                "is no error to state. Its points are used without one."
            )
    return OnnxNetwork(replace(settings, landmark_sd_percent=dict.fromkeys(names, 1.0)))


def _squares(
    photo: KnownPhoto, finder: Detector, network: OnnxNetwork
) -> Iterator[tuple[str, float]]:
    """Yield sideless names with the mean square of both axes, in % of body height squared."""
    pixels = read_photo(photo.path).pixels
    found = finder.detect(pixels)
    if not isinstance(found, Pose):
        return
    placed = network.place(pixels, found)
    if not isinstance(placed, Pose):
        return
    percent = 100.0 / body_height_px(found)
    for name in placeable_landmarks(photo.view):
        if name in placed.landmarks and name in photo.places:
            mark, (x_px, y_px) = placed.landmarks[name], photo.places[name]
            square = ((mark.x_px - x_px) ** 2 + (mark.y_px - y_px) ** 2) / 2.0
            yield name.removesuffix("_left").removesuffix("_right"), square * percent**2


def _error(name: str, by_client: Mapping[str, list[float]]) -> LandmarkError:
    sums = np.array([sum(squares) for squares in by_client.values()])
    counts = np.array([len(squares) for squares in by_client.values()], dtype=np.float64)
    drawn = np.random.default_rng(0).integers(len(sums), size=(_DRAWS, len(sums)))
    means: NDArray[np.float64] = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.sqrt(np.percentile(means, [2.5, 97.5]))
    return LandmarkError(
        name=name,
        sd_percent=math.sqrt(sums.sum() / counts.sum()),
        low=float(low),
        high=float(high),
        count=int(counts.sum()),
    )
