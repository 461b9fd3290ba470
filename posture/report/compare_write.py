"""Write a comparison's files into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.compare import Comparison
from posture.comparison_file import changes_to_csv, comparison_to_json
from posture.report.compare_build import build_comparison_report
from posture.report.compare_html import render_comparison_html
from posture.report.compare_pictures import comparison_pictures
from posture.report.files import write_pictures
from posture.report.pdf import render_pdf
from posture.typesetting import Paper

__all__ = ["write_comparison"]


def write_comparison(
    folder: Path,
    comparison: Comparison,
    pixels: Mapping[str, NDArray[np.uint8]],
    *,
    practice: str = "",
    paper: Paper = "a4",
    language: str = "en",
) -> list[str]:
    """Write `comparison.html`, `.pdf`, `.json`, `.csv` and the pictures.

    Parameters
    ----------
    folder
        An existing folder.
    comparison
        What to write.
    pixels
        Upright RGB pixels of the first and the last visit's photos by `file_sha256`; a
        view without them has no pictures.
    practice
        Name of the practice for the head of the page.
    paper
        Size of the PDF's page.
    language
        Of the reports and the pictures' captions; the data stay English.

    Returns
    -------
    list of str
        Names of the files written, the reports first.
    """
    views = comparison_pictures(comparison, pixels, language=language)
    pictures = [picture for view in views for picture in view.all]
    report = build_comparison_report(
        comparison, [view.all for view in views], practice=practice, language=language
    )
    labels = (comparison.labels[0], comparison.labels[-1])
    texts = {
        "comparison.html": render_comparison_html(report, views, labels),
        "comparison.json": comparison_to_json(comparison),
        "comparison.csv": changes_to_csv(comparison),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "comparison.pdf").write_bytes(render_pdf(report, paper=paper))
    names = ["comparison.html", "comparison.pdf", "comparison.json", "comparison.csv"]
    return names + write_pictures(folder, pictures)
