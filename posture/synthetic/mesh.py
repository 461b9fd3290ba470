"""A coloured triangle mesh, as the renderers take it, and ways to cut and refine one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.surface import vertex_normals

__all__ = ["Mesh", "clipped", "refined"]

Array = NDArray[np.float64]
Faces = NDArray[np.int32]


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


def clipped(values: Array, faces: Faces, field: Array) -> tuple[Array, Faces]:
    """Return the part of a mesh where a field is positive, cut through the triangles.

    Parameters
    ----------
    values
        Whatever belongs to the vertices, (V, K): positions, colours; interpolated at cuts.
    faces
        Triangles, (F, 3).
    field
        (V,); its zero line becomes a smooth border.

    Returns
    -------
    values : (V', K)
    faces : (F', 3)
    """
    inside = field > 0
    count = inside[faces].sum(axis=1)
    turned = [faces[:, [i, (i + 1) % 3, (i + 2) % 3]].astype(np.int64) for i in range(3)]
    # Triangles with one corner inside, and with one outside, that corner first.
    tips = np.concatenate([t[(count == 1) & inside[t[:, 0]]] for t in turned])
    stumps = np.concatenate([t[(count == 2) & ~inside[t[:, 0]]] for t in turned])
    both = np.concatenate([tips, stumps])
    edges = np.sort(np.concatenate([both[:, [0, 1]], both[:, [0, 2]]]), axis=1)
    keys, where = np.unique(edges, axis=0, return_inverse=True)
    ab, ac = (where.reshape(-1) + len(values)).reshape(2, -1)
    n = len(tips)
    pieces = [
        faces[count == 3].astype(np.int64),
        np.stack([tips[:, 0], ab[:n], ac[:n]], axis=1),
        np.stack([ab[n:], stumps[:, 1], stumps[:, 2]], axis=1),
        np.stack([ab[n:], stumps[:, 2], ac[n:]], axis=1),
    ]
    first, second = field[keys[:, 0]], field[keys[:, 1]]
    share = (first / (first - second))[:, None]
    added = values[keys[:, 0]] * (1 - share) + values[keys[:, 1]] * share
    used, renumbered = np.unique(np.concatenate(pieces), return_inverse=True)
    return np.concatenate([values, added])[used], renumbered.reshape(-1, 3).astype(np.int32)


def refined(vertices: Array, faces: Faces, others: Array) -> tuple[Array, Faces, Array]:
    """Return the mesh with each triangle split in four, its edges bent along the normals.

    `others` (V, K) belong to the vertices and are averaged along the edges.
    """
    edges = np.sort(np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)]), axis=1)
    keys, where = np.unique(edges, axis=0, return_inverse=True)
    ab, bc, ca = (where.reshape(-1) + len(vertices)).reshape(3, -1)
    a, b, c = faces.T
    normals = vertex_normals(vertices, faces)
    along = vertices[keys[:, 1]] - vertices[keys[:, 0]]
    rise = [
        np.einsum("ij,ij->i", along, normals[keys[:, end]])[:, None] * normals[keys[:, end]]
        for end in (0, 1)
    ]
    middles = vertices[keys].mean(axis=1) + (rise[1] - rise[0]) / 8
    split = np.concatenate(
        [
            np.stack(corners, axis=1)
            for corners in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))
        ]
    )
    return (
        np.concatenate([vertices, middles]),
        split.astype(np.int32),
        np.concatenate([others, others[keys].mean(axis=1)]),
    )
