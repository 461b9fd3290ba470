"""Clients, visits, photos and assessments, kept on this machine or in the practice.

`open_records` is the way in. Everything it returns is a plain frozen value of `types`.
"""

from __future__ import annotations

from posture.records.errors import ConflictError, NotFoundError, PassphraseError, RecordsError
from posture.records.further_types import (
    FURTHER_ROLES,
    FurtherKind,
    FurtherPhoto,
    FurtherRecord,
    FurtherRole,
)
from posture.records.store import Records, default_folder, open_records
from posture.records.types import (
    UNCHANGED,
    AssessmentRecord,
    AuditEntry,
    ClientHistory,
    ClientRecord,
    ClientSummary,
    ConsentRecord,
    DeletionReceipt,
    IntegrityReport,
    LandmarkChange,
    MeasurePoint,
    Page,
    PhotoRecord,
    PracticeSettings,
    VisitHistory,
    VisitRecord,
    VisitSummary,
)

__all__ = [
    "FURTHER_ROLES",
    "UNCHANGED",
    "AssessmentRecord",
    "AuditEntry",
    "ClientHistory",
    "ClientRecord",
    "ClientSummary",
    "ConflictError",
    "ConsentRecord",
    "DeletionReceipt",
    "FurtherKind",
    "FurtherPhoto",
    "FurtherRecord",
    "FurtherRole",
    "IntegrityReport",
    "LandmarkChange",
    "MeasurePoint",
    "NotFoundError",
    "Page",
    "PassphraseError",
    "PhotoRecord",
    "PracticeSettings",
    "Records",
    "RecordsError",
    "VisitHistory",
    "VisitRecord",
    "VisitSummary",
    "default_folder",
    "open_records",
]
