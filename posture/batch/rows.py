"""Check the rows of a batch and build the plan from them; every problem is told at once."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from posture.anatomy import View
from posture.assess import Role
from posture.batch.files import is_url, url_fault
from posture.batch.types import Plan, PlannedPhoto, PlannedVisit
from posture.capture.asked_roll import RollWord, read_roll
from posture.capture.paper import SheetName
from posture.client_facts import STATURE_LIMITS_CM, check_id, stature_cm
from posture.errors import InputError
from posture.results import Client

__all__ = ["COLUMNS", "Row", "build_plan", "read_height", "refuse"]

COLUMNS = (
    "client",
    "visit",
    "date",
    "view",
    "file",
    "height_cm",
    "landmarks",
    "roll_deg",
    "paper_scale",
)

_VIEWS: Mapping[str, tuple[Role, View | None]] = {
    "front": ("front", View.FRONT),
    "back": ("back", View.BACK),
    "left": ("side", View.LEFT),
    "right": ("side", View.RIGHT),
    "side": ("side", None),
}
_ROLE_ORDER = ("front", "side", "back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One photo as it was written.

    `where` is what messages call the row; `has_more` says that it has more cells than columns.
    """

    where: str
    cells: Mapping[str, str]
    has_more: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    where: str
    client: str
    visit: str
    date: str
    height_cm: float | None
    landmarks: str
    roll_deg: RollWord | float | None
    paper_scale: SheetName | Literal["off"] | None
    photo: PlannedPhoto


def build_plan(source: str, rows: Iterable[Row], root: Path, problems: Sequence[str] = ()) -> Plan:
    """Return the visits of all rows.

    Parameters
    ----------
    source
        What messages and the summary call the batch.
    rows
        One per photo, with cells of `COLUMNS`.
    root
        Where relative paths start.
    problems
        Those found before, which are told along.

    Raises
    ------
    InputError
        If anything is wrong with any row. The message lists all of it, a line a problem.
    """
    found = list(problems)
    checked = [good for row in rows if (good := _check(row, root, found)) is not None]
    visits = _group(checked, found)
    if found:
        refuse(source, found)
    if not visits:
        raise InputError(
            f"{source}: expected at least one photo, found none. In a folder name files "
            "ID_DATE_VIEW.jpg, such as K-017_2026-03-05_front.jpg; in a manifest give each a row."
        )
    return Plan(source=source, visits=tuple(visits))


def refuse(source: str, problems: Sequence[str]) -> None:
    """Raise an error that lists all problems."""
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    listed = "\n".join(f"  {problem}" for problem in problems)
    raise InputError(f"{source}: found {count}; nothing was assessed.\n{listed}")


def _check(row: Row, root: Path, problems: list[str]) -> _Checked | None:
    """Return a row with its values read, or None after telling what is wrong with it."""
    before = len(problems)

    def tell(problem: str) -> None:
        problems.append(f"{row.where}: {problem}")

    if row.has_more:
        tell("expected as many cells as columns, found more. Put names with commas in quotes.")
        return None
    client = _checked_id(row["client"], "client", tell)
    day = _day(row["date"], tell)
    visit = _checked_id(row["visit"] or day, "visit", tell) if row["visit"] or day else ""
    if not visit and not row["date"]:
        tell("expected a visit or a date, found neither. Give one of them.")
    view = row["view"].lower()
    if view not in _VIEWS:
        tell(
            f"expected a view, one of {', '.join(_VIEWS)}, found {row['view']!r}. Correct the view."
        )
    height = read_height(row["height_cm"], tell)
    place = _place(row["file"], root, "photo", tell)
    landmarks = _place(row["landmarks"], root, "landmarks file", tell) if row["landmarks"] else ""
    roll = _roll(row["roll_deg"].lower(), tell)
    paper = _paper(row["paper_scale"].lower(), tell)
    if len(problems) > before:
        return None
    role, shown = _VIEWS[view]
    return _Checked(
        where=row.where,
        client=client,
        visit=visit,
        date=day,
        height_cm=height,
        landmarks=landmarks,
        roll_deg=roll,
        paper_scale=paper,
        photo=PlannedPhoto(role=role, view=shown, file=row["file"], place=place),
    )


def _checked_id(text: str, what: str, tell: Callable[[str], None]) -> str:
    try:
        return check_id(text, what=f"{what} id" if what == "client" else what)
    except ValueError as error:
        tell(f"{error}. Correct the {what}.")
        return ""


def _day(text: str, tell: Callable[[str], None]) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10] if text[10:].strip("T :0") == "" else text).isoformat()
    except ValueError:
        tell(
            f"expected a date as YYYY-MM-DD, such as 2026-03-05, found {text!r}. Correct the date."
        )
        return ""


