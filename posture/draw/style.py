"""Colours and shapes of drawings.

Colours are those of Okabe and Ito, told apart with any colour vision; shape repeats what
colour says.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from posture.anatomy import Method

__all__ = [
    "ANGLE",
    "COLOURS",
    "INK",
    "MUTED",
    "PAPER",
    "PLUMB",
    "SEGMENT",
    "SHAPES",
    "Rgb",
]

Rgb = tuple[int, int, int]

INK: Rgb = (22, 32, 42)
PAPER: Rgb = (255, 255, 255)
MUTED: Rgb = (94, 107, 120)
PLUMB: Rgb = (255, 255, 255)
SEGMENT: Rgb = (240, 244, 248)
ANGLE: Rgb = (240, 228, 66)

COLOURS: Mapping[Method, Rgb] = MappingProxyType(
    {
        Method.ESTIMATED: (86, 180, 233),
        Method.MANUAL: (230, 159, 0),
        Method.STICKER: (0, 158, 115),
        Method.PROXY: (204, 121, 167),
    }
)
"""Fill of landmarks by provenance."""

SHAPES: Mapping[Method, Literal["circle", "square", "triangle", "ring"]] = MappingProxyType(
    {
        Method.ESTIMATED: "circle",
        Method.MANUAL: "square",
        Method.STICKER: "triangle",
        Method.PROXY: "ring",
    }
)
"""Shape of landmarks by provenance."""
