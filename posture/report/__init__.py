"""The report of an assessment: its content once, rendered as HTML and as PDF."""

from posture.report.build import build_report
from posture.report.client import build_client_report
from posture.report.content import Report
from posture.report.html import render_html
from posture.report.pdf import render_pdf
from posture.report.pictures import annotated_pictures, plain_pictures
from posture.report.write import write_report

__all__ = [
    "Report",
    "annotated_pictures",
    "build_client_report",
    "build_report",
    "plain_pictures",
    "render_html",
    "render_pdf",
    "write_report",
]
