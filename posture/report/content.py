"""What a report holds, free of any format: sections of blocks, all text plain.

The renderers know only these records. No block carries markup, so that a client's words
can never become any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Alert",
    "Block",
    "BodyCharts",
    "Bullet",
    "Bullets",
    "Cell",
    "Chart",
    "Charts",
    "Facts",
    "Highlight",
    "Highlights",
    "LegendItem",
    "MuscleCard",
    "MuscleList",
    "Paragraph",
    "Picture",
    "Pictures",
    "Report",
    "RowGroup",
    "Section",
    "Table",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. `note` is set smaller, `intro` stays with what follows."""

    text: str
    style: Literal["plain", "lead", "note", "intro"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Pairs of a label and a value."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One thing to see at a glance; `tag` is the standing of its evidence."""

    title: str
    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlights:
    """What to see at a glance."""

    items: tuple[Highlight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An annotated photo as JPEG, with its size in pixels."""

    name: str
    jpeg: bytes
    width_px: int
    height_px: int
    alt: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Photos that stand side by side where there is room; `small` where many groups follow."""

    items: tuple[Picture, ...]
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as an SVG element; `alt` says the same in words."""

    key: str
    title: str
    svg: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Charts with one explanation for all."""

    items: tuple[Chart, ...]
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: its text, a smaller line below, and the standing of its evidence."""

    text: str
    detail: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows under one heading; the first cell of a row is its head."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. Every row has as many cells as there are columns.

    `layout` says what it holds, so that a renderer can give each column its room. A group
    with an empty title has no heading.
    """

    caption: str
    columns: tuple[str, ...]
    groups: tuple[RowGroup, ...]
    layout: Literal["measures", "session", "tests", "home care", "changes", "movements"] = (
        "measures"
    )

    def __post_init__(self) -> None:
        for group in self.groups:
            for row in group.rows:
                if len(row) != len(self.columns):
                    raise ValueError(f"expected {len(self.columns)} cells, found {len(row)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleList:
    """Muscles under one heading."""

    heading: str
    muscles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleCard:
    """A card: muscles to assess for one finding, one muscle of a plan, an exercise.

    `label` is a short word beside the title, `lead` the sentence that matters most.
    """

    title: str
    lists: tuple[MuscleList, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    label: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """A list item with an optional bold lead-in and a tag."""

    text: str
    lead: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list; numbered where others refer to its numbers."""

    items: tuple[Bullet, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What must not be overlooked: `stop` before any treatment, `care` throughout it."""

    tone: Literal["stop", "care"]
    title: str
    items: tuple[Bullet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendItem:
    """What one way of shading a body chart means."""

    kind: Literal["assess", "referral"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCharts:
    """Body charts side by side, with one legend. Each view stands at most once in a report."""

    items: tuple[Chart, ...]
    legend: tuple[LegendItem, ...]
    caption: str


Block = (
    Paragraph
    | Facts
    | Highlights
    | Pictures
    | Charts
    | Table
    | MuscleCard
    | Bullets
    | Alert
    | BodyCharts
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report; `key` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report. `created` is the assessment's ISO 8601 time, `date` the same in words.

    `page_words` stand around the page's number and the number of pages; `logo` is the
    practice's, as PNG, empty where there is none.
    """

    title: str
    client: str
    practice: str
    date: str
    created: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    disclaimer: str
    language: str = "en"
    page_words: tuple[str, str] = ("Page", "of")
    logo: bytes = b""
