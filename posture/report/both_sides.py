"""The report's table of left against right. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from posture.both_sides import Agreement, agreements
from posture.measures import MEASURES
from posture.report.content import Cell, Paragraph, RowGroup, Section, Table
from posture.report.wording import SIDES, measured, number, unit_suffix
from posture.results import Measure

__all__ = ["sides_section"]


def sides_section(measures: Sequence[Measure]) -> Section | None:
    """Return what was measured from both sides, or None where nothing was."""
    both = agreements(measures)
    if not both:
        return None
    regions = dict.fromkeys(MEASURES[one.measure].region for one in both)
    table = Table(
        caption="Values from the left and the right, their difference, and whether they agree",
        columns=("Measure", "Left", "Right", "Left less right", "Agreement"),
        groups=tuple(
            RowGroup(
                title=region.capitalize(),
                rows=tuple(_row(one) for one in both if MEASURES[one.measure].region == region),
            )
            for region in regions
        ),
        layout="changes",
    )
    note = Paragraph(text=SIDES, style="note")
    return Section(key="sides", title="Left and right", blocks=(table, note))


def _row(both: Agreement) -> tuple[Cell, ...]:
    definition = MEASURES[both.measure]
    left, right = (measured(one, definition.decimals) for one in (both.left, both.right))
    value, low, high = (
        number(both.difference + k * both.half, definition.decimals) for k in (0, -1, 1)
    )
    return (
        Cell(text=definition.title, detail="proxy" if definition.is_proxy else ""),
        Cell(text=left[0], detail=left[1]),
        Cell(text=right[0], detail=right[1]),
        Cell(text=f"{value}{unit_suffix(both.left.unit)}", detail=f"{low} to {high}"),
        Cell(text="differ beyond error" if both.is_beyond_error else "agree within error"),
    )
