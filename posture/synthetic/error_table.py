"""Write a table of errors that ships with the program, one row a measure and case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from posture.output import write_atomically

__all__ = ["write_table"]


def write_table(path: Path, heading: str, rows: Sequence[str], *, keep: bool = False) -> None:
    """Write a CSV whose first column is the measure.

    Parameters
    ----------
    path
        Where to.
    heading, rows
        Its lines.
    keep
        Whether rows of other measures, which are there already, stay before these.
    """
    new = {row.split(",")[0] for row in rows}
    earlier = path.read_text(encoding="utf-8").splitlines()[1:] if keep else []
    kept = [row for row in earlier if row.split(",")[0] not in new]
    write_atomically(path, "\n".join([heading, *kept, *rows]) + "\n")
