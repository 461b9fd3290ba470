"""The report as PDF, set by Typst.

Content reaches Typst as data in a JSON file, never as source text, so that no word of it
is ever read as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from posture.errors import PostureError
from posture.report.content import Block, BodyCharts, Charts, Pictures, Report

__all__ = ["render_pdf"]

Paper = Literal["a4", "us-letter"]


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
    import typst

    with TemporaryDirectory(prefix="posture-report-") as name:
        folder = Path(name)
        template = files("posture.report").joinpath("templates", "report.typ")
        (folder / "report.typ").write_bytes(template.read_bytes())
        content = _as_data(report, folder) | {"paper": paper}
        text = json.dumps(content, ensure_ascii=False)
        (folder / "report.json").write_text(text, encoding="utf-8")
        try:
            pdf = typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=[_font_folder()],
                timestamp=datetime.fromisoformat(report.created),
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            raise PostureError(
                f"Expected Typst to set the report, found: {error}. The HTML report holds the "
                "same; please report this as a bug."
            ) from error
    if not isinstance(pdf, bytes):
        raise PostureError("Expected one PDF from Typst, found something else. Reinstall typst.")
    return pdf


def _font_folder() -> Path:
    """Return the folder of DejaVu Sans, for letters that Typst's own fonts lack."""
    return Path(str(files("matplotlib").joinpath("mpl-data", "fonts", "ttf")))


def _as_data(report: Report, folder: Path) -> dict[str, Any]:
    """Return the report as plain data; pictures and charts become files in `folder`."""
    if report.logo:
        (folder / "logo.png").write_bytes(report.logo)
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
                "blocks": [_block_as_data(block, folder) for block in section.blocks],
            }
            for section in report.sections
        ],
    }


def _block_as_data(block: Block, folder: Path) -> dict[str, Any]:
    kind = type(block).__name__
    if isinstance(block, Pictures):
        for picture in block.items:
            (folder / picture.name).write_bytes(picture.jpeg)
        shown = ("name", "width_px", "height_px", "alt", "caption")
        return {"kind": kind, "items": [_some(asdict(item), shown) for item in block.items]}
    if isinstance(block, Charts):
        for chart in block.items:
            (folder / f"{chart.key}.svg").write_text(chart.svg, encoding="utf-8")
        items = [_some(asdict(item), ("key", "title", "alt")) for item in block.items]
        return {"kind": kind, "items": items, "caption": block.caption}
    if isinstance(block, BodyCharts):
        for chart in block.items:
            (folder / f"{chart.key}.svg").write_text(chart.svg, encoding="utf-8")
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
