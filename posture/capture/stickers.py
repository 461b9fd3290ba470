"""Which landmark each adhesive dot marks, told by where the estimator expects it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View
from posture.capture.dot_colour import Colour
from posture.capture.dots import Dot, Window, find_dots
from posture.capture.scale_aids import NOMINAL_STATURE_CM
from posture.capture.skin import Skin
from posture.landmarks import Landmark, LandmarkSet
from posture.results import QualityNote

__all__ = [
    "STICKER_LANDMARKS",
    "DotsOfPhoto",
    "StickerReading",
    "assign_dots",
    "look_for_dots",
    "takes_dot",
]

STICKER_LANDMARKS = ("c7", "acromion", "asis", "psis", "trochanter", "knee", "malleolus")
"""Landmarks that dots are stuck on, without side."""

_FROM_SIDE = ("acromion", "asis", "psis", "trochanter", "knee", "malleolus")
_FROM_FRONT = ("acromion", "asis")
_FROM_BEHIND = ("c7", "acromion", "psis")
"""Where each view may show dots: the others are edge-on."""

_EXPECTED_SD_FRACTION = 0.009
"""How far a dot lies from the landmark's estimate beyond the estimate's own error, over the
client's height: 1.5 cm, for the finger that felt for the bone and cloth that moved."""

_MORE_SD_FRACTION = {"acromion": 0.012, "trochanter": 0.011, "knee": 0.015, "malleolus": 0.015}
"""For landmarks of which estimates on people and on rendered bodies lie up to 4 cm apart."""

_GATE = 3.3
"""Standard deviations within which a dot may belong to a landmark."""

_MARGIN = 6.0
"""How much worse, in squared standard deviations, every other assignment of a dot must be:
odds of twenty to one."""

_STICKER_SD_FRACTION = 0.0018
"""Error of a dot's centre as a mark of the bone, along each axis, over the client's height:
3 mm. The centre itself is found to a tenth of a pixel; the rest is the hand that stuck it."""

_CLOTH_SD_FRACTION = {
    "c7": 0.006,
    "acromion": 0.008,
    "asis": 0.010,
    "psis": 0.013,
    "trochanter": 0.003,
    "knee": 0.003,
    "malleolus": 0.002,
}
"""How far cloth under a dot stands off the body, as the view shows it, over the client's height:
1 to 2 cm where it stands off sideways in the picture, a few millimetres where towards the lens."""

