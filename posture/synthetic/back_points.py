"""Where scapula and heel are placed on a synthetic body seen from behind.

Only for what a camera does to the lines between them. They are no truth of a posture: the
body model's skin does not glide with the shoulder blade (that over the inferior angle goes
with the spine's bones alone), and its feet stay flat, so that no heel ever leans.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from posture.synthetic.anny_model import DEFAULT_PHENOTYPE, load_anny
from posture.synthetic.surface import SkinPoint, hit_by_ray

__all__ = ["back_points"]

_OUTSIDE_M = 1.0
_FORWARD = np.array([1.0, 0.0, 0.0])
_SCAPULA_OUT_M = 0.085
_CALF_UP_M, _CALCANEUS_UP_M = 0.12, 0.025


@cache
def back_points() -> dict[str, SkinPoint]:
    """Return scapula, calf, achilles and calcaneus of both sides as points of the skin.

    The inferior angle lies level with T8 and 8.5 cm from the mid-line of the default body.
    """
    model = load_anny()
    vertices, heads = model.rest(DEFAULT_PHENOTYPE)
    joint = dict(zip(model.bones, heads, strict=True))
    sole = float(vertices[:, 2].min())
    found = {}
    for side, letter, sign in (("left", "L", 1.0), ("right", "R", -1.0)):
        ankle = joint[f"foot.{letter}"]
        for name, y, z in (
            ("scapula", sign * _SCAPULA_OUT_M, joint["spine01"][2]),
            ("calf", ankle[1], ankle[2] + _CALF_UP_M),
            ("achilles", ankle[1], ankle[2]),
            ("calcaneus", ankle[1], sole + _CALCANEUS_UP_M),
        ):
            origin = np.array([-_OUTSIDE_M, y, z])
            found[f"{name}_{side}"] = hit_by_ray(vertices, model.faces, origin, _FORWARD)
    return found
