"""A coloured triangle mesh, as the renderers take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.surface import vertex_normals

__all__ = ["Mesh"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """Triangles with a colour per vertex.

    `vertices` (V, 3) metres in the body's frame; `faces` (F, 3); `colours` (V, 3) linear RGB
    in [0, 1]; `roughness` in [0, 1], 1 for cloth.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    colours: NDArray[np.float32]
    roughness: float = 0.8

    def normals(self) -> NDArray[np.float64]:
        """Return unit vertex normals, (V, 3)."""
        return vertex_normals(self.vertices, self.faces)

    def moved(self, by: Sequence[float]) -> Mesh:
        """Return the mesh moved by a vector in metres."""
        return replace(self, vertices=self.vertices + np.asarray(by))
