"""Visits whose measures are known: a folder of synthetic ones, or a therapist's own table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posture.anatomy import View
from posture.errors import InputError
from posture.measures.table import MEASURES
from posture.results import Unit
from posture.strict_json import read_json

__all__ = [
    "ReferencePhoto",
    "ReferenceVisit",
    "is_undressed",
    "read_reference_set",
    "read_reference_table",
    "slice_names",
]

_COLUMNS = ("client", "view", "file", "height_cm", "measure", "value")
_TABLE_EXAMPLE = "craniovertebral_angle_deg"

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


def is_undressed(visit: ReferenceVisit) -> bool:
    """Whether the client of a set stands in underwear, barefoot."""
    return visit.descriptors.get("clothing") == "underwear"


def slice_names(visits: Iterable[ReferenceVisit]) -> list[str]:
    """Return what visits and their photos can be tabulated by."""
    names: set[str] = set()
    for visit in visits:
        names.update(visit.descriptors, *(photo.descriptors for photo in visit.photos))
    return sorted(names)


def read_reference_set(folder: Path) -> list[ReferenceVisit]:
    """Return the visits of a folder: one sub-folder each, with photos and `truth.json`.

    A folder's name that ends in `-later` is the same client on another day.

    Raises
    ------
    InputError
        If the folder holds no visit or a truth file cannot be used.
    """
    files = sorted(folder.glob("*/truth.json"))
    if not files:
        raise InputError(
            f"Expected visits with a truth.json each in {folder}, found none. "
            "Give the folder of a validation set, or --truth with a table of your own."
        )
    return [_visit(path) for path in files]


def _visit(path: Path) -> ReferenceVisit:
    data: Any = read_json(path, what="visit's truth")
    try:
        photos = tuple(
            ReferencePhoto(
                view=View(view),
                path=path.parent / f"{view}.jpg",
                truth={name: _known(name, float(v)) for name, v in entry["measures"].items()},
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
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"Expected a visit's truth in {path}, found {error!r}. Make the set again."
        ) from error


def _known(name: str, value: float) -> float:
    if name not in MEASURES:
        raise ValueError(f"an unknown measure {name}")
    return value


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One checked line of a table."""

    client: str
    visit: str
    view: View
    file: str
    height_cm: float | None
    measure: str
    value: float
    descriptors: Mapping[str, str]


def read_reference_table(path: Path) -> list[ReferenceVisit]:
    """Return the visits of a table of one's own reference measurements.

    The CSV has the columns client, view, file, height_cm, measure, value, one row per
    measure; files are relative to the table. `height_cm` may be empty where no length is
    given. A column `visit` tells several visits of one client apart; any other column
    (clothing, say) becomes a slice to tabulate by.

    Raises
    ------
    InputError
        Naming the line, for a wrong column, view, measure or number, a missing photo, or
        lines that contradict each other.
    """
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    fields = list(reader.fieldnames or ())
    missing = [name for name in _COLUMNS if name not in fields]
    if missing:
        raise InputError(
            f"Expected the columns {', '.join(_COLUMNS)} in {path}, found "
            f"{', '.join(fields) or 'none'}. Add {', '.join(missing)}."
        )
    visits: dict[str, list[_Line]] = {}
    for row in reader:
        line = _checked(row, path, reader.line_num)
        earlier = visits.setdefault(line.visit, [])
        _expect_consistent(line, earlier, path, reader.line_num)
        earlier.append(line)
    if not visits:
        raise InputError(f"Expected measures in {path}, found no line below the columns. Add some.")
    return [_grouped(name, lines, path.parent) for name, lines in visits.items()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"Expected a table at {path}, found: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"Expected a CSV in UTF-8 at {path}, found other bytes. Save the table as CSV UTF-8."
        ) from error


def _grouped(name: str, lines: list[_Line], folder: Path) -> ReferenceVisit:
    photos = []
    for view in dict.fromkeys(line.view for line in lines):
        of_view = [line for line in lines if line.view is view]
        photos.append(
            ReferencePhoto(
                view=view,
                path=folder / of_view[0].file,
                truth={line.measure: line.value for line in of_view},
                descriptors=of_view[0].descriptors,
            )
        )
    return ReferenceVisit(
        name=name,
        client=lines[0].client,
        height_cm=lines[0].height_cm,
        photos=tuple(photos),
    )


def _checked(row: Mapping[str, Any], path: Path, number: int) -> _Line:
    """Return one line of the table, or say what is wrong with it."""

    def fail(expected: str, found: str) -> InputError:
        return InputError(f"{path}, line {number}: expected {expected}, found {found!r}.")

    cells = {name: (row.get(name) or "").strip() for name in row if isinstance(name, str)}
    if not cells["client"]:
        raise fail("a client", "")
    views = [view.value for view in View]
    if cells["view"] not in views:
        raise fail(f"a view ({', '.join(views)})", cells["view"])
    view, measure = View(cells["view"]), cells["measure"]
    if measure not in MEASURES:
        raise fail(f"a measure's id such as {_TABLE_EXAMPLE}", measure)
    if (MEASURES[measure].plane == "lateral") != view.is_lateral:
        plane = "side" if MEASURES[measure].plane == "lateral" else "front or back"
        raise fail(f"{measure} on a {plane} photo", cells["view"])
    if not (cells["file"] and (path.parent / cells["file"]).is_file()):
        raise fail("a photo beside the table", cells["file"])
    value, height = _number(cells["value"]), _number(cells["height_cm"])
    if value is None or (cells["height_cm"] and height is None):
        raise fail("numbers as value and height_cm", f"{cells['value']}, {cells['height_cm']}")
    if MEASURES[measure].unit is Unit.CENTIMETRES and height is None:
        raise fail(f"height_cm, which {measure} needs", "")
    visit = " ".join(filter(None, (cells["client"], cells.get("visit"))))
    known = (*_COLUMNS, "visit")
    return _Line(
        client=cells["client"],
        visit=visit,
        view=view,
        file=cells["file"],
        height_cm=height,
        measure=measure,
        value=value,
        descriptors={name: text for name, text in cells.items() if text and name not in known},
    )


def _number(text: str) -> float | None:
    """Return a finite number, or None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _expect_consistent(line: _Line, earlier: list[_Line], path: Path, number: int) -> None:
    """Refuse what would silently replace an earlier line of the same visit."""

    def fail(expected: str, found: str) -> InputError:
        return InputError(f"{path}, line {number}: expected {expected}, found {found}.")

    for other in earlier:
        if line.height_cm != other.height_cm:
            heights = f"{other.height_cm} and {line.height_cm}"
            raise fail(f"one height_cm for {line.visit}", heights)
        if line.view is other.view and line.file != other.file:
            raise fail(
                f"one {line.view.value} photo for {line.visit} (a column visit tells visits apart)",
                f"{other.file} and {line.file}",
            )
        if (line.view, line.measure) == (other.view, other.measure):
            raise fail(f"{line.measure} of {line.visit} once", "it twice")
