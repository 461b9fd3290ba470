"""The measures of a client who sits. Defined as their standing namesakes, but not comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Plane, View, near_side
from posture.measures.formulas import FORMULAS
from posture.measures.table import MEASURES
from posture.results import Unit

__all__ = ["NO_NORMS", "SITTING_MEASURES", "SittingMeasure", "measures_of", "true_values"]

Array = NDArray[np.float64]

_CM = 100.0

NO_NORMS = (
    "No reference values are given: those at hand are of standing adults, and whether sitting "
    "lowers them is disputed. Compare a client with themselves, sitting the same way."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingMeasure:
    """One measure. `standing` names the measure whose definition it shares."""

    id: str
    standing: str
    plane: Plane

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"{MEASURES[self.standing].title}, sitting"

    @property
    def definition(self) -> str:
        """What it is and which way it counts."""
        return MEASURES[self.standing].definition

    @property
    def landmarks(self) -> tuple[str, ...]:
        """The landmarks that it rests on."""
        return MEASURES[self.standing].landmarks

    @property
    def unit(self) -> Unit:
        """The unit of its value where the client's stature is known."""
        return MEASURES[self.standing].unit

    @property
    def is_length(self) -> bool:
        """Whether it is a length, estimated relative to stature."""
        return self.unit is Unit.CENTIMETRES


_STANDING = (
    "craniovertebral_angle_deg",
    "forward_head_cm",
    "sagittal_head_angle_deg",
    "forward_shoulder_angle_deg",
    "shoulder_forward_cm",
    "trunk_lean_deg",
    "pelvic_tilt_deg",
    "head_tilt_deg",
    "head_shift_cm",
    "shoulder_tilt_deg",
    "trunk_shift_cm",
    "pelvic_obliquity_deg",
)

SITTING_MEASURES: Mapping[str, SittingMeasure] = {
    f"sitting_{name}": SittingMeasure(
        id=f"sitting_{name}", standing=name, plane=MEASURES[name].plane
    )
    for name in _STANDING
}
"""All of them by id, from the side and then from the front."""


def measures_of(plane: Plane) -> tuple[str, ...]:
    """Return the ids of one plane's measures, in their order."""
    return tuple(name for name, row in SITTING_MEASURES.items() if row.plane == plane)


def true_values(landmarks: Mapping[str, Array], view: View) -> dict[str, float]:
    """Return what a photo of this view is to show of a body in space.

    Parameters
    ----------
    landmarks
        Clinical landmarks, (3,) in metres: x anterior, y the client's left, z up.
    view
        Which photo; a side view takes the near side.
    """
    if view.is_lateral:
        suffix = f"_{near_side(view)}"
        points = {
            name.removesuffix(suffix): place[[0, 2]] * _CM for name, place in landmarks.items()
        }
    else:
        points = {name: np.array([-place[1], place[2]]) * _CM for name, place in landmarks.items()}
    return {
        name: float(FORMULAS[SITTING_MEASURES[name].standing](points))
        for name in measures_of(view.plane)
    }
