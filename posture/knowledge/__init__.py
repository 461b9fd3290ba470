"""What posture findings are commonly associated with: data with sources, one reader."""

from posture.knowledge.reader import load_findings
from posture.knowledge.types import Claim, Evidence, FindingEntry

__all__ = ["Claim", "Evidence", "FindingEntry", "load_findings"]
