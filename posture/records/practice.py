"""What the practice chose, and the log of all that was done."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from posture.assess import Role
from posture.errors import InputError
from posture.file_kind import recognise
from posture.measures.table import MEASURES
from posture.records.checks import check_line
from posture.records.models import AuditRow, SettingsRow
from posture.records.transactions import Transactions, audit_entry, check_version, log, now
from posture.records.types import AuditEntry, Language, Paper, PracticeSettings, Units

__all__ = ["PracticeRecords"]

_LOGO_BYTES = 1_000_000


class PracticeRecords(Transactions):
    """What can be done with the settings and the log."""

    def settings(self) -> PracticeSettings:
        """Return what the practice chose, or what stands until it does."""
        with self._reading() as session:
            return _settings(session.get(SettingsRow, 1))

    def change_settings(self, settings: PracticeSettings) -> PracticeSettings:
        """Keep new settings: those read before, with `dataclasses.replace`.

        Raises
        ------
        ConflictError
            If the settings were changed since those were read.
        InputError
            If a value is none of the allowed ones.
        """
        settings = _checked(settings)
        with self._writing() as session:
            row = session.get(SettingsRow, 1)
            before = _settings(row)
            check_version(session, "settings", before.version, settings.version)
            changed = [
                item.name
                for item in fields(settings)
                if getattr(settings, item.name) != getattr(before, item.name)
            ]
            if not changed:
                return before
            settings = replace(settings, version=before.version + 1)
            _put_settings(session, settings)
            log(session, "settings changed", "settings", settings.version, fields=changed)
            return settings

    def audit(self, limit: int | None = 100, *, client_id: str | None = None) -> list[AuditEntry]:
        """Return the latest lines of the log, the newest first; None returns all."""
        wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if client_id is not None:
            wanted = wanted.where(AuditRow.client_id == client_id)
        with self._reading() as session:
            return [audit_entry(row) for row in session.scalars(wanted)]


def _put_settings(session: Session, settings: PracticeSettings) -> None:
    """Store settings in place of those before."""
    values = {item.name: getattr(settings, item.name) for item in fields(settings)}
    values |= {"photos": list(settings.photos), "measures": list(settings.measures)}
    session.merge(SettingsRow(id=1, changed=now(), **values))


def _settings(row: SettingsRow | None) -> PracticeSettings:
    if row is None:
        return PracticeSettings()
    values: dict[str, Any] = {
        item.name: getattr(row, item.name) for item in fields(PracticeSettings)
    }
    values |= {"photos": tuple(row.photos), "measures": tuple(row.measures)}
    return PracticeSettings(**values)


def _checked(settings: PracticeSettings) -> PracticeSettings:
    for what, value, allowed in (
        ("units", settings.units, get_args(Units)),
        ("language", settings.language, get_args(Language)),
        ("paper", settings.paper, get_args(Paper)),
        *(("photos", role, get_args(Role)) for role in settings.photos),
        *(("measures", measure, tuple(MEASURES)) for measure in settings.measures),
    ):
        if value not in allowed:
            raise InputError(
                f"settings: {what}: expected one of {', '.join(allowed)}, found {value!r}. "
                "Choose one of these."
            )
    if not settings.photos:
        raise InputError("settings: photos: expected at least one, found none. Choose one.")
    if settings.logo is not None:
        _check_logo(settings.logo)
    return replace(
        settings,
        practice=check_line(settings.practice, "name of the practice"),
        photos=tuple(dict.fromkeys(settings.photos)),
        measures=tuple(dict.fromkeys(settings.measures)),
    )


def _check_logo(logo: bytes) -> None:
    if recognise(logo) not in ("JPEG", "PNG"):
        raise InputError("settings: logo: expected a JPEG or PNG, found another file. Convert it.")
    if len(logo) > _LOGO_BYTES:
        raise InputError(
            f"settings: logo: expected at most {_LOGO_BYTES / 1e6:g} MB, found "
            f"{len(logo) / 1e6:.1f} MB. Make it smaller."
        )
