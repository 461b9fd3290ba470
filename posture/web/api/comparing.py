"""Two visits of one client, measure by measure."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from posture.anatomy import View
from posture.compare import Change, Clothing, Remark, Step, Verdict, compare
from posture.records.types import Language
from posture.results import Unit
from posture.web.api.depends import LanguageDep, RecordsDep
from posture.web.api.landmark_models import MeasureOut
from posture.web.api.visits import dated_assessment
from posture.web.problems import ProblemError, problem_responses
from posture.web.said import said_reason, said_remark

__all__ = ["router"]

router = APIRouter(tags=["comparing"], responses=problem_responses(404, 409, 422))

VisitId = Annotated[str, Query(min_length=1, max_length=36, pattern="^[0-9a-f-]+$")]


class RemarkOut(BaseModel):
    """One thing that makes the visits less alike.

    `effect`: `named` only tells of it, `widens` makes intervals wider, `withholds` leaves the
    verdict out. `text` is in the practice's language. `measures` are those it bears on, null for
    all; `view` narrows it to one view.
    """

    code: str
    effect: Literal["named", "widens", "withholds"]
    text: str
    measures: list[str] | None
    view: View | None


class ChangeOut(BaseModel):
    """One measure before and after.

    `change` is after less before, `low` to `high` its 95 % interval; `detectable` is the
    smallest change that would have been shown, and `surely` the true change that nine in ten
    such pairs show, null where that is not known. `factor` is how large the change's error is
    against the errors of both visits taken for independent. `reason` says why there is no
    verdict, or why a change is neither better nor worse. `remarks` are the codes of the remarks
    that bear on this measure.
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
    surely: float | None
    factor: float | None
    reason: str | None
    remarks: list[str]


class ComparisonOut(BaseModel):
    """How a client changed from one visit to another; `clothing` is as it was asked with.

    `remarks` are all that makes the visits less alike: first those on the visits and their photos,
    the gravest ahead, then those on single measures.
    """

    before: date
    after: date
    clothing: Clothing
    remarks: list[RemarkOut]
    changes: list[ChangeOut]


@router.get("/compare")
def compare_visits(
    before: VisitId,
    after: VisitId,
    records: RecordsDep,
    language: LanguageDep,
    clothing: Clothing = "not stated",
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
        clothing=clothing,
        remarks=[_remark(remark, language) for remark in _remarks(step)],
        changes=[_change(change, language) for change in step.changes],
    )


def _remarks(step: Step) -> list[Remark]:
    of_measures = (remark for change in step.changes for remark in change.remarks)
    return list(dict.fromkeys((*step.remarks, *of_measures)))


def _remark(remark: Remark, language: Language) -> RemarkOut:
    return RemarkOut(
        code=remark.code,
        effect=remark.effect,
        text=said_remark(remark, language),
        measures=None if remark.measures is None else sorted(remark.measures),
        view=remark.view,
    )


def _change(change: Change, language: Language) -> ChangeOut:
    names = set(ChangeOut.model_fields) - {"before", "after", "reason", "remarks"}
    measures = {
        name: None
        if measure is None
        else {item.name: getattr(measure, item.name) for item in fields(measure)}
        for name, measure in (("before", change.before), ("after", change.after))
    }
    own = {name: getattr(change, name) for name in names}
    remarks = [remark.code for remark in change.remarks]
    reason = said_reason(change, language) or None
    return ChangeOut.model_validate({**own, **measures, "reason": reason, "remarks": remarks})
