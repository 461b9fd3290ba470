"""Write a report's files into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.plan import PlannedVisit
from posture.plan.visit import plan_visit
from posture.report.build import build_report
from posture.report.client import build_client_report
from posture.report.files import write_documents, write_pictures
from posture.report.pictures import annotated_pictures, plain_pictures
from posture.report.plan_report import build_plan_report
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
) -> list[str]:
    """Write `report.html`, `report.pdf` and one annotated picture per photo.

    With a planned visit the report holds the plan, and `client.html` and `client.pdf` are
    written for the client, in the language of the plan. The report speaks English; a plan in
    another language is written as `plan.html` and `plan.pdf` besides.

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

    Returns
    -------
    list of str
        Names of the files written, the reports first.
    """
    pictures = annotated_pictures(assessment, pixels)
    english = None if visit is None else _in_english(assessment, visit)
    report = build_report(assessment, pictures, practice=practice, visit=english)
    names = write_documents(folder, "report", report, paper)
    if visit is not None:
        if visit is not english:
            plan = build_plan_report(assessment, visit, practice=practice)
            names += write_documents(folder, "plan", plan, paper)
        shown = plain_pictures(assessment, pixels, language=visit.plan.language)
        pages = build_client_report(assessment, visit, shown, practice=practice)
        names += write_documents(folder, "client", pages, paper)
    return names + write_pictures(folder, pictures)


def _in_english(assessment: Assessment, visit: PlannedVisit) -> PlannedVisit:
    """Return the visit with its plan in the report's language: itself, if it is English."""
    if visit.plan.language == "en":
        return visit
    return plan_visit(assessment, visit.intake, minutes=visit.plan.minutes)
