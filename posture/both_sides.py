"""The same measure from the left and from the right: whether both agree. Pure.

The two photos show one client, so a part of the errors cancels in the difference; that part is
in `data/common_error.csv`. What differs beyond the rest is real: the client stood otherwise in
the second photo, or the two sides of the body differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from posture.anatomy import View
from posture.measures import MEASURES
from posture.repeats import common_share, half_of_difference, half_of_mean, mean_weights
from posture.results import Measure, QualityNote, Unit

__all__ = ["Agreement", "agreements", "disagreement", "of_one_body", "sided_title", "title_of_view"]

_SIDED_REGIONS = ("shoulders", "legs", "feet")
"""Parts of the body of which the client has two, so that left and right may well differ."""

_BEYOND_DOUBT = 1.5
"""How much farther than its 95 % interval a difference must lie from zero to be warned of: of
fifteen measures, one in two visits would else have one by chance."""

_LISTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One measure from both sides, and left less right with its 95 % interval."""

    left: Measure
    right: Measure
    difference: float
    half: float

    @property
    def measure(self) -> str:
        """The measure's id."""
        return self.left.id

    @property
    def is_beyond_error(self) -> bool:
        """Whether the interval of the difference leaves zero out."""
        return abs(self.difference) > self.half


def agreements(measures: Sequence[Measure]) -> tuple[Agreement, ...]:
    """Return every measure that was taken from the left and from the right, in their order."""
    right = {(m.id, m.unit): m for m in measures if m.is_ok and m.view is View.RIGHT}
    return tuple(
        _agreement(measure, right[measure.id, measure.unit])
        for measure in measures
        if measure.is_ok and measure.view is View.LEFT and (measure.id, measure.unit) in right
    )


def _agreement(left: Measure, right: Measure) -> Agreement:
    method = left.method if left.method is right.method else None
    share = common_share(left.id, method, "both sides").at_least
    return Agreement(
        left=left,
        right=right,
        difference=(left.value or 0.0) - (right.value or 0.0),
        half=half_of_difference(_half(left), _half(right), share),
    )


def _half(measure: Measure) -> float:
    return ((measure.high or 0.0) - (measure.low or 0.0)) / 2


def sided_title(measure: Measure, among: Sequence[Measure]) -> str:
    """Return a measure's title, with its view where others are of the same measure.

    >>> from posture.anatomy import Method
    >>> from posture.results import Status
    >>> one = Measure(id="trunk_lean_deg", unit=Unit.DEGREES, status=Status.NOT_MEASURED,
    ...     view=View.LEFT, reason="hidden")
    >>> sided_title(one, [one]), sided_title(one, [one, replace(one, view=View.RIGHT)])
    ('Trunk lean', 'Trunk lean (left)')
    """
    return title_of_view(measure.id, measure.view, [other.id for other in among])


def title_of_view(measure: str, view: View | None, among: Sequence[str]) -> str:
    """Return a measure's title, with the view where `among` names the measure more than once."""
    title = MEASURES[measure].title
    return title if view is None or among.count(measure) < 2 else f"{title} ({view.value})"


def of_one_body(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return what findings look at, of measures of one id in their order.

    Head, trunk, pelvis and the body's lean are one thing seen from two sides: their mean
    stands in for both. A shoulder or a leg is another one on each side: both stay.
    """
    both = agreements(measures)
    if not both or MEASURES[both[0].measure].region in _SIDED_REGIONS:
        return tuple(measures)
    means = {agreement.left: _mean(agreement) for agreement in both}
    rights = {agreement.right for agreement in both}
    return tuple(means.get(measure, measure) for measure in measures if measure not in rights)


def _mean(both: Agreement) -> Measure:
    taken = (both.left, both.right)
    halves = [_half(measure) for measure in taken]
    weights = mean_weights(halves)
    method = both.left.method if both.left.method is both.right.method else None
    share = common_share(both.measure, method, "both sides").at_most
    half = half_of_mean(halves, weights, share)
    value = sum(w * (m.value or 0.0) for w, m in zip(weights, taken, strict=True))
    return replace(both.left, value=value, low=value - half, high=value + half, repeats=None)


def disagreement(measures: Sequence[Measure]) -> QualityNote | None:
    """Return a remark where left and right differ by clearly more than error explains."""
    apart = [
        both
        for both in agreements(measures)
        if abs(both.difference) > _BEYOND_DOUBT * both.half and not MEASURES[both.measure].is_proxy
    ]
    if not apart:
        return None
    apart.sort(key=lambda both: -abs(both.difference) / both.half)
    named = "; ".join(_in_words(both) for both in apart[:_LISTED])
    more = f"; and {len(apart) - _LISTED} more" if len(apart) > _LISTED else ""
    return QualityNote(
        code="sides_disagree",
        severity="warning",
        text=f"left and right differ by more than measuring error: {named}{more}. The client "
        "stood otherwise when seen from the other side, or the sides differ; take both again to "
        "tell.",
    )


def _in_words(both: Agreement) -> str:
    definition = MEASURES[both.measure]
    unit = {Unit.DEGREES: "°", Unit.RATIO: ""}.get(both.left.unit, f" {both.left.unit.value}")
    size, low, high = (
        f"{abs(both.difference) + k * both.half:.{definition.decimals}f}" for k in (0, -1, 1)
    )
    return f"{definition.title} {size}{unit} ({low} to {high})"
