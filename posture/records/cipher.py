"""Lock files with a passphrase: AES-256-GCM, under a key that scrypt guards.

The files' key is random and stays the same; what the passphrase makes only locks that
key, so that a passphrase can be changed without touching a file. Unlocking the key proves
the passphrase right, by the tag of its own encryption.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from posture.errors import InputError
from posture.records.errors import PassphraseError, RecordsError
from posture.records.files import MAGIC

__all__ = ["FileCipher", "LockedKey", "lock_key", "new_key", "unlock_key"]

_NONCE_BYTES = 12
_KEY_BYTES = 32
_SALT_BYTES = 16
_KEY_NAME = b"posture photos key"
_SHORTEST = 8
# 128 MB and some tenths of a second for each guess (OWASP Password Storage Cheat Sheet).
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_SCRYPT_LIMITS = (2**20, 16, 4)  # beyond these, stored parameters would exhaust the machine


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedKey:
    """The files' key as it is stored, with how the passphrase unlocks it."""

    salt: bytes
    scrypt_n: int
    scrypt_r: int
    scrypt_p: int
    locked_key: bytes


class FileCipher:
    """Locks and unlocks files by one key."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._cipher = AESGCM(key)

    def lock(self, data: bytes, name: str) -> bytes:
        """Return the bytes to store under a name."""
        return MAGIC + _seal(self._cipher, data, MAGIC + name.encode())

    def unlock(self, data: bytes, name: str) -> bytes:
        """Return what `lock` was given. A file from before the encryption is as it is.

        Raises
        ------
        RecordsError
            If the bytes were changed, or stored under another name.
        """
        if not data.startswith(MAGIC):
            return data
        try:
            return _open(self._cipher, data[len(MAGIC) :], MAGIC + name.encode())
        except InvalidTag:
            raise RecordsError(
                f"Photo {name[:12]}…: expected the bytes it was encrypted to, found others. The "
                "file is damaged; restore it from a backup."
            ) from None


def new_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(_KEY_BYTES)


def lock_key(key: bytes, passphrase: str) -> LockedKey:
    """Return the key locked by a passphrase.

    Raises
    ------
    InputError
        If the passphrase is too short to guard anything.
    """
    if len(passphrase) < _SHORTEST:
        raise InputError(
            f"passphrase: expected at least {_SHORTEST} characters, found {len(passphrase)}. "
            "Several words in a row are easy to keep in mind."
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    guard = _guard(passphrase, salt, _SCRYPT_N, _SCRYPT_R, _SCRYPT_P)
    return LockedKey(
        salt=salt,
        scrypt_n=_SCRYPT_N,
        scrypt_r=_SCRYPT_R,
        scrypt_p=_SCRYPT_P,
        locked_key=_seal(guard, key, _KEY_NAME),
    )


def unlock_key(locked: LockedKey, passphrase: str) -> bytes:
    """Return the key.

    Raises
    ------
    PassphraseError
        If the passphrase is not the one it was locked with.
    RecordsError
        If the stored parameters cannot be ours.
    """
    parameters = locked.scrypt_n, locked.scrypt_r, locked.scrypt_p
    if any(not 0 < value <= limit for value, limit in zip(parameters, _SCRYPT_LIMITS, strict=True)):
        raise RecordsError(
            "Expected the photos' key as this program stores it, found other parameters. Restore "
            "the records from a backup."
        )
    try:
        return _open(_guard(passphrase, locked.salt, *parameters), locked.locked_key, _KEY_NAME)
    except InvalidTag:
        raise PassphraseError(
            "Expected the passphrase of these records, found another. Type it again; mind upper "
            "case and the keyboard's language."
        ) from None


def _guard(passphrase: str, salt: bytes, n: int, r: int, p: int) -> AESGCM:
    # Accents are typed as one character or as two, by the keyboard.
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    return AESGCM(Scrypt(salt=salt, length=_KEY_BYTES, n=n, r=r, p=p).derive(secret))


def _seal(cipher: AESGCM, data: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, data, bound_to)


def _open(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES:
        raise InvalidTag
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
