"""The accuracy table: the whole product on clients whose measures are known.

Tests ask whether the code does what was written; this asks whether it agrees with a
reference. The reference is a folder of synthetic visits, or a therapist's own table.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.assess import Estimator, GivenPhoto, Role, assess
from posture.errors import InputError
from posture.measures import MEASURES
from posture.photo import read_photo
from posture.results import Client

if TYPE_CHECKING:
    from posture.detect import Detector

__all__ = [
    "Agreement",
    "ReferencePhoto",
    "ReferenceVisit",
    "Row",
    "agreement",
    "icc_2_1",
    "read_reference_set",
    "read_reference_table",
    "run_validation",
]

Array = NDArray[np.float64]

_COLUMNS = ("client", "view", "file", "height_cm", "measure", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePhoto:
    """One photo with the measures that are true of it."""

    view: View
    path: Path
    truth: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceVisit:
    """One client's photos. `descriptors` name the slices the client belongs to."""

    name: str
    height_cm: float | None
    photos: tuple[ReferencePhoto, ...]
    descriptors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure of one photo: the truth, and what the product said.

    `value`, `low`, `high` are None where it refused.
    """

    visit: str
    measure: str
    truth: float
    value: float | None
    low: float | None
    high: float | None
    descriptors: Mapping[str, str]


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

    Figures that need more than two measured rows are NaN below that.
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
        r=float(np.corrcoef(truth, value)[0, 1]) if enough else float("nan"),
        icc=icc_2_1(np.stack([truth, value], axis=1)) if enough else float("nan"),
        limits=(bias - 1.96 * sd, bias + 1.96 * sd),
        coverage=float(((low <= truth) & (truth <= high)).mean()) if taken else float("nan"),
        width=float((high - low).mean()) if taken else float("nan"),
        refused=1.0 - len(taken) / len(rows) if rows else float("nan"),
    )


def icc_2_1(ratings: Array) -> float:
    """Return ICC(2,1): two-way random effects, absolute agreement, single rater.

    Parameters
    ----------
    ratings
        Shape (n, k): one row a subject, one column a rater.

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
    return float((between_subjects - residual) / spread)


def run_validation(
    visits: Iterable[ReferenceVisit],
    detector: Detector,
    estimator: Estimator | None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """Run the whole product on every visit and return one row per known measure."""
    rows: list[Row] = []
    for visit in visits:
        progress(visit.name)
        given = [
            GivenPhoto(photo=read_photo(photo.path), role=_role(photo.view), view=photo.view)
            for photo in visit.photos
        ]
        found = assess(
            given,
            detector,
            client=Client(id=visit.name, height_cm=visit.height_cm),
            created="",
            software={},
            estimator=estimator,
        )
        values = {(m.id, m.view): m for m in found.measures if m.is_ok}
        for photo in visit.photos:
            for name, truth in photo.truth.items():
                measure = values.get((name, photo.view))
                rows.append(
                    Row(
                        visit=visit.name,
                        measure=name,
                        truth=truth,
                        value=measure.value if measure else None,
                        low=measure.low if measure else None,
                        high=measure.high if measure else None,
                        descriptors=visit.descriptors,
                    )
                )
    return rows


def _role(view: View) -> Role:
    if view is View.FRONT:
        return "front"
    return "back" if view is View.BACK else "side"


def read_reference_set(folder: Path) -> list[ReferenceVisit]:
    """Return the visits of a folder: one sub-folder each, with photos and `truth.json`.

    Raises
    ------
    InputError
        If the folder holds no visit or a truth file cannot be used.
    """
    files = sorted(folder.glob("*/truth.json"))
    if not files:
        raise InputError(
            f"Expected visits with a truth.json each in {folder}, found none. "
            "Give the folder of a validation set, or --truth with a table of your own."
        )
    return [_visit(path) for path in files]


def _visit(path: Path) -> ReferenceVisit:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        photos = tuple(
            ReferencePhoto(
                view=View(view),
                path=path.parent / f"{view}.jpg",
                truth={name: float(v) for name, v in entry["measures"].items()},
            )
            for view, entry in data["photos"].items()
        )
        return ReferenceVisit(
            name=path.parent.name,
            height_cm=float(data["height_cm"]),
            photos=photos,
            descriptors={str(k): str(v) for k, v in data["client"].items()},
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"Expected a visit's truth in {path}, found {error!r}. Make the set again."
        ) from error


def read_reference_table(path: Path) -> list[ReferenceVisit]:
    """Return the visits of a table of one's own reference measurements.

    The CSV has the columns client, view, file, height_cm, measure, value; files are relative
    to the table. One row per measure; `height_cm` may be empty.

    Raises
    ------
    InputError
        Naming the line, for a wrong column, view, measure or number, or a missing photo.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"Expected a table at {path}, found {error.strerror}.") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"Expected the columns {', '.join(_COLUMNS)} in {path}, found "
            f"{', '.join(reader.fieldnames or ()) or 'none'}. Add {', '.join(missing)}."
        )
    grouped: dict[tuple[str, View, str], dict[str, float]] = {}
    heights: dict[str, float | None] = {}
    for line, row in enumerate(reader, start=2):
        view, height, value = _checked(row, path, line)
        grouped.setdefault((row["client"], view, row["file"]), {})[row["measure"]] = value
        heights[row["client"]] = height
    return [
        ReferenceVisit(
            name=client,
            height_cm=heights[client],
            photos=tuple(
                ReferencePhoto(view=view, path=path.parent / file, truth=truth)
                for (owner, view, file), truth in grouped.items()
                if owner == client
            ),
        )
        for client in heights
    ]


def _checked(row: Mapping[str, str], path: Path, line: int) -> tuple[View, float | None, float]:
    def fail(expected: str, found: str) -> InputError:
        return InputError(f"{path}, line {line}: expected {expected}, found {found!r}.")

    views = [view.value for view in View]
    if row["view"] not in views:
        raise fail(f"a view ({', '.join(views)})", row["view"])
    if row["measure"] not in MEASURES:
        raise fail("a measure's id such as craniovertebral_angle_deg", row["measure"])
    if not (path.parent / row["file"]).is_file():
        raise fail("a photo beside the table", row["file"])
    try:
        value = float(row["value"])
        height = float(row["height_cm"]) if row["height_cm"] else None
    except ValueError:
        raise fail(
            "numbers as value and height_cm", f"{row['value']}, {row['height_cm']}"
        ) from None
    return View(row["view"]), height, value
