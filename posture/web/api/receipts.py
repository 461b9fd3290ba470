"""What a deletion tells."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from posture.web.api.models import Kept

__all__ = ["ReceiptOut"]


class ReceiptOut(Kept):
    """What was deleted, and what could not be.

    `photos` are the SHA-256 of photos whose files are gone, `photos_kept` of those that
    something else still uses. `remains` is empty as a rule.
    """

    subject: str
    kind: Literal["client", "visit", "further"]
    at: datetime
    rows: dict[str, int]
    photos: tuple[str, ...]
    photos_kept: tuple[str, ...]
    derived: int
    remains: tuple[str, ...]
