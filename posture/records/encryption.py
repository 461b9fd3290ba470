"""Encrypt the photos of these records, and all that is made of them, at rest.

The database is not encrypted: where names and numbers have to be, too, the disk is the
place for it.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from posture.records.database import wipe
from posture.records.errors import PassphraseError, RecordsError
from posture.records.models import EncryptionRow
from posture.records.transactions import Transactions, log

if TYPE_CHECKING:
    from posture.records.cipher import LockedKey

__all__ = ["EncryptionRecords"]


class EncryptionRecords(Transactions):
    """What can be done to keep photos from other eyes."""

    @property
    def is_encrypted(self) -> bool:
        """Whether photos are encrypted."""
        return self._files.cipher is not None

    def encrypt(self, passphrase: str) -> None:
        """Encrypt all photos, those here already too; from now on opening needs the passphrase.

        A crash half-way is made up for at the next opening. Nobody can read the photos
        again without the passphrase.

        Raises
        ------
        InputError
            If the passphrase is too short.
        RecordsError
            If the photos are encrypted already.
        """
        from posture.records.cipher import FileCipher, lock_key, new_key

        key = new_key()
        locked = lock_key(key, passphrase)
        before = self._files.cipher
        try:
            with self._writing() as session:
                _begin(session, locked)
                # No file is written meanwhile, for that takes the same lock.
                self._files.cipher = FileCipher(key)
        except BaseException:
            self._files.cipher = before
            raise
        self._encrypt_rest()

    def change_passphrase(self, old: str, new: str) -> tuple[str, ...]:
        """Put a new passphrase in place of the old one; say in words what could not be wiped.

        The database is written anew, or the key would stay there, locked by the old one.

        Raises
        ------
        PassphraseError
            If the old one is wrong, or the photos are not encrypted.
        InputError
            If the new one is too short.
        """
        from posture.records.cipher import lock_key

        key = self._unlocked_key(old)
        locked = lock_key(key, new)
        with self._writing() as session:
            session.merge(EncryptionRow(id=1, **asdict(locked)))
            log(session, "passphrase changed", "photos")
        return wipe(self.engine)

    def unlock(self, passphrase: str | None) -> None:
        """Make the photos readable, where they are encrypted.

        Raises
        ------
        PassphraseError
            If the passphrase is missing or wrong, or given though nothing is encrypted.
        """
        with self._reading() as session:
            row = session.get(EncryptionRow, 1)
            is_encrypted, is_complete = row is not None, row is not None and row.is_complete
        if passphrase is None:
            if is_encrypted:
                raise PassphraseError(
                    "Expected the passphrase of these records, found none: their photos are "
                    "encrypted. Give it."
                )
            return
        from posture.records.cipher import FileCipher

        self._files.cipher = FileCipher(self._unlocked_key(passphrase))
        if not is_complete:
            self._encrypt_rest()

    def _unlocked_key(self, passphrase: str) -> bytes:
        from posture.records.cipher import unlock_key

        with self._reading() as session:
            locked = _locked_key(session)
        return unlock_key(locked, passphrase)

    def _encrypt_rest(self) -> None:
        """Encrypt the files that are not yet, one by one, so that others can work meanwhile."""
        for name in self._files.plain_names():
            with self._writing():
                self._files.encrypt(name)
        with self._writing() as session:
            row = session.get(EncryptionRow, 1)
            if row is not None and not row.is_complete:
                row.is_complete = True
                log(session, "encryption finished", "photos")


def _begin(session: Session, locked: LockedKey) -> None:
    if session.get(EncryptionRow, 1) is not None:
        raise RecordsError(
            "Expected photos that are not encrypted, found they are. Change the passphrase instead."
        )
    session.add(EncryptionRow(id=1, is_complete=False, **asdict(locked)))
    log(session, "encryption begun", "photos")


def _locked_key(session: Session) -> LockedKey:
    from posture.records.cipher import LockedKey

    row = session.get(EncryptionRow, 1)
    if row is None:
        raise PassphraseError(
            "Expected no passphrase, for the photos of these records are not encrypted. Leave it "
            "out, or encrypt them first."
        )
    return LockedKey(**{item.name: getattr(row, item.name) for item in fields(LockedKey)})
