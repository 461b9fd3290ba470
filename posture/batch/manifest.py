"""Where a batch's photos come from: a manifest, or a folder whose names say what they are."""

from __future__ import annotations

import csv
import difflib
import io
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from posture.batch.rows import COLUMNS, Row, build_plan, read_height, refuse
from posture.batch.types import Plan
from posture.errors import InputError
from posture.file_kind import PHOTO_ENDINGS

__all__ = ["read_plan"]

_NEEDED = ("client", "view", "file")
_DATED = ("visit", "date")
_HEIGHTS = "heights.csv"
_NAME = re.compile(
    r"(?P<client>.+)_(?P<date>\d{4}-?\d\d-?\d\d)_(?P<view>front|back|left|right|side)(?:_(?P<number>\d\d?))?",
    re.IGNORECASE,
)


def read_plan(path: Path) -> Plan:
    """Return what a batch has to do.

    Parameters
    ----------
    path
        A manifest, .csv or .parquet, or a folder of photos named `ID_DATE_VIEW.ext`. In nested
        folders the parts may be folders: `ID/DATE/VIEW.ext`, `ID/DATE_VIEW.ext`. Further photos
        of a view end in a number: `ID_DATE_VIEW_2.ext`. Heights stand in `heights.csv` (client,
        height_cm) of that folder.

    Raises
    ------
    InputError
        If it cannot be read, or anything in it is wrong; all problems are listed.
    """
    try:
        if path.is_dir():
            return _from_folder(path)
        if path.suffix.lower() in PHOTO_ENDINGS and path.is_file():
            raise InputError(
                f"{path.name}: expected a folder of photos or a manifest, found one photo. Give "
                "its folder, or measure one client with `posture analyze`."
            )
        if path.suffix.lower() == ".parquet":
            return _from_table(path, *_parquet_table(path))
        return _from_table(path, *_csv_table(path))
    except FileNotFoundError:
        raise InputError(
            f"{path}: expected a folder of photos or a manifest, found nothing there. Correct the "
            "path."
        ) from None
    except OSError as error:
        raise InputError(
            f"{error.filename or path}: expected a place that may be read, found: "
            f"{error.strerror or error}. Allow reading, or copy it to a folder of your own."
        ) from error


def _from_table(path: Path, columns: Sequence[str], rows: Iterator[Row]) -> Plan:
    problems = _column_problems(columns)
    if problems:
        refuse(path.name, [f"{path.name}: {problem}" for problem in problems])
    return build_plan(path.name, rows, path.parent)


def _column_problems(columns: Sequence[str]) -> list[str]:
    problems = [
        f"expected a column {name!r}, found none. Columns are {', '.join(COLUMNS)}."
        for name in _NEEDED
        if name not in columns
    ]
    if not set(_DATED) & set(columns):
        problems.append("expected a column 'date' or 'visit', found neither. Add one.")
    problems += [
        f"expected each column once, found {name!r} twice. Take one out."
        for name in COLUMNS
        if list(columns).count(name) > 1
    ]
    for name in columns:
        close = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.75)
        if name not in COLUMNS and close and close[0] not in columns:
            problems.append(f"found a column {name!r}. Did you mean {close[0]!r}?")
    return problems


def _csv_table(path: Path) -> tuple[list[str], Iterator[Row]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            f"{path.name}: expected a table as CSV in UTF-8, found other bytes. Save it as "
            "“CSV UTF-8”."
        ) from None
    if "\0" in text:
        raise InputError(f"{path.name}: expected a table as CSV, found no text. Name the manifest.")
    heading = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns = [name.strip().lower() for name in next(reader, [])]

    def rows() -> Iterator[Row]:
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(f"{path.name}, line {reader.line_num}", columns, cells)
        except csv.Error as error:
            raise InputError(
                f"{path.name}, line {reader.line_num}: expected CSV, found: {error}. Correct the "
                "quotation marks there."
            ) from error

    return columns, rows()


def _row(where: str, columns: Sequence[str], cells: Sequence[str]) -> Row:
    more = any(cell.strip() for cell in cells[len(columns) :])
    return Row(where=where, cells=dict(zip(columns, cells, strict=False)), has_more=more)


def _parquet_table(path: Path) -> tuple[list[str], Iterator[Row]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise InputError(
            f"{path.name}: expected a Parquet table, found: "
            f"{str(error).splitlines()[0].rstrip('.')}. Write it again."
        ) from error
    names = table.schema_arrow.names

    def rows() -> Iterator[Row]:
        number = 0
        for batch in table.iter_batches(columns=[n for n in names if n.lower() in COLUMNS]):
            for values in batch.to_pylist():
                number += 1
                cells = {name.lower(): _cell(value) for name, value in values.items()}
                yield Row(where=f"{path.name}, row {number}", cells=cells)

    return [name.lower() for name in names], rows()


def _cell(value: Any) -> str:
    if value is None or value != value:  # NaN
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _from_folder(folder: Path) -> Plan:
    problems: list[str] = []
    heights = _heights(folder, problems)
    rows = []
    first: dict[tuple[str | None, ...], str] = {}
    for name in _photos_under(folder):
        parts = Path(name).with_suffix("").parts
        match = _NAME.fullmatch(parts[-1]) or _NAME.fullmatch("_".join(parts))
        if match is None:
            problems.append(
                f"{name}: expected a name ID_DATE_VIEW, such as K-017_2026-03-05_front, or folders "
                "ID/DATE/VIEW; further photos of a view end in _2, _3. Rename the photo, or give a "
                "manifest."
            )
            continue
        client, day, view, number = match.groups()
        other = first.setdefault((client, day.replace("-", ""), view.lower(), number), name)
        if other != name:
            problems.append(
                f"{name}: expected one file of a photo, found {other} as well. Leave one, or call "
                "a second photo of this view _2."
            )
            continue
        cells = {"client": client, "date": day, "view": view, "file": name}
        cells["height_cm"] = heights.get(cells["client"], "")
        rows.append(Row(where=name, cells=cells))
    return build_plan(str(folder), rows, folder, problems)


def _photos_under(folder: Path) -> list[str]:
    """Return the photos' paths under a folder, sorted; hidden ones and results are left out."""

    def fail(error: OSError) -> None:
        raise error

    found = []
    for here, folders, files in os.walk(folder, onerror=fail):
        if "batch.json" in files:  # results of an earlier batch
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            (Path(here) / name).relative_to(folder).as_posix()
            for name in files
            if not name.startswith(".") and Path(name).suffix.lower() in PHOTO_ENDINGS
        ]
    return sorted(found)


def _heights(folder: Path, problems: list[str]) -> dict[str, str]:
    """Return the clients' heights as they are written in the folder's table."""
    path = folder / _HEIGHTS
    if not path.is_file():
        return {}
    columns, rows = _csv_table(path)
    if missing := [name for name in ("client", "height_cm") if name not in columns]:
        problems.append(f"{_HEIGHTS}: expected columns client and height_cm, lacks {missing}.")
        return {}
    heights: dict[str, str] = {}
    for row in rows:
        told: list[str] = []
        read_height(row["height_cm"], told.append)
        if told:
            problems += [f"{row.where}: {problem}" for problem in told]
            continue
        if heights.setdefault(row["client"], row["height_cm"]) != row["height_cm"]:
            problems.append(
                f"{row.where}: expected one height of {row['client']}, found two. Take one out."
            )
    return heights
