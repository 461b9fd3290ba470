"""The clinical landmarks on the Anny surface, found once on the default body at rest.

Follows the landmark protocol word for word; distances in metres on the default body,
whose stature is 1.84 m.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import DEFAULT_PHENOTYPE, AnnyModel, load_anny
from posture.synthetic.surface import SkinPoint, hit_by_ray, nearest_on_surface

__all__ = ["skin_landmarks"]

Array = NDArray[np.float64]

_OUTSIDE_M = 1.0


@cache
def skin_landmarks() -> dict[str, SkinPoint]:
    """Return every landmark of `posture.anatomy.ESTIMATED_LANDMARKS` as a point of the skin."""
    model = load_anny()
    vertices, heads = model.rest(DEFAULT_PHENOTYPE)
    joint = dict(zip(model.bones, heads, strict=True))
    found: dict[str, SkinPoint] = {
        "c7": _behind(model, vertices, 0.0, joint["neck01"][2] + 0.012),
        "t8": _behind(model, vertices, 0.0, joint["spine01"][2]),
        "l4": _behind(model, vertices, 0.0, joint["spine04"][2]),
    }
    for side, letter, sign in (("left", "L", 1.0), ("right", "R", -1.0)):
        ear = model.keypoints[f"{side}_ear"] @ vertices
        eye = joint[f"eye.{letter}"]
        shoulder, hip = joint[f"upperarm01.{letter}"], joint[f"upperleg01.{letter}"]
        knee, ankle = joint[f"lowerleg01.{letter}"], joint[f"foot.{letter}"]

        def near(point: Array) -> SkinPoint:
            return nearest_on_surface(vertices, model.faces, point)

        found |= {
            f"tragus_{side}": near(ear + np.array([0.012, 0.0, 0.0])),
            f"canthus_{side}": near(eye + np.array([0.004, sign * 0.020, 0.0])),
            f"acromion_{side}": near(shoulder + np.array([0.0, sign * 0.025, 0.042])),
            f"asis_{side}": _before(model, vertices, sign * 0.12, hip[2] + 0.050),
            f"psis_{side}": _behind(model, vertices, sign * 0.045, hip[2] + 0.084),
            f"trochanter_{side}": hit_by_ray(
                vertices,
                model.faces,
                np.array([hip[0], hip[1] + sign * 0.30, hip[2] + 0.012]),
                np.array([0.0, -sign, 0.0]),
            ),
            f"knee_{side}": near(knee + np.array([0.0, sign * 0.09, 0.0])),
            f"malleolus_{side}": near(ankle + np.array([0.0, sign * 0.06, 0.0])),
        }
    return found


def _behind(model: AnnyModel, vertices: Array, y: float, z: float) -> SkinPoint:
    return hit_by_ray(
        vertices, model.faces, np.array([-_OUTSIDE_M, y + 1e-5, z]), np.array([1.0, 0.0, 0.0])
    )


def _before(model: AnnyModel, vertices: Array, y: float, z: float) -> SkinPoint:
    return hit_by_ray(
        vertices, model.faces, np.array([_OUTSIDE_M, y, z]), np.array([-1.0, 0.0, 0.0])
    )
