"""What the pages show of further assessments, made from their documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from posture.results import Unit
from posture.rom import TESTS, RomRemark, find_test
from posture.rom.localised import localised_remark, localised_test
from posture.sitting.measures import SITTING_MEASURES
from posture.sitting.words import said_definition, said_reason, sitting_words
from posture.web.charts import RangeBar, bar_of

if TYPE_CHECKING:
    from posture.records import FurtherPhoto, FurtherRecord
    from posture.web.display import Display

__all__ = [
    "FurtherGroup",
    "FurtherLine",
    "FurtherTable",
    "ShownPicture",
    "further_page",
    "further_tables",
    "further_title",
]

_SITTING_COLUMNS = ("sitting_craniovertebral_angle_deg", "sitting_trunk_lean_deg")
"""The measures of a sitting client that a client's page shows over time."""

_BROKEN = "\u00advertebral"
"""Where the longest word may be broken in a narrow column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRow:
    """One number of an assessment in words; without a `bar` where no range is usual."""

    title: str
    definition: str
    value: str
    interval: str
    usual: str
    bar: RangeBar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherGroup:
    """The numbers of one side of the client, or of one view; `remarks` are to be minded."""

    title: str
    rows: tuple[FurtherRow, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """A photo with what stands below it, and what it shows in words."""

    photo: FurtherPhoto
    caption: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherLine:
    """One assessment in a table over time: a value and its interval per column, or neither."""

    id: str
    taken: date
    cells: tuple[tuple[str, str] | None, ...]
    is_measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherTable:
    """One test, or sitting, over time, the latest first."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[FurtherLine, ...]


def further_title(further: FurtherRecord, display: Display) -> str:
    """Return what was assessed."""
    if further.kind == "sitting":
        return display("sitting.title")
    return localised_test(find_test(further.test or ""), display.words.language).title


def further_page(further: FurtherRecord, display: Display) -> dict[str, Any]:
    """Return what the page of one assessment shows besides the record itself."""
    shown: dict[str, Any] = {
        "title": further_title(further, display),
        "groups": (),
        "differences": (),
        "missing": (),
        "limits": "",
        "how": "",
        "pictures": (),
    }
    if further.document is None:
        return shown
    made = _sitting if further.kind == "sitting" else _rom
    return shown | made(further, further.document, display)


def further_tables(
    items: Sequence[FurtherRecord], display: Display
) -> tuple[FurtherTable | None, tuple[FurtherTable, ...]]:
    """Return sitting over time, None where there is none, and each test over time."""
    sitting = [item for item in items if item.kind == "sitting"]
    table = None
    if sitting:
        table = FurtherTable(
            title=display("sitting.title"),
            columns=tuple(
                display.title(SITTING_MEASURES[name].standing).replace("vertebral", _BROKEN)
                for name in _SITTING_COLUMNS
            ),
            lines=tuple(_sitting_line(item, display) for item in sitting),
        )
    by_test = {test: [item for item in items if item.test == test] for test in TESTS}
    tests = tuple(_test_table(test, found, display) for test, found in by_test.items() if found)
    return table, tests


def _test_table(test: str, items: Sequence[FurtherRecord], display: Display) -> FurtherTable:
    said = localised_test(find_test(test), display.words.language)
    return FurtherTable(
        title=said.title,
        columns=tuple(display(f"side.{side}").capitalize() for side in ("left", "right")),
        lines=tuple(
            FurtherLine(
                id=item.id,
                taken=item.taken,
                cells=_sides(item.document, said.movements[0].id, display),
                is_measured=item.document is not None,
            )
            for item in items
        ),
    )


def _sides(
    document: Mapping[str, Any] | None, movement: str, display: Display
) -> tuple[tuple[str, str] | None, ...]:
    """Return a test's own number on the left and on the right."""
    found = {
        result["side"]: item
        for test in (document or {}).get("tests", ())
        for result in test["results"]
        for item in result["movements"]
        if item["id"] == movement
    }
    return tuple(
        _told(found[side], display) if side in found else None for side in ("left", "right")
    )


def _sitting_line(item: FurtherRecord, display: Display) -> FurtherLine:
    measures = {row["id"]: row for row in (item.document or {}).get("measures", ())}
    cells = []
    for name in _SITTING_COLUMNS:
        row = measures.get(name, {"value": None})
        cells.append(None if row["value"] is None else _sitting_value(row, display))
    return FurtherLine(
        id=item.id, taken=item.taken, cells=tuple(cells), is_measured=item.document is not None
    )


def _told(row: Mapping[str, Any], display: Display) -> tuple[str, str]:
    """Return the angle of a movement and its interval, in whole degrees."""
    low, value, high = (display.number(row[name], 0) for name in ("low", "value", "high"))
    return f"{value}°", display("measures.between", low=low, high=high)


