"""Movements that several angles tell better than one: what is read, and how it is weighed.

The weights stand in `data/rom_regression.csv`, learnt on synthetic clients that nothing else uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from posture.anatomy import Side
from posture.data_tables import read_data_table
from posture.rom.angles import ANGLES, Points, lean_deg, trunk_lean_deg

__all__ = ["READ", "reading_deg"]

Read = Callable[[Points, Points, Side], Mapping[str, float]]


def reading_deg(movement: str, neutral: Points, end: Points, side: Side) -> float:
    """Return what the points say of a movement, in degrees, before its error is known.

    It is the angle between them, or what was learnt from several.
    """
    weights = _weights().get(movement)
    if weights is None:
        return ANGLES[movement](neutral, end, side)
    read = READ[movement](neutral, end, side)
    return sum(weights[name] * value for name, value in read.items()) + weights["constant"]


def _trunk_tibia(neutral: Points, end: Points, side: Side) -> dict[str, float]:
    """Return how the trunk stands in both photos, and the shank at the end."""
    return {
        "end_trunk": trunk_lean_deg(end, side),
        "end_shank": lean_deg(end[f"ankle_{side}"], end[f"knee_centre_{side}"]),
        "neutral_trunk": trunk_lean_deg(neutral, side),
    }


def _knee_projection(neutral: Points, end: Points, side: Side) -> dict[str, float]:
    """Return how knees and feet stand in both photos; widths are in those of the hips."""
    inward = -1.0 if side == "right" else 1.0
    knee, ankle, hip = f"knee_centre_{side}", f"ankle_{side}", f"hip_{side}"
    read = {}
    for name, points in (("end", end), ("neutral", neutral)):
        shank = lean_deg(points[ankle], points[knee])
        read[f"{name}_knee"] = inward * math.remainder(
            shank - lean_deg(points[knee], points[hip]), 360.0
        )
        read[f"{name}_shank"] = inward * shank
        for stem in ("knee_centre", "ankle"):
            read[f"{name}_{stem}_width"] = _width(points, stem) / max(_width(points, "hip"), 1e-9)
    return read


def _width(points: Points, stem: str) -> float:
    return math.dist(points[f"{stem}_left"], points[f"{stem}_right"])


READ: Mapping[str, Read] = MappingProxyType(
    {
        "squat_trunk_tibia_deg": _trunk_tibia,
        "knee_projection_deg": _knee_projection,
    }
)
"""What is read of each such movement, by name."""


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    weights: dict[str, dict[str, float]] = {}
    for row in read_data_table("rom_regression.csv"):
        weights.setdefault(row["movement"], {})[row["read"]] = float(row["weight"])
    return weights
