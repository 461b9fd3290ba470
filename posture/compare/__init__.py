"""Before and after: how much a client changed, and whether the change is real."""

from posture.compare.fairness import find_remarks
from posture.compare.types import (
    Change,
    ChangeContext,
    Clothing,
    Comparison,
    Remark,
    Step,
    Verdict,
)
from posture.compare.verdict import change
from posture.compare.visits import compare

__all__ = [
    "Change",
    "ChangeContext",
    "Clothing",
    "Comparison",
    "Remark",
    "Step",
    "Verdict",
    "change",
    "compare",
    "find_remarks",
]
