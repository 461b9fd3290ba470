"""Skin: its tone over the whole Monk scale, and a face painted on it for the detector to see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.body import BODY_PARTS, Body
from posture.synthetic.mesh import Mesh

__all__ = ["MONK_TONES", "linear", "skin_mesh", "tone_name"]

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


def skin_mesh(body: Body, tone: int, rng: np.random.Generator) -> Mesh:
    """Return the bare body with a skin tone (index of `MONK_TONES`) and painted features."""
    base = linear(MONK_TONES[tone]) * rng.uniform(0.85, 1.1)
    colours = np.tile(base, (len(body.vertices), 1))
    rest, marks = body.rest, _marks(body.rest)
    blotch = 0.06 * np.sin(rest @ rng.normal(0, 25, 3) + rng.uniform(0, 6))
    colours *= 1 + blotch[:, None] + 0.02 * rng.standard_normal((len(rest), 1))
    _paint(colours, rest, marks["eye"], 0.014, np.array([0.75, 0.72, 0.68]), 1.0)
    iris = linear(str(rng.choice(["#3b2413", "#4a5d3a", "#4b6a8c", "#20140c"])))
    _paint(colours, rest, marks["iris"], 0.0075, iris, 1.0)
    brow = linear(str(rng.choice(["#1c120b", "#4a3220", "#8a7a66"])))
    _paint(colours, rest, marks["brow"], 0.009, brow, 0.8)
    lips = base * np.array([0.95, 0.55, 0.55])
    _paint(colours, rest, marks["lips"], 0.012, lips, 0.7)
    _paint(colours, rest, marks["nipple"], 0.014, base * [0.7, 0.5, 0.45], 0.7)
    head = body.part == BODY_PARTS.index("head")
    cheeks = head & (rest[:, 0] > 0.06) & (rest[:, 2] < 0.90)
    colours[cheeks] *= np.array([1.03, 0.96, 0.95])
    return Mesh(
        vertices=body.vertices,
        faces=body.faces,
        colours=np.clip(colours, 0, 1).astype(np.float32),
        roughness=float(rng.uniform(0.4, 0.8)),
    )


def _marks(rest: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return where features lie on the default body at rest, (N, 3) each."""
    chest = rest[(rest[:, 2] > 0.42) & (rest[:, 2] < 0.58) & (rest[:, 1] > 0.05)]
    nipple = chest[int(np.argmax(chest[:, 0]))]
    return {
        "eye": np.array([[0.139, y, 0.904] for y in (-0.031, 0.031)]),
        "iris": np.array([[0.143, y, 0.904] for y in (-0.031, 0.031)]),
        "brow": np.array(
            [
                [0.150 - 0.25 * abs(y), y, 0.924]
                for y in (-0.046, -0.036, -0.026, -0.016, 0.016, 0.026, 0.036, 0.046)
            ]
        ),
        "lips": np.array([[0.158 - 6 * y * y, y, 0.836] for y in (-0.02, -0.01, 0.0, 0.01, 0.02)]),
        "nipple": np.array([nipple, nipple * [1, -1, 1]]),
    }


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
