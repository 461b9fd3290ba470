"""A second pose network, supplied by the user as an ONNX file.

Such networks are top-down: they look at one person in a box. BlazePose finds that person
and keeps its say on the outline and on how the body is turned; the network places the
points (docs/decisions/0021-second-detector.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from posture.anatomy import Method
from posture.closing import Closing
from posture.detect import NoPose
from posture.detect.checks import expect_rgb
from posture.detect.onnx_decode import Crop, decode_heatmaps, decode_simcc, person_box
from posture.detect.onnx_points import KEYPOINT_SETS, KeypointSet
from posture.detect.onnx_session import OnnxSession
from posture.errors import InputError, WeightsError
from posture.landmarks import Keypoint, Landmark, Pose
from posture.scale import body_length_px
from posture.silhouette import outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posture.detect import Detector
    from posture.detect.onnx_decode import Placed
    from posture.detect.onnx_settings import Format, NetworkSettings

__all__ = ["OnnxDetector", "OnnxNetwork", "body_height_px"]


_BLOCK_BYTES = 1 << 20


class OnnxNetwork(Closing):
    """A top-down pose network, opened and tried once on an empty picture.

    Parameters
    ----------
    settings
        The file, and how it is fed and read.

    Raises
    ------
    MissingExtraError
        If onnxruntime is not installed.
    WeightsError
        If the file is missing, is no ONNX network, or has inputs or outputs of other shapes
        than the known formats.
    InputError
        If the settings do not fit the file.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        self._settings = settings
        self._session = OnnxSession(settings)
        width_px, height_px = self._session.size
        heads = self._session.run(np.zeros((height_px, width_px, 3), dtype=np.uint8))
        self._is_simcc = _is_simcc(heads, self._session.size, self.name)
        self.keypoints: KeypointSet = _keypoint_set(heads[0].shape[0], self.name)
        self._format: Format = _format(settings, self._is_simcc, self.keypoints, self.name)
        self._corners_meet = self._format in ("vitpose", "synthpose")
        unmarked = sorted(
            set(settings.landmark_sd_percent)
            - {_unsided(name) for name in self.keypoints.landmarks}
        )
        if unmarked:
            raise InputError(
                f"landmark_sd_percent: {self.name} ({self.keypoints.title}) marks no "
                f"{', '.join(unmarked)}; leave them out"
            )

    @property
    def name(self) -> str:
        """The file's name, for people."""
        return self._settings.file.name

    @property
    def description(self) -> str:
        """What it is, in one line."""
        width_px, height_px = self._session.size
        return f"{self._format}, {self.keypoints.title}, input {width_px} × {height_px}"

    @property
    def left_out(self) -> tuple[str, ...]:
        """The clinical landmarks it marks whose error was not stated, without side."""
        marked = dict.fromkeys(_unsided(name) for name in self.keypoints.landmarks)
        return tuple(name for name in marked if name not in self._settings.landmark_sd_percent)

    @property
    def sha256(self) -> str:
        """The checksum of its file, with the weights where they lie beside it."""
        file, digest = self._settings.file, hashlib.sha256()
        for path in (file, file.with_name(f"{file.name}.data")):
            if path.is_file():
                with path.open("rb") as stream:
                    while block := stream.read(_BLOCK_BYTES):
                        digest.update(block)
        return digest.hexdigest()

    def place(self, pixels: NDArray[np.uint8], found: Pose) -> Pose | NoPose:
        """Return the person that was found, with this network's points instead.

        Depth and turn, silhouette and the number of people stay as they were found: a
        network of this kind has none. Points that it does not know, or does not believe
        itself, stay too, as `unmeasured`. The visibility is its score.

        Parameters
        ----------
        pixels
            The upright photo, sRGB, uint8 of shape (H, W, 3).
        found
            The person whose points are sought.

        Raises
        ------
        ValueError
            If `pixels` has another shape or type, or the network was closed.
        """
        expect_rgb(pixels)
        crop = Crop.around(
            person_box(found),
            self._session.size,
            padding=self._settings.padding,
            corners_meet=self._corners_meet,
        )
        placed = self._decode(self._session.run(crop.cut(pixels)), crop)
        xy_px = crop.to_photo(placed.xy_px)
        used = list(self.keypoints.points.values())
        if np.median(placed.score[used]) < self._settings.least_score:
            return NoPose(
                reason=f"Expected a person that {self.name} knows, but most of its points score "
                f"below {self._settings.least_score:g}. Give a clearer photo, or check how "
                "the network is to be fed."
            )
        points = {
            name: _point(xy_px[place], placed.score[place], found.points.get(name))
            for name, place in self.keypoints.points.items()
            if placed.score[place] >= self._settings.least_score
        }
        return replace(
            found,
            points={**found.points, **points},
            unmeasured=frozenset(found.points) - frozenset(points),
            landmarks=self._landmarks(xy_px, placed.score, found),
            point_sd_px=float(1.0 / crop.scale.min()),
        )

    def close(self) -> None:
        """Free the network. Closing twice does nothing."""
        self._session.close()

    def _decode(self, heads: Sequence[NDArray[np.float32]], crop: Crop) -> Placed:
        if self._is_simcc:
            return decode_simcc(heads[0], heads[1], crop)
        return decode_heatmaps(heads[0], crop, corners_meet=self._corners_meet)

    def _landmarks(
        self, xy_px: NDArray[np.float64], score: NDArray[np.float64], found: Pose
    ) -> dict[str, Landmark]:
        """Return the clinical landmarks whose error is stated and that score high enough."""
        height_px = body_height_px(found)
        stated = self._settings.landmark_sd_percent
        return {
            name: Landmark(
                x_px=float(xy_px[place, 0]),
                y_px=float(xy_px[place, 1]),
                method=Method.ESTIMATED,
                sd_px=stated[_unsided(name)] / 100.0 * height_px,
            )
            for name, place in self.keypoints.landmarks.items()
            if _unsided(name) in stated and score[place] >= self._settings.least_score
        }


