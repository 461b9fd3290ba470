"""Columns of a kind that SQLAlchemy does not bring: times with their zone, compressed JSON."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator

__all__ = ["PackedJson", "UtcDateTime"]


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its zone, kept in UTC on databases that know no zones too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class PackedJson(TypeDecorator[dict[str, Any]]):
    """JSON, compressed. What cannot be read comes back as None; its reader refuses that."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:
        """Return the compressed text."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> dict[str, Any] | None:
        """Return what was compressed."""
        try:
            document: dict[str, Any] = json.loads(zlib.decompress(value or b""))
        except (zlib.error, ValueError):
            return None
        return document
