"""Published reference ranges, read from `data/norms.csv`; each with its source.

Measuring never decides what is usual. This module only reads; `findings` compares.
"""

from __future__ import annotations

from functools import cache

from posture.data_tables import read_data_table
from posture.results import ReferenceRange, Unit

__all__ = ["reference_range"]


def reference_range(measure_id: str) -> ReferenceRange | None:
    """Return the range a measure is compared with, or None where none is defensible.

    Examples
    --------
    >>> reference_range("craniovertebral_angle_deg").low
    48.0
    >>> reference_range("ear_shoulder_angle_deg") is None  # a proxy borrows no cut-off
    True
    """
    return _table().get(measure_id)


@cache
def _table() -> dict[str, ReferenceRange]:
    ranges = {}
    for row in read_data_table("norms.csv"):
        ranges[row["measure"]] = ReferenceRange(
            measure=row["measure"],
            low=_number(row["low"]),
            high=_number(row["high"]),
            unit=Unit(row["unit"]),
            population=row["population"],
            note=row["note"],
            source=row["source"],
            evidence=row["evidence"],
        )
    return ranges


def _number(text: str) -> float | None:
    return float(text) if text else None
