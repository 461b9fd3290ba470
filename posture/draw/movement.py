"""One photo of a range-of-motion test with the lines that were measured."""

from __future__ import annotations

from collections.abc import Sequence

from posture.anatomy import Method, Side
from posture.draw.canvas import Image8, Point
from posture.draw.cutout import cut_out
from posture.rom.kinds import RomTest
from posture.rom.photos import RomPhoto

__all__ = ["draw_movement"]

_MARGIN = 0.22


def draw_movement(
    photo: RomPhoto, test: RomTest, sides: Sequence[Side], *, height_px: int = 1100
) -> Image8:
    """Return the photo, cropped to what moves, with the test's lines and their ends.

    Parameters
    ----------
    photo
        The photo with its points.
    test, sides
        What was measured, on which sides of the client.
    height_px
        Height of the picture.
    """
    cutout = cut_out(
        photo.photo.pixels,
        photo.pose,
        margin=_MARGIN,
        height_px=height_px,
        names=None if test.lies else _down_to_the_lowest(photo, test),
    )

    def place(stem: str, side: Side) -> Point:
        point = photo.found[photo.full_name(stem, side)]
        return point.x_px, point.y_px

    lines = dict.fromkeys(
        (place(one, side), place(two, side)) for side in sides for one, two in test.lines
    )
    ends = dict.fromkeys((end for line in lines for end in line), Method.PROXY)
    cutout.draw(lines, ends, width=0.5, radius=0.9)
    return cutout.picture


def _down_to_the_lowest(photo: RomPhoto, test: RomTest) -> list[str]:
    """Return the points that lie no lower than those the test rests on."""
    points = photo.pose.points
    needed = [photo.full_name(stem, side) for stem in test.points for side in photo.view.sides]
    lowest = max(points[name].y_px for name in needed)
    return [name for name, point in points.items() if point.y_px <= lowest]