class OnnxDetector(Closing):
    """A detector: another one finds the person, the network places the points.

    Parameters
    ----------
    finder
        Finds the person. It is closed with this one.
    network
        Places the points. It is closed with this one.
    """

    def __init__(self, finder: Detector, network: OnnxNetwork) -> None:
        self._finder, self._network = finder, network

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        """Return the person of a photo, or why there is none; as `Detector.detect`."""
        found = self._finder.detect(pixels)
        return self._network.place(pixels, found) if isinstance(found, Pose) else found

    def close(self) -> None:
        """Close both. Closing twice does nothing."""
        self._network.close()
        self._finder.close()


def body_height_px(found: Pose) -> float:
    """Return how tall a person is in the picture: from crown to sole, or as far as points reach."""
    extent = outline(found)
    return extent.height_px if extent else body_length_px(found)


def _is_simcc(heads: Sequence[NDArray[np.float32]], size: tuple[int, int], name: str) -> bool:
    """Return whether the heads are SimCC's two, across then down; False for one heat map."""
    shapes = [head.shape for head in heads]
    if len(heads) == 1 and heads[0].ndim == 3 and min(shapes[0][1:]) > 1:
        return False
    two = len(heads) == 2 and all(head.ndim == 2 for head in heads)
    if two and shapes[0][0] == shapes[1][0]:
        (_, across), (_, down) = shapes
        if across * size[1] == down * size[0] and across >= size[0]:
            return True
    found = "; ".join(str((1, *shape)) for shape in shapes)
    raise WeightsError(
        f"{name}: expected either two outputs, bins across and down in the proportions of the "
        f"{size[0]} × {size[1]} input (RTMPose: simcc_x, simcc_y), or one with a heat map for "
        f"each point (ViTPose), found {found}. Name such a network."
    )


def _keypoint_set(count: int, name: str) -> KeypointSet:
    if count not in KEYPOINT_SETS:
        known = "; ".join(item.title for item in KEYPOINT_SETS.values())
        raise WeightsError(
            f"{name}: expected a known list of points ({known}), found {count} points. Name a "
            "network with one of these lists."
        )
    return KEYPOINT_SETS[count]


def _format(settings: NetworkSettings, is_simcc: bool, keypoints: KeypointSet, name: str) -> Format:
    """Return the format stated if it fits, else the one that is usual for such outputs."""
    if is_simcc:
        fitting: tuple[Format, ...] = ("rtmpose",)
    elif keypoints.landmarks:
        fitting = ("synthpose", "hrnet")
    else:
        fitting = ("vitpose", "hrnet")
    if settings.format is None:
        return fitting[0]
    if settings.format not in fitting:
        raise InputError(
            f"{name}: expected the format {' or '.join(fitting)}, going by its outputs "
            f"({keypoints.title}), found {settings.format}. Leave it out or correct it."
        )
    return settings.format


def _point(xy_px: NDArray[np.float64], score: float, found: Keypoint | None) -> Keypoint:
    return Keypoint(
        x_px=float(xy_px[0]),
        y_px=float(xy_px[1]),
        z_px=found.z_px if found else 0.0,
        visibility=float(score),
        world_m=found.world_m if found else None,
    )


def _unsided(name: str) -> str:
    return name.removesuffix("_left").removesuffix("_right")
