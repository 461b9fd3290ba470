"""Strokes, shapes and text with a halo, so that they read on dark and on light photos.

Every function draws onto the RGB uint8 array it is given. Positions are (x, y) in pixels
of that array; sizes are in pixels and chosen by the caller relative to the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from posture.draw.style import INK, PAPER, Rgb

__all__ = [
    "Image8",
    "Point",
    "Text",
    "dashed_line",
    "line",
    "marker",
    "polyline",
    "put_texts",
    "text_width",
    "tint_sector",
]

Image8 = NDArray[np.uint8]
Point = tuple[float, float]
Text = tuple[Point, str, float, bool, Rgb]
"""Position of the left end of the base line's top, words, size in pixels, bold, colour."""

_SHIFT = 4
_SUBPIXELS = 1 << _SHIFT


def polyline(
    image: Image8,
    points: Sequence[Point],
    *,
    width: float,
    colour: Rgb,
    halo: Rgb = INK,
    closed: bool = False,
) -> None:
    """Draw a line through points with a halo of 60 % of its width on both sides."""
    path = [np.round(np.array(points, dtype=np.float64) * _SUBPIXELS).astype(np.int32)]
    for paint, thickness in ((halo, width * 2.2), (colour, width)):
        cv2.polylines(image, path, closed, paint, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)


def line(image: Image8, a: Point, b: Point, *, width: float, colour: Rgb, halo: Rgb = INK) -> None:
    """Draw a straight line with a halo."""
    polyline(image, (a, b), width=width, colour=colour, halo=halo)


def dashed_line(
    image: Image8, a: Point, b: Point, *, width: float, colour: Rgb, halo: Rgb = INK
) -> None:
    """Draw a dashed straight line with a halo; a dash is five widths long."""
    length = math.dist(a, b)
    if length == 0:
        return
    step, dash = width * 8, width * 5
    count = max(1, round(length / step))
    for paint, thickness in ((halo, width * 2.2), (colour, width)):
        for i in range(count):
            start, end = i * length / count, min(length, i * length / count + dash)
            ends = [
                np.round(
                    np.array([a[k] + (b[k] - a[k]) * t / length for k in (0, 1)]) * _SUBPIXELS
                ).astype(int)
                for t in (start, end)
            ]
            cv2.line(
                image,
                (int(ends[0][0]), int(ends[0][1])),
                (int(ends[1][0]), int(ends[1][1])),
                paint,
                max(1, round(thickness)),
                cv2.LINE_AA,
                _SHIFT,
            )


def arc_points(centre: Point, radius: float, start_deg: float, end_deg: float) -> list[Point]:
    """Return points along an arc; angles anticlockwise from the picture's right."""
    count = max(2, math.ceil(abs(end_deg - start_deg) / 2) + 1)
    return [
        (
            centre[0] + radius * math.cos(math.radians(angle)),
            centre[1] - radius * math.sin(math.radians(angle)),
        )
        for angle in np.linspace(start_deg, end_deg, count)
    ]


def tint_sector(
    image: Image8,
    centre: Point,
    radius: float,
    start_deg: float,
    end_deg: float,
    *,
    colour: Rgb,
    opacity: float,
) -> None:
    """Tint a sector of a circle, letting the photo through."""
    corners = np.array([centre, *arc_points(centre, radius, start_deg, end_deg)])
    low = np.floor(corners.min(axis=0)).astype(int) - 2
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]), image.shape[1]), min(int(high[1]), image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = image[y0:y1, x0:x1]
    tinted = part.copy()
    path = np.round((corners - (x0, y0)) * _SUBPIXELS).astype(np.int32)
    cv2.fillPoly(tinted, [path], colour, cv2.LINE_AA, _SHIFT)
    image[y0:y1, x0:x1] = cv2.addWeighted(tinted, opacity, part, 1 - opacity, 0)


def marker(image: Image8, centre: Point, shape: str, *, radius: float, colour: Rgb) -> None:
    """Draw a landmark: circle, square, triangle or ring; dark edge within a light one."""
    outlines = {
        "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
        "triangle": [(0.0, -1.15), (1.05, 0.75), (-1.05, 0.75)],
    }
    edge = max(1.0, radius * 0.28)
    if shape in outlines:
        corners = np.array(outlines[shape])
        for paint, size in ((PAPER, radius + 2 * edge), (INK, radius + edge), (colour, radius)):
            path = np.round((corners * size + centre) * _SUBPIXELS).astype(np.int32)
            cv2.fillPoly(image, [path], paint, cv2.LINE_AA, _SHIFT)
        return
    for paint, size in ((PAPER, radius + 2 * edge), (INK, radius + edge), (colour, radius)):
        _disc(image, centre, size, paint)
    if shape == "ring":
        _disc(image, centre, radius * 0.5, INK)
        _disc(image, centre, radius * 0.5 - edge * 0.5, PAPER)


def circle(image: Image8, centre: Point, radius: float, *, width: float, colour: Rgb) -> None:
    """Draw a circle's outline with a halo."""
    polyline(image, arc_points(centre, radius, 0, 358), width=width, colour=colour, closed=True)


def _disc(image: Image8, centre: Point, radius: float, colour: Rgb) -> None:
    at = (round(centre[0] * _SUBPIXELS), round(centre[1] * _SUBPIXELS))
    size = max(1, round(radius * _SUBPIXELS))
    cv2.circle(image, at, size, colour, -1, cv2.LINE_AA, _SHIFT)


@cache
def _font(size_px: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = files("matplotlib").joinpath("mpl-data", "fonts", "ttf", name)
    return ImageFont.truetype(BytesIO(font.read_bytes()), size_px)


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide words are, in pixels."""
    return float(_font(max(6, round(size)), bold).getlength(words))


def put_texts(image: Image8, texts: Sequence[Text]) -> Image8:
    """Return a copy of the image with all texts written."""
    sheet = Image.fromarray(image)
    pen = ImageDraw.Draw(sheet)
    for at, words, size, bold, colour in texts:
        pen.text(at, words, font=_font(max(6, round(size)), bold), fill=colour)
    return np.asarray(sheet).copy()
