"""A therapist's own reference: a table of measures, with the photos beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posture.anatomy import View
from posture.errors import InputError
from posture.measures.table import MEASURES
from posture.results import Unit
from posture.validation.reference import ReferencePhoto, ReferenceVisit

__all__ = ["read_reference_table"]

_COLUMNS = ("client", "view", "file", "height_cm", "measure", "value")
_TABLE_EXAMPLE = "craniovertebral_angle_deg"


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
