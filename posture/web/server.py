"""Run the application under uvicorn: the socket, the log, the end."""

from __future__ import annotations

import logging
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.errors import InputError

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

__all__ = ["LOG_CONFIG", "WithoutQuery", "certificate_names", "check_tls", "listen", "run"]

_logger = logging.getLogger(__name__)

_GRACE_SECONDS = 3
"""How long open connections may go on after Ctrl-C."""

_MOST_CONNECTIONS = 500
_BACKLOG = 128


class WithoutQuery(logging.Filter):
    """Cuts the query off the addresses in the access log: it holds what was searched for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; always keep it."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            record.args = (client, method, re.sub(r"\?.*", "", str(path)), version, status)
        return True


LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query": {"()": WithoutQuery}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without_query"],
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host`; port 0 stands for any free one.

    Raises
    ------
    InputError
        If the address is not this machine's or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Named as TCP, or asyncio would not know to send small answers at once: each would
        # take 40 ms more (Nagle's algorithm against the other side's delayed ACK).
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would let others take the port over
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)  # so that a browser may come before the server is ready
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise InputError(
            f"Expected a free address {host} port {port}, found: {error.strerror or error}. "
            "Choose another --port or --host."
        ) from error
    return listener


def run(
    app: FastAPI,
    listener: socket.socket,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    verbose: bool = False,
) -> None:
    """Serve until Ctrl-C or a termination signal; then finish the running job, and end."""
    import uvicorn

    from posture.web.protocol import TimedProtocol

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Not captured, as uvicorn does to raise it again: ending is what was asked for.
            self.force_exit = self.should_exit
            self.should_exit = True

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            dropped = app.state.jobs.stop()  # which ends the streams that follow those jobs
            if dropped:
                _logger.warning("%d visits that waited were not assessed", dropped)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        log_config=LOG_CONFIG,
        access_log=verbose,
        proxy_headers=False,
        server_header=False,
        ws="none",
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    Server(config).run(sockets=[listener])


def certificate_names(certificate: Path) -> frozenset[str]:
    """Return the host names a TLS certificate is made out to, lower case.

    Raises
    ------
    InputError
        If the file is no certificate.
    """
    from cryptography import x509

    try:
        parsed = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (OSError, ValueError) as error:
        raise InputError(
            f"{certificate}: expected a TLS certificate in PEM, found: "
            f"{getattr(error, 'strerror', None) or error}. Name the certificate's file."
        ) from error
    try:
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(name.lower() for name in names.get_values_for_type(x509.DNSName))


def check_tls(certificate: Path, key: Path) -> None:
    """Raise InputError unless the key belongs to the certificate and both can be read."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"{certificate}, {key}: expected a TLS certificate and its key in PEM, without a "
            f"passphrase, found: {error.strerror or error}. Name files that belong together."
        ) from error
