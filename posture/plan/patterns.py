"""Likeness to named patterns, only where every measure they need was measured. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.knowledge.types import Pattern, PatternFeature
from posture.norms import reference_range
from posture.plan.records import FeatureStatus, PatternFeatureSeen, PatternLikeness
from posture.results import Measure

__all__ = ["feature_status", "patterns_alike"]


def patterns_alike(
    measures: Sequence[Measure], knowledge: Knowledge, words: Catalogue
) -> tuple[PatternLikeness, ...]:
    """Return the patterns of which at least half the features are present and none absent."""
    measured = {measure.id: measure for measure in measures if measure.is_ok}
    alike = []
    for pattern in knowledge.patterns.values():
        if all(feature.measure in measured for feature in pattern.features):
            statuses = [feature_status(one, measured[one.measure]) for one in pattern.features]
            if "absent" not in statuses and 2 * statuses.count("present") >= len(statuses):
                alike.append(_likeness(pattern, statuses, words))
    return tuple(alike)


def feature_status(feature: PatternFeature, measure: Measure) -> FeatureStatus:
    """Return whether the measure's whole interval lies beyond the feature's limit."""
    limit = feature.limit
    if limit is None:
        reference = reference_range(feature.measure)
        if reference is not None and reference.unit is measure.unit:
            limit = reference.high if feature.beyond == "above" else reference.low
    if limit is None or measure.low is None or measure.high is None:
        return "no published limit"
    if feature.beyond == "above":
        beyond, short_of = measure.low > limit, measure.high <= limit
    else:
        beyond, short_of = measure.high < limit, measure.low >= limit
    return "present" if beyond else "absent" if short_of else "unclear"


def _likeness(
    pattern: Pattern, statuses: Sequence[FeatureStatus], words: Catalogue
) -> PatternLikeness:
    seen: Mapping[PatternFeature, FeatureStatus] = dict(
        zip(pattern.features, statuses, strict=True)
    )
    return PatternLikeness(
        id=pattern.id,
        title=pattern.title,
        plain=pattern.plain,
        school=pattern.school,
        features=tuple(
            PatternFeatureSeen(
                text=feature.text, status=status, status_text=words(f"feature.{status}")
            )
            for feature, status in seen.items()
        ),
        note=pattern.note,
        sources=pattern.sources,
        evidence=pattern.evidence.value,
    )
