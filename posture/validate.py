"""The accuracy table: the whole product on clients whose measures are known.

Tests ask whether the code does what was written; this asks whether it agrees with a
reference. The reference is a folder of synthetic visits, or a therapist's own table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.assess import Estimator, GivenPhoto, Role, assess
from posture.errors import PhotoError
from posture.measures import MEASURES
from posture.photo import read_photo
from posture.reference_visits import (
    ReferencePhoto,
    ReferenceVisit,
    read_reference_set,
    read_reference_table,
)
from posture.results import Assessment, Client, Measure

if TYPE_CHECKING:
    from posture.detect import Detector

__all__ = [
    "Agreement",
    "ReferencePhoto",
    "ReferenceVisit",
    "Row",
    "agreement",
    "changes",
    "icc_2_1",
    "read_reference_set",
    "read_reference_table",
    "refusals",
    "run_validation",
    "slices",
]

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


def run_validation(
    visits: Iterable[ReferenceVisit],
    detector: Detector,
    estimator: Estimator | None,
    *,
    progress: Callable[[str], object] = lambda _: None,
) -> list[Row]:
    """Run the whole product on every visit and return one row per known measure.

    As in everyday use, the program is not told which side a side photo shows, unless a
    visit has both. A photo that cannot be read counts as refused.
    """
    rows: list[Row] = []
    for visit in visits:
        progress(visit.name)
        rows += _rows_of(visit, detector, estimator)
    return rows


def _rows_of(
    visit: ReferenceVisit, detector: Detector, estimator: Estimator | None
) -> Iterable[Row]:
    lateral = [photo for photo in visit.photos if photo.view.is_lateral]
    given: list[GivenPhoto] = []
    reasons: dict[View, str] = {}
    for photo in visit.photos:
        told = None if photo.view.is_lateral and len(lateral) == 1 else photo.view
        try:
            read = read_photo(photo.path)
        except PhotoError as error:
            reasons[photo.view] = str(error)
        else:
            given.append(GivenPhoto(photo=read, role=_role(photo.view), view=told))
    client = Client(id=visit.name, height_cm=visit.height_cm)
    found = assess(given, detector, client=client, created="", software={}, estimator=estimator)
    for photo in visit.photos:
        for name, truth in photo.truth.items():
            measure, reason = _answer(found, name, photo.view, told_apart=len(lateral) > 1)
            yield Row(
                visit=visit.name,
                measure=name,
                truth=truth,
                value=measure.value if measure else None,
                low=measure.low if measure else None,
                high=measure.high if measure else None,
                descriptors={**visit.descriptors, **photo.descriptors},
                reason=None if measure else reasons.get(photo.view, reason),
                client=visit.client,
            )


def _answer(
    found: Assessment, name: str, view: View, *, told_apart: bool
) -> tuple[Measure | None, str]:
    """Return the measure of a photo, or None and the reason.

    A side taken for the other one is an answer too: a wrong one.
    """
    views = [view] if told_apart or not view.is_lateral else [View.LEFT, View.RIGHT]
    reason = "the program says nothing of it"
    for measure in found.measures:
        if measure.id == name and measure.view in (*views, None):
            if measure.is_ok and measure.unit is not MEASURES[name].unit:
                reason = "without the client's height there are no centimetres"
            elif measure.is_ok:
                return measure, ""
            else:
                reason = measure.reason or reason
    return None, reason


def _role(view: View) -> Role:
    if view is View.FRONT:
        return "front"
    return "back" if view is View.BACK else "side"


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
