"""The Anny body model, read once: rest shapes by phenotype, joints, skinning weights.

Anny (NAVER, Apache-2.0, data CC0) is a free parametric body. Only its blend shapes and
weights are used; posing is done in `pose`, segment by segment. Frame: metres, x anterior,
y the client's left, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.errors import MissingExtraError

__all__ = ["DEFAULT_PHENOTYPE", "AnnyModel", "load_anny"]

Array = NDArray[np.float64]

DEFAULT_PHENOTYPE = {
    "gender": 0.5,
    "age": 2 / 3,
    "muscle": 0.5,
    "weight": 0.5,
    "height": 0.5,
    "proportions": 0.5,
    "cupsize": 0.5,
    "firmness": 0.5,
    "african": 1 / 3,
    "asian": 1 / 3,
    "caucasian": 1 / 3,
}
"""The default body that the landmark protocol is written for. Gender 0 is male."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnnyModel:
    """Anny's parts as arrays.

    `faces` (F, 3); `bones` names and `parents` (B,) with −1 for the root; `bone_index`,
    `bone_weight` (V, K); `keypoints` maps COCO names to regression weights (V,).
    """

    faces: NDArray[np.int32]
    bones: tuple[str, ...]
    parents: NDArray[np.int64]
    bone_index: NDArray[np.int64]
    bone_weight: Array
    keypoints: dict[str, Array]
    _model: Any

    def rest(self, phenotype: dict[str, float]) -> tuple[Array, Array]:
        """Return vertices (V, 3) and bone heads (B, 3) of an unposed body."""
        import torch

        with torch.no_grad():
            output = self._model(phenotype_kwargs=phenotype)
        vertices, heads = output["rest_vertices"][0], output["rest_bone_heads"][0]
        return _to_body(vertices.double().numpy()), _to_body(heads.double().numpy())

    def texture_coordinates(self) -> Array:
        """Return where each vertex lies on the texture, (V, 2) in [0, 1], v upwards.

        A vertex on a seam of the texture gets one of its places.
        """
        faces = self._model.faces.numpy().ravel()
        places = self._model.face_texture_coordinate_indices.numpy().ravel()
        coordinates = np.zeros((len(self.bone_index), 2))
        coordinates[faces] = self._model.texture_coordinates.double().numpy()[places]
        return coordinates


@cache
def load_anny() -> AnnyModel:
    """Read the model; takes some ten seconds, once a process.

    Raises
    ------
    MissingExtraError
        If the extra is not installed.
    """
    try:
        import anny
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "Expected the packages anny and torch, found them missing. "
            'Run `pip install "posture[synthetic]"`.'
        ) from error
    torch.set_num_threads(1)
    model = anny.Anny(phenotypes="all", extrapolate_phenotypes=True)
    regressor = anny.KeypointsRegressor.coco(model)
    return AnnyModel(
        faces=model.faces.numpy().astype(np.int32),
        bones=tuple(model.bone_labels),
        parents=np.asarray(model.bone_parents, dtype=np.int64),
        bone_index=model.vertex_bone_indices.numpy().astype(np.int64),
        bone_weight=model.vertex_bone_weights.double().numpy(),
        keypoints={
            label: row.double().numpy()
            for label, row in zip(regressor.labels, regressor.regression_weights, strict=True)
        },
        _model=model,
    )


def _to_body(points: Array) -> Array:
    """Anny looks along −y with its left at +x."""
    return np.stack([-points[:, 1], points[:, 0], points[:, 2]], axis=1)
