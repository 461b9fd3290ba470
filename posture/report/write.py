"""Write a report's files into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.report.build import build_report
from posture.report.html import render_html
from posture.report.pdf import Paper, render_pdf
from posture.report.pictures import annotated_pictures
from posture.results import Assessment

__all__ = ["write_report"]


def write_report(
    folder: Path,
    assessment: Assessment,
    pixels: Mapping[str, NDArray[np.uint8]],
    *,
    practice: str = "",
    paper: Paper = "a4",
) -> list[str]:
    """Write `report.html`, `report.pdf` and one annotated picture per photo.

    Parameters
    ----------
    folder
        An existing folder.
    assessment
        What to report.
    pixels
        Upright RGB pixels of its photos by `file_sha256`.
    practice
        Name of the practice for the head of the page.
    paper
        Size of the PDF's page.

    Returns
    -------
    list of str
        Names of the files written, the reports first.
    """
    pictures = annotated_pictures(assessment, pixels)
    report = build_report(assessment, pictures, practice=practice)
    (folder / "report.html").write_text(render_html(report), encoding="utf-8")
    (folder / "report.pdf").write_bytes(render_pdf(report, paper=paper))
    for picture in pictures:
        (folder / picture.name).write_bytes(picture.jpeg)
    return ["report.html", "report.pdf", *(picture.name for picture in pictures)]
