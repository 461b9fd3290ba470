"""Two visits of one client, measure by measure."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from posture.anatomy import View
from posture.compare import Change, Remark, Verdict, compare
from posture.compare.types import Clothing
from posture.results import Unit
from posture.web.api.depends import RecordsDep
from posture.web.api.landmark_models import MeasureOut
from posture.web.api.visits import dated_assessment
from posture.web.problems import ProblemError, problem_responses

__all__ = ["router"]

router = APIRouter(tags=["comparing"], responses=problem_responses(404, 409, 422))

VisitId = Annotated[str, Query(min_length=1, max_length=36, pattern="^[0-9a-f-]+$")]


class RemarkOut(BaseModel):
    """One thing that makes the visits less alike, and whether it widens or withholds."""

    code: str
    effect: str
    text: str


class ChangeOut(BaseModel):
    """One measure before and after.

    `change` is after less before, `low` to `high` its 95 % interval; `detectable` is the
    smallest change that would have been shown. `reason` says why there is no verdict.
    """

    measure: str
    view: View | None
    unit: Unit
    before: MeasureOut | None
    after: MeasureOut | None
    verdict: Verdict
    change: float | None
    low: float | None
    high: float | None
    detectable: float | None
    reason: str | None


class ComparisonOut(BaseModel):
    """How a client changed from one visit to another."""

    before: date
    after: date
    remarks: list[RemarkOut]
    changes: list[ChangeOut]


@router.get("/compare")
def compare_visits(
    before: VisitId, after: VisitId, records: RecordsDep, clothing: Clothing = "not stated"
) -> ComparisonOut:
    """Compare two assessed visits of one client; the earlier one is held to be before."""
    first, second = sorted((records.visit(before), records.visit(after)), key=lambda v: v.taken)
    if first.client_id != second.client_id or first.id == second.id:
        raise ProblemError(
            422, "Expected two visits of one client. Choose them on its page.", key="two_visits"
        )
    step = compare([dated_assessment(first), dated_assessment(second)], clothing=clothing).last
    return ComparisonOut(
        before=first.taken,
        after=second.taken,
        remarks=[_remark(remark) for remark in step.remarks],
        changes=[_change(change) for change in step.changes],
    )


def _remark(remark: Remark) -> RemarkOut:
    return RemarkOut(code=remark.code, effect=remark.effect, text=remark.text)


def _change(change: Change) -> ChangeOut:
    names = set(ChangeOut.model_fields) - {"before", "after"}
    measures = {
        name: None
        if measure is None
        else {item.name: getattr(measure, item.name) for item in fields(measure)}
        for name, measure in (("before", change.before), ("after", change.after))
    }
    return ChangeOut.model_validate({name: getattr(change, name) for name in names} | measures)
