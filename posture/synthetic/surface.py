"""Points on a triangle mesh that stay where they are on the skin when the body moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SkinPoint", "hit_by_ray", "nearest_on_surface", "vertex_normals"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinPoint:
    """A point inside a triangle, by the indices of its corners and their weights."""

    corners: tuple[int, int, int]
    weights: tuple[float, float, float]

    def on(self, vertices: Array) -> Array:
        """Return where the point lies on a body with these vertices, shape (3,)."""
        position: Array = np.asarray(self.weights) @ vertices[list(self.corners)]
        return position


def hit_by_ray(
    vertices: Array, faces: NDArray[np.int32], origin: Array, direction: Array
) -> SkinPoint:
    """Return the first point of the surface that a ray meets (Möller–Trumbore).

    Raises
    ------
    ValueError
        If the ray meets nothing.
    """
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    edge1, edge2 = b - a, c - a
    p = np.cross(direction, edge2)
    determinant = np.einsum("ij,ij->i", edge1, p)
    safe = np.where(np.abs(determinant) < 1e-12, np.inf, determinant)
    t_vector = origin - a
    u = np.einsum("ij,ij->i", t_vector, p) / safe
    q = np.cross(t_vector, edge1)
    v = q @ direction / safe
    distance = np.einsum("ij,ij->i", edge2, q) / safe
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (distance > 0) & np.isfinite(safe)
    if not hit.any():
        raise ValueError(f"expected a ray that meets the body, found none from {origin}")
    face = int(np.flatnonzero(hit)[np.argmin(distance[hit])])
    i, j, k = (int(n) for n in faces[face])
    return SkinPoint(
        corners=(i, j, k), weights=(float(1 - u[face] - v[face]), float(u[face]), float(v[face]))
    )


def nearest_on_surface(vertices: Array, faces: NDArray[np.int32], point: Array) -> SkinPoint:
    """Return the surface point nearest to a point in space, among triangles near it."""
    centres = vertices[faces].mean(axis=1)
    near = np.argsort(((centres - point) ** 2).sum(axis=1))[:60]
    best: tuple[float, SkinPoint] | None = None
    steps = np.linspace(0, 1, 21)
    grid = np.array([(1 - u - v, u, v) for u in steps for v in steps if u + v <= 1 + 1e-9])
    for face in faces[near]:
        places = grid @ vertices[face]
        distances = ((places - point) ** 2).sum(axis=1)
        index = int(np.argmin(distances))
        if best is None or distances[index] < best[0]:
            i, j, k = (int(n) for n in face)
            w = grid[index]
            best = (
                float(distances[index]),
                SkinPoint(corners=(i, j, k), weights=(float(w[0]), float(w[1]), float(w[2]))),
            )
    if best is None:
        raise ValueError("expected a mesh with triangles, found none")
    return best[1]


def vertex_normals(vertices: Array, faces: NDArray[np.int32]) -> Array:
    """Return unit normals per vertex, weighted by triangle area."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(
                faces[:, corner], weights=face_normals[:, axis], minlength=len(vertices)
            )
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: Array = normals / np.maximum(lengths, 1e-12)
    return unit
