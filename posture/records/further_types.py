"""Assessments of a client beside those of standing: sitting, and range of motion.

They hang on the client and not on a visit, so that nothing of them gets among the measures
of standing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

from posture.anatomy import Side
from posture.errors import InputError
from posture.file_kind import Kind

__all__ = [
    "FURTHER_ROLES",
    "FurtherKind",
    "FurtherPhoto",
    "FurtherRecord",
    "FurtherRole",
    "check_further_document",
    "check_further_kind",
]

FurtherKind = Literal["sitting", "range_of_motion"]
"""What was assessed; the document of each says the same in `assessment`."""

FurtherRole = Literal["side", "front", "neutral", "end", "neutral_other", "end_other"]
"""Which photo it is; those called other are of the client's other side."""

FURTHER_ROLES: Mapping[FurtherKind, tuple[FurtherRole, ...]] = MappingProxyType(
    {
        "sitting": ("side", "front"),
        "range_of_motion": ("neutral", "end", "neutral_other", "end_other"),
    }
)
"""The photos of each kind, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherPhoto:
    """One photo of a further assessment; its bytes are found by `sha256`."""

    id: str
    further_id: str
    role: FurtherRole
    sha256: str
    kind: Kind
    size_bytes: int
    added: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRecord:
    """One further assessment. `test` and `side` are of range of motion.

    `side` is the client's side tested, None where the photos tell. `document` is what the
    assessment's own file holds, and `measured` when it was made; both are None before.
    """

    id: str
    client_id: str
    kind: FurtherKind
    test: str | None
    side: Side | None
    taken: date
    note: str
    photos: tuple[FurtherPhoto, ...]
    document: Mapping[str, Any] | None
    measured: datetime | None
    added: datetime
    changed: datetime
    version: int

    def __post_init__(self) -> None:
        if (self.document is None) is not (self.measured is None):
            raise ValueError("expected a document exactly where it was measured")

    def photo(self, role: FurtherRole) -> FurtherPhoto | None:
        """Return the photo in a role, None where it was not taken."""
        return next((photo for photo in self.photos if photo.role == role), None)


def check_further_kind(
    kind: FurtherKind, test: str | None, side: Side | None
) -> tuple[FurtherKind, str | None, Side | None]:
    """Return what is to be assessed.

    Raises
    ------
    InputError
        If there is no such kind or test, or a test or side is named that the kind has not.
    """
    from posture.rom import find_test

    if kind not in FURTHER_ROLES:
        raise InputError(
            f"kind: expected one of {', '.join(FURTHER_ROLES)}, found {kind!r}. Choose one."
        )
    if side is not None and side not in get_args(Side):
        raise InputError(f"side: expected left or right, found {side!r}. Choose one, or none.")
    if kind == "range_of_motion":
        return kind, find_test(test or "").id, side
    if test is not None or side is not None:
        raise InputError(
            f"{kind}: expected no test and no side, found {test or side}. Leave them out."
        )
    return kind, None, None


def check_further_document(
    kind: FurtherKind, document: object, *, test: str | None = None, name: str
) -> dict[str, Any]:
    """Return a document of this kind, held against its schema.

    Raises
    ------
    InputError
        If it is of another kind or test, of a newer version, or was changed.
    """
    from posture.rom.file import check_rom
    from posture.sitting.file import check_sitting

    plain = dict((check_sitting if kind == "sitting" else check_rom)(document, name=name))
    found = [item["id"] for item in plain.get("tests", ())]
    if test is not None and found != [test]:
        raise InputError(f"{name}: expected the test {test}, found {', '.join(found)}.")
    return plain
