"""Write the tables of measures into README.md, from the tables that the program uses.

python docs/make_measures_table.py
"""

from __future__ import annotations

import re
from pathlib import Path

from posture.anatomy import View
from posture.measures import MEASURES
from posture.measures.table import MeasureDefinition, Plane
from posture.rom import TESTS, RomTest
from posture.sitting.measures import SITTING_MEASURES

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- measures: begin -->", "<!-- measures: end -->"

_PHOTOS: tuple[tuple[str, Plane, View | None], ...] = (
    ("side photo", "lateral", None),
    ("front or back photo", "frontal", None),
    ("front photo", "frontal", View.FRONT),
    ("back photo", "frontal", View.BACK),
)
_ENDING = re.compile(r", (left|right)$")


def with_table(text: str) -> str:
    """Return the README with the table between its marks renewed.

    Raises
    ------
    ValueError
        If the marks are missing.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"expected {BEGIN} and {END} once each in the README")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n\n{measures_table()}\n{further_tables()}\n{END}{tail}"


def measures_table() -> str:
    """Return one row a clinical measure, left and right in one, by photo."""
    parts = []
    for photo, plane, view in _PHOTOS:
        rows: dict[str, str] = {}
        for measure in MEASURES.values():
            if (measure.plane, measure.only_from) == (plane, view) and not measure.is_proxy:
                rows.setdefault(_ENDING.sub("", measure.title), _row(measure))
        head = f"| On the {photo} | What it is | Positive |\n|---|---|---|\n"
        parts.append(head + "".join(f"{row}\n" for row in rows.values()))
    return "\n".join(parts)


def further_tables() -> str:
    """Return what is measured of those who sit, and one row a movement."""
    standing = (MEASURES[measure.standing].title for measure in SITTING_MEASURES.values())
    titles = ", ".join(title[0].lower() + title[1:] for title in standing)
    rows = [
        f"| {_told(test)} | {movement.title} (°) | {movement.definition} |\n"
        for test in TESTS.values()
        for movement in test.movements
    ]
    head = "| Range of motion | Movement | What it is |\n|---|---|---|\n"
    return f"Of those who sit, by the same definitions: {titles}.\n\n{head}{''.join(rows)}"


def _told(test: RomTest) -> str:
    where = f"from the {test.seen}"
    return test.title if where in test.title else f"{test.title}, {where}"


def _row(measure: MeasureDefinition) -> str:
    title = measure.title
    if _ENDING.search(title):
        title = _ENDING.sub(", left and right", title)
    unit = {"deg": "°", "cm": "cm", "ratio": "ratio"}[measure.unit.value]
    return f"| {title} ({unit}) | {measure.definition} | {measure.positive_means} |"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
