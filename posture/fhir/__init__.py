"""A visit as FHIR R4, for those who keep it in another system. The mapping: docs/fhir.md."""

from __future__ import annotations

from posture.fhir.bundle import visit_to_fhir

__all__ = ["visit_to_fhir"]
