"""Faults in the log: where they happened and of what kind, never the values they carry."""

from __future__ import annotations

import logging
import traceback

__all__ = ["log_fault"]


def log_fault(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log a fault with its way through the program, without the messages of its errors.

    A message may hold what was being stored, a client's name for instance.
    """
    told: list[str] = []
    current: BaseException | None = error
    while current is not None:
        frames = "".join(traceback.format_tb(current.__traceback__))
        told.append(f"{type(current).__module__}.{type(current).__qualname__}\n{frames}")
        current = current.__cause__ or current.__context__
    logger.error("%s: %s", what, "caused by ".join(told).rstrip())
