"""What posture findings are commonly associated with: data with sources, one reader."""

from posture.knowledge.reader import load_knowledge, read_knowledge
from posture.knowledge.types import Knowledge, in_a_row

__all__ = ["Knowledge", "in_a_row", "load_knowledge", "read_knowledge"]
