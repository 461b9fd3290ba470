"""Write a report's files into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.plan import PlannedVisit
from posture.report.build import build_report
from posture.report.client import build_client_report
from posture.report.files import write_documents, write_pictures
from posture.report.pictures import annotated_pictures, plain_pictures
from posture.results import Assessment
from posture.typesetting import Paper

__all__ = ["write_report"]


def write_report(
    folder: Path,
    assessment: Assessment,
    pixels: Mapping[str, NDArray[np.uint8]],
    *,
    practice: str = "",
    paper: Paper = "a4",
    visit: PlannedVisit | None = None,
    language: str | None = None,
) -> list[str]:
    """Write `report.html`, `report.pdf` and one annotated picture per photo.

    With a planned visit the report holds the plan, and `client.html` and `client.pdf` are
    written for the client, all in the language of the plan.

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
    visit
        The plan of the visit with its intake, if there is one.
    language
        Of all words; None: that of the plan, or English without one.

    Returns
    -------
    list of str
        Names of the files written, the reports first.
    """
    language = language or (visit.plan.language if visit else "en")
    pictures = annotated_pictures(assessment, pixels, language=language)
    report = build_report(assessment, pictures, practice=practice, visit=visit, language=language)
    names = write_documents(folder, "report", report, paper)
    if visit is not None:
        shown = plain_pictures(assessment, pixels, language=visit.plan.language)
        pages = build_client_report(assessment, visit, shown, practice=practice)
        names += write_documents(folder, "client", pages, paper)
    return names + write_pictures(folder, pictures)
