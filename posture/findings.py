"""Findings: measures whose whole interval lies beyond their reference range.

Pure. A finding needs the interval, not the point, beyond the limit, so an asymmetry
inside the measuring error is never one. A proxy has no reference range and so never
makes a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from posture.anatomy import Side
from posture.both_sides import Agreement, agreements, of_one_body
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.results import Finding, Measure, ReferenceRange, Unit

__all__ = ["find", "format_interval", "format_repeats", "lies_beyond_range", "one_of_each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What it is called when a measure lies below or above its range."""

    measure: str
    beyond: Literal["below", "above"]
    finding: str
    title: str
    side: Side | None = None


_RULES = (
    _Rule(
        measure="craniovertebral_angle_deg",
        beyond="below",
        finding="forward_head",
        title="Forward head",
    ),
    _Rule(
        measure="forward_head_cm",
        beyond="above",
        finding="forward_head",
        title="Forward head",
    ),
    _Rule(
        measure="forward_shoulder_angle_deg",
        beyond="above",
        finding="rounded_shoulders",
        title="Rounded shoulders",
    ),
    _Rule(
        measure="pelvic_tilt_deg",
        beyond="above",
        finding="anterior_pelvic_tilt",
        title="Anterior pelvic tilt",
    ),
    _Rule(
        measure="pelvic_tilt_deg",
        beyond="below",
        finding="posterior_pelvic_tilt",
        title="Posterior pelvic tilt",
    ),
    _Rule(
        measure="knee_flexion_deg",
        beyond="below",
        finding="knee_recurvatum",
        title="Knee bent backward",
    ),
    # The head leans towards its lower side.
    _Rule(
        measure="head_tilt_deg",
        beyond="above",
        finding="lateral_head_tilt",
        title="Head tilted to the left",
        side="left",
    ),
    _Rule(
        measure="head_tilt_deg",
        beyond="below",
        finding="lateral_head_tilt",
        title="Head tilted to the right",
        side="right",
    ),
    _Rule(
        measure="shoulder_tilt_deg",
        beyond="above",
        finding="elevated_shoulder",
        title="Right shoulder higher",
        side="right",
    ),
    _Rule(
        measure="shoulder_tilt_deg",
        beyond="below",
        finding="elevated_shoulder",
        title="Left shoulder higher",
        side="left",
    ),
    _Rule(
        measure="pelvic_obliquity_deg",
        beyond="above",
        finding="pelvic_obliquity",
        title="Right side of the pelvis higher",
        side="right",
    ),
    _Rule(
        measure="pelvic_obliquity_deg",
        beyond="below",
        finding="pelvic_obliquity",
        title="Left side of the pelvis higher",
        side="left",
    ),
    _Rule(
        measure="knee_valgus_left_deg",
        beyond="above",
        finding="knee_valgus",
        title="Knee valgus, left",
        side="left",
    ),
    _Rule(
        measure="knee_valgus_right_deg",
        beyond="above",
        finding="knee_valgus",
        title="Knee valgus, right",
        side="right",
    ),
    _Rule(
        measure="knee_valgus_left_deg",
        beyond="below",
        finding="knee_varus",
        title="Knee varus, left",
        side="left",
    ),
    _Rule(
        measure="knee_valgus_right_deg",
        beyond="below",
        finding="knee_varus",
        title="Knee varus, right",
        side="right",
    ),
)


def find(measures: Sequence[Measure]) -> tuple[Finding, ...]:
    """Return the findings, in the order of the rules, each finding and side once.

    A finding that two measures support is told with the first of them. Of a client
    photographed from both sides, see `posture.both_sides.of_one_body`; both numbers are told.
    """
    by_id: dict[str, list[Measure]] = {}
    for measure in measures:
        by_id.setdefault(measure.id, []).append(measure)
    found: dict[tuple[str, Side | None], Finding] = {}
    for rule in _RULES:
        reference = reference_range(rule.measure)
        if reference is None:
            raise ValueError(f"expected a reference range for {rule.measure}, found none")
        taken = by_id.get(rule.measure, ())
        for measure in of_one_body(taken):
            if _lies_beyond(measure, reference, rule.beyond):
                key = (rule.finding, rule.side)
                found.setdefault(key, _finding(rule, measure, reference, taken))
    return tuple(found.values())


