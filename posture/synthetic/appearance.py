"""Skin: its tone over the whole Monk scale, and a face painted on it for the detector to see."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import load_anny
from posture.synthetic.body import Body
from posture.synthetic.mesh import Mesh, clipped, refined

__all__ = ["MONK_TONES", "ear_skin", "linear", "skin_mesh", "tone_name"]

MONK_TONES = (
    "#f6ede4",
    "#f3e7db",
    "#f7ead0",
    "#eadaba",
    "#d7bd96",
    "#a07e56",
    "#825c43",
    "#604134",
    "#3a312a",
    "#292420",
)
"""The ten tones of the Monk Skin Tone scale (CC BY 4.0), light to dark."""


def linear(colour: str) -> NDArray[np.float64]:
    """Return a hexadecimal sRGB colour as linear RGB in [0, 1]."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    converted: NDArray[np.float64] = channels**2.2
    return converted


def tone_name(index: int) -> str:
    """Return the third of the scale a tone belongs to: light, medium or dark."""
    return "light" if index < 4 else "medium" if index < 7 else "dark"


def skin_mesh(
    body: Body,
    tone: int,
    rng: np.random.Generator,
    *,
    bare: NDArray[np.float64] | None = None,
    detail: bool = False,
) -> Mesh:
    """Return the bare body with a skin tone (index of `MONK_TONES`) and painted features.

    `bare` (V,) is positive where skin is wanted, by default everywhere. With `detail` every
    triangle is split in four, for pictures that are looked at closely.
    """
    vertices, faces = body.vertices, body.faces
    others = np.hstack([body.rest, _masks()])
    if bare is not None:
        values, faces = clipped(np.hstack([vertices, others]), faces, bare)
        vertices, others = values[:, :3], values[:, 3:]
    if detail:
        vertices, faces, others = refined(vertices, faces, others)
    rest, masks = others[:, :3], dict(zip(_MASKS, others[:, 3:].T, strict=True))
    base = linear(MONK_TONES[tone]) * rng.uniform(0.85, 1.1)
    colours = np.tile(base, (len(rest), 1))
    blotch = 0.06 * np.sin(rest @ rng.normal(0, 25, 3) + rng.uniform(0, 6))
    colours *= 1 + blotch[:, None] + 0.01 * rng.standard_normal((len(rest), 1))
    colours *= 1 + 0.12 * masks["face"][:, None] * np.array([0.10, -0.25, -0.25])
    for mask, tint, opacity in (
        ("lips", (0.92, 0.52, 0.52), 0.75),
        ("eyelids", (0.45, 0.38, 0.36), 0.7),
        ("aureolae", (0.65, 0.45, 0.40), 0.7),
        ("fingernails", (1.05, 0.88, 0.85), 0.5),
        ("toenails", (1.05, 0.88, 0.85), 0.5),
    ):
        share = opacity * masks[mask][:, None]
        colours = (1 - share) * colours + share * base * np.array(tint)
    brow = linear(str(rng.choice(["#1c120b", "#4a3220", "#8a7a66"])))
    _paint(colours, rest, _BROWS, 0.0055, brow, 0.6)
    iris = linear(str(rng.choice(["#3b2413", "#4a5d3a", "#4b6a8c", "#20140c"])))
    _paint_eyes(colours, rest, masks["eyes"] > 0.99, iris)
    return Mesh(
        vertices=vertices,
        faces=faces,
        colours=np.clip(colours, 0, 1).astype(np.float32),
        roughness=float(rng.uniform(0.45, 0.75)),
    )


_EYE_CENTRES = np.array([[0.129, 0.0315, 0.904], [0.129, -0.0315, 0.904]])
_EYE_RADIUS_M = 0.0175
_BROWS = np.array(
    [
        [0.153 - 6.0 * (y - 0.015) ** 2, side * y, 0.9225 + 0.004 * np.sin((y - 0.012) * 80)]
        for side in (-1, 1)
        for y in np.linspace(0.013, 0.048, 12)
    ]
)
"""On the default body at rest, metres."""

_MASKS = ("face", "lips", "eyelids", "aureolae", "fingernails", "toenails", "ears", "eyes")


def ear_skin() -> NDArray[np.bool_]:
    """Return which vertices are an ear's, shape (V,)."""
    ears: NDArray[np.bool_] = _masks()[:, _MASKS.index("ears")] > 0.05
    return ears


@cache
def _masks() -> NDArray[np.float64]:
    """Return how far each vertex belongs to each of `_MASKS`, (V, 8) in [0, 1].

    Anny carries masks of lips, nails and so on as pictures over its texture coordinates;
    the eyes are pieces of the mesh of their own.
    """
    import anny
    import cv2
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    model = load_anny()
    coordinates = model.texture_coordinates()
    columns = []
    folder = Path(anny.__file__).parent / "data" / "mpfb2" / "textures"
    for name in _MASKS[:-1]:
        picture = np.asarray(cv2.imread(str(folder / f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE))
        size = np.array(picture.shape[::-1]) - 1
        column, row = np.round(coordinates * size).astype(int).T
        columns.append(picture[size[1] - row, column] / 255.0)
    links = np.concatenate([model.faces[:, [0, 1]], model.faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(links)), links.T), shape=(len(coordinates),) * 2)
    _, piece = connected_components(graph, directed=False)
    sizes = np.bincount(piece)
    columns.append((sizes[piece] < 100).astype(float))
    return np.stack(columns, axis=1)


def _paint_eyes(
    colours: NDArray[np.float64],
    rest: NDArray[np.float64],
    eyes: NDArray[np.bool_],
    iris: NDArray[np.float64],
) -> None:
    """Paint white, iris and pupil on the eyeballs by the angle from where they look."""
    colours[eyes] = np.array([0.62, 0.58, 0.55])
    for centre in _EYE_CENTRES:
        out = rest - centre
        near = eyes & (np.linalg.norm(out, axis=1) < 1.3 * _EYE_RADIUS_M)
        aside = np.hypot(out[:, 1], out[:, 2])
        colours[near & (aside < 0.0068) & (out[:, 0] > 0)] = iris
        colours[near & (aside < 0.0028) & (out[:, 0] > 0)] = 0.01


def _paint(
    colours: NDArray[np.float64],
    rest: NDArray[np.float64],
    marks: NDArray[np.float64],
    radius_m: float,
    colour: NDArray[np.float64],
    opacity: float,
) -> None:
    """Blend a colour into the vertices near any of the marks, (N, 3) in rest coordinates."""
    for mark in marks:
        near = np.linalg.norm(rest - mark, axis=1) < radius_m
        colours[near] = (1 - opacity) * colours[near] + opacity * colour
