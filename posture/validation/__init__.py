"""The accuracy table: the whole product on clients whose measures are known.

Tests ask whether the code does what was written; this asks whether it agrees with a
reference. The reference is a folder of synthetic clients, who stand, sit or move, or a
therapist's own table.
"""

from posture.validation.agreement import (
    Agreement,
    Row,
    agreement,
    changes,
    icc_2_1,
    refusals,
    slices,
)
from posture.validation.measures import KNOWN, KnownMeasure
from posture.validation.reference import (
    Reference,
    ReferenceMovement,
    ReferencePhoto,
    ReferenceVisit,
    is_undressed,
    read_reference_set,
    slice_names,
)
from posture.validation.reference_table import read_reference_table
from posture.validation.run import run_validation

__all__ = [
    "KNOWN",
    "Agreement",
    "KnownMeasure",
    "Reference",
    "ReferenceMovement",
    "ReferencePhoto",
    "ReferenceVisit",
    "Row",
    "agreement",
    "changes",
    "icc_2_1",
    "is_undressed",
    "read_reference_set",
    "read_reference_table",
    "refusals",
    "run_validation",
    "slice_names",
    "slices",
]