def _rom(further: FurtherRecord, document: Mapping[str, Any], display: Display) -> dict[str, Any]:
    language = display.words.language
    test = localised_test(find_test(further.test or ""), language)
    (plain,) = document["tests"]
    titles = {movement.id: movement.title for movement in test.movements}
    return {
        "groups": tuple(
            FurtherGroup(
                title=display(f"side.{result['side']}").capitalize(),
                rows=tuple(
                    _rom_row(found, test.movements, display) for found in result["movements"]
                ),
                remarks=tuple(_remark(remark, language) for remark in result["remarks"]),
            )
            for result in plain["results"]
        ),
        "differences": tuple(
            (titles.get(item["id"], item["id"]), _difference(item, display))
            for item in plain["differences"]
        ),
        "limits": test.limits,
        "how": display("rom.how", neutral=test.neutral, end=test.end),
        "pictures": _rom_pictures(further, plain, test.title, display),
    }


def _remark(plain: Mapping[str, Any], language: str) -> str:
    values = tuple(plain["values"].items())
    remark = RomRemark(code=plain["code"], text=plain["text"], values=values)
    return localised_remark(remark, language).text


def _rom_row(found: Mapping[str, Any], movements: Sequence[Any], display: Display) -> FurtherRow:
    said = next((one for one in movements if one.id == found["id"]), None)
    value, interval = _told(found, display)
    usual = found["usual"]
    bar = None
    told = display("rom.no_usual")
    if usual is not None:
        low, high = usual["low"], usual["high"]
        span = f"{low:g}°" if low == high else f"{low:g}–{high:g}°"
        source = said.source if said else usual["source"]
        told = display("rom.usual", range=span, source=source)
        bar = bar_of((found["low"], found["value"], found["high"]), (low, high))
    return FurtherRow(
        title=said.title if said else found["title"],
        definition=said.definition if said else found["definition"],
        value=value,
        interval=interval,
        usual=told,
        bar=bar,
    )


def _difference(item: Mapping[str, Any], display: Display) -> str:
    value, interval = _told(item, display)
    told = display("rom.difference", value=value, interval=interval)
    return f"{told}, {display('rom.shown' if item['is_shown'] else 'rom.not_shown')}."


def _rom_pictures(
    further: FurtherRecord, plain: Mapping[str, Any], title: str, display: Display
) -> tuple[ShownPicture, ...]:
    """Return each photo with the side, or the sides, that were measured in it."""
    pictures = []
    for photo in further.photos:
        step = photo.role.split("_")[0]
        sides = [
            result["side"]
            for result in plain["results"]
            if result[step] is not None and result[step]["file_sha256"] == photo.sha256
        ]
        if not sides:
            continue
        told = display(f"side.{sides[0]}") if len(sides) == 1 else display("rom.both")
        caption = display(f"rom.{step}", side=told)
        alt = display("rom.photo_alt", test=title, step=caption)
        pictures.append(ShownPicture(photo=photo, caption=caption, alt=alt))
    return tuple(pictures)


def _sitting(
    further: FurtherRecord, document: Mapping[str, Any], display: Display
) -> dict[str, Any]:
    views = {photo["file_sha256"]: photo["view"] for photo in document["photos"]}
    faults = {
        photo["view"]: [note["text"] for note in photo.get("quality", ())]
        for photo in document["photos"]
    }
    groups, missing = [], []
    for view in views.values():
        own = [row for row in document["measures"] if row["view"] == view]
        rows = tuple(_sitting_row(row, display) for row in own if row["value"] is not None)
        if rows:
            remarks = tuple(display.say(text) for text in faults.get(view, ()))
            groups.append(FurtherGroup(title=display.view(view), rows=rows, remarks=remarks))
        reason = next((row["reason"] for row in own if row["reason"]), "")
        if reason:
            why = said_reason(reason, sitting_words(display.words.language))
            missing.append(display("sitting.missing", view=display.view(view), reason=why))
    return {
        "groups": tuple(groups),
        "missing": tuple(missing),
        "limits": display("sitting.no_norms"),
        "pictures": tuple(
            ShownPicture(
                photo=photo,
                caption=display.view(views[photo.sha256]),
                alt=display("sitting.photo_alt", view=display.view(views[photo.sha256])),
            )
            for photo in further.photos
            if photo.sha256 in views
        ),
    }


def _sitting_row(row: Mapping[str, Any], display: Display) -> FurtherRow:
    standing = SITTING_MEASURES[row["id"]].standing
    value, interval = _sitting_value(row, display)
    return FurtherRow(
        title=display.title(standing),
        definition=_sitting_definition(row["id"], display),
        value=value,
        interval=interval,
        usual="",
    )


def _sitting_definition(measure: str, display: Display) -> str:
    """Return what a larger value stands for, in English; what the measure is, in others."""
    words = sitting_words(display.words.language)
    if words.language == "en":
        return display.positive_means(SITTING_MEASURES[measure].standing)
    return said_definition(measure, words)


def _sitting_value(row: Mapping[str, Any], display: Display) -> tuple[str, str]:
    """Return a value and its interval, as those of standing are shown."""
    standing, unit = SITTING_MEASURES[row["id"]].standing, Unit(row["unit"])
    interval = display.between(row["low"], row["high"], standing, unit)
    return display.quantity(row["value"], standing, unit), interval