_RING_CM = (0.1, 0.6)
"""Where skin or cloth shows about a dot, beyond its rim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerReading:
    """The dots of one photo.

    `landmarks` are those that a dot marks beyond doubt, `marking` their dots; `ambiguous`
    names those that more than one dot may mark, or whose dot may mark another; `unassigned`
    are dots that lie near no landmark, that are in doubt, or of another colour.
    """

    landmarks: LandmarkSet
    marking: tuple[Dot, ...]
    ambiguous: tuple[str, ...]
    unassigned: tuple[Dot, ...]

    def notes(self) -> tuple[QualityNote, ...]:
        """Return what is to be said of them beside the photo."""
        if self.ambiguous:
            names = ", ".join(name.replace("_", " ") for name in self.ambiguous)
            return (
                QualityNote(
                    code="stickers_ambiguous",
                    severity="warning",
                    text=f"expected one dot at each landmark; it is unclear which dot marks: "
                    f"{names}. These stay estimated; place them by hand, or take away what "
                    "looks like a dot.",
                ),
            )
        if not self.landmarks:
            return (
                QualityNote(
                    code="no_stickers",
                    severity="warning",
                    text="expected adhesive dots on the landmarks, found none. Use round dots of "
                    "12 to 20 mm in one strong colour that is not in the clothes.",
                ),
            )
        return ()


def takes_dot(name: str, view: View) -> bool:
    """Return whether a dot on this landmark can be seen in this view."""
    plain = _unsided(name)
    if view.is_lateral:
        return plain in _FROM_SIDE
    return plain in (_FROM_BEHIND if view is View.BACK else _FROM_FRONT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DotsOfPhoto:
    """The dots near the landmarks of one photo, not yet assigned.

    `expected` says where landmarks are expected, in a photo in which the client is `height_px`
    tall; `cloth` of each dot how likely it lies on cloth.
    """

    dots: tuple[Dot, ...]
    cloth: tuple[float, ...]
    expected: Mapping[str, Landmark]
    height_px: float

    def assigned(self, colour: Colour | None = None) -> StickerReading:
        """Return which landmark each dot marks; with a colour, dots of another mark none."""
        kept = [i for i, dot in enumerate(self.dots) if colour is None or colour.is_of(dot)]
        reading = assign_dots(
            [self.dots[i] for i in kept],
            self.expected,
            self.height_px,
            [self.cloth[i] for i in kept],
        )
        other = tuple(dot for i, dot in enumerate(self.dots) if i not in kept)
        return replace(reading, unassigned=reading.unassigned + other)


def look_for_dots(
    pixels: NDArray[np.uint8],
    expected: LandmarkSet,
    height_px: float,
    *,
    stature_cm: float = NOMINAL_STATURE_CM,
    skin: Skin | None = None,
) -> DotsOfPhoto:
    """Find the adhesive dots near the landmarks of a photo.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3), the photo at full resolution.
    expected
        Where the landmarks are expected, each with its error.
    height_px, stature_cm
        The client's height in the photo and in life; give the size that a dot must have.
    skin
        The colours of the client's skin: a dot on cloth says less of the bone. None where all
        dots are on the skin.
    """
    px_per_cm = height_px / stature_cm
    wanted = {
        name: mark
        for name, mark in expected.items()
        if _unsided(name) in STICKER_LANDMARKS and mark.method is Method.ESTIMATED
    }
    windows = [_window(mark, _sd_px(name, mark, height_px)) for name, mark in wanted.items()]
    dots = tuple(find_dots(pixels, windows, px_per_cm))
    cloth = tuple(_cloth_share(dot, skin, pixels, px_per_cm) for dot in dots)
    return DotsOfPhoto(dots=dots, cloth=cloth, expected=wanted, height_px=height_px)


def _cloth_share(dot: Dot, skin: Skin | None, pixels: NDArray[np.uint8], px_per_cm: float) -> float:
    if skin is None:
        return 0.0
    inner, outer = ((dot.long_cm / 2 + beyond) * px_per_cm for beyond in _RING_CM)
    return 1.0 - skin.likelihood(pixels, (dot.x_px, dot.y_px), inner, outer)


def assign_dots(
    dots: Sequence[Dot],
    expected: Mapping[str, Landmark],
    height_px: float,
    cloth: Sequence[float] | None = None,
) -> StickerReading:
    """Return which dot marks which landmark: the likeliest assignment, where it is clear.

    Each dot marks at most one landmark. A pair is left out where another assignment of its
    dot or of its landmark is nearly as likely, or its dot belongs to a pattern. `cloth` says of
    each dot how likely it lies on cloth; None stands for skin.
    """
    names = list(expected)
    costs = np.array(
        [
            [_cost(dot, expected[name], _sd_px(name, expected[name], height_px)) for dot in dots]
            for name in names
        ]
    ).reshape(len(names), len(dots))
    pairs, total = _best(costs)
    clear: dict[str, Landmark] = {}
    used, ambiguous = set(), []
    for row, column in pairs.items():
        if dots[column].in_pattern or _is_ambiguous(costs, row, column, total):
            ambiguous.append(names[row])
            continue
        used.add(column)
        clear[names[row]] = Landmark(
            x_px=dots[column].x_px,
            y_px=dots[column].y_px,
            method=Method.STICKER,
            sd_px=_error(names[row], cloth[column] if cloth else 0.0) * height_px,
        )
    return StickerReading(
        landmarks=LandmarkSet(clear),
        marking=tuple(dots[column] for column in sorted(used)),
        ambiguous=tuple(ambiguous),
        unassigned=tuple(dot for column, dot in enumerate(dots) if column not in used),
    )


def _error(name: str, cloth: float) -> float:
    """Return a dot's error as a mark of its landmark, over the client's height."""
    return math.hypot(_STICKER_SD_FRACTION, math.sqrt(cloth) * _CLOTH_SD_FRACTION[_unsided(name)])


def _sd_px(name: str, mark: Landmark, height_px: float) -> float:
    share = _MORE_SD_FRACTION.get(_unsided(name), _EXPECTED_SD_FRACTION)
    return math.hypot(mark.sd_px, share * height_px)


def _unsided(name: str) -> str:
    return name.removesuffix("_left").removesuffix("_right")


def _window(mark: Landmark, sd_px: float) -> Window:
    reach = _GATE * sd_px
    return Window(
        left=math.floor(mark.x_px - reach),
        top=math.floor(mark.y_px - reach),
        right=math.ceil(mark.x_px + reach) + 1,
        bottom=math.ceil(mark.y_px + reach) + 1,
    )


def _cost(dot: Dot, mark: Landmark, sd_px: float) -> float:
    """Return the squared distance in standard deviations, infinite beyond the gate."""
    apart = math.hypot(dot.x_px - mark.x_px, dot.y_px - mark.y_px) / sd_px
    return apart**2 if apart <= _GATE else math.inf


def _best(costs: NDArray[np.float64]) -> tuple[dict[int, int], float]:
    """Return the cheapest assignment of rows to columns, and its cost.

    A row may go without a column, for the cost of one at the gate.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = costs.shape
    alone = np.full((rows, rows), _GATE**2)
    forbidden = 1e6
    table = np.hstack([np.where(np.isfinite(costs), costs, forbidden), alone])
    row_of, column_of = linear_sum_assignment(table)
    pairs = {int(r): int(c) for r, c in zip(row_of, column_of, strict=True) if c < columns}
    return pairs, float(table[row_of, column_of].sum())


def _is_ambiguous(costs: NDArray[np.float64], row: int, column: int, total: float) -> bool:
    """Whether the row, or the column, finds another partner at little more cost."""
    without = costs.copy()
    without[row, column] = math.inf
    pairs, cost = _best(without)
    return cost - total < _MARGIN and (row in pairs or column in pairs.values())