def one_of_each(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return every measure once, as findings look at it.

    Of both sides of one part of the body that is their mean; of two parts, the one beyond its
    range, else the first.
    """
    by_id: dict[str, list[Measure]] = {}
    for measure in measures:
        by_id.setdefault(measure.id, []).append(measure)
    chosen = []
    for same in by_id.values():
        taken = [m for m in of_one_body(same) if m.is_ok]
        beyond = [measure for measure in taken if lies_beyond_range(measure)]
        chosen.append([*beyond, *taken, *same][0])
    return tuple(chosen)


def lies_beyond_range(measure: Measure) -> bool:
    """Whether the measure's whole interval lies below or above its reference range."""
    reference = reference_range(measure.id)
    return reference is not None and (
        _lies_beyond(measure, reference, "below") or _lies_beyond(measure, reference, "above")
    )


def _lies_beyond(
    measure: Measure, reference: ReferenceRange, beyond: Literal["below", "above"]
) -> bool:
    if measure.unit is not reference.unit or measure.low is None or measure.high is None:
        return False
    if beyond == "below":
        return reference.low is not None and measure.high < reference.low
    return reference.high is not None and measure.low > reference.high


def _finding(
    rule: _Rule, measure: Measure, reference: ReferenceRange, taken: Sequence[Measure]
) -> Finding:
    """Return the finding that a measure makes; `taken` are those of its id, of both sides."""
    bound = reference.low if rule.beyond == "below" else reference.high
    limit = f"{bound:g}{_suffix(measure.unit)}".replace("-", "−")
    note = f" {reference.note}" if reference.note else ""
    definition = MEASURES[measure.id]
    both = agreements(taken)
    if not both:
        told = f"{format_interval(measure)}: the whole interval"
    elif measure in taken:
        sides = _of_each_side(both[0])
        told = f"{sides}: the whole interval from the {measure.view}"
    else:
        told = f"{format_interval(measure)} as the mean of both sides ({_of_each_side(both[0])}): "
        told += "its whole interval"
    text = (
        f"{definition.title} {told} lies {rule.beyond} {limit}, the limit used for "
        f"{reference.population}.{note}"
    )
    return Finding(
        id=rule.finding,
        title=rule.title,
        side=rule.side,
        measure=measure.id,
        text=text,
        reference=reference,
    )


def _of_each_side(both: Agreement) -> str:
    return f"left {format_interval(both.left)}, right {format_interval(both.right)}"


def format_interval(measure: Measure) -> str:
    """Return value and interval as people read them, with the measure's own decimals.

    Examples
    --------
    >>> from posture.anatomy import Method, View
    >>> from posture.results import Status
    >>> format_interval(Measure(id="forward_head_cm", unit=Unit.CENTIMETRES, status=Status.OK,
    ...     view=View.LEFT, value=4.12, low=3.0, high=5.24, method=Method.MANUAL))
    '4.1 cm (3.0 to 5.2)'
    """
    if measure.value is None or measure.low is None or measure.high is None:
        raise ValueError(f"expected a measured value, found {measure.id} {measure.status.value}")
    decimals = MEASURES[measure.id].decimals
    value, low, high = (
        _number(number, decimals) for number in (measure.value, measure.low, measure.high)
    )
    return f"{value}{_suffix(measure.unit)} ({low} to {high})"


def format_repeats(measure: Measure) -> str:
    """Return of how many photos the value is the mean, and how far those lay apart.

    Empty where it is of one photo.

    Examples
    --------
    >>> from posture.anatomy import Method, View
    >>> from posture.results import Repeats, Status
    >>> format_repeats(Measure(id="head_tilt_deg", unit=Unit.DEGREES, status=Status.OK,
    ...     view=View.FRONT, value=4.1, low=3.0, high=5.2, method=Method.ESTIMATED,
    ...     repeats=Repeats(n=3, sd=1.234)))
    'mean of 3 photos, SD 1.2°'
    """
    if measure.repeats is None:
        return ""
    decimals = max(1, MEASURES[measure.id].decimals) + (measure.unit is Unit.RATIO)
    sd = f"{measure.repeats.sd:.{decimals}f}{_suffix(measure.unit)}"
    return f"mean of {measure.repeats.n} photos, SD {sd}"


def _number(number: float, decimals: int) -> str:
    rounded = round(number, decimals) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", "−")


def _suffix(unit: Unit) -> str:
    return {Unit.DEGREES: "°", Unit.RATIO: ""}.get(unit, f" {unit.value}")
