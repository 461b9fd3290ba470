"""What the estimator gives for each plane: which measures and which landmarks, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Plane, View
from posture.estimate.close_up import CloseUp, of_plane
from posture.measures.table import MEASURES
from posture.results import Unit

__all__ = ["FRONTAL", "LATERAL", "POSTERIOR", "Outputs", "is_length", "of_stature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The outputs of one plane's network.

    `measures` come first, angles in degrees and lengths in % of stature; then x and y of
    each of `landmarks` in the body's frame. `landmarks` go without side in a side view. A back
    view has outputs of its own, under the name `posterior`. `looks` are the close-ups that are
    read for it.
    """

    plane: Plane | Literal["posterior"]
    measures: tuple[str, ...]
    landmarks: tuple[str, ...]
    looks: tuple[CloseUp, ...] = ()

    @property
    def count(self) -> int:
        """Number of outputs."""
        return len(self.measures) + 2 * len(self.landmarks)

    def place(self, landmark: str) -> slice:
        """Return where x and y of a landmark stand among the outputs."""
        first = len(self.measures) + 2 * self.landmarks.index(landmark)
        return slice(first, first + 2)

    def places(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return where all outputs (n,) put each landmark, (2,)."""
        return {name: values[self.place(name)] for name in self.landmarks}

    def rows(self, landmarks: Iterable[str]) -> NDArray[np.intp]:
        """Return the rows of the landmarks' x and y among the outputs."""
        places = [self.place(name) for name in landmarks]
        return np.concatenate([np.arange(place.start, place.stop) for place in places])


def _clinical(plane: Plane) -> tuple[str, ...]:
    return tuple(
        name
        for name, row in MEASURES.items()
        if row.plane == plane and not row.is_proxy and row.only_from is not View.BACK
    )


def is_length(measure: str) -> bool:
    """Whether a measure is a length, and so given relative to stature."""
    return MEASURES[measure].unit is Unit.CENTIMETRES


def of_stature(height_cm: float | None) -> tuple[Unit, float]:
    """Return the unit of lengths, and what turns shares of stature in % into it."""
    if height_cm:
        return Unit.CENTIMETRES, height_cm / 100.0
    return Unit.PERCENT_STATURE, 1.0


LATERAL = Outputs(
    plane="lateral",
    measures=_clinical("lateral"),
    landmarks=(
        "tragus",
        "canthus",
        "c7",
        "t8",
        "l4",
        "acromion",
        "asis",
        "psis",
        "trochanter",
        "knee",
        "malleolus",
    ),
    looks=of_plane("lateral"),
)

FRONTAL = Outputs(
    plane="frontal",
    measures=_clinical("frontal"),
    landmarks=tuple(
        f"{name}_{side}"
        for name in ("tragus", "canthus", "acromion", "asis", "trochanter", "knee", "malleolus")
        for side in ("left", "right")
    ),
    looks=of_plane("frontal"),
)

POSTERIOR = Outputs(
    plane="posterior",
    measures=(
        "head_tilt_deg",
        "head_shift_cm",
        "shoulder_tilt_deg",
        "trunk_shift_psis_cm",
        "pelvic_obliquity_psis_deg",
        "knee_valgus_left_deg",
        "knee_valgus_right_deg",
    ),
    landmarks=(
        "c7",
        "t8",
        "l4",
        *(
            f"{name}_{side}"
            for name in ("tragus", "acromion", "psis", "trochanter", "knee", "malleolus")
            for side in ("left", "right")
        ),
    ),
)
