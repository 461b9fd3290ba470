"""Which part of the body each vertex belongs to, by the bone that moves it most."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import AnnyModel, load_anny
from posture.synthetic.pose import SEGMENT_OF_BONE

__all__ = ["BODY_PARTS", "body_parts", "foot_vertices"]

BODY_PARTS = (
    "head",
    "neck",
    "torso",
    "pelvis",
    *(
        f"{name}_{side}"
        for side in ("left", "right")
        for name in ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
    ),
)


@cache
def body_parts() -> NDArray[np.uint8]:
    """Return the part each vertex moves with most, (V,), as an index of `BODY_PARTS`."""
    model = load_anny()
    part_of_bone = np.empty(len(model.bones), dtype=np.uint8)
    for bone, name in enumerate(model.bones):
        part_of_bone[bone] = _part_of(model, bone, name)
    heaviest = model.bone_index[np.arange(len(model.bone_index)), model.bone_weight.argmax(axis=1)]
    parts: NDArray[np.uint8] = part_of_bone[heaviest]
    return parts


def _part_of(model: AnnyModel, bone: int, name: str) -> int:
    while name not in SEGMENT_OF_BONE:
        bone = int(model.parents[bone])
        name = model.bones[bone]
    segment = SEGMENT_OF_BONE[name]
    if segment.startswith(("spine", "clavicle", "shoulder")):
        segment = "pelvis" if segment == "spine05" else "torso"
    elif segment.startswith("neck"):
        segment = "neck"
    return BODY_PARTS.index(segment)


@cache
def foot_vertices(side: str) -> NDArray[np.bool_]:
    """Return which vertices belong to the foot of a side, (V,)."""
    chosen: NDArray[np.bool_] = body_parts() == BODY_PARTS.index(f"foot_{side}")
    return chosen
