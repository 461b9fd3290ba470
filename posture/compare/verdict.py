"""The change of one measure between two visits, and whether it is real. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from posture.compare.direction import value_of_change
from posture.compare.error import INDEPENDENT, ChangeError, change_error
from posture.compare.types import Change, ChangeContext, Remark, Verdict
from posture.results import Measure, Unit

__all__ = ["change"]

_NOTHING = ChangeContext()


def change(before: Measure, after: Measure, *, context: ChangeContext = _NOTHING) -> Change:
    """Return how a measure changed from one visit of a client to another.

    Parameters
    ----------
    before, after
        The same measure at both visits.
    context
        What is known of the visits beside their numbers.

    Raises
    ------
    ValueError
        If the two are different measures.

    Examples
    --------
    >>> from posture.anatomy import Method, View
    >>> from posture.results import Status
    >>> def angle(value):
    ...     return Measure(id="craniovertebral_angle_deg", unit=Unit.DEGREES, status=Status.OK,
    ...         view=View.LEFT, value=value, low=value - 3, high=value + 3, method=Method.MANUAL)
    >>> change(angle(36.0), angle(47.0)).verdict.value
    'improved'
    >>> change(angle(41.0), angle(42.0)).verdict.value
    'no change shown'
    """
    if before.id != after.id:
        raise ValueError(f"expected one measure, found {before.id} and {after.id}")
    remarks = tuple(r for r in context.remarks if r.bears_on(before) or r.bears_on(after))
    fault = _fault(before, after)
    if fault is not None:
        return _not_comparable(before, after, fault, remarks)
    more = _method_remark(before, after)
    remarks = (*remarks, more) if more else remarks
    error = _error(before, after, context, remarks)
    low, value, high = _interval(before, after, error.factor, context)
    withheld = next((r for r in remarks if r.effect == "withholds"), None)
    verdict, reason = Verdict.NO_CHANGE_SHOWN, None
    if withheld is not None:
        verdict, reason = Verdict.NOT_COMPARABLE, withheld.text
    elif low > 0 or high < 0:
        worth, why = value_of_change(before, after, (high - low) / 2)
        verdict, reason = _VERDICTS[worth], why or None
    return Change(
        measure=before.id,
        view=after.view,
        unit=after.unit,
        before=before,
        after=after,
        verdict=verdict,
        change=value,
        low=low,
        high=high,
        factor=error.factor,
        surely=_surely(before, after, error),
        reason=reason,
        remarks=remarks,
    )


_VERDICTS = {"better": Verdict.IMPROVED, "worse": Verdict.WORSE, "neither": Verdict.CHANGED}


def _fault(before: Measure, after: Measure) -> str | None:
    """Return why two measures have no difference at all, or None where they have one."""
    for when, measure in (("before", before), ("after", after)):
        if not measure.is_ok:
            return f"not measured {when}: {measure.reason}"
    if before.unit is not after.unit:
        return (
            f"{_words(before.unit)} before and {_words(after.unit)} after: give the client's "
            "height for both visits"
        )
    if before.view is not after.view and before.view is not None and after.view is not None:
        return (
            f"{before.view.in_words.lower()} before and {after.view.in_words.lower()} after: "
            "photograph the same side"
        )
    return None


def _words(unit: Unit) -> str:
    return "% of height" if unit is Unit.PERCENT_STATURE else unit.value


def _not_comparable(
    before: Measure, after: Measure, reason: str, remarks: tuple[Remark, ...]
) -> Change:
    return Change(
        measure=before.id,
        view=after.view or before.view,
        unit=after.unit,
        before=before,
        after=after,
        verdict=Verdict.NOT_COMPARABLE,
        reason=reason,
        remarks=remarks,
    )


def _method_remark(before: Measure, after: Measure) -> Remark | None:
    if before.method is after.method or before.method is None or after.method is None:
        return None
    return Remark(
        code="other_method",
        effect="widens",
        text=f"The landmarks were {before.method.in_words} before and {after.method.in_words} "
        "after; their errors are taken for independent.",
        measures=frozenset({before.id}),
        view=after.view,
        values=(("before", before.method.value), ("after", after.method.value)),
    )


def _error(
    before: Measure, after: Measure, context: ChangeContext, remarks: tuple[Remark, ...]
) -> ChangeError:
    if before.method is None or before.method is not after.method:
        return ChangeError(factor=INDEPENDENT)
    error = change_error(before.id, before.method, context.clothing)
    if any(remark.effect == "widens" for remark in remarks):
        return replace(error, factor=max(INDEPENDENT, error.factor))
    return error


def _surely(before: Measure, after: Measure, error: ChangeError) -> float | None:
    multiple = error.surely()
    halves = [(float(m.high or 0.0) - float(m.low or 0.0)) / 2 for m in (before, after)]
    return None if multiple is None else multiple * math.hypot(*halves)


def _interval(
    before: Measure, after: Measure, factor: float, context: ChangeContext
) -> tuple[float, float, float]:
    """Return the change within its interval; other statures widen that of a length."""
    first = [float(n or 0.0) for n in (before.low, before.value, before.high)]
    second = [float(n or 0.0) for n in (after.low, after.value, after.high)]
    below = factor * math.hypot(second[1] - second[0], first[2] - first[1])
    above = factor * math.hypot(second[2] - second[1], first[1] - first[0])
    more = 0.0
    if before.unit is Unit.CENTIMETRES and all(context.heights_cm):
        one, two = (float(height or 1.0) for height in context.heights_cm)
        more = abs(second[1]) * abs(1.0 - one / two)
    value = second[1] - first[1]
    return value - below - more, value, value + above + more
