"""Landmarks placed by hand: the JSON file that carries them.

::

    {"schema_version": 1,
     "photos": {"left": {"c7": [412, 310], "tragus": {"x_px": 380, "y_px": 251, "sd_px": 2}},
                "front": {"acromion_left": [640, 402], "acromion_right": [355, 410]}}}

Positions are pixels of the upright photo, x to the right, y down. Names are those of the
landmark protocol. In a side view a paired name without its side means the side that faces
the camera.
"""

from __future__ import annotations

import difflib
import json
import math
import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from posture.anatomy import LANDMARK_PROTOCOL, LANDMARKS, Method, View, near_side, sided
from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.output import write_atomically
from posture.strict_json import read_json, shown

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = [
    "PLACEMENT_SD_FRACTION",
    "check_inside",
    "read_landmark_file",
    "with_placement_sd",
    "write_landmark_file",
]

SCHEMA_VERSION = 1

PLACEMENT_SD_FRACTION: Mapping[str, float] = MappingProxyType(
    {
        "tragus": 0.0015,
        "c7": 0.0038,
        "acromion": 0.0054,
        "asis": 0.0028,
        "psis": 0.0027,
        "trochanter": 0.0026,
        "knee": 0.0110,
        "malleolus": 0.0025,
    }
)
"""Error of one placement by hand along each axis, as a fraction of the client's height.

Measured on side photos of seven clothed people, each landmark placed twice independently
(on four of them for ASIS and PSIS): √(Σd²/2n) over both axes (Dahlberg), so that a habit
that differed between the two placements counts as error too. With so few photos each
figure is itself known to a fifth (ASIS, PSIS: a quarter). It says how well a placement
repeats, not how well a dot on clothing meets the bone."""

OTHER_PLACEMENT_SD_FRACTION = 0.004
"""For landmarks that were not placed twice: between the median (0.0028) and the root mean
square (0.0049) of the measured figures."""


def read_landmark_file(path: str | os.PathLike[str]) -> dict[View, LandmarkSet]:
    """Read landmarks placed by hand.

    Parameters
    ----------
    path
        The JSON file.

    Returns
    -------
    dict
        Per view its landmarks with method `manual`. Where the file gives no `sd_px` it is
        0, which stands for "not said": `with_placement_sd` fills it in once the client's
        height in the photo is known.

    Raises
    ------
    InputError
        If the file is missing, malformed, or names views or landmarks that do not exist.
        The message is one line with the file and the key at fault.
    """
    path = Path(path)
    document = _object(read_json(path, what="landmarks file"), path.name, "file")
    _expect_keys(document, {"schema_version", "photos"}, path.name, "file")
    version = document["schema_version"]
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InputError(
            f"{path.name}: expected schema_version {SCHEMA_VERSION}, found {shown(version)}. "
            "Correct it, or use a newer version of this program."
        )
    photos = _object(document["photos"], path.name, "photos")
    landmarks: dict[View, LandmarkSet] = {}
    for key, points in photos.items():
        if key not in set(View):
            raise InputError(
                f"{path.name}: photos: expected a view (front, back, left or right), found "
                f"{shown(key)}.{_suggestion(key, list(View))} Correct the name."
            )
        where = f"photos.{key}"
        landmarks[View(key)] = _landmarks(_object(points, path.name, where), View(key), path.name)
    return landmarks


def with_placement_sd(landmarks: Mapping[str, Landmark], body_height_px: float) -> LandmarkSet:
    """Fill in the placement error where the file gave none.

    Parameters
    ----------
    landmarks
        Landmarks of one photo; those with `sd_px` 0 are given the measured figure.
    body_height_px
        Height of the client in that photo.
    """
    return LandmarkSet(
        {
            name: mark
            if mark.sd_px > 0
            else replace(mark, sd_px=_placement_sd_fraction(name) * body_height_px)
            for name, mark in landmarks.items()
        }
    )


def check_inside(landmarks: Mapping[str, Landmark], photo: Photo, view: View) -> None:
    """Raise InputError if a landmark lies outside its photo."""
    for name, mark in landmarks.items():
        # The centre of the first pixel is at 0: the photo begins half a pixel before it.
        inside_x = -0.5 <= mark.x_px <= photo.width_px - 0.5
        inside_y = -0.5 <= mark.y_px <= photo.height_px - 0.5
        if not (inside_x and inside_y):
            raise InputError(
                f"photos.{view.value}.{name}: expected a point inside {photo.name} "
                f"({photo.width_px} × {photo.height_px} px, upright), found x {mark.x_px:g}, "
                f"y {mark.y_px:g}. Place it again on that photo as it is shown upright."
            )


