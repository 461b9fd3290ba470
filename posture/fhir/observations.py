"""Measures as FHIR Observations."""

from __future__ import annotations

from typing import Any

from posture.fhir.codes import (
    CONFIDENCE_95,
    DATA_ABSENT_SYSTEM,
    INTERPRETATION_SYSTEM,
    LOINC,
    MEASURE_SYSTEM,
    METHOD_SYSTEM,
    coded,
    observation_category,
    quantity,
    reference_range_to_fhir,
)
from posture.findings import format_interval
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.results import Assessment, Measure, ReferenceRange, Unit

__all__ = ["measure_to_fhir", "stature_to_fhir"]

Json = dict[str, Any]


def measure_to_fhir(measure: Measure, assessment: Assessment) -> Json:
    """Return what an Observation says of one measure, without who, when and by what.

    A value stands with its 95 % interval, both as HL7's extension and in words; a missing
    one with its reason.
    """
    definition = MEASURES[measure.id]
    resource: Json = {
        "resourceType": "Observation",
        "category": [observation_category("exam")],
        "code": coded(MEASURE_SYSTEM, measure.id, definition.title),
        "bodySite": {"text": definition.region},
    }
    reference = _reference(measure, assessment)
    if reference is not None:
        resource["referenceRange"] = [reference_range_to_fhir(reference)]
    if measure.value is None or measure.low is None or measure.high is None:
        return resource | {"dataAbsentReason": _absent(measure)}
    assert measure.method is not None  # stands with the value
    interval = {"low": quantity(measure.low, measure.unit)}
    interval["high"] = quantity(measure.high, measure.unit)
    words = f"With its 95 % interval: {format_interval(measure)}."
    sign = f"Positive means {definition.positive_means}." if definition.positive_means else ""
    defined = f"Definition: {definition.definition}."
    resource |= {
        "extension": [{"url": CONFIDENCE_95, "valueRange": interval}],
        "valueQuantity": quantity(measure.value, measure.unit),
        "method": coded(METHOD_SYSTEM, measure.method.value, measure.method.in_words),
        "note": [{"text": " ".join(part for part in (words, sign, defined) if part)}],
    }
    beyond = _beyond(measure, reference)
    if beyond is not None:
        resource["interpretation"] = [beyond]
    return resource


def stature_to_fhir(height_cm: float) -> Json:
    """Return the stature that lengths are scaled by, as HL7's vital signs profile has it."""
    return {
        "resourceType": "Observation",
        "category": [observation_category("vital-signs")],
        "code": coded(LOINC, "8302-2", "Body height"),
        "valueQuantity": quantity(height_cm, Unit.CENTIMETRES),
        "note": [{"text": "As it was told; not measured in the photographs."}],
    }


def _reference(measure: Measure, assessment: Assessment) -> ReferenceRange | None:
    """Return the range the measure was compared with; a finding tells its own."""
    told = (finding.reference for finding in assessment.findings if finding.measure == measure.id)
    reference = next(told, None) or reference_range(measure.id)
    return reference if reference is not None and reference.unit is measure.unit else None


def _absent(measure: Measure) -> Json:
    """Return why there is no value: nothing was photographed, or nothing could be told."""
    code, display = ("unknown", "Unknown") if measure.view else ("not-performed", "Not Performed")
    coding = {"system": DATA_ABSENT_SYSTEM, "code": code, "display": display}
    return {"coding": [coding], "text": measure.reason}


def _beyond(measure: Measure, reference: ReferenceRange | None) -> Json | None:
    """Return High or Low where the whole interval lies beyond the range, else nothing."""
    if reference is None or measure.low is None or measure.high is None:
        return None
    if reference.high is not None and measure.low > reference.high:
        return coded(INTERPRETATION_SYSTEM, "H", "High")
    if reference.low is not None and measure.high < reference.low:
        return coded(INTERPRETATION_SYSTEM, "L", "Low")
    return None
