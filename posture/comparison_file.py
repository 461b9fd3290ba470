"""A comparison as JSON, and its changes as a table.

The file holds the changes, not the assessments themselves: those have files of their own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from posture.compare import Change, Comparison, Remark, Step
from posture.results import Assessment, Measure, Unit
from posture.strict_json import json_text, read_schema

__all__ = [
    "CHANGE_COLUMNS",
    "SCHEMA_VERSION",
    "changes_to_csv",
    "comparison_schema",
    "comparison_to_dict",
    "comparison_to_json",
]

SCHEMA_VERSION = 1

CHANGE_COLUMNS = (
    "client",
    "before",
    "after",
    "view",
    "measure",
    "before_value",
    "before_low",
    "before_high",
    "after_value",
    "after_low",
    "after_high",
    "change",
    "low",
    "high",
    "detectable",
    "surely",
    "unit",
    "verdict",
    "reason",
    "remarks",
)


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain JSON values, in the order and rounding of the file.

    Angles and lengths keep 2 decimals, ratios 4.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "client": comparison.visits[0].client.id,
        "visits": [
            _visit(label, visit)
            for label, visit in zip(comparison.labels, comparison.visits, strict=True)
        ],
        "steps": [_step(step, comparison) for step in comparison.steps],
    }


def comparison_to_json(comparison: Comparison) -> str:
    """Return the comparison as the text of its file."""
    return json_text(comparison_to_dict(comparison))


def comparison_schema() -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of the comparison file."""
    return read_schema("comparison")


def changes_to_csv(comparison: Comparison) -> str:
    """Return all changes as CSV with a heading row, one row per later visit and measure."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CHANGE_COLUMNS)
    client = comparison.visits[0].client.id
    for step in comparison.steps:
        labels = (comparison.labels[0], comparison.labels[step.after])
        writer.writerows(_row(client, labels, change) for change in step.changes)
    return stream.getvalue()


def _row(client: str, labels: tuple[str, str], change: Change) -> list[str]:
    numbers = [
        *_ends(change.before),
        *_ends(change.after),
        change.change,
        change.low,
        change.high,
        change.detectable,
        change.surely,
    ]
    told = [_rounded(number, change.unit) for number in numbers]
    return [
        client,
        *labels,
        change.view.value if change.view else "",
        change.measure,
        *("" if number is None else str(number) for number in told),
        change.unit.value,
        change.verdict.value,
        change.reason or "",
        " ".join(remark.code for remark in change.remarks),
    ]


def _ends(measure: Measure | None) -> tuple[float | None, float | None, float | None]:
    if measure is None:
        return None, None, None
    return measure.value, measure.low, measure.high


def _visit(label: str, visit: Assessment) -> dict[str, Any]:
    return {
        "label": label,
        "created": visit.created,
        "client": {"id": visit.client.id, "height_cm": visit.client.height_cm},
        "software": dict(sorted(visit.software.items())),
        "photos": [
            {"view": photo.view.value, "file_sha256": photo.file_sha256} for photo in visit.photos
        ],
    }


def _step(step: Step, comparison: Comparison) -> dict[str, Any]:
    return {
        "before": comparison.labels[0],
        "after": comparison.labels[step.after],
        "remarks": [_remark(remark) for remark in step.remarks],
        "changes": [_change(change) for change in step.changes],
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "code": remark.code,
        "effect": remark.effect,
        "text": remark.text,
        "measures": None if remark.measures is None else sorted(remark.measures),
        "view": remark.view.value if remark.view else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "measure": change.measure,
        "view": change.view.value if change.view else None,
        "unit": change.unit.value,
        "before": _measure(change.before),
        "after": _measure(change.after),
        "change": _rounded(change.change, change.unit),
        "low": _rounded(change.low, change.unit),
        "high": _rounded(change.high, change.unit),
        "detectable": _rounded(change.detectable, change.unit),
        "surely": _rounded(change.surely, change.unit),
        "factor": None if change.factor is None else round(change.factor, 4),
        "verdict": change.verdict.value,
        "reason": change.reason,
        "remarks": [remark.code for remark in change.remarks],
    }


def _measure(measure: Measure | None) -> dict[str, Any] | None:
    if measure is None or not measure.is_ok:
        return None
    value, low, high = (_rounded(number, measure.unit) for number in _ends(measure))
    return {
        "value": value,
        "low": low,
        "high": high,
        "unit": measure.unit.value,
        "view": measure.view.value if measure.view else None,
        "method": measure.method.value if measure.method else None,
    }


def _rounded(number: float | None, unit: Unit) -> float | None:
    if number is None:
        return None
    return round(float(number), 4 if unit is Unit.RATIO else 2) + 0.0