def write_landmark_file(
    path: str | os.PathLike[str], landmarks: Mapping[View, Mapping[str, Landmark]]
) -> None:
    """Write landmarks so that `read_landmark_file` returns them again.

    Only positions and `sd_px` are written; an `sd_px` of 0 is left out. Raises InputError
    if a name is not a landmark's or the place cannot be written.
    """
    photos: dict[str, dict[str, dict[str, float]]] = {}
    for view, marks in landmarks.items():
        unknown = sorted(set(marks) - set(LANDMARKS))
        if unknown:
            raise InputError(
                f"photos.{view.value}: expected landmark names, found {', '.join(unknown)}. "
                "Write those placed by hand only."
            )
        photos[view.value] = {
            name: {"x_px": mark.x_px, "y_px": mark.y_px}
            | ({"sd_px": mark.sd_px} if mark.sd_px > 0 else {})
            for name, mark in marks.items()
        }
    document = {"schema_version": SCHEMA_VERSION, "photos": photos}
    write_atomically(path, json.dumps(document, indent=2) + "\n")


def _placement_sd_fraction(name: str) -> float:
    unsided = name.removesuffix("_left").removesuffix("_right")
    return PLACEMENT_SD_FRACTION.get(unsided, OTHER_PLACEMENT_SD_FRACTION)


def _object(value: object, file: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(
            f"{file}: {where}: expected an object in braces, found {shown(value)}. Correct it."
        )
    return value


def _expect_keys(value: Mapping[str, object], keys: set[str], file: str, where: str) -> None:
    if set(value) != keys:
        raise InputError(
            f"{file}: {where}: expected the keys {', '.join(sorted(keys))}, found "
            f"{', '.join(map(shown, sorted(value))) or 'none'}. Correct the keys."
        )


def _landmarks(points: Mapping[str, object], view: View, file: str) -> LandmarkSet:
    marks: dict[str, Landmark] = {}
    given_as: dict[str, str] = {}
    positions: dict[tuple[float, float], str] = {}
    for key, value in points.items():
        where = f"photos.{view.value}.{key}"
        name = _full_name(key, view, file)
        mark = _landmark(value, file, where)
        if name in marks:
            raise InputError(
                f"{file}: {where}: expected each landmark once, found it as "
                f"{shown(given_as[name])} too. Remove one."
            )
        twin = positions.setdefault((mark.x_px, mark.y_px), key)
        if twin != key:
            raise InputError(
                f"{file}: {where}: expected a place of its own, found exactly that of "
                f"{shown(twin)}. Place one of them again."
            )
        marks[name], given_as[name] = mark, key
    return LandmarkSet(marks)


def _full_name(key: str, view: View, file: str) -> str:
    if key in LANDMARKS:
        return key
    entry = LANDMARK_PROTOCOL.get(key)
    if entry is not None and view.is_lateral:
        return sided(key, near_side(view))
    where = f"{file}: photos.{view.value}"
    if entry is not None:
        raise InputError(
            f"{where}: expected {key}_left or {key}_right, found {shown(key)}. Say whose side "
            "it is; left and right are the client's own."
        )
    known = [*LANDMARKS, *LANDMARK_PROTOCOL] if view.is_lateral else LANDMARKS
    raise InputError(
        f"{where}: expected a landmark's name, found {shown(key)}.{_suggestion(key, known)} "
        f"Names are: {', '.join(sorted(LANDMARK_PROTOCOL))}, where paired with _left or _right."
    )


def _landmark(value: object, file: str, where: str) -> Landmark:
    if isinstance(value, list):
        if len(value) != 2:
            raise InputError(
                f"{file}: {where}: expected [x, y] in pixels, found {len(value)} values. Give two."
            )
        value = {"x_px": value[0], "y_px": value[1]}
    fields = _object(value, file, where)
    _expect_keys(fields, {"x_px", "y_px", *(fields.keys() & {"sd_px"})}, file, where)
    numbers = {key: _number(fields[key], file, f"{where}.{key}") for key in fields}
    sd_px = numbers.get("sd_px", 0.0)
    if "sd_px" in numbers and sd_px <= 0:
        raise InputError(
            f"{file}: {where}.sd_px: expected a number above 0, found {sd_px:g}. Leave it out "
            "to use the usual placement error."
        )
    return Landmark(x_px=numbers["x_px"], y_px=numbers["y_px"], method=Method.MANUAL, sd_px=sd_px)


def _number(value: object, file: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(
            f"{file}: {where}: expected a number of pixels, found {shown(value)}. Correct it."
        )
    if (isinstance(value, int) and abs(value) > 10**9) or not math.isfinite(value):
        raise InputError(
            f"{file}: {where}: expected pixels of the photo, found a number far too large. "
            "Correct it."
        )
    return float(value)


def _suggestion(key: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(key.lower(), list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""
