"""Several photos of one view → one measure, with an interval that narrows as far as it may.

Pure. Some of a photo's error is the client's (build, clothes, the estimator's habits) and comes
back in the next photo of the same client; the mean of many photos keeps it. How large a share
that is was measured on synthetic clients and stands in `data/common_error.csv`, made by
`python -m posture.synthetic.repeats`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import stdev
from typing import Literal

from posture.anatomy import Method
from posture.data_tables import read_data_table
from posture.results import Measure, Repeats

__all__ = [
    "PAIRINGS",
    "CommonShare",
    "Pairing",
    "averaged",
    "common_share",
    "half_of_difference",
    "half_of_mean",
    "mean_weights",
]

Pairing = Literal["same view", "both sides"]
PAIRINGS: tuple[Pairing, ...] = ("same view", "both sides")
"""How two photos of one client relate."""


def averaged(taken: Sequence[Measure]) -> Measure:
    """Return the mean of one measure over photos of one view.

    Parameters
    ----------
    taken
        What each photo gave, at least one, all of one measure and view.

    Returns
    -------
    Measure
        Photos weigh by the inverse square of their interval. Only those of the best provenance
        count, so that a landmark placed by hand isn't diluted by estimates. Where one photo
        alone gave a value, that; where none did, the first one's reason.
    """
    counted = _best([measure for measure in taken if measure.is_ok])
    if len(counted) < 2:
        return counted[0] if counted else taken[0]
    first = counted[0]
    values = [measure.value or 0.0 for measure in counted]
    lower = [value - (m.low or 0.0) for value, m in zip(values, counted, strict=True)]
    upper = [(m.high or 0.0) - value for value, m in zip(values, counted, strict=True)]
    widths = [a + b for a, b in zip(lower, upper, strict=True)]
    weights = mean_weights(widths)
    share = common_share(first.id, first.method, "same view").at_most
    value = sum(w * v for w, v in zip(weights, values, strict=True))
    return replace(
        first,
        value=value,
        low=value - half_of_mean(lower, weights, share),
        high=value + half_of_mean(upper, weights, share),
        repeats=Repeats(n=len(counted), sd=stdev(values)),
    )


def _best(taken: Sequence[Measure]) -> list[Measure]:
    """Return those of the best provenance, in the unit of the first of them."""
    known = [measure for measure in taken if measure.method is not None]
    if not known:
        return []
    best = max(known, key=lambda measure: (measure.method or Method.PROXY).trust)
    return [m for m in known if m.method is best.method and m.unit is best.unit]


def mean_weights(widths: Sequence[float]) -> list[float]:
    """Return the inverse squares of the widths, as shares of one.

    >>> mean_weights([1.0, 1.0])
    [0.5, 0.5]
    """
    least = min(width for width in widths)
    if least <= 0:
        return [1 / len(widths)] * len(widths)
    raw = [(least / width) ** 2 for width in widths]
    return [weight / sum(raw) for weight in raw]


def half_of_mean(halves: Sequence[float], weights: Sequence[float], share: float) -> float:
    """Return half the interval of a weighted mean, of which `share` of each variance is common.

    It is never less than the common part.

    >>> half_of_mean([2.0, 2.0], [0.5, 0.5], 1.0)
    2.0
    >>> round(half_of_mean([2.0, 2.0], [0.5, 0.5], 0.0), 3)
    1.414
    """
    parts = [weight * half for weight, half in zip(weights, halves, strict=True)]
    own = sum(part**2 for part in parts)
    return math.sqrt((1 - share) * own + share * sum(parts) ** 2)


def half_of_difference(one: float, two: float, share: float) -> float:
    """Return half the interval of a difference, from which the common share cancels.

    >>> half_of_difference(3.0, 4.0, 0.0)
    5.0
    """
    return math.sqrt(max(0.0, one**2 + two**2 - 2 * share * one * two))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonShare:
    """Which share of an error's variance two photos of one client have in common.

    `at_least` and `at_most` lie one standard error to either side of what was measured: the
    former is safe where it cancels, the latter where it stays.
    """

    at_least: float
    at_most: float


def common_share(measure: str, method: Method | None, photos: Pairing) -> CommonShare:
    """Return the common share of a measure's error.

    Measured for estimates. Of anything else nothing is known, neither that it averages out
    nor that it cancels.
    """
    unknown = CommonShare(at_least=0.0, at_most=1.0)
    if method is not Method.ESTIMATED:
        return unknown
    return _table().get((measure, photos), unknown)


@cache
def _table() -> dict[tuple[str, str], CommonShare]:
    return {
        (row["measure"], row["photos"]): CommonShare(
            at_least=max(0.0, float(row["share"]) - float(row["se"])),
            at_most=min(1.0, float(row["share"]) + float(row["se"])),
        )
        for row in read_data_table("common_error.csv")
    }
