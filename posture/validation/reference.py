"""Synthetic clients whose measures are known, read from a folder of one sub-folder each.

Whether they stand, sit or move, their `truth.json` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posture.anatomy import Side, View
from posture.errors import InputError
from posture.measures.table import MEASURES
from posture.rom.catalogue import TESTS
from posture.rom.kinds import RomTest
from posture.sitting.measures import SITTING_MEASURES
from posture.strict_json import read_json

__all__ = [
    "Reference",
    "ReferenceMovement",
    "ReferencePhoto",
    "ReferenceVisit",
    "is_undressed",
    "read_reference_set",
    "slice_names",
]

# Edges of the slices that a camera falls into. The estimator's clients were photographed from
# 0.6–1.6 m height and 2–5 m away.
_HEIGHT_EDGES_M = (0.95, 1.10)
_DISTANCE_EDGES_M = (3.0, 3.4)
_YAW_EDGES_DEG = (2.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePhoto:
    """One photo with the measures that are true of it.

    `truth` maps measure ids to values in the measure's own unit. `descriptors` name the
    slices of this photo alone, such as the camera's height.
    """

    view: View
    path: Path
    truth: Mapping[str, float]
    descriptors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceVisit:
    """One client's photos of one visit. `descriptors` name the slices the client belongs to.

    `client` is who came, where one client's visits are told apart; visits stand in the
    order of time.
    """

    name: str
    height_cm: float | None
    photos: tuple[ReferencePhoto, ...]
    descriptors: Mapping[str, str] = field(default_factory=dict)
    client: str | None = None

    @property
    def sits(self) -> bool:
        """Whether the client sits: the truth then is of the sitting measures."""
        return any(name in SITTING_MEASURES for photo in self.photos for name in photo.truth)

    @property
    def slice_names(self) -> set[str]:
        """What the visit and its photos can be tabulated by."""
        return set(self.descriptors).union(*(photo.descriptors for photo in self.photos))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceMovement:
    """One side's range-of-motion test. `truth` maps ids of movements to degrees.

    `neutral` is None for a test that needs none.
    """

    name: str
    test: RomTest
    side: Side
    neutral: Path | None
    end: Path
    truth: Mapping[str, float]

    @property
    def descriptors(self) -> Mapping[str, str]:
        """The slices it belongs to."""
        return {"test": self.test.id, "side": self.side}

    @property
    def slice_names(self) -> set[str]:
        """What it can be tabulated by."""
        return set(self.descriptors)


Reference = ReferenceVisit | ReferenceMovement
"""One client, or one side of one, of known measures."""


def is_undressed(visit: Reference) -> bool:
    """Whether the client of a set is in underwear, barefoot."""
    return visit.descriptors.get("clothing") == "underwear"


def slice_names(visits: Iterable[Reference]) -> list[str]:
    """Return what visits and their photos can be tabulated by."""
    return sorted(set().union(*(visit.slice_names for visit in visits)))


def read_reference_set(folder: Path) -> list[Reference]:
    """Return the clients of a folder: one sub-folder each, with photos and `truth.json`.

    A folder's name that ends in `-later` is the same client on another day.

    Raises
    ------
    InputError
        If the folder holds no client or a truth file cannot be used.
    """
    files = sorted(folder.glob("*/truth.json"))
    if not files:
        raise InputError(
            f"Expected visits with a truth.json each in {folder}, found none. "
            "Give the folder of a validation set, or --truth with a table of your own."
        )
    return [_reference(path) for path in files]


def _reference(path: Path) -> Reference:
    data: Any = read_json(path, what="visit's truth")
    try:
        return _movement(path, data) if "test" in data else _visit(path, data)
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"Expected a visit's truth in {path}, found {error!r}. Make the set again."
        ) from error


def _visit(path: Path, data: Any) -> ReferenceVisit:
    photos = tuple(
        ReferencePhoto(
            view=View(view),
            path=path.parent / f"{view}.jpg",
            truth=_told(View(view), entry["measures"]),
            descriptors=_camera_slices(entry.get("camera", {})),
        )
        for view, entry in data["photos"].items()
    )
    return ReferenceVisit(
        name=path.parent.name,
        client=path.parent.name.removesuffix("-later"),
        height_cm=float(data["height_cm"]),
        photos=photos,
        descriptors={str(k): str(v) for k, v in data["client"].items()},
    )


def _movement(path: Path, data: Any) -> ReferenceMovement:
    test, side = TESTS[data["test"]], data["side"]
    if side not in ("left", "right"):
        raise ValueError(f"a side {side!r}")
    known = {movement.id for movement in test.movements}
    if unknown := sorted(set(data["truth_deg"]) - known):
        raise ValueError(f"an unknown movement {unknown[0]}")
    return ReferenceMovement(
        name=path.parent.name,
        test=test,
        side=side,
        neutral=path.parent / "neutral.jpg" if test.needs_neutral else None,
        end=path.parent / "end.jpg",
        truth={name: float(value) for name, value in data["truth_deg"].items()},
    )


def _told(view: View, measures: Mapping[str, Any]) -> dict[str, float]:
    """Return what is true and what a photo of this view can show at all."""
    for name in measures:
        if name not in MEASURES and name not in SITTING_MEASURES:
            raise ValueError(f"an unknown measure {name}")
    return {
        name: float(value)
        for name, value in measures.items()
        if name in SITTING_MEASURES or MEASURES[name].shows_in(view)
    }


def _camera_slices(camera: Mapping[str, float]) -> dict[str, str]:
    """Return in which slices a photo falls by how it was taken."""
    found = {}
    if "height_m" in camera:
        found["camera-height"] = _band(camera["height_m"], _HEIGHT_EDGES_M, "m", decimals=2)
    if "distance_m" in camera:
        found["distance"] = _band(camera["distance_m"], _DISTANCE_EDGES_M, "m", decimals=1)
    if "yaw_deg" in camera:
        found["yaw"] = _band(abs(camera["yaw_deg"]), _YAW_EDGES_DEG, "°", decimals=0)
    return found


def _band(value: float, edges: tuple[float, float], unit: str, *, decimals: int) -> str:
    """Return the name of a value's band. Names sort from low to high.

    >>> _band(1.0, (0.95, 1.1), "m", decimals=2)
    '0.95–1.10 m'
    """
    zero, low, high = (f"{edge:.{decimals}f}" for edge in (0.0, *edges))
    space = "" if unit == "°" else " "
    if value < edges[0]:
        return f"{zero}–{low}{space}{unit}"
    return f"{low}–{high}{space}{unit}" if value < edges[1] else f"over {high}{space}{unit}"
