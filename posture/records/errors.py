"""The errors of the records, one per remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.errors import PostureError

if TYPE_CHECKING:
    from posture.records.types import AuditEntry

__all__ = ["ConflictError", "NotFoundError", "PassphraseError", "RecordsError"]


class RecordsError(PostureError):
    """The records cannot be used as they are. Remedy: said in the message."""


class NotFoundError(RecordsError):
    """There is no such client, visit or photo. Remedy: look it up again."""


class PassphraseError(RecordsError):
    """The passphrase is missing or wrong. Remedy: give the right one."""


class ConflictError(RecordsError):
    """Someone else changed it since it was read. Remedy: read it again, repeat the change.

    `version` is today's; `changes` are those made since, the oldest first.
    """

    def __init__(self, message: str, *, version: int, changes: tuple[AuditEntry, ...]) -> None:
        super().__init__(message)
        self.version = version
        self.changes = changes
