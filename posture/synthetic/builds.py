"""Which shapes people have: stature, sex, age and body mass become Anny's phenotype.

Anny's `weight` says little by itself: with middling muscle it moves the body-mass index by
four points from end to end, with little muscle by twenty-five. So the index is drawn, as it
is spread among people, and `weight` is solved for it, with less muscle where it must be.
Solving keeps `weight` within Anny's own range: beyond it, bodies crumple.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["body_mass_index_of", "sample_phenotype"]

# Of adults in the EU, 53 % have an index over 25 and one in six over 30 (Eurostat, 2019).
_MEDIAN_INDEX, _LOG_SD = 25.3, 0.175
_LEAST_INDEX, _GREATEST_INDEX = 17.0, 38.0
_SLIM_BELOW, _HEAVY_FROM = 22.0, 28.0

_MUSCLE = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_WEIGHT = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_INDEX = {
    "male": np.array(
        [
            [15.4, 19.7, 24.6, 32.1, 40.8],
            [18.0, 20.7, 23.7, 27.6, 32.0],
            [20.8, 21.8, 22.8, 23.7, 24.6],
            [20.2, 21.2, 22.2, 24.9, 27.8],
            [19.7, 20.7, 21.6, 26.2, 31.4],
        ]
    ),
    "female": np.array(
        [
            [13.4, 17.2, 21.6, 27.2, 33.4],
            [15.2, 17.7, 20.5, 23.8, 27.3],
            [17.2, 18.3, 19.4, 20.6, 21.8],
            [17.3, 18.3, 19.3, 21.1, 23.0],
            [17.4, 18.3, 19.3, 21.7, 24.3],
        ]
    ),
}
"""Body-mass index of Anny's bodies in kg/m² by muscle (rows) and weight (columns), for
gender 0 and 1 at age 5/6, all else at 0.5; volume of the mesh at 985 kg/m³."""


def sample_phenotype(
    rng: np.random.Generator, sex: str, age_years: float
) -> tuple[dict[str, float], str]:
    """Return a phenotype and the build it has: slim, medium or heavy, by body-mass index."""
    female = sex == "female"
    stature_m = rng.normal(1.635, 0.068) if female else rng.normal(1.765, 0.073)
    stature_m = float(np.clip(stature_m, 1.46, 2.0))
    gender = float(np.clip(rng.normal(0.92 if female else 0.08, 0.10), 0.0, 1.0))
    reference_m = 1.909 + gender * (1.769 - 1.909)  # Anny's adults at height 0.5.
    wanted = float(math.exp(rng.normal(math.log(_MEDIAN_INDEX), _LOG_SD)))
    wanted = min(max(wanted, _LEAST_INDEX), _GREATEST_INDEX)
    muscle, weight = _solve(wanted, gender, float(np.clip(rng.normal(0.5, 0.2), 0.02, 0.95)))
    origins = rng.dirichlet([0.8, 0.8, 0.8])
    phenotype = {
        "gender": gender,
        "age": 2 / 3 + (age_years - 18) / (85 - 18) / 3,
        "muscle": muscle,
        "weight": weight,
        "height": 0.5 + (stature_m - reference_m) / 1.09,
        "proportions": float(rng.uniform(0.2, 0.8)),
        "cupsize": float(np.clip(rng.normal(0.5, 0.2), 0.0, 1.0)),
        "firmness": float(rng.uniform(0.2, 0.8)),
        "african": float(origins[0]),
        "asian": float(origins[1]),
        "caucasian": float(origins[2]),
    }
    build = "slim" if wanted < _SLIM_BELOW else "heavy" if wanted >= _HEAVY_FROM else "medium"
    return phenotype, build


def body_mass_index_of(gender: float, muscle: float, weight: float) -> float:
    """Return the body-mass index, kg/m², that a phenotype comes out near."""
    return float(np.interp(weight, _WEIGHT, _row(gender, muscle)))


def _solve(wanted: float, gender: float, muscle: float) -> tuple[float, float]:
    """Return muscle and weight that give an index, with muscle as near as can be."""
    for less in np.arange(muscle, 0.0, -0.02):
        row = _row(gender, float(less))
        if row[0] <= wanted <= row[-1]:
            return float(less), float(np.interp(wanted, row, _WEIGHT))
    return 0.0, float(np.interp(wanted, _row(gender, 0.0), _WEIGHT))


def _row(gender: float, muscle: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the index at each of `_WEIGHT`; it rises with weight."""
    by_muscle = (1 - gender) * _INDEX["male"] + gender * _INDEX["female"]
    return np.array([np.interp(muscle, _MUSCLE, column) for column in by_muscle.T])
