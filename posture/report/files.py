"""What reports consist of on disk: a page, a PDF, and the pictures by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from posture.report.content import Picture, Report
from posture.report.html import render_html
from posture.report.pdf import render_pdf
from posture.typesetting import Paper

__all__ = ["write_documents", "write_pictures"]


def write_documents(folder: Path, name: str, report: Report, paper: Paper) -> list[str]:
    """Write a report as HTML and PDF. Returns the files' names."""
    (folder / f"{name}.html").write_text(render_html(report), encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(render_pdf(report, paper=paper))
    return [f"{name}.html", f"{name}.pdf"]


def write_pictures(folder: Path, pictures: Iterable[Picture]) -> list[str]:
    """Write the pictures as files of their own. Returns their names."""
    names = []
    for picture in pictures:
        (folder / picture.name).write_bytes(picture.jpeg)
        names.append(picture.name)
    return names
