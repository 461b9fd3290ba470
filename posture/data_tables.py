"""The tables of numbers that ship with the program, in `posture/data`."""

from __future__ import annotations

import csv
from importlib.resources import files

__all__ = ["read_data_table"]


def read_data_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of ours; lines that begin with # are remarks."""
    text = files("posture").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