def read_height(text: str, tell: Callable[[str], None]) -> float | None:
    """Return a stature in cm; None where there is none, or after telling what is wrong."""
    if not text:
        return None
    value = stature_cm(text)
    if value is None:
        low, high = STATURE_LIMITS_CM
        tell(
            f"expected a height in centimetres between {low:g} and {high:g}, found {text!r}. "
            "Correct the height, or leave it empty."
        )
    return value


def _roll(text: str, tell: Callable[[str], None]) -> RollWord | float | None:
    if not text:
        return None
    try:
        return read_roll(text)
    except ValueError as error:
        tell(f"roll_deg: {error}. Correct the roll, or leave it empty.")
        return None


def _paper(text: str, tell: Callable[[str], None]) -> SheetName | Literal["off"] | None:
    for name in (*get_args(SheetName), "off"):
        if text == name:
            return name  # type: ignore[no-any-return]
    if text:
        known = ", ".join((*get_args(SheetName), "off"))
        tell(f"expected a sheet of paper, one of {known}, found {text!r}. Correct paper_scale.")
    return None


def _place(text: str, root: Path, what: str, tell: Callable[[str], None]) -> str:
    """Return where a file is, after looking whether it is there."""
    if not text:
        tell(f"expected the {what}'s file, found nothing. Name the file.")
        return ""
    if is_url(text):
        if fault := url_fault(text):
            tell(f"expected an address that can be read here, found {text}: {fault}.")
        return text
    path = root / text
    try:
        if path.is_file():
            return str(path)
        if path.is_dir():
            tell(f"expected a {what}, found a folder at {text}. Name the file in it.")
            return ""
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        tell(f"expected a {what} that may be read, found {text}: {error.strerror}.")
        return ""
    close = difflib.get_close_matches(path.name, sorted(names), n=1)
    hint = f"Did you mean {close[0]}?" if close else "Correct the name."
    tell(f"expected a {what}, found no file at {text}. {hint}")
    return ""


def _group(checked: Sequence[_Checked], problems: list[str]) -> list[PlannedVisit]:
    """Return the visits, sorted; tell where the rows of one contradict each other."""
    groups: dict[tuple[str, str], list[_Checked]] = defaultdict(list)
    for row in checked:
        groups[row.client, row.visit].append(row)
    _tell_alike(groups, problems)
    visits = []
    for (client, visit), rows in groups.items():
        _tell_contradictions(rows, problems)
        photos = sorted((row.photo for row in rows), key=lambda p: _ROLE_ORDER.index(p.role))
        height = next((row.height_cm for row in rows if row.height_cm is not None), None)
        visits.append(
            PlannedVisit(
                client=Client(id=client, height_cm=height),
                visit=visit,
                date=next((row.date for row in rows if row.date), ""),
                photos=tuple(photos),
                landmarks=next((row.landmarks for row in rows if row.landmarks), ""),
                roll=next((row.roll_deg for row in rows if row.roll_deg is not None), None),
                paper=next((row.paper_scale for row in rows if row.paper_scale), None),
            )
        )
    return sorted(visits, key=lambda v: (v.client.id, v.date, v.visit))


def _tell_contradictions(rows: Sequence[_Checked], problems: list[str]) -> None:
    first: dict[tuple[str, str], _Checked] = {}
    for row in rows:
        other = first.setdefault((row.photo.shown_view, row.photo.place), row)
        if other is not row:
            problems.append(
                f"{row.where}: expected another photo of {row.client}, {row.visit}, found that of "
                f"{other.where} again. Take one out."
            )
    for field in ("date", "height_cm", "landmarks", "roll_deg", "paper_scale"):
        known = [row for row in rows if getattr(row, field) not in ("", None)]
        for row in known[1:]:
            if getattr(row, field) != getattr(known[0], field):
                problems.append(
                    f"{row.where}: expected the {field} of {known[0].where}, "
                    f"{getattr(known[0], field)}, as it is the same visit, found "
                    f"{getattr(row, field)}. Make them the same."
                )


def _tell_alike(groups: Mapping[tuple[str, str], list[_Checked]], problems: list[str]) -> None:
    """Tell of names that some file systems, and many readers, take for the same."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for key, rows in groups.items():
        folded = (key[0].casefold(), key[1].casefold())
        other = first.setdefault(folded, key)
        if other != key:
            problems.append(
                f"{rows[0].where}: expected ids that differ by more than upper and lower case, "
                f"found {' '.join(key)} and {' '.join(other)}. Write them alike."
            )
