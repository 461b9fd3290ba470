"""Who may come in: the launch's token, the password, and the sessions they open.

Nothing secret is kept as it was given: sessions and token are compared by their SHA-256,
the password by its Argon2 hash.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

__all__ = ["Access", "Attempts", "Site", "hash_password"]

_MAX_SESSIONS = 200
_IDLE_SECONDS = 12 * 3600
"""A session that nobody used for a working day ends."""

_FREE_ATTEMPTS = 5
_LONGEST_WAIT_SECONDS = 300.0
_MAX_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The address this server answers under.

    `names` are the host names it goes by, lower case. `any_ip` lets a bare IP address pass
    as well: it cannot be rebound, because no name is looked up. `port` is the one it
    listens on.
    """

    port: int
    names: frozenset[str] = frozenset({"localhost"})
    any_ip: bool = False
    tls: bool = False

    @property
    def scheme(self) -> str:
        """`http`, or `https` with a certificate."""
        return "https" if self.tls else "http"

    def is_own_host(self, host: str) -> bool:
        """Return whether a Host header names this server, port included."""
        try:
            parts = urlsplit(f"//{host}")
            port = parts.port
        except ValueError:
            return False
        if parts.path or parts.query or parts.fragment or "@" in host or not parts.hostname:
            return False
        if (port or (443 if self.tls else 80)) != self.port:
            return False
        return self._is_own_name(parts.hostname.lower())

    def _is_own_name(self, name: str) -> bool:
        if name in self.names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.any_ip or address.is_loopback

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Return whether an Origin header is the page that `host`, already checked, serves."""
        return hmac.compare_digest(origin.lower(), f"{self.scheme}://{host}".lower())


class Attempts:
    """Slows guessing down: after a few wrong passwords an address waits, twice as long each time.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_seconds(self, address: str) -> float:
        """Return how long `address` has to wait before its next try, 0 where it need not."""
        with self._lock:
            count, last = self._failures.get(address, (0, 0.0))
            if count < _FREE_ATTEMPTS:
                return 0.0
            pause = min(2.0 ** (count - _FREE_ATTEMPTS), _LONGEST_WAIT_SECONDS)
            return max(0.0, last + pause - self._clock())

    def failed(self, address: str) -> None:
        """Record a wrong password."""
        with self._lock:
            count, _ = self._failures.pop(address, (0, 0.0))
            self._failures[address] = (count + 1, self._clock())
            while len(self._failures) > _MAX_ADDRESSES:
                self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the wrong passwords of an address that has found the right one."""
        with self._lock:
            self._failures.pop(address, None)


@dataclass(slots=True, kw_only=True)
class Access:
    """Opens sessions for those who bring the token or the password, and knows them again.

    `token` is the launch's secret. `password_hash` is None where the token is the only way
    in. Safe to use from several threads.
    """

    token: str
    site: Site
    password_hash: str | None = None
    clock: Callable[[], float] = time.monotonic
    attempts: Attempts = field(default_factory=Attempts)
    _sessions: OrderedDict[bytes, float] = field(default_factory=OrderedDict)
    _codes: set[bytes] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _hashing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cookie(self) -> str:
        """Name of the session's cookie. Cookies ignore the port, so the name carries it."""
        return f"{'__Host-' if self.site.tls else ''}posture-{self.site.port}"

    def is_token(self, given: str) -> bool:
        """Return whether this is the launch's token."""
        return hmac.compare_digest(_digest(given), _digest(self.token))

    def new_code(self) -> str:
        """Return a code that opens one session, once.

        For addresses that others may see, such as one in a browser's command line.
        """
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes.add(_digest(code))
        return code

    def use_code(self, given: str) -> bool:
        """Return whether this is a code that was not used yet, and use it up."""
        with self._lock:
            try:
                self._codes.remove(_digest(given))
            except KeyError:
                return False
            return True

    def is_password(self, given: str) -> bool:
        """Return whether this is the password. One at a time: hashing takes much memory."""
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        if self.password_hash is None:
            return False
        with self._hashing:
            try:
                return PasswordHasher().verify(self.password_hash, given)
            except (VerificationError, InvalidHashError):
                return False

    def open_session(self) -> str:
        """Return the secret of a new session, for its cookie."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[_digest(secret)] = self.clock()
            while len(self._sessions) > _MAX_SESSIONS:
                self._sessions.popitem(last=False)
        return secret

    def is_session(self, secret: str) -> bool:
        """Return whether this is a live session, and keep it alive."""
        key, now = _digest(secret), self.clock()
        with self._lock:
            used = self._sessions.get(key)
            if used is None:
                return False
            if now - used > _IDLE_SECONDS:
                del self._sessions[key]
                return False
            self._sessions[key] = now
            self._sessions.move_to_end(key)
            return True

    def end_session(self, secret: str) -> None:
        """Forget a session."""
        with self._lock:
            self._sessions.pop(_digest(secret), None)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, with its salt and cost."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
