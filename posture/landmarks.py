"""Points of a photo: what the detector saw, and where the clinical landmarks lie.

All positions are pixels of the upright photo, x to the right, y down, the centre of the
top-left pixel at (0, 0).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS, LANDMARKS, Method

__all__ = ["Keypoint", "Landmark", "LandmarkSet", "PictureReading", "Pose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypoint:
    """One point of a pose network.

    `x_px`, `y_px` in pixels; `z_px` is the network's depth relative to the mid-hip in
    pixels, negative towards the camera, a hint of low quality; `visibility` in [0, 1].
    `world_m` is the network's metric position about the mid-hip (x right, y down, z away
    from the camera), None where the detector gives none: good for turning, not for lengths.
    """

    x_px: float
    y_px: float
    z_px: float
    visibility: float
    world_m: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x_px, self.y_px, self.z_px, self.visibility))):
            raise ValueError(f"expected finite coordinates, found {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReading:
    """What the picture is like where the person stands.

    `blur_across`, `blur_down` are the standard deviations of the blur sideways and upright
    over the person's height, NaN where no edge tells. Light is sRGB grey in [0, 1]: `light`
    of the picture's bright parts, `person_light` and `background_light` medians,
    `person_range` from the darkest to the brightest tenth of the person. `person_white` is the
    share of the person without any tone left, `border_seen` the share of the outline that
    stands out from the background. `bars_above_below`, `bars_beside` are the shares of the
    picture's height and width that plain bars at opposite borders take up; `frame_seen` is the
    share of a frame around the person that is to be seen, on the least seen of its four sides.
    """

    blur_across: float
    blur_down: float
    light: float
    person_light: float
    person_range: float
    background_light: float
    person_white: float
    border_seen: float
    bars_above_below: float
    bars_beside: float
    frame_seen: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pose:
    """One person found in a photo.

    `points` maps each of `DETECTOR_POINTS` to its keypoint. `silhouette` is the
    network's mask, float32 of shape (H, W) in [0, 1] at any resolution: it covers the
    whole photo, so mask column c stands for photo x = (c + 0.5) · width_px / W − 0.5.
    It is None where the detector gives no mask. `width_px`, `height_px` are the photo's.
    `people_count` is how many people were found, this one included. `point_sd_px` is the
    placement error of a point along each axis, None where the usual one stands.
    `landmarks` are clinical landmarks, on both sides of the body, where a network marks
    them with a stated error. `unmeasured` names the points that serve only to look at the
    person, since another network than the one in use placed them.
    """

    points: Mapping[str, Keypoint]
    silhouette: NDArray[np.float32] | None
    width_px: int
    height_px: int
    people_count: int = 1
    picture: PictureReading | None = None
    point_sd_px: float | None = None
    landmarks: Mapping[str, Landmark] = field(default_factory=dict)
    unmeasured: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.points) - set(DETECTOR_POINTS))
        if unknown:
            raise ValueError(f"expected detector point names, found {', '.join(unknown)}")
        strange = sorted(set(self.landmarks) - set(LANDMARKS))
        if strange:
            raise ValueError(f"expected clinical landmarks, found {', '.join(strange)}")
        object.__setattr__(self, "points", MappingProxyType(dict(self.points)))
        object.__setattr__(self, "landmarks", MappingProxyType(dict(self.landmarks)))
        if self.silhouette is not None:
            if self.silhouette.ndim != 2:
                raise ValueError(f"expected a mask of shape (H, W), found {self.silhouette.shape}")
            mask = self.silhouette
            if mask.dtype != np.float32 or mask.flags.writeable:
                mask = np.array(mask, dtype=np.float32)
                mask.flags.writeable = False
                object.__setattr__(self, "silhouette", mask)

    def is_inside(self, name: str) -> bool:
        """Whether a point lies in the picture."""
        point = self.points[name]
        return 0 <= point.x_px < self.width_px and 0 <= point.y_px < self.height_px

    def middle(self, name: str) -> NDArray[np.float64]:
        """Return the middle of a pair of points, x and y in pixels, shape (2,)."""
        left, right = self.points[f"{name}_left"], self.points[f"{name}_right"]
        return np.array([(left.x_px + right.x_px) / 2, (left.y_px + right.y_px) / 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A clinical landmark or detector point in a photo, with where it comes from.

    `sd_px` is the standard deviation of its position along each axis, in pixels.
    """

    x_px: float
    y_px: float
    method: Method
    sd_px: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.x_px) and math.isfinite(self.y_px)):
            raise ValueError(f"expected finite coordinates, found {self}")
        if not (math.isfinite(self.sd_px) and self.sd_px >= 0):
            raise ValueError(f"expected sd_px >= 0, found {self.sd_px}")


class LandmarkSet(Mapping[str, Landmark]):
    """The landmarks of one photo by name: an immutable, ordered mapping.

    Names are those of `LANDMARKS` or of `DETECTOR_POINTS`.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Landmark] | None = None) -> None:
        items = dict(items or {})
        unknown = sorted(set(items) - set(LANDMARKS) - set(DETECTOR_POINTS))
        if unknown:
            raise ValueError(f"expected landmark names, found {', '.join(unknown)}")
        self._items = items

    def __getitem__(self, name: str) -> Landmark:
        return self._items[name]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"LandmarkSet({self._items!r})"

    def middle(self, *names: str) -> tuple[float, float] | None:
        """Return x and y of the first of these points that is there, in pixels.

        Names go without side: the middle of both sides, or the one side that is there.
        """
        for name in names:
            sides = (f"{name}_left", f"{name}_right")
            found = [self._items[side] for side in sides if side in self._items]
            if found:
                count = len(found)
                return sum(m.x_px for m in found) / count, sum(m.y_px for m in found) / count
        return None

    def updated(self, other: Mapping[str, Landmark]) -> LandmarkSet:
        """Return a new set in which the landmarks of `other` replace these."""
        return LandmarkSet({**self._items, **other})
