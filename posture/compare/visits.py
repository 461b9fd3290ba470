"""Two or more visits of one client, measure by measure. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posture.compare.fairness import find_remarks
from posture.compare.types import ChangeContext, Clothing, Comparison, Step
from posture.compare.verdict import change
from posture.measures import MEASURES
from posture.results import Assessment, Measure, Status

__all__ = ["compare"]

_VISITS = 2


def compare(
    assessments: Sequence[Assessment],
    *,
    labels: Sequence[str] | None = None,
    clothing: Clothing = "not stated",
    dated: bool = True,
) -> Comparison:
    """Return how a client changed from the first visit to each later one.

    Parameters
    ----------
    assessments
        At least two visits of one client, in the order of time.
    labels
        Names of the visits for people; "Before" and "After", or "Visit 1" and so on.
    clothing
        Whether the client wore the same at all of them.
    dated
        Whether the assessments' times are those of the visits.

    Raises
    ------
    ValueError
        If there are fewer than two visits, or as many labels are not given.
    """
    if len(assessments) < _VISITS:
        raise ValueError(f"expected two visits or more, found {len(assessments)}")
    names = tuple(labels) if labels is not None else _labels(len(assessments))
    if len(names) != len(assessments):
        raise ValueError(f"expected {len(assessments)} labels, found {len(names)}")
    first = assessments[0]
    return Comparison(
        visits=tuple(assessments),
        labels=names,
        steps=tuple(
            _step(first, later, place, clothing=clothing, dated=dated)
            for place, later in enumerate(assessments[1:], start=1)
        ),
        is_dated=dated,
    )


def _labels(count: int) -> tuple[str, ...]:
    if count == _VISITS:
        return ("Before", "After")
    return tuple(f"Visit {number}" for number in range(1, count + 1))


def _step(
    first: Assessment, later: Assessment, place: int, *, clothing: Clothing, dated: bool
) -> Step:
    remarks = find_remarks(first, later, clothing=clothing, dated=dated)
    context = ChangeContext(
        clothing=clothing,
        remarks=remarks,
        heights_cm=(first.client.height_cm, later.client.height_cm),
    )
    changes = (change(one, two, context=context) for one, two in _pairs(first, later))
    return Step(after=place, remarks=remarks, changes=tuple(changes))


def _pairs(first: Assessment, later: Assessment) -> Iterator[tuple[Measure, Measure]]:
    """Yield every measure of either visit with its counterpart, in the table's order."""
    for name, definition in MEASURES.items():
        one = [measure for measure in first.measures if measure.id == name]
        two = [measure for measure in later.measures if measure.id == name]
        if definition.is_proxy and not (one and two):
            continue  # it stood in for a measure that the other visit has, or lacks as well
        views = list(dict.fromkeys(m.view for m in (*one, *two) if m.is_ok))
        if not views and (one or two):
            yield one[0] if one else _missing(two[0]), two[0] if two else _missing(one[0])
        both = [v for v in views if _ok_in(one, v) and _ok_in(two, v)]
        for view in both:
            yield _in_view(one, view), _in_view(two, view)
        if views and not both:
            yield _first_ok(one, two), _first_ok(two, one)


def _ok_in(measures: Sequence[Measure], view: object) -> bool:
    return any(measure.is_ok and measure.view is view for measure in measures)


def _in_view(measures: Sequence[Measure], view: object) -> Measure:
    return next(measure for measure in measures if measure.is_ok and measure.view is view)


def _first_ok(measures: Sequence[Measure], others: Sequence[Measure]) -> Measure:
    if not measures:
        return _missing(others[0])
    return next((measure for measure in measures if measure.is_ok), measures[0])


def _missing(like: Measure) -> Measure:
    """Return a measure that the other visit has and this one says nothing of."""
    return Measure(
        id=like.id,
        unit=like.unit,
        status=Status.NOT_MEASURED,
        view=like.view,
        reason="no photo of this view",
    )
