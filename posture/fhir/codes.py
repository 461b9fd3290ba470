"""The code systems that the FHIR export uses, and small pieces every resource is made of.

Nobody publishes codes for most of these measures, so they are told in code systems of our
own. Their URIs are `urn:uuid:`, which need no domain; docs/fhir.md lists their codes.
"""

from __future__ import annotations

import base64
from typing import Any, Literal
from uuid import UUID

from posture.results import ReferenceRange, Unit

__all__ = [
    "CLIENT_SYSTEM",
    "CONFIDENCE_95",
    "DATA_ABSENT_EXTENSION",
    "DATA_ABSENT_SYSTEM",
    "INTERPRETATION_SYSTEM",
    "LOINC",
    "MEASURE_SYSTEM",
    "METHOD_SYSTEM",
    "NAMESPACE",
    "REPORT_CODE",
    "VIEW_SYSTEM",
    "coded",
    "observation_category",
    "quantity",
    "reference_range_to_fhir",
    "sha256_uri",
]

Json = dict[str, Any]

NAMESPACE = UUID("9f0b2c5e-5d0a-5f43-8a55-3d4a1d5f2c10")
"""Root of the version 5 UUIDs that identify resources."""

MEASURE_SYSTEM = "urn:uuid:0d6f5bb2-6a3f-4d8e-9a6b-2f6f0a9c1e01"
METHOD_SYSTEM = "urn:uuid:0d6f5bb2-6a3f-4d8e-9a6b-2f6f0a9c1e02"
VIEW_SYSTEM = "urn:uuid:0d6f5bb2-6a3f-4d8e-9a6b-2f6f0a9c1e03"
REPORT_SYSTEM = "urn:uuid:0d6f5bb2-6a3f-4d8e-9a6b-2f6f0a9c1e04"
CLIENT_SYSTEM = "urn:uuid:0d6f5bb2-6a3f-4d8e-9a6b-2f6f0a9c1e05"
"""Identifies clients where a practice names no system of its own."""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"
DATA_ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
DATA_ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
INTERPRETATION_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CONFIDENCE_95 = "http://hl7.org/fhir/uv/phd/StructureDefinition/Confidence95"
"""HL7's extension for a 95 % confidence range (Personal Health Device guide, R4)."""

_UCUM_CODES = {
    Unit.DEGREES: ("°", "deg"),
    Unit.CENTIMETRES: ("cm", "cm"),
    Unit.PERCENT_STATURE: ("% of stature", "%"),
    Unit.RATIO: ("1", "1"),
}


def coded(system: str, code: str, text: str) -> Json:
    """Return a CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


REPORT_CODE = coded(REPORT_SYSTEM, "posture-assessment", "Posture assessment from photographs")


def observation_category(code: Literal["exam", "vital-signs"]) -> Json:
    """Return HL7's category of an Observation."""
    display = {"exam": "Exam", "vital-signs": "Vital Signs"}[code]
    return {"coding": [{"system": CATEGORY_SYSTEM, "code": code, "display": display}]}


def quantity(value: float, unit: Unit) -> Json:
    """Return a Quantity with its UCUM unit."""
    shown, code = _UCUM_CODES[unit]
    return {"value": value, "unit": shown, "system": UCUM, "code": code}


def reference_range_to_fhir(reference: ReferenceRange) -> Json:
    """Return an Observation's reference range, with the people it was taken from."""
    told = [reference.population, f"Source: {reference.source} ({reference.evidence})"]
    if reference.note:
        told.append(reference.note.rstrip("."))
    limits = {"low": reference.low, "high": reference.high}
    return {
        **{
            name: quantity(limit, reference.unit)
            for name, limit in limits.items()
            if limit is not None
        },
        "text": ". ".join(told) + ".",
    }


def sha256_uri(sha256: str) -> str:
    """Return a checksum as a URI (RFC 6920), by which a file is known without its name.

    >>> sha256_uri("00" * 32)
    'ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii")
    return f"ni:///sha-256;{digest.rstrip('=')}"
