"""An assessment as JSON, and its measures as a table.

The records of `posture.results` are written field by field under their own names, so a
field added there appears in the file by itself; the JSON Schema beside the package's data
must then name it too, which a test demands. What stands here is what the fields do not
tell: how many decimals a number keeps, and the file's version.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.output import write_atomically
from posture.results import (
    MEASURE_COLUMNS,
    AssessedPhoto,
    Assessment,
    Client,
    Measure,
    ReferenceRange,
    Unit,
)
from posture.strict_json import json_text, read_json, read_schema, shown

__all__ = [
    "MEASURE_COLUMNS",
    "SCHEMA_VERSION",
    "assessment_from_dict",
    "assessment_schema",
    "assessment_to_dict",
    "assessment_to_json",
    "measure_rows",
    "measures_to_csv",
    "read_assessment",
    "write_assessment",
]

SCHEMA_VERSION = 1

_UNIT_DECIMALS: Mapping[Unit, int] = {
    Unit.DEGREES: 2,
    Unit.CENTIMETRES: 2,
    Unit.PERCENT_STATURE: 2,
    Unit.RATIO: 4,
}
_FIELD_DECIMALS: Mapping[type, Mapping[str, int]] = {
    Landmark: {"x_px": 1, "y_px": 1, "sd_px": 2},
    Client: {"height_cm": 1},
    AssessedPhoto: {"roll_deg": 2},
}
_OTHER_DECIMALS = 4
"""Decimals kept: finer than any repeatability, coarse enough that the last bits of a
processor's arithmetic do not show."""


def assessment_to_dict(assessment: Assessment) -> dict[str, Any]:
    """Return the assessment as plain JSON values, in the order and rounding of the file.

    Angles and lengths keep 2 decimals, ratios 4, positions in a photo 1. Landmarks and
    software, whose order has no meaning, are sorted by name.
    """
    plain: dict[str, Any] = _to_plain(assessment)
    return {"schema_version": SCHEMA_VERSION, **plain}


def assessment_from_dict(
    document: object, *, name: str = "assessment", trusted: bool = False
) -> Assessment:
    """Return the assessment that `assessment_to_dict` made this of.

    Parameters
    ----------
    document
        Plain JSON values.
    name
        What messages call it, a file's name for instance.
    trusted
        Whether this very version wrote it, so that it need not be held against the schema,
        which takes five times as long as all the rest.

    Raises
    ------
    InputError
        If it is of a newer version, or does not follow the schema, or contradicts itself.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    version = document.get("schema_version") if isinstance(document, Mapping) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise InputError(
            f"{name}: expected schema_version {SCHEMA_VERSION}, found {shown(version)}, made by "
            "a newer version of this program. Update the program to read it."
        )
    kind = document.get("assessment") if isinstance(document, Mapping) else None
    if kind is not None:
        raise InputError(
            f"{name}: expected the assessment of a client who stands, found one of "
            f"{_shortened(shown(kind))}. Sitting and range of motion are kept apart from standing."
        )
    checked = () if trusted else Draft202012Validator(assessment_schema()).iter_errors(document)
    fault = best_match(checked)
    if fault is not None:
        raise InputError(
            f"{name}: expected an assessment of this program, found at {fault.json_path}: "
            f"{_shortened(fault.message)}. Use the file as it was written."
        )
    assert isinstance(document, Mapping)  # the schema says so
    try:
        assessment: Assessment = _reader(Assessment)(document)
    except ValueError as error:
        raise InputError(
            f"{name}: expected an assessment of this program, found: "
            f"{_shortened(str(error))}. Use the file as it was written."
        ) from error
    return assessment


def assessment_to_json(assessment: Assessment) -> str:
    """Return the assessment as the text of its file."""
    return json_text(assessment_to_dict(assessment))


def write_assessment(path: str | os.PathLike[str], assessment: Assessment) -> None:
    """Write the assessment as JSON, whole or not at all.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    write_atomically(path, assessment_to_json(assessment))


def read_assessment(path: str | os.PathLike[str]) -> Assessment:
    """Read an assessment that `write_assessment` wrote.

    Raises
    ------
    InputError
        If the file is missing, malformed, of a newer version, or not an assessment.
    """
    path = Path(path)
    return assessment_from_dict(read_json(path, what="assessment file"), name=path.name)


def assessment_schema() -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of the assessment file."""
    return read_schema("assessment")


def measure_rows(assessment: Assessment, *, visit: str = "") -> list[dict[str, str]]:
    """Return one row per measure, keyed by `MEASURE_COLUMNS`; an empty cell is "".

    `date` is the day of the assessment in its own time zone.
    """
    day = assessment.created[:10]
    rows = []
    for measure in assessment.measures:
        plain = _to_plain(measure)
        plain["measure"] = plain.pop("id")
        plain |= {"client": assessment.client.id, "visit": visit, "date": day}
        rows.append({key: _cell(plain[key]) for key in MEASURE_COLUMNS})
    return rows


def measures_to_csv(assessment: Assessment, *, visit: str = "") -> str:
    """Return the measures as CSV (RFC 4180 but for bare line feeds) with a heading row."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, MEASURE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(measure_rows(assessment, visit=visit))
    return stream.getvalue()


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _to_plain(value: Any, decimals: int = _OTHER_DECIMALS) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return _rounded(value, decimals)
    if isinstance(value, Mapping):
        return {key: _to_plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    if is_dataclass(value):
        return {
            field.name: _to_plain(getattr(value, field.name), _decimals(value, field.name))
            for field in fields(value)
            if not (field.metadata.get("omitted") and getattr(value, field.name) is None)
        }
    return value


def _decimals(record: object, name: str) -> int:
    if isinstance(record, (Measure, ReferenceRange)):
        return _UNIT_DECIMALS[record.unit]
    return _FIELD_DECIMALS.get(type(record), {}).get(name, _OTHER_DECIMALS)


def _rounded(value: float, decimals: int) -> float:
    if not math.isfinite(value):
        raise ValueError(f"expected finite numbers in an assessment, found {value}")
    return round(float(value), decimals) + 0.0  # no negative zero


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return what builds the value that the annotation `hint` names from plain JSON values."""
    origin, arguments = get_origin(hint), get_args(hint)
    if NoneType in arguments:
        rest = _reader(next(argument for argument in arguments if argument is not NoneType))
        return lambda value: None if value is None else rest(value)
    if hint is LandmarkSet:
        read = _reader(Landmark)
        return lambda value: LandmarkSet({name: read(item) for name, item in value.items()})
    if origin is tuple:
        read = _reader(arguments[0])
        return lambda value: tuple(read(item) for item in value)
    if origin is not None and origin is not Literal:  # the other containers are mappings
        read = _reader(arguments[1])
        return lambda value: {key: read(item) for key, item in value.items()}
    if is_dataclass(hint):
        return _record_reader(hint)
    if isinstance(hint, type) and issubclass(hint, (Enum, float)):
        return hint
    return lambda value: value


def _record_reader(record: Any) -> Callable[[Any], Any]:
    """Return what builds one record; a field that an older file lacks takes its default."""
    hints = get_type_hints(record)
    readers = {field.name: _reader(hints[field.name]) for field in fields(record)}
    needed = {
        field.name
        for field in fields(record)
        if field.default is MISSING and field.default_factory is MISSING
    }

    def read(value: Mapping[str, Any]) -> Any:
        return record(
            **{
                name: reader(value[name])
                for name, reader in readers.items()
                if name in value or name in needed
            }
        )

    return read


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:159] + "…"
