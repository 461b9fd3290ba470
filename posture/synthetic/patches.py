"""Flat things on the skin or the clothes of a synthetic client: dots, badges, patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.camera import Camera
from posture.synthetic.mesh import Mesh
from posture.synthetic.scene import Colour

__all__ = ["Patch", "Surface", "disc", "is_visible", "polygon", "put_on"]

Array = NDArray[np.float64]

_LIFT_M = 0.0008
_RINGS = 4
_BURIED_M = 0.05
_NEAR_M = 0.20
_FACING = 0.45
_SEEN_SHARE = 0.97


class Surface:
    """The triangles of several meshes, asked where a ray first meets them."""

    def __init__(self, meshes: Sequence[Mesh]) -> None:
        corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in meshes])
        self._start = corners[:, 0]
        self._edges = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        self._centres = corners.mean(axis=1)

    def near(self, place: Array, reach_m: float) -> Surface:
        """Return the part about a place, for many rays at little cost."""
        part = object.__new__(Surface)
        kept = ((self._centres - place) ** 2).sum(axis=1) < reach_m**2
        part._start, part._centres = self._start[kept], self._centres[kept]
        part._edges = self._edges[0][kept], self._edges[1][kept]
        return part

    def distance_m(self, origin: Array, direction: Array) -> float:
        """Return how far a ray goes until it meets the surface, or infinity."""
        edge1, edge2 = self._edges
        p = np.cross(direction, edge2)
        determinant = np.einsum("ij,ij->i", edge1, p)
        safe = np.where(np.abs(determinant) < 1e-14, np.inf, determinant)
        offset = origin - self._start
        u = np.einsum("ij,ij->i", offset, p) / safe
        q = np.cross(offset, edge1)
        v, t = q @ direction / safe, np.einsum("ij,ij->i", edge2, q) / safe
        met = t[(u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-6) & np.isfinite(safe)]
        return float(met.min()) if met.size else float("inf")

    def outward(self, place: Array) -> Array:
        """Return the surface's direction outwards about a place, unit length."""
        near = ((self._centres - place) ** 2).sum(axis=1) < 0.02**2
        if not near.any():
            near[np.argmin(((self._centres - place) ** 2).sum(axis=1))] = True
        total = np.cross(self._edges[0][near], self._edges[1][near]).sum(axis=0)
        unit: Array = total / max(float(np.linalg.norm(total)), 1e-12)
        return unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patch:
    """A patch as put on: its mesh, its middle on the surface, and which way it faces."""

    mesh: Mesh
    middle: Array
    outward: Array


def disc(diameter_m: float, corners: int = 32) -> Array:
    """Return the outline of a disc, shape (N, 2), metres."""
    turn = np.arange(corners) * 2 * np.pi / corners
    return np.stack([np.cos(turn), np.sin(turn)], axis=1) * diameter_m / 2


def polygon(corners: int, width_m: float, height_m: float, turned_rad: float) -> Array:
    """Return the outline of a triangle, a rectangle, …, its edges cut fine, (N, 2)."""
    turn = turned_rad + (np.arange(corners + 1) + 0.5) * 2 * np.pi / corners
    points = np.stack([np.cos(turn) * width_m, np.sin(turn) * height_m], axis=1) * 0.7
    share = np.arange(8)[:, None] / 8
    edges = [a + share * (b - a) for a, b in pairwise(points)]
    return np.concatenate(edges)


def put_on(
    whole: Surface, skin: Surface, place: Array, outline: Array, colour: Colour
) -> Patch | None:
    """Lay an outline on the outermost surface over a place of the skin.

    Returns None where nothing outer is met within 5 cm, as under an arm.
    """
    outward = skin.outward(place)
    part = whole.near(place, _NEAR_M)
    above = place + 0.1 * outward
    middle = above - part.distance_m(above, -outward) * outward
    if not np.linalg.norm(middle - place) < _BURIED_M:
        return None
    across = np.cross(outward, [0.0, 0.0, 1.0] if abs(outward[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    up = np.cross(across, outward)
    vertices = [middle]
    for ring in range(1, _RINGS + 1):
        for u, v in outline * ring / _RINGS:
            start = middle + u * across + v * up + 0.03 * outward
            depth = part.distance_m(start, -outward)
            vertices.append(start - (depth if depth < 0.05 else 0.03) * outward)
    return Patch(
        mesh=Mesh(
            vertices=np.array(vertices) + _LIFT_M * outward,
            faces=_fan(len(outline)),
            colours=np.tile(np.asarray(colour, dtype=np.float32), (len(vertices), 1)),
        ),
        middle=middle,
        outward=outward,
    )


def _fan(corners: int) -> NDArray[np.int32]:
    """Return the triangles between a middle and rings of corners about it."""
    here = np.arange(corners)
    after = (here + 1) % corners
    faces = [np.stack([np.zeros_like(here), 1 + here, 1 + after], axis=1)]
    for ring in range(_RINGS - 1):
        inner, outer = 1 + ring * corners, 1 + (ring + 1) * corners
        faces.append(np.stack([inner + here, outer + here, outer + after], axis=1))
        faces.append(np.stack([inner + here, outer + after, inner + after], axis=1))
    return np.concatenate(faces).astype(np.int32)


def is_visible(patch: Patch, whole: Surface, camera: Camera) -> bool:
    """Whether the camera sees all of a patch, at no more than 63° from head-on."""
    eye, _ = camera.axes()
    towards = eye - patch.middle
    if patch.outward @ towards < _FACING * np.linalg.norm(towards):
        return False
    seen = []
    for vertex in patch.mesh.vertices:
        start = vertex + 0.001 * patch.outward
        away = float(np.linalg.norm(eye - start))
        seen.append(whole.distance_m(start, (eye - start) / away) > away)
    x, y = camera.project(patch.middle[None])[0]
    inside = 0 <= x < camera.width_px and 0 <= y < camera.height_px
    return bool(inside and np.mean(seen) >= _SEEN_SHARE)
