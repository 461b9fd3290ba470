"""A table as CSV, row by row: UTF-8, commas, one line feed a row, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from posture.output import open_atomically

__all__ = ["csv_rows"]


@contextmanager
def csv_rows(
    path: Path, columns: Sequence[str]
) -> Iterator[Callable[[Iterable[Sequence[str]]], None]]:
    """Yield what writes rows under a heading; the file appears when the block ends well.

    Raises
    ------
    InputError
        If the place cannot be written.
    PostureError
        If the disk is full.
    """
    with open_atomically(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        try:
            yield writer.writerows
        finally:
            text.detach()
