"""Posture of a synthetic client: absolute orientation of each segment, and skinning.

Angles in degrees, in the body's frame. `pitch` leans a segment forward (its top moves to
+x; for the pelvis: anterior tilt), `roll` raises its right side, `yaw` turns it to the
client's left. Segments are given absolutely and not against their parent, so that a
foot stays flat and a gaze level whatever happens between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import AnnyModel

__all__ = ["SEGMENT_OF_BONE", "Turn", "pose_bones", "rotation", "skin"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Absolute orientation of a segment against its rest orientation."""

    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    yaw_deg: float = 0.0

    def matrix(self) -> Array:
        """Return the rotation, shape (3, 3): yaw first, then roll, then pitch."""
        return rotation(1, self.pitch_deg) @ rotation(0, -self.roll_deg) @ rotation(2, self.yaw_deg)


def rotation(axis: int, angle_deg: float) -> Array:
    """Return the right-handed rotation about x (0), y (1) or z (2)."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    matrix = np.eye(3)
    i, j = ((1, 2), (2, 0), (0, 1))[axis]
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


SEGMENT_OF_BONE = {
    "root": "pelvis",
    "pelvis.L": "pelvis",
    "pelvis.R": "pelvis",
    "spine05": "spine05",
    "spine04": "spine04",
    "spine03": "spine03",
    "spine02": "spine02",
    "spine01": "spine01",
    "neck01": "neck01",
    "neck02": "neck02",
    "neck03": "neck03",
    "head": "head",
    **{
        f"{bone}.{letter}": f"{segment}_{side}"
        for letter, side in (("L", "left"), ("R", "right"))
        for bone, segment in (
            ("clavicle", "clavicle"),
            ("shoulder01", "shoulder"),
            ("upperarm01", "upper_arm"),
            ("upperarm02", "upper_arm"),
            ("lowerarm01", "forearm"),
            ("lowerarm02", "forearm"),
            ("wrist", "hand"),
            ("upperleg01", "thigh"),
            ("upperleg02", "thigh"),
            ("lowerleg01", "shank"),
            ("lowerleg02", "shank"),
            ("foot", "foot"),
        )
    },
}
"""Bones that turn as one segment; all other bones follow their parent."""


def pose_bones(
    model: AnnyModel,
    rest_heads: Array,
    turns: Mapping[str, Turn],
    stretch_m: Mapping[str, float] | None = None,
) -> tuple[Array, Array]:
    """Return each bone's absolute rotation (B, 3, 3) and posed head (B, 3).

    Parameters
    ----------
    model, rest_heads
        The model, and the rest position of its bones.
    turns
        Per segment; segments left out keep their parent's orientation.
    stretch_m
        Per bone of `SEGMENT_OF_BONE`, how far its head is moved down: unequal leg lengths.
    """
    count = len(model.bones)
    rotations = np.empty((count, 3, 3))
    heads = np.empty((count, 3))
    for bone, name in enumerate(model.bones):
        parent = int(model.parents[bone])
        segment = SEGMENT_OF_BONE.get(name)
        turn = turns.get(segment) if segment else None
        if parent < 0:
            rotations[bone] = turn.matrix() if turn else np.eye(3)
            heads[bone] = rest_heads[bone]
            continue
        rotations[bone] = turn.matrix() if turn else rotations[parent]
        heads[bone] = heads[parent] + rotations[parent] @ (rest_heads[bone] - rest_heads[parent])
        if stretch_m and name in stretch_m:
            heads[bone, 2] -= stretch_m[name]
    return rotations, heads


def skin(
    model: AnnyModel, vertices: Array, rest_heads: Array, rotations: Array, heads: Array
) -> Array:
    """Return the posed vertices (V, 3) by linear blend skinning.

    Bones that follow their parent share its motion, so that a few dozen motions are
    blended instead of one for every bone.
    """
    drivers, weights = _driver_weights(model)
    turns = rotations[drivers]
    offsets = heads[drivers] - np.einsum("bij,bj->bi", turns, rest_heads[drivers])
    motions = np.concatenate([turns.reshape(-1, 9), offsets], axis=1)
    mixed = weights @ motions
    x, y, z = vertices.T
    moved = np.empty_like(vertices)
    for row in range(3):
        a, b, c = mixed[:, 3 * row], mixed[:, 3 * row + 1], mixed[:, 3 * row + 2]
        moved[:, row] = a * x + b * y + c * z + mixed[:, 9 + row]
    return moved


@cache
def _driver_weights(model: AnnyModel) -> tuple[NDArray[np.int64], Array]:
    """Return the bones that move on their own, (D,), and each vertex's share in them, (V, D)."""
    driver = np.arange(len(model.bones))
    for bone, name in enumerate(model.bones):
        if name not in SEGMENT_OF_BONE and model.parents[bone] >= 0:
            driver[bone] = driver[model.parents[bone]]
    drivers, column = np.unique(driver, return_inverse=True)
    weights = np.zeros((len(model.bone_weight), len(drivers)))
    rows = np.arange(len(weights))[:, None]
    np.add.at(weights, (rows, column[model.bone_index]), model.bone_weight)
    return drivers, weights
