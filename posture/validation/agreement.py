"""How answers agree with a reference: the figures of the accuracy table. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Agreement", "Row", "agreement", "changes", "icc_2_1", "refusals", "slices"]

Array = NDArray[np.float64]

_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure of one photo: the truth, and what the product said.

    `value`, `low`, `high` are None where it refused, and `reason` then says why. `client`
    is None where visits are not told apart.
    """

    visit: str
    measure: str
    truth: float
    value: float | None
    low: float | None
    high: float | None
    descriptors: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How one measure agrees with its reference, in its own unit.

    `limits` are the 95 % limits of agreement (Bland and Altman 1986), `coverage` the share of
    intervals that hold the truth, `refused` the share of photos without a value.
    """

    measure: str
    n: int
    bias: float
    mae: float
    sd: float
    r: float
    icc: float
    limits: tuple[float, float]
    coverage: float
    width: float
    refused: float


def agreement(measure: str, rows: Sequence[Row]) -> Agreement:
    """Return the agreement over the rows of one measure.

    Figures that need more than two measured rows are NaN below that, and so is what a
    constant reference or answer leaves undefined.
    """
    taken = [row for row in rows if row.value is not None]
    truth = np.array([row.truth for row in taken], dtype=float)
    value = np.array([row.value for row in taken], dtype=float)
    low = np.array([row.low for row in taken], dtype=float)
    high = np.array([row.high for row in taken], dtype=float)
    error = value - truth
    enough = len(taken) > 2
    sd = float(error.std(ddof=1)) if enough else float("nan")
    bias = float(error.mean()) if taken else float("nan")
    return Agreement(
        measure=measure,
        n=len(taken),
        bias=bias,
        mae=float(np.abs(error).mean()) if taken else float("nan"),
        sd=sd,
        r=_correlation(truth, value) if enough else float("nan"),
        icc=icc_2_1(np.stack([truth, value], axis=1)) if enough else float("nan"),
        limits=(bias - 1.96 * sd, bias + 1.96 * sd),
        coverage=float(((low <= truth) & (truth <= high)).mean()) if taken else float("nan"),
        width=float((high - low).mean()) if taken else float("nan"),
        refused=1.0 - len(taken) / len(rows) if rows else float("nan"),
    )


def _correlation(a: Array, b: Array) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def icc_2_1(ratings: Array) -> float:
    """Return ICC(2,1): two-way random effects, absolute agreement, single rater.

    Parameters
    ----------
    ratings
        Shape (n, k), n and k at least 2: one row a subject, one column a rater. NaN comes
        back where all ratings are equal.

    References
    ----------
    Shrout and Fleiss 1979, Psychological Bulletin 86:420.
    """
    n, k = ratings.shape
    grand = ratings.mean()
    between_subjects = k * float(((ratings.mean(axis=1) - grand) ** 2).sum()) / (n - 1)
    between_raters = n * float(((ratings.mean(axis=0) - grand) ** 2).sum()) / (k - 1)
    total = float(((ratings - grand) ** 2).sum())
    residual = (total - between_subjects * (n - 1) - between_raters * (k - 1)) / ((n - 1) * (k - 1))
    spread = between_subjects + (k - 1) * residual + k * (between_raters - residual) / n
    return float((between_subjects - residual) / spread) if spread else float("nan")


def changes(rows: Sequence[Row]) -> list[Row]:
    """Return the change of each measure from one visit of a client to the next.

    A visit that lacks the measure is passed over. The interval of a change takes both
    visits' errors for independent.
    """
    earlier: dict[tuple[str, str], Row] = {}
    found: list[Row] = []
    for row in rows:
        if row.client is None or row.value is None:
            continue
        key = (row.client, row.measure)
        if key in earlier and earlier[key].visit != row.visit:
            found.append(_change(earlier[key], row))
        earlier[key] = row
    return found


def _change(first: Row, second: Row) -> Row:
    def half_width(row: Row) -> float:
        return ((row.high or 0.0) - (row.low or 0.0)) / 2

    value = (second.value or 0.0) - (first.value or 0.0)
    half = float(np.hypot(half_width(first), half_width(second)))
    return replace(
        second,
        truth=second.truth - first.truth,
        value=value,
        low=value - half,
        high=value + half,
    )


def refusals(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many visits met each reason for refusing, the commonest first."""
    met = {(row.visit, row.reason) for row in rows if row.reason is not None}
    counts = Counter(reason for _, reason in met)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def slices(rows: Sequence[Row], by: str) -> dict[str, list[Row]]:
    """Return the rows by the value of one descriptor, values in order."""
    values = sorted({row.descriptors.get(by, _NOT_STATED) for row in rows})
    return {
        value: [row for row in rows if row.descriptors.get(by, _NOT_STATED) == value]
        for value in values
    }
