"""Whether two detectors agree on a photo: where they differ by more than both are usually off."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from posture.anatomy import View, near_side
from posture.landmarks import Pose
from posture.measures.table import MEASURES
from posture.results import QualityNote

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posture.detect.onnx_pose import OnnxNetwork

__all__ = [
    "DEFINITION_SD_PERCENT",
    "POINT_SD_PERCENT",
    "Agreement",
    "CrossCheck",
    "Disagreement",
    "compare_points",
    "measures_on",
]

POINT_SD_PERCENT: Mapping[str, float] = MappingProxyType(
    {
        "nose": 0.4,
        "eye": 0.4,
        "eye_outer": 0.4,
        "ear": 0.5,
        "shoulder": 0.8,
        "elbow": 0.7,
        "wrist": 0.7,
        "hip": 1.0,
        "knee_centre": 0.8,
        "ankle": 0.7,
        "heel": 0.9,
    }
)
"""How far a detected point scatters about its place on the body along each axis, in % of body
height, rounded up: BlazePose's on 2,000 synthetic photos, its mean offset taken away. The same
is assumed of the other detector (`python -m posture.synthetic.point_scatter`); the nose's is
taken from the eye's."""

DEFINITION_SD_PERCENT = 0.7
"""How far two networks' ideas of one point lie apart along each axis, in % of body height: the
root mean square of BlazePose's own mean offsets from the joint centres, in the same photos."""

_BEYOND = 3.03
"""Distance over the standard deviation of each axis that chance exceeds once in a hundred
points: the root of chi-square's 99 % point with two degrees of freedom."""

_MEDIAN_OF_CHANCE = 1.177
"""The median of that distance where nothing but chance is at work (Rayleigh)."""

_SPREAD_LIMITS = (1.0, 1.5)
"""How far the photo's other points may widen what counts as apart. They never tighten it:
two networks that agree on most points may still define one of them differently."""

_LEAST_VISIBILITY = 0.5
_FEWEST_POINTS = 5
_POINTS_TOLD = 4
_EYES = ("eye_left", "eye_right")
_WORDS = {"knee_centre": "knee", "eye_outer": "outer corner of the eye"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A point that two detectors place apart: `apart_percent` and `usual_percent` of height."""

    point: str
    apart_percent: float
    usual_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many points were compared, and which lie apart, the widest first."""

    compared: int
    apart: tuple[Disagreement, ...]

    @property
    def is_hopeless(self) -> bool:
        """Whether most points lie apart, which no single point explains."""
        return 2 * len(self.apart) > self.compared


def compare_points(first: Pose, second: Pose, *, view: View, height_px: float) -> Agreement | None:
    """Return which points two detectors place further apart than is usual.

    What is usual is the scatter of both and the difference of their definitions. Where the
    photo's points lie further apart throughout, by their median, it is widened within a
    limit: a second network that is rougher than the first raises no alarm for each point.

    Parameters
    ----------
    first, second
        What each found in the same photo.
    view
        From where the client is seen: in a side view the near side is compared.
    height_px
        Body height in the picture.

    Returns
    -------
    Agreement, or None
        None where fewer than five points can be compared.
    """
    names = _comparable(first, second, view)
    if len(names) < _FEWEST_POINTS:
        return None
    apart = np.array([_distance(first, second, name) for name in names]) / height_px * 100.0
    sd = np.array([_joint_sd_percent(name) for name in names])
    spread = float(np.clip(np.median(apart / sd) / _MEDIAN_OF_CHANCE, *_SPREAD_LIMITS))
    usual = _BEYOND * spread * sd
    found = [
        Disagreement(point=name, apart_percent=float(far), usual_percent=float(limit))
        for name, far, limit in zip(names, apart, usual, strict=True)
        if far > limit
    ]
    return Agreement(
        compared=len(names), apart=tuple(sorted(found, key=lambda item: -item.apart_percent))
    )


def measures_on(points: Collection[str], view: View) -> tuple[str, ...]:
    """Return the ids of the clinical measures that rest on these points, in the table's order.

    A measure whose stand-in is taken on a point rests on it too, and an eye counts for its
    outer corner.
    """
    names = {name.replace("eye_", "eye_outer_") if name in _EYES else name for name in points}
    if view.is_lateral:
        names |= {name.removesuffix(f"_{near_side(view)}") for name in names}
    used = {
        definition.stands_in_for or definition.id
        for definition in MEASURES.values()
        if definition.shows_in(view) and names & set(definition.landmarks)
    }
    return tuple(name for name in MEASURES if name in used)


class CrossCheck:
    """Has a second network look at each photo too, and says where the two disagree.

    Parameters
    ----------
    network
        The second network; it is left open.
    """

    def __init__(self, network: OnnxNetwork) -> None:
        self._network = network

    def notes(
        self, pixels: NDArray[np.uint8], pose: Pose, view: View, height_px: float
    ) -> tuple[QualityNote, ...]:
        """Return what is to be said of a photo, nothing where the two agree.

        Parameters
        ----------
        pixels
            The upright photo.
        pose
            What the first detector found in it.
        view
            From where the client is seen.
        height_px
            Body height in the picture.
        """
        second = self._network.place(pixels, pose)
        if not isinstance(second, Pose):
            return (_unchecked(second.reason),)
        found = compare_points(pose, second, view=view, height_px=height_px)
        if found is None:
            return (_unchecked(f"{self._network.name} is sure of too few of them."),)
        return (_note(found, view, self._network.name),) if found.apart else ()


def _comparable(first: Pose, second: Pose, view: View) -> list[str]:
    hidden = {
        f"{name}_{side}"
        for name in POINT_SD_PERCENT
        for side in ("left", "right")
        if side not in view.sides
    }
    return [
        name
        for name, point in first.points.items()
        if name in second.points
        and name not in first.unmeasured | second.unmeasured
        and _unsided(name) in POINT_SD_PERCENT
        and name not in hidden
        and point.visibility >= _LEAST_VISIBILITY
    ]


def _distance(first: Pose, second: Pose, name: str) -> float:
    one, other = first.points[name], second.points[name]
    return math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)


