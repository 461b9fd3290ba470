"""Before and after of every client who came twice: the table, and how many really changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from posture.assessment_file import assessment_from_dict
from posture.batch.csv_rows import csv_rows
from posture.batch.store import Store
from posture.batch.types import Plan, PlannedVisit
from posture.compare import Change, Comparison, Verdict, compare
from posture.results import Assessment

__all__ = ["CHANGE_COLUMNS", "PairedChanges", "write_changes"]

CHANGE_COLUMNS = (
    "client",
    "before",
    "after",
    "measure",
    "view",
    "before_value",
    "after_value",
    "change",
    "low",
    "high",
    "unit",
    "verdict",
    "reason",
)
_DECIMALS = 4
_CLIENTS_KEPT = 100


@dataclass(slots=True)
class PairedChanges:
    """Counts over all pairs of first and last visit.

    `verdicts` counts per measure; `shown` holds, for the first clients of the plan, the
    changes that are shown; `unfair` counts, by the remark's code, what made pairs less alike.
    """

    pairs: int = 0
    verdicts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    shown: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    changed_clients: int = 0
    unfair: Counter[str] = field(default_factory=Counter)

    def add(self, client: str, comparison: Comparison) -> None:
        """Count one pair."""
        self.pairs += 1
        for change in comparison.changes:
            self.verdicts.setdefault(change.measure, Counter())[change.verdict] += 1
        shown = tuple(change for change in comparison.changes if change.is_shown)
        self.changed_clients += bool(shown)
        if len(self.shown) < _CLIENTS_KEPT:
            self.shown[client] = shown
        self.unfair.update({remark.code for remark in comparison.last.remarks})


def write_changes(plan: Plan, store: Store) -> PairedChanges:
    """Write changes.csv and return what the summary tells of it.

    Each client who was measured on two days or more is counted once, the first day against
    the last.
    """
    found = PairedChanges()
    with csv_rows(store.folder / "changes.csv", CHANGE_COLUMNS) as write:
        for first, last in _pairs(plan, store):
            assessments = [_read(store, visit) for visit in (first, last)]
            comparison = compare(assessments, labels=(first.visit, last.visit))
            found.add(first.client.id, comparison)
            write(_rows(first, last, comparison.changes))
    return found


def _pairs(plan: Plan, store: Store) -> Iterator[tuple[PlannedVisit, PlannedVisit]]:
    """Yield the first and the last day of each client that was measured on both."""
    for _, visits in groupby(plan.visits, key=lambda visit: visit.client.id):
        measured = [
            visit
            for visit in visits
            if visit.date and (store.visit_folder(visit) / "assessment.json").is_file()
        ]
        if measured and measured[0].date < measured[-1].date:
            yield measured[0], measured[-1]


def _read(store: Store, visit: PlannedVisit) -> Assessment:
    content = (store.visit_folder(visit) / "assessment.json").read_bytes()
    return assessment_from_dict(json.loads(content), trusted=True)


def _rows(
    first: PlannedVisit, last: PlannedVisit, changes: Sequence[Change]
) -> Iterator[list[str]]:
    for change in changes:
        cells: Mapping[str, object] = {
            "client": first.client.id,
            "before": first.visit,
            "after": last.visit,
            "measure": change.measure,
            "view": change.view,
            "before_value": change.before.value if change.before else None,
            "after_value": change.after.value if change.after else None,
            "change": change.change,
            "low": change.low,
            "high": change.high,
            "unit": change.unit,
            "verdict": change.verdict,
            "reason": change.reason,
        }
        yield [_cell(cells[name]) for name in CHANGE_COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(round(value, _DECIMALS) + 0.0)
    return "" if value is None else str(value)
