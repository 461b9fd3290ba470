"""The tables of a batch, merged from its visits in the plan's order, one visit at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.assessment_file import MEASURE_COLUMNS
from posture.batch.csv_rows import csv_rows
from posture.batch.store import Store
from posture.batch.types import FAILURE_COLUMNS, Plan
from posture.output import open_atomically

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_tables"]

_ROWS_PER_GROUP = 10_000
_NUMBERS = ("value", "low", "high")


def write_tables(plan: Plan, store: Store) -> dict[str, int]:
    """Write measures.csv, measures.parquet and failures.csv; return their rows.

    The content depends on the plan and the results alone, not on who worked them, or when.

    Raises
    ------
    InputError
        If the folder cannot be written.
    PostureError
        If the disk is full.
    """
    counts = {"measures": 0, "failures": 0}
    with ExitStack() as stack:
        folder = store.folder
        write_measures = stack.enter_context(csv_rows(folder / "measures.csv", MEASURE_COLUMNS))
        write_failures = stack.enter_context(csv_rows(folder / "failures.csv", FAILURE_COLUMNS))
        parquet = _Parquet(stack, folder / "measures.parquet")
        for visit in plan.visits:
            found = store.result(visit)
            if found is None:
                continue
            rows = found["measures"]
            write_measures(rows)
            parquet.write(rows)
            write_failures([[f[name] for name in FAILURE_COLUMNS] for f in found["failures"]])
            counts["measures"] += len(rows)
            counts["failures"] += len(found["failures"])
        parquet.flush()
    return counts


class _Parquet:
    """The measures as Parquet, in groups of rows, so that none but the last group is held."""

    def __init__(self, stack: ExitStack, path: Path) -> None:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        self._schema = pa.schema(
            [
                (
                    name,
                    pa.float64()
                    if name in _NUMBERS
                    else pa.date32()
                    if name == "date"
                    else pa.string(),
                )
                for name in MEASURE_COLUMNS
            ]
        )
        stream = stack.enter_context(open_atomically(path))
        self._writer = stack.enter_context(ParquetWriter(stream, self._schema, compression="zstd"))
        self._held: list[Sequence[str]] = []

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows; a full group is written."""
        self._held += rows
        if len(self._held) >= _ROWS_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            self._writer.write_table(self._table())
            self._held = []

    def _table(self) -> pa.Table:
        import pyarrow as pa

        columns = zip(*self._held, strict=True)
        return pa.Table.from_arrays(
            [
                pa.array([_typed(field.name, cell) for cell in column], type=field.type)
                for field, column in zip(self._schema, columns, strict=True)
            ],
            schema=self._schema,
        )


def _typed(name: str, cell: str) -> Any:
    from datetime import date

    if name in _NUMBERS:
        return float(cell) if cell else None
    if name == "date":
        return date.fromisoformat(cell) if cell else None
    return cell or None
