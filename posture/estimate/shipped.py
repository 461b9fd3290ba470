"""Where the program's own weights lie: in a checkout's `models/`, or in the installed package."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from posture.errors import WeightsError

__all__ = ["shipped", "shipped_sha256"]


def shipped(name: str) -> Path:
    """Return the path of a file of ours, named as under `models/`.

    Raises
    ------
    WeightsError
        If it is missing.
    """
    checkout = Path(__file__).resolve().parents[2] / "models" / name
    installed = Path(str(files("posture"))) / "data" / name
    for path in (checkout, installed):
        if path.is_file():
            return path
    raise WeightsError(
        f"Expected the estimator's weights {name} at {installed}, found none. "
        "Install posture again."
    )


@cache
def shipped_sha256(*names: str) -> str:
    """Return one checksum of files of ours, named as under `models/`, in their order."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(shipped(name).read_bytes())
    return digest.hexdigest()
