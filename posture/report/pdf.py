"""The report as PDF, set by Typst."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from posture.report.content import Block, BodyCharts, Charts, Pictures, Report
from posture.typesetting import Paper, typeset

__all__ = ["render_pdf"]


def render_pdf(report: Report, *, paper: Paper = "a4") -> bytes:
    """Return the PDF; the same report gives the same bytes.

    Parameters
    ----------
    report
        What to set.
    paper
        Size of the page.

    Raises
    ------
    PostureError
        If Typst fails.
    """
    return typeset(
        "posture.report",
        "report.typ",
        _as_data(report) | {"paper": paper},
        pictures=_pictures(report),
        timestamp=datetime.fromisoformat(report.created),
        remedy="The HTML report holds the same; please report this as a bug.",
    )


def _pictures(report: Report) -> dict[str, bytes]:
    """Return what the template shows as pictures, by file name."""
    found = {"logo.png": report.logo} if report.logo else {}
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Pictures):
                found |= {picture.name: picture.jpeg for picture in block.items}
            elif isinstance(block, Charts | BodyCharts):
                found |= {f"{chart.key}.svg": chart.svg.encode() for chart in block.items}
    return found


def _as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data, which names its pictures."""
    return {
        "title": report.title,
        "client": report.client,
        "practice": report.practice,
        "logo": bool(report.logo),
        "date": report.date,
        "facts": report.facts,
        "disclaimer": report.disclaimer,
        "language": report.language,
        "page_words": report.page_words,
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "blocks": [_block_as_data(block) for block in section.blocks],
            }
            for section in report.sections
        ],
    }


def _block_as_data(block: Block) -> dict[str, Any]:
    kind = type(block).__name__
    if isinstance(block, Pictures):
        shown = ("name", "width_px", "height_px", "alt", "caption")
        items = [_some(asdict(item), shown) for item in block.items]
        return {"kind": kind, "items": items, "small": block.small}
    if isinstance(block, Charts):
        items = [_some(asdict(item), ("key", "title", "alt")) for item in block.items]
        return {"kind": kind, "items": items, "caption": block.caption}
    if isinstance(block, BodyCharts):
        kept = ("key", "title", "alt")
        return {
            "kind": kind,
            "items": [_some(asdict(item), kept) for item in block.items],
            "legend": [asdict(item) for item in block.legend],
            "caption": block.caption,
        }
    return {"kind": kind} | asdict(block)


def _some(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: data[key] for key in keys}
