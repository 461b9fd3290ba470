"""Run the application under uvicorn: the socket, the log, the end."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.errors import InputError

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["LOG_CONFIG", "WithoutQuery", "listen", "run"]

_GRACE_SECONDS = 3
"""How long open connections may go on after Ctrl-C."""

_MOST_CONNECTIONS = 500


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
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise InputError(
            f"Expected a free address {host} port {port}, found: {error.strerror or error}. "
            "Choose another --port or --host."
        ) from error
    listener.set_inheritable(False)
    return listener


def run(
    app: FastAPI,
    listener: socket.socket,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    verbose: bool = False,
) -> None:
    """Serve until Ctrl-C or a termination signal, then end cleanly."""
    import uvicorn

    config = uvicorn.Config(
        app,
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
    uvicorn.Server(config).run(sockets=[listener])