def _joint_sd_percent(name: str) -> float:
    own = POINT_SD_PERCENT[_unsided(name)]
    return math.sqrt(2.0 * own**2 + DEFINITION_SD_PERCENT**2)


def _unsided(name: str) -> str:
    return name.removesuffix("_left").removesuffix("_right")


def _in_words(name: str) -> str:
    base = _unsided(name)
    return f"{name.removeprefix(base).strip('_')} {_WORDS.get(base, base)}".strip()


def _note(found: Agreement, view: View, network: str) -> QualityNote:
    return QualityNote(
        code="detectors_disagree",
        severity="warning",
        text=_hopeless(found, network) if found.is_hopeless else _apart(found, view, network),
    )


def _hopeless(found: Agreement, network: str) -> str:
    return (
        f"{network}, the second detector, places {len(found.apart)} of {found.compared} points "
        "elsewhere. Look whether the points in the picture lie on the client. If they do, the "
        "second detector is not fed as it expects, or the photo is not one for it."
    )


def _apart(found: Agreement, view: View, network: str) -> str:
    told = [
        f"the {_in_words(item.point)} {item.apart_percent:.1f} % of body height away (usual: up "
        f"to {item.usual_percent:.1f} %)"
        for item in found.apart[:_POINTS_TOLD]
    ]
    if len(found.apart) > _POINTS_TOLD:
        told.append(f"and {len(found.apart) - _POINTS_TOLD} more")
    ids = measures_on([item.point for item in found.apart], view)
    titles = "; ".join(MEASURES[name].title for name in ids)
    rest = f" Measures that rest on this: {titles}." if titles else ""
    return (
        f"{network}, the second detector, places {', '.join(told)}.{rest} Look at the points in "
        "the picture, and place by hand those that are off."
    )


def _unchecked(reason: str) -> QualityNote:
    return QualityNote(
        code="detectors_not_compared",
        severity="warning",
        text=f"the points were not checked by the second detector: {reason}",
    )
